"""The exports that run by themselves, as one asset by day, and the schedule that writes them after the snapshot.

Does not live here: what is written and where (``serving.exports``).
"""

from datetime import UTC, timedelta

import dagster as dg

from analytics_platform.defs.days import ONE_RUN, OWNERS, daily, days_of
from analytics_platform.serving.exports.exporting import export
from analytics_platform.serving.exports.scheduled import FILE, scheduled
from analytics_platform.settings import Settings

KEY = dg.AssetKey(["exports", "files"])


def exports_asset(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=KEY,
        description=f"Marts, metrics and named queries as files, as {FILE} in PLATFORM_HOME says. Written from the"
        " newest snapshot; one folder per day.",
        deps=[dg.AssetKey(["published", "marts"])],
        partitions_def=daily(settings),
        backfill_policy=ONE_RUN,
        group_name="exports",
        kinds={"parquet"},
        owners=OWNERS,
    )
    def exported_files(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        lines = []
        for day in days_of(context):
            for one in scheduled(settings):
                if one.is_due(day):
                    place = f"{(one.to or str(settings.exports_folder)).rstrip('/')}/{day}"
                    written = export(settings, one.export(), place, one.viewer())
                    lines.append(f"| {written.file} | {written.rows:,} | {written.size:,} |")
        if not lines:
            context.log.info(f"Nothing is due: {settings.home / FILE} says what is exported, and when.")
        table = "\n".join(["| file | rows | bytes |", "| --- | ---: | ---: |", *lines])
        return dg.MaterializeResult(metadata={"files": dg.MetadataValue.md(table), "dagster/row_count": len(lines)})

    return exported_files


def exports_job() -> "dg.UnresolvedAssetJobDefinition":
    return dg.define_asset_job(
        "exports",
        selection=dg.AssetSelection.assets(KEY),
        description="Files of exports.yml, from the newest snapshot.",
    )


def exports_schedule(job: "dg.UnresolvedAssetJobDefinition") -> dg.ScheduleDefinition:
    @dg.schedule(
        job=job,
        cron_schedule="30 2 * * *",
        execution_timezone="UTC",
        name="exports_at_0230_utc",
        description="Writes what is due of yesterday, two hours after the daily job began.",
    )
    def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        day = context.scheduled_execution_time.astimezone(UTC).date() - timedelta(days=1)
        return dg.RunRequest(run_key=f"exports:{day}", partition_key=str(day))

    return nightly
