"""The evening message as a daily asset, and the schedule that has it ready at the configured local time.

Its day is the local day of the same date. The schedule's run first builds the UTC days that the local day touches, so
the message says what is known at that minute. Does not live here: what the message says (``reports``).
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import dagster as dg
from dagster import AssetSelection

from analytics_platform.defs.days import ONE_RUN, OWNERS, RANGE_END, RANGE_START, daily, days_of
from analytics_platform.operations.requested_days import may_ask
from analytics_platform.reports.message_files import write_messages
from analytics_platform.settings import Settings

KEY = dg.AssetKey(["reports", "progress"])
LEAD_MINUTES = 5  # a run of today takes about a minute, and the message is to be ready in time


def progress_asset(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=KEY,
        description="The evening message of every cohort with a roster, as Markdown, HTML and CSV below"
        " reports/progress in PLATFORM_HOME. One folder per local day.",
        deps=[dg.AssetKey(["published", "marts"])],
        partitions_def=daily(settings),
        backfill_policy=ONE_RUN,
        group_name="reports",
        kinds={"markdown"},
        owners=OWNERS,
    )
    def progress_messages(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        today = datetime.now(ZoneInfo(settings.platform_timezone)).date()
        files = [file for day in days_of(context) if day <= today for file in write_messages(settings, day)]
        if not files:
            context.log.info("No cohort has a roster, so there is nobody to tell of: analytics-platform import roster.")
        return dg.MaterializeResult(
            metadata={"files": len(files), "folder": dg.MetadataValue.path(str(settings.reports_folder / "progress"))}
        )

    return progress_messages


def evening_job(apart: AssetSelection) -> "dg.UnresolvedAssetJobDefinition":
    return dg.define_asset_job(
        "evening",
        selection=AssetSelection.all()
        - AssetSelection.groups("insights", "exports")
        - (AssetSelection.groups("reports") - AssetSelection.assets(KEY))
        - apart,
        description="Everything for today, and then the evening message of every cohort.",
    )


def evening_schedule(settings: Settings, job: "dg.UnresolvedAssetJobDefinition") -> dg.ScheduleDefinition:
    hour, minute = (int(part) for part in settings.report_time.split(":"))
    start_hour, start_minute = divmod((hour * 60 + minute - LEAD_MINUTES) % 1440, 60)

    @dg.schedule(
        job=job,
        cron_schedule=f"{start_minute} {start_hour} * * *",
        execution_timezone=settings.platform_timezone,
        name="evening_message",
        description=f"The evening message is ready at {settings.report_time} in {settings.platform_timezone}.",
    )
    def evening(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        first, last = utc_days(context.scheduled_execution_time, settings.platform_timezone)
        # The message needs this run, whoever else asks; that it is noted keeps the sensor from asking beside it.
        may_ask(settings.dagster_home, "evening_message", str(last), {first, last}, datetime.now(UTC))
        return dg.RunRequest(run_key=str(last), tags={RANGE_START: str(first), RANGE_END: str(last)})

    return evening


def utc_days(at: datetime, zone: str) -> tuple[date, date]:
    """The UTC days that the local day of a moment touches until then; its own date lies among them."""
    local = at.astimezone(ZoneInfo(zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    touched = [midnight.astimezone(ZoneInfo("UTC")).date(), at.astimezone(ZoneInfo("UTC")).date(), local.date()]
    return min(touched), max(touched)
