"""Running a job, mostly the daily one, for a range of days in this process, on the instance that make dev shows.

The demo, the benchmarks and the tests start runs through here, so that they run what the schedule runs.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import dagster as dg

from analytics_platform.defs.assemble import definitions
from analytics_platform.defs.automation import FILLED_GAP, MOST_RUNS
from analytics_platform.defs.check_states import failing_checks
from analytics_platform.defs.days import RANGE_END, RANGE_START, with_first_partition
from analytics_platform.defs.instance import prepare_instance
from analytics_platform.defs.lost_runs import PROCESS, end_lost_runs, this_process
from analytics_platform.deploy.instance import UNCAPTURED
from analytics_platform.errors import SettingsError
from analytics_platform.lake.ranges import few_ranges
from analytics_platform.settings import Settings

LISTED_AS = "__repository__@analytics_platform"


def failing_checks_of(settings: Settings) -> list[str]:
    """The blocking checks that are red now, a sentence each; none before anything ran."""
    if not (settings.dagster_home / "dagster.yaml").exists():
        return []
    keys = set(definitions(settings).get_repository_def().asset_graph.asset_check_keys)
    with dg.DagsterInstance.from_config(str(prepare_instance(settings))) as instance:
        return failing_checks(instance, keys)


def run_days(
    settings: Settings,
    days: Sequence[date],
    say: Callable[[str], None],
    instance: dg.DagsterInstance | None = None,
    assets: Sequence[str] = (),
    job_name: str = "daily",
) -> bool:
    """One run of the job for each range of days without a long gap, at most a dozen; true when all succeeded.

    A range that failed beside others that did not is run once more: after a restore the labels of all days are there,
    and a mart may need conversations that another range builds. ``assets`` are keys as marts/users; none means all of
    the job.
    """
    own = with_first_partition(settings, days)
    job = definitions(own, loggers={"console": _plain_logger(say)}).resolve_job_def(job_name)
    if assets:
        job = job.get_subset(asset_selection=_chosen(job, assets))
    if instance is not None:
        return _run_ranges(job, instance, days, say)
    with dg.DagsterInstance.from_config(str(prepare_instance(settings)), UNCAPTURED) as instance:
        end_lost_runs(instance)
        return _run_ranges(job, instance, days, say)


def _run_ranges(
    job: dg.JobDefinition, instance: dg.DagsterInstance, days: Sequence[date], say: Callable[[str], None]
) -> bool:
    spans = few_ranges(days, MOST_RUNS, FILLED_GAP)
    failed = [span for span in spans if not _run(job, instance, span, say)]
    if 0 < len(failed) < len(spans):
        say(f"{len(failed)} of {len(spans)} runs failed and are tried again, now that the others have built theirs.")
        failed = [span for span in failed if not _run(job, instance, span, say)]
    return not failed


def _chosen(job: dg.JobDefinition, names: Sequence[str]) -> set[dg.AssetKey]:
    known = {key.to_user_string(): key for key in job.asset_layer.selected_asset_keys}
    unknown = sorted(set(names) - known.keys())
    if unknown:
        raise SettingsError(f"No such asset: {', '.join(unknown)}. There are: {', '.join(sorted(known))}.")
    return {known[name] for name in names}


def _run(
    job: dg.JobDefinition, instance: dg.DagsterInstance, days: tuple[date, date], say: Callable[[str], None]
) -> bool:
    # The page of the job lists runs of its code location, and a range shows its days there.
    tags = {RANGE_START: str(days[0]), RANGE_END: str(days[1]), ".dagster/repository": LISTED_AS}
    tags[PROCESS] = this_process()
    # Naming our logger keeps Dagster's own console from talking too.
    loggers: dict[str, Any] = {"loggers": {"console": {}}}
    result = job.execute_in_process(run_config=loggers, instance=instance, tags=tags, raise_on_error=False)
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            cause = (error.cause or error) if error else None
            if cause and cause.cls_name == "DagsterExecutionInterruptedError":
                raise KeyboardInterrupt  # which Dagster takes for a failure: nothing is to be tried again
            say(f"{event.step_key} failed: {cause.message.strip() if cause else event.message}")
    return result.success


def _plain_logger(say: Callable[[str], None]) -> dg.LoggerDefinition:
    """A Dagster logger that hands on what the assets say, without Dagster's own lines."""

    class Say(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            meta = getattr(record, "dagster_meta", {})
            if meta.get("dagster_event") is None:
                say(str(meta.get("orig_message") or record.getMessage()))

    def build(_context: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("analytics_platform", logging.INFO)
        logger.addHandler(Say())
        return logger

    return dg.LoggerDefinition(build)
