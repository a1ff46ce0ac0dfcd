"""What starts runs by itself: the daily job at 00:30 UTC, and the sensor that sees days with new raw lines."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster import AssetSelection

from analytics_platform.defs.days import RANGE_END, RANGE_START, days_in
from analytics_platform.defs.lost_runs import end_lost_runs, server_since
from analytics_platform.defs.under_way import BUSY, days_under_way
from analytics_platform.lake.ranges import Range, few_ranges
from analytics_platform.operations.requested_days import may_ask
from analytics_platform.operations.waiting import is_only_unfinished, state_of, waiting_days
from analytics_platform.settings import Settings

STATE = "platform/waiting_for"  # the tag that carries the digest of what a run was asked for
MOST_ATTEMPTS, MOST_RUNS = 3, 12
FILLED_GAP = 14  # days between two that wait: so many more cost about as much as another run, which starts dbt anew
WHOLE = ("daily", "evening")  # the jobs that build everything for their days
LOOKS_EVERY = 20  # seconds: half of the way from a PUT to the mart was waiting for a look each minute


def daily_job(apart: AssetSelection) -> "dg.UnresolvedAssetJobDefinition":
    """``apart`` are the checks that a job of their own evaluates."""
    return dg.define_asset_job(
        "daily",
        # Reports have a schedule of their own: a backfill of a year is no reason to write a year of messages. Insights
        # are made of the snapshot that this job publishes, by a job of their own (defs/insights.py).
        selection=AssetSelection.all() - AssetSelection.groups("reports", "insights", "exports") - apart,
        description="Everything for one day or a range of days: lake, labels, marts, snapshot.",
    )


def daily_schedule(settings: Settings, job: "dg.UnresolvedAssetJobDefinition") -> dg.ScheduleDefinition:
    @dg.schedule(
        job=job,
        cron_schedule="30 0 * * *",
        execution_timezone="UTC",
        name="daily_at_0030_utc",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="The day that just ended, also where no line came: a day without lines is a result, too.",
    )
    def yesterday(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        day = context.scheduled_execution_time.date() - timedelta(days=1)
        if day in days_under_way(context.instance, WHOLE):
            return dg.SkipReason(f"A run is building {day} already.")
        if not may_ask(settings.dagster_home, "daily_at_0030_utc", str(day), [day], datetime.now(UTC)):
            return dg.SkipReason(f"A sensor has just asked for {day}.")
        return dg.RunRequest(run_key=str(day), partition_key=str(day))

    return yesterday


def reopened_days_sensor(settings: Settings, job: "dg.UnresolvedAssetJobDefinition") -> dg.SensorDefinition:
    @dg.sensor(
        job=job,
        name="reopened_days",
        minimum_interval_seconds=LOOKS_EVERY,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks for days that wait at any step: raw lines that are not in the lake, a lake day that has no"
        f" labels or is not in the marts, marts that are not published. Files below {settings.imports_folder}/(roster,"
        f" links, lesson-map, responses) and safety words wait for today. After {MOST_ATTEMPTS} failed runs for one"
        " state it asks no more until the state changes.",
    )
    def reopened_days(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        end_lost_runs(context.instance, server_since=server_since(settings.dagster_home))
        # First the runs: one that ends in between has built its days when they are looked at.
        comes = days_under_way(context.instance, WHOLE)
        found = waiting_days(settings)
        waiting = {day: names for day, names in found.items() if day not in comes}
        if not waiting:
            said = f"{len(found)} days wait, and runs for them are under way." if found else "No day waits at any step."
            return dg.SensorResult(skip_reason=dg.SkipReason(said))
        if is_only_unfinished(waiting) and _is_building(context.instance):
            return dg.SensorResult(skip_reason=dg.SkipReason("A build is under way: whether it ends well comes first."))
        asked, given_up = [], []
        for span in few_ranges(waiting, MOST_RUNS, FILLED_GAP):
            state = state_of(waiting, *span)
            attempt = failed_attempts(context.instance, state)
            if attempt < MOST_ATTEMPTS:
                asked.append(_request(span, state, attempt))
            else:
                given_up.append(span)
        alone = [request for request in asked if _asks_alone(settings, request)]
        if asked:
            others = dg.SkipReason("A schedule has just asked for these days.")
            return dg.SensorResult(run_requests=alone, skip_reason=None if alone else others)
        return dg.SensorResult(skip_reason=dg.SkipReason(gave_up(given_up)))

    return reopened_days


def _asks_alone(settings: Settings, request: dg.RunRequest) -> bool:
    days = days_in(request.tags)
    return may_ask(settings.dagster_home, "reopened_days", request.run_key or "", days, datetime.now(UTC))


def _is_building(instance: dg.DagsterInstance) -> bool:
    return bool(instance.get_runs(dg.RunsFilter(statuses=BUSY), limit=1))


def failed_attempts(instance: dg.DagsterInstance, state: str) -> int:
    """How many runs for this state failed. Runs that Dagster started again after a crash count too."""
    failed = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
    return len(instance.get_runs(dg.RunsFilter(tags={STATE: state}, statuses=failed), limit=MOST_ATTEMPTS))


def gave_up(spans: Sequence[Range]) -> str:
    """What the sensor says of days that it asks for no more; alerts say the same."""
    days = ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in spans)
    return (
        f"Gave up on {days} after {MOST_ATTEMPTS} failed runs each. See the errors of the failed runs, mend the cause,"
        " and materialise the days (analytics-platform materialize)."
    )


def _request(span: Range, state: str, attempt: int) -> dg.RunRequest:
    """The key names the state and the attempt: a state asks once, a failed run asks again, new lines ask anew."""
    first, last = span
    tags = {RANGE_START: str(first), RANGE_END: str(last), STATE: state}
    tags["dagster/priority"] = "-1"  # whoever launches a run by hand waits for it; it goes before those of the sensor
    return dg.RunRequest(run_key=f"{first}..{last}-{state}-{attempt}", tags=tags)
