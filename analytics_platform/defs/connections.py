"""BI tools that are kept fresh, as an asset, and the schedule that looks each hour which of them are due.

Does not live here: which there are (``serving.exports.connections``), how it is done (``serving.exports.refreshing``).
"""

from datetime import datetime

import dagster as dg
from pydantic import Field

from analytics_platform.defs.days import OWNERS
from analytics_platform.serving.exports.connections import FILE, connections
from analytics_platform.settings import Settings

KEY = dg.AssetKey(["exports", "connections"])


class Due(dg.Config):
    """Which connections to bring up to date; all, where none is named."""

    names: list[str] = Field(default_factory=list)


def connections_asset(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=KEY,
        description=f"Tableau and Power BI as {FILE} in PLATFORM_HOME says, each brought up to the newest snapshot.",
        deps=[dg.AssetKey(["published", "marts"])],
        group_name="exports",
        kinds={"tableau", "powerbi"},
        owners=OWNERS,
    )
    def bi_connections(context: dg.AssetExecutionContext, config: Due) -> dg.MaterializeResult[None]:
        from analytics_platform.serving.exports.refreshing import refresh

        wanted = [one for one in connections(settings) if not config.names or one.name in config.names]
        if not wanted:
            context.log.info(f"Nothing to do: {settings.home / FILE} names the connections.")
        states = [refresh(settings, one) for one in wanted]
        lines = [
            f"| {state.name} | {state.error or 'good'} | {state.succeeded_at or 'never'} | {state.rows:,} |"
            for state in states
        ]
        table = "\n".join(["| connection | state | last success | rows |", "| --- | --- | --- | ---: |", *lines])
        context.add_output_metadata({"connections": dg.MetadataValue.md(table)})
        if failed := [f"{state.name}: {state.error}" for state in states if state.error]:
            raise dg.Failure(description="; ".join(failed), metadata={"connections": dg.MetadataValue.md(table)})
        return dg.MaterializeResult(metadata={"dagster/row_count": sum(state.rows for state in states)})

    return bi_connections


def connections_job() -> "dg.UnresolvedAssetJobDefinition":
    return dg.define_asset_job(
        "bi_connections",
        selection=dg.AssetSelection.assets(KEY),
        description="Tableau and Power BI, brought up to the newest snapshot.",
    )


def connections_schedule(settings: Settings, job: "dg.UnresolvedAssetJobDefinition") -> dg.ScheduleDefinition:
    @dg.schedule(
        job=job,
        cron_schedule="20 * * * *",
        execution_timezone="UTC",
        name="bi_connections_each_hour",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Brings the connections up to date that are due in this hour.",
    )
    def hourly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        return due(settings, context.scheduled_execution_time)

    return hourly


def due(settings: Settings, moment: datetime) -> dg.RunRequest | dg.SkipReason:
    names = [one.name for one in connections(settings) if one.is_due(moment)]
    if not names:
        return dg.SkipReason(f"No connection of {FILE} is due in this hour.")
    run_config = {"ops": {KEY.to_python_identifier(): {"config": {"names": names}}}}
    return dg.RunRequest(run_key=f"connections:{moment:%Y-%m-%dT%H}", run_config=run_config)
