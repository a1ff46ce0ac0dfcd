"""Runs that have not ended: no sensor or schedule requests their days a second time.

While a run works, the state that its days wait in changes with each step; without this, a sensor that looks every
minute asks again for each state. Lines that come meanwhile still wait when the run has ended, and are asked for then.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from analytics_platform.defs.days import PARTITION, days_in

QUEUED = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED]
BUSY = [
    *QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_MOST = 500
# How Dagster marks a failed run that it starts again, and names the run that it started.
_WILL_RETRY, _RETRY = {"dagster/will_retry": "true"}, "dagster/auto_retry_run_id"
_STARTS_AGAIN = timedelta(minutes=10)  # where no daemon does it, the days are asked for after that


def runs_under_way(
    instance: dg.DagsterInstance, jobs: Collection[str], statuses: Sequence[dg.DagsterRunStatus] = BUSY
) -> list[dg.DagsterRun]:
    """Runs of whole jobs, not of some of their assets. A killed run that Dagster is about to start again is one."""
    runs = list(instance.get_runs(dg.RunsFilter(statuses=list(statuses)), limit=_MOST))
    recently = datetime.now(UTC) - _STARTS_AGAIN
    failed = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], tags=_WILL_RETRY, updated_after=recently)
    if dg.DagsterRunStatus.STARTED in statuses:
        runs += [run for run in instance.get_runs(failed, limit=_MOST) if _RETRY not in run.tags]
    return [run for run in runs if run.job_name in jobs and not run.asset_selection]


def days_under_way(
    instance: dg.DagsterInstance, jobs: Collection[str], statuses: Sequence[dg.DagsterRunStatus] = BUSY
) -> set[date]:
    """The days that these runs build; a run without days builds today."""
    today = [datetime.now(UTC).date()]
    return {day for run in runs_under_way(instance, jobs, statuses) for day in days_in(run.tags) or today}


def partitions_under_way(instance: dg.DagsterInstance, jobs: Collection[str]) -> set[tuple[str, str]]:
    """Job and partition of each run that has not ended."""
    return {(run.job_name, run.tags.get(PARTITION, "")) for run in runs_under_way(instance, jobs)}
