"""The exports that run by themselves, as assets by day, and the schedule that writes them after the snapshot.

Does not live here: what is written and where (``serving.exports``).
"""

from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

import dagster as dg

from analytics_platform.defs.days import ONE_RUN, OWNERS, daily, days_of
from analytics_platform.serving.exports.exporting import export
from analytics_platform.serving.exports.scheduled import FILE, scheduled
from analytics_platform.settings import Settings

SHOWN = 50  # files in the table of a run
NAMES = ("files", "chat_lake", "mongodb")


def export_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    return [_files(settings), _chat_lake(settings), _mongodb(settings)]


def _export(
    settings: Settings, name: str, kind: str, description: str
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """``dg.asset`` with what exports have in common."""
    decorate: Callable[[Callable[..., Any]], dg.AssetsDefinition] = dg.asset(
        key=dg.AssetKey(["exports", name]),
        description=f"{description} Written from the newest snapshot.",
        deps=[dg.AssetKey(["published", "marts"])],
        partitions_def=daily(settings),
        backfill_policy=ONE_RUN,
        group_name="exports",
        kinds={kind},
        owners=OWNERS,
    )
    return decorate


def _files(settings: Settings) -> dg.AssetsDefinition:
    said = f"Marts, metrics and named queries as files, as {FILE} in PLATFORM_HOME says; one folder per day."

    @_export(settings, "files", "parquet", said)
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


def _chat_lake(settings: Settings) -> dg.AssetsDefinition:
    said = "Chats, people and reports as Parquet in folders by year, month and day, at CHAT_EXPORT_URL, for others."

    @_export(settings, "chat_lake", "parquet", said)
    def chat_lake(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        from analytics_platform.serving.exports.chat_lake import write_chat_lake

        if not settings.chat_export_url:
            return _nothing("CHAT_EXPORT_URL is not set: nothing is handed on.")
        done = write_chat_lake(settings, days_of(context))
        rows = "\n".join(f"| {file} | {count:,} |" for file, count in list(done.files.items())[:SHOWN])
        table = dg.MetadataValue.md(f"| file | rows |\n| --- | ---: |\n{rows}")
        facts: dict[str, Any] = {
            "files": len(done.files),
            "removed": len(done.removed),
            "place": done.place,
            "snapshot": done.version,
        }
        return dg.MaterializeResult(metadata={**facts, "written": table, "dagster/row_count": sum(done.files.values())})

    return chat_lake


def _mongodb(settings: Settings) -> dg.AssetsDefinition:
    said = "Chats, people and reports as six collections of MONGODB_URL, for others; a rerun changes nothing."

    @_export(settings, "mongodb", "mongodb", said)
    def mongodb(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        from analytics_platform.serving.exports.mongodb import upsert_chats

        if not settings.mongodb_url.get_secret_value():
            return _nothing("MONGODB_URL is not set: nothing is handed on.")
        done = upsert_chats(settings, days_of(context))
        rows = "\n".join(
            f"| {name} | {done.new[name]} | {done.changed[name]} | {done.deleted[name]} |" for name in done.new
        )
        table = dg.MetadataValue.md(f"| collection | new | changed | deleted |\n| --- | ---: | ---: | ---: |\n{rows}")
        return dg.MaterializeResult(metadata={"collections": table, "snapshot": done.version})

    return mongodb


def _nothing(why: str) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"dagster/row_count": 0, "why": why})


def exports_job() -> "dg.UnresolvedAssetJobDefinition":
    return dg.define_asset_job(
        "exports",
        selection=dg.AssetSelection.assets(*(dg.AssetKey(["exports", name]) for name in NAMES)),
        description="Files of exports.yml and chats for others, from the newest snapshot.",
    )


def exports_schedule(settings: Settings, job: "dg.UnresolvedAssetJobDefinition") -> dg.ScheduleDefinition:
    @dg.schedule(
        job=job,
        cron_schedule="30 2 * * *",
        execution_timezone="UTC",
        name="exports_at_0230_utc",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Writes what is due of yesterday, two hours after the daily job began.",
    )
    def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        wanted = (settings.home / FILE).exists() or settings.chat_export_url or settings.mongodb_url.get_secret_value()
        if not wanted:
            return dg.SkipReason(f"Nothing is exported: no {FILE}, no CHAT_EXPORT_URL, no MONGODB_URL.")
        day = context.scheduled_execution_time.astimezone(UTC).date() - timedelta(days=1)
        return dg.RunRequest(run_key=f"exports:{day}", partition_key=str(day))

    return nightly
