"""What is found in the published snapshot, as assets: series, incidents, forecasts, chances of leaving, themes.

They read the snapshot, so they cannot be part of the run that publishes it: a sensor asks for them when a run has
published, their marts are built, and the snapshot is published anew with them. That second publishing asks for nothing,
or it would never end. Does not live here: any of the finding (``insights``).
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
from dagster import AssetSelection

from analytics_platform.contracts import INSIGHTS
from analytics_platform.defs.days import ONE_RUN, OWNERS, PARTITION, RANGE_END, RANGE_START, daily, days_of
from analytics_platform.defs.marts import POOL, PUBLISHED, PUBLISHED_INSIGHTS, mart_assets
from analytics_platform.defs.published import publish_last_build
from analytics_platform.defs.sources import column_schema
from analytics_platform.defs.under_way import QUEUED, days_under_way
from analytics_platform.insights.missing import days_without_series, newest_day
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse

JOB, SENSOR = "insights", "new_snapshot"
EVERY_MART = "every_declared_mart_was_read"
Event = dg.MaterializeResult[None] | dg.AssetCheckResult


def insight_assets(settings: Settings, manifest_file: Path, checks: set[dg.AssetCheckKey]) -> list[dg.AssetsDefinition]:
    marts = mart_assets(settings, manifest_file, of_insights=True)
    made = [_series(settings), _incidents(settings), _forecasts(settings), _learner_risk(settings), _themes(settings)]
    return [*made, marts, _published(settings, marts, checks)]


def _insight(
    settings: Settings, path: str, deps: list[dg.AssetKey], **more: Any
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """``dg.asset`` with what the four assets have in common."""
    table = INSIGHTS[path]
    common: dict[str, Any] = {
        "key": dg.AssetKey(path.split("/")),
        "deps": deps,
        "description": f"{table.description} {table.grain}",
        "partitions_def": daily(settings),
        "backfill_policy": ONE_RUN,
        "group_name": "insights",
        "kinds": {"python", "parquet"},
        "owners": OWNERS,
        "pool": "insights",
        "metadata": {"dagster/column_schema": column_schema(table), "key": table.key},
    }
    decorate: Callable[[Callable[..., Any]], dg.AssetsDefinition] = dg.asset(**common, **more)
    return decorate


def _series(settings: Settings) -> dg.AssetsDefinition:
    key = dg.AssetKey(["insights", "series"])
    check = dg.AssetCheckSpec(EVERY_MART, asset=key, description="Each mart that watched.yaml names could be read.")

    @_insight(settings, "insights/series", [PUBLISHED], check_specs=[check])
    def series(context: dg.AssetExecutionContext) -> Iterator[Event]:
        from analytics_platform.insights.gathering import gather

        asked = days_of(context)
        done = gather(settings, asked)
        for day in asked:  # later days that were written anew are none of this run's partitions
            count = done.points.get(day, 0)
            context.add_asset_metadata({"dagster/partition_row_count": count}, partition_key=str(day))
        rows = sum(done.points.values())
        yield dg.MaterializeResult(metadata={"dagster/row_count": rows, "snapshot": done.snapshot})
        yield dg.AssetCheckResult(
            check_name=EVERY_MART,
            passed=not done.refused,
            severity=dg.AssetCheckSeverity.WARN,
            description="; ".join(f"{mart}: {why}" for mart, why in done.refused.items()) or "Every mart was read.",
        )

    return series


def _incidents(settings: Settings) -> dg.AssetsDefinition:
    @_insight(settings, "insights/incidents", [dg.AssetKey(["insights", "series"])])
    def incidents(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        from analytics_platform.insights.finding import find
        from analytics_platform.insights.markdown import incident_pictures, incident_table

        found = find(settings, days_of(context))
        gaps = sum(row["nature"] == "data gap" for row in found.rows)
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": len(found.rows),
                "open": sum(row["status"] == "open" for row in found.rows),
                "data gaps": gaps,
                "series judged": found.series,
                "incidents": dg.MetadataValue.md(incident_table(found.rows)),
                "pictures": dg.MetadataValue.md(incident_pictures(found)),
            }
        )

    return incidents


def _forecasts(settings: Settings) -> dg.AssetsDefinition:
    @_insight(settings, "insights/forecasts", [dg.AssetKey(["insights", "series"])])
    def forecasts(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        from analytics_platform.insights.markdown import forecast_pictures, forecast_table
        from analytics_platform.insights.projecting import project

        found = project(settings, newest_day(settings, days_of(context)))
        return dg.MaterializeResult(
            metadata={
                "series": len(found),
                "abstained": sum(each.reason is not None for _, each in found),
                "forecasts": dg.MetadataValue.md(forecast_table(found)),
                "pictures": dg.MetadataValue.md(forecast_pictures(found)),
            }
        )

    return forecasts


def _learner_risk(settings: Settings) -> dg.AssetsDefinition:
    @_insight(settings, "insights/learner_risk", [PUBLISHED])
    def learner_risk(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        from analytics_platform.insights.markdown import risk_table
        from analytics_platform.insights.risk.learner_scores import score_day

        found = score_day(settings, newest_day(settings, days_of(context)))
        scored = 0 if found.person is None else len(found.person)
        return dg.MaterializeResult(metadata={"learners": scored, "worth": dg.MetadataValue.md(risk_table(found))})

    return learner_risk


def _themes(settings: Settings) -> dg.AssetsDefinition:
    @_insight(settings, "insights/themes", [PUBLISHED])
    def themes(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        from analytics_platform.insights.markdown import theme_table
        from analytics_platform.insights.theming import write_themes

        done = write_themes(settings, newest_day(settings, days_of(context)))
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": done.rows,
                "weeks": f"{done.weeks[0]} to {done.weeks[1]}",
                **{f"texts of {source}": count for source, count in done.texts.items()},
                "themes of too few people": done.hidden,
                "themes": dg.MetadataValue.md(theme_table(done)),
            }
        )

    return themes


def _published(settings: Settings, marts: dg.AssetsDefinition, checks: set[dg.AssetCheckKey]) -> dg.AssetsDefinition:
    warehouse = open_warehouse(settings)

    @dg.asset(
        key=PUBLISHED_INSIGHTS,
        description="The snapshot again, with what was found in the one before. It starts nothing.",
        deps=[key for key in marts.keys if key.path[0] == "marts"],
        partitions_def=daily(settings),
        backfill_policy=ONE_RUN,
        group_name="insights",
        kinds={warehouse.kind},
        owners=OWNERS,
        pool=POOL,
    )
    def insights_snapshot(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        done = publish_last_build(settings, context, checks)
        return dg.MaterializeResult(metadata={"version": done.version, "file": dg.MetadataValue.path(warehouse.place)})

    return insights_snapshot


def insights_job(apart: AssetSelection) -> "dg.UnresolvedAssetJobDefinition":
    return dg.define_asset_job(
        JOB,
        selection=AssetSelection.groups("insights") - apart,
        description="What is found in the snapshot for a day or a range of days, its marts, and the snapshot anew.",
    )


def new_snapshot_sensor(settings: Settings, job: "dg.UnresolvedAssetJobDefinition") -> dg.SensorDefinition:
    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name=SENSOR,
        request_job=job,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Asks for insights when a run has published a snapshot, for the days of that run and for days that"
        " have no series yet. Runs of insights themselves ask for nothing.",
    )
    def new_snapshot(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        run = context.dagster_run
        if run.job_name == JOB:
            return dg.SkipReason("This run made insights itself.")
        version = published_version(context.instance, run.run_id)
        if version is None:
            return dg.SkipReason(f"Run {run.run_id} of {run.job_name} published nothing.")
        days = days_to_look_at(run.tags, days_without_series(settings))
        if days is None:
            return dg.SkipReason("No day of any source is materialised yet.")
        queued = days_under_way(context.instance, (JOB,), QUEUED)
        if queued and min(queued) <= days[0] and days[1] <= max(queued):
            return dg.SkipReason("A run of insights for these days is queued, and will read the newest snapshot.")
        return dg.RunRequest(run_key=f"insights:{version}", tags={RANGE_START: str(days[0]), RANGE_END: str(days[1])})

    return new_snapshot


def published_version(instance: dg.DagsterInstance, run_id: str) -> str | None:
    """The version of the snapshot that a run published; None where it published none."""
    events = instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
    for event in events:
        if event.dagster_event and event.dagster_event.asset_key == PUBLISHED:
            return str(event.dagster_event.step_materialization_data.materialization.metadata["version"].value)
    return None


def days_to_look_at(tags: dict[str, str] | Any, missing: list[date]) -> tuple[date, date] | None:
    """The run's days and the missing ones, as one range."""
    first, last = tags.get(RANGE_START) or tags.get(PARTITION), tags.get(RANGE_END) or tags.get(PARTITION)
    days = [date.fromisoformat(day) for day in (first, last) if day] + missing
    return (min(days), max(days)) if days else None
