"""All definitions for one settings object. Tests hand in settings of their own; nothing else is replaced."""

import warnings
from collections.abc import Mapping

import dagster as dg
import orjson

from analytics_platform.defs.alerting import alert_sensors
from analytics_platform.defs.automation import daily_job, daily_schedule, reopened_days_sensor
from analytics_platform.defs.chats import categorize_job, chat_label_assets, chats_sensor, translation_asset
from analytics_platform.defs.check_states import check_keys
from analytics_platform.defs.connections import connections_asset, connections_job, connections_schedule
from analytics_platform.defs.days import with_first_partition
from analytics_platform.defs.documents import closed_periods_sensor, posting, report_assets, report_jobs
from analytics_platform.defs.exports import export_assets, exports_job, exports_schedule
from analytics_platform.defs.imports import import_assets
from analytics_platform.defs.insights import insight_assets, insights_job, new_snapshot_sensor
from analytics_platform.defs.kafka import kafka_job, kafka_schedule
from analytics_platform.defs.labels import label_assets
from analytics_platform.defs.logs import json_logger
from analytics_platform.defs.marts import mart_assets, step_assets
from analytics_platform.defs.nocodb import nocodb_sensor
from analytics_platform.defs.published import published_asset
from analytics_platform.defs.reports import evening_job, evening_schedule, progress_asset
from analytics_platform.defs.resources import resources
from analytics_platform.defs.sources import source_assets
from analytics_platform.defs.standing import standing_checks, standing_job
from analytics_platform.defs.upkeep import upkeep
from analytics_platform.defs.video_reports import video_reports_asset, video_reports_job, video_reports_schedule
from analytics_platform.settings import Settings
from analytics_platform.warehouse.lineage import marts as read_marts
from analytics_platform.warehouse.manifest import manifest_path


def definitions(settings: Settings, loggers: Mapping[str, dg.LoggerDefinition] | None = None) -> dg.Definitions:
    settings = with_first_partition(settings)
    # Backfill policies, pools and kinds are in wide use and still marked beta.
    warnings.filterwarnings("ignore", category=dg.BetaWarning)
    manifest = manifest_path(settings)
    marts = mart_assets(settings, manifest)
    reports, (post_reports, post_schedule) = report_jobs(), posting(settings)
    upkeep_job, upkeep_schedule = upkeep(settings)
    sources = source_assets(settings)
    of_sources = check_keys(sources)
    assets = [
        *sources,
        import_assets(settings),
        label_assets(settings),
        chat_label_assets(settings),
        translation_asset(settings),
        marts,
        published_asset(settings, marts, of_sources),
        progress_asset(settings),
        *insight_assets(settings, manifest, of_sources),
    ]
    checks = standing_checks(settings, assets, read_marts(orjson.loads(manifest.read_bytes())))
    apart = dg.AssetSelection.checks(*checks)
    job, evening, insights = daily_job(apart), evening_job(apart), insights_job(apart)
    bi = connections_job()
    categorize, exports, (standing, standing_schedule) = categorize_job(apart), exports_job(), standing_job(apart)
    videos, kafka = video_reports_job(), kafka_job(settings)
    return dg.Definitions(
        assets=[
            *assets,
            *step_assets(settings, manifest),
            *report_assets(settings, check_keys([*assets, *checks])),
            *export_assets(settings),
            connections_asset(settings),
            video_reports_asset(settings),
        ],
        asset_checks=checks,
        jobs=[
            bi,
            job,
            evening,
            insights,
            categorize,
            *reports,
            post_reports,
            exports,
            videos,
            kafka,
            upkeep_job,
            standing,
        ],
        schedules=[
            daily_schedule(settings, job),
            standing_schedule,
            evening_schedule(settings, evening),
            post_schedule,
            exports_schedule(settings, exports),
            connections_schedule(settings, bi),
            video_reports_schedule(videos),
            kafka_schedule(settings, kafka),
            upkeep_schedule,
        ],
        loggers=loggers or ({"console": json_logger()} if settings.log_format == "json" else None),
        resources=resources(settings),
        sensors=[
            reopened_days_sensor(settings, job),
            new_snapshot_sensor(settings, insights),
            chats_sensor(settings, categorize),
            *alert_sensors(settings),
            closed_periods_sensor(settings, reports),
            nocodb_sensor(settings),
        ],
        # One process per run: a step of its own would pay the imports again, and DuckDB and dbt use both cores.
        executor=dg.in_process_executor,
    )
