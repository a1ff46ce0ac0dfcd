"""The reports of videos as a daily asset, their job and its schedule.

Does not live here: what a report says (``reports/video``), its files (``reports/video_files``).
"""

from datetime import UTC, timedelta

import dagster as dg

from analytics_platform.defs.days import ONE_RUN, OWNERS, daily, days_of
from analytics_platform.defs.marts import PUBLISHED
from analytics_platform.settings import Settings

KEY = dg.AssetKey(["reports", "videos"])
PREVIEWS = 3


def video_reports_asset(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=KEY,
        description="The report of each video that was viewed on the days: five numbers, three curves, where people"
        " leave and what they do next, causes, actions, targets. Markdown and HTML below reports/video in"
        " PLATFORM_HOME.",
        deps=[PUBLISHED],
        partitions_def=daily(settings),
        backfill_policy=ONE_RUN,
        group_name="reports",
        kinds={"markdown", "plotly"},
        owners=OWNERS,
    )
    def video_reports(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        from analytics_platform.reports.video_files import write_video_reports

        written, left_out = write_video_reports(settings, days_of(context))
        if left_out:
            context.log.warning(f"{left_out} further videos were viewed: `report video ID` writes their reports.")
        if not written:
            context.log.info("No video was viewed on these days.")
        previews = {one.video_id: dg.MetadataValue.md(one.text) for one in written[:PREVIEWS]}
        facts = {"dagster/row_count": len(written), "left out": left_out}
        folder = dg.MetadataValue.path(str(settings.reports_folder / "video"))
        return dg.MaterializeResult(metadata={**facts, "folder": folder, **previews})

    return video_reports


def video_reports_job() -> "dg.UnresolvedAssetJobDefinition":
    return dg.define_asset_job(
        "reports_videos", selection=[KEY], description="The reports of the videos viewed on some days, as published."
    )


def video_reports_schedule(job: "dg.UnresolvedAssetJobDefinition") -> dg.ScheduleDefinition:
    @dg.schedule(
        job=job,
        cron_schedule="45 2 * * *",
        execution_timezone="UTC",
        name="video_reports_at_0245_utc",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="The videos of yesterday, two hours after the daily job began.",
    )
    def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        day = context.scheduled_execution_time.astimezone(UTC).date() - timedelta(days=1)
        return dg.RunRequest(run_key=f"videos:{day}", partition_key=str(day))

    return nightly
