"""What starts runs by itself: the daily job at 00:30 UTC, and the sensor that sees days with new raw lines."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from hashlib import sha256

import dagster as dg
from dagster import AssetSelection

from analytics_platform.defs.days import RANGE_END, RANGE_START
from analytics_platform.defs.waiting import Waiting, waiting_days
from analytics_platform.settings import Settings


def daily_job() -> "dg.UnresolvedAssetJobDefinition":
    return dg.define_asset_job(
        "daily",
        # Reports have a schedule of their own: a backfill of a year is no reason to write a year of messages. Insights
        # are made of the snapshot that this job publishes, by a job of their own (defs/insights.py).
        selection=AssetSelection.all() - AssetSelection.groups("reports", "insights"),
        description="Everything for one day or a range of days: lake, labels, marts, snapshot.",
    )


def daily_schedule(job: "dg.UnresolvedAssetJobDefinition") -> dg.ScheduleDefinition:
    @dg.schedule(job=job, cron_schedule="30 0 * * *", execution_timezone="UTC", name="daily_at_0030_utc")
    def yesterday(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        day = context.scheduled_execution_time.date() - timedelta(days=1)
        return dg.RunRequest(run_key=str(day), partition_key=str(day))

    return yesterday


def reopened_days_sensor(settings: Settings, job: "dg.UnresolvedAssetJobDefinition") -> dg.SensorDefinition:
    @dg.sensor(
        job=job,
        name="reopened_days",
        minimum_interval_seconds=60,
        description="Asks again for days with raw lines that their lake day was not built from, and for today when"
        f" files were imported or put into {settings.imports_folder}/(roster, links, lesson-map, responses), or safety"
        " words changed.",
    )
    def reopened_days() -> dg.SensorResult:
        waiting = waiting_days(settings)
        if not waiting:
            return dg.SensorResult(skip_reason=dg.SkipReason("No day waits: no new raw lines, files or rules."))
        return dg.SensorResult(run_requests=[_request(run, waiting) for run in ranges(sorted(waiting))])

    return reopened_days


def ranges(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Neighbouring days as one range each: a range is one run."""
    first = previous = None
    for day in days:
        if first is None or previous is None:
            first = day
        elif day - previous > timedelta(days=1):
            yield first, previous
            first = day
        previous = day
    if first is not None and previous is not None:
        yield first, previous


def _request(days: tuple[date, date], waiting: Waiting) -> dg.RunRequest:
    """The key names the segments seen: the same state asks once, a further segment asks again."""
    first, last = days
    seen = sorted(name for day, names in waiting.items() if first <= day <= last for name in names)
    key = f"{first}..{last}-{sha256(chr(10).join(seen).encode()).hexdigest()[:16]}"
    return dg.RunRequest(run_key=key, tags={RANGE_START: str(first), RANGE_END: str(last)})
