"""NocoDB in the control room: a partition that a person materialises is pulled first, a sensor follows what changes.

Both do nothing where no connection is set. Does not live here: pulling (``connectors/nocodb``).
"""

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime

import dagster as dg

from analytics_platform.contracts import Table
from analytics_platform.lake.ranges import ranges
from analytics_platform.settings import Settings

TICK_SECONDS = 40  # Dagster ends a tick after a minute; the next one goes on where this one stopped
SHOWN_DAYS = 31


def how_it_comes(settings: Settings, table: Table) -> str:
    """What the asset's page says about where its rows come from; nothing where they are not pulled."""
    if table.source != "nocodb" or not settings.nocodb_url:
        return ""
    return (
        " A partition that is materialised by hand pulls its day from NocoDB first; the sensor `nocodb_changes` brings"
        " what is new, edited and deleted."
    )


def pull_first(
    context: dg.AssetExecutionContext, settings: Settings, table: Table, days: Sequence[date]
) -> dict[str, dg.MarkdownMetadataValue]:
    """Pull the days of a NocoDB table into landing, unless a sensor asked for the run: it has landed what is new.

    The answer is what came, as metadata.
    """
    if table.source != "nocodb" or not settings.nocodb_url or "dagster/sensor_name" in context.run.tags:
        return {}
    from analytics_platform.connectors.nocodb.pulling import pull

    done = pull(settings, [(table, day) for day in days], tell=lambda pulled: context.log.info(pulled.line()))
    head = (
        "| day | NocoDB counts | came | landed | there in the same version | gone |\n|---|---:|---:|---:|---:|---:|\n"
    )
    rows = [f"| {p.day} | {p.counted} | {p.came} | {p.landed} | {p.unchanged} | {p.gone} |" for p in done[-SHOWN_DAYS:]]
    return {"pulled from NocoDB": dg.MetadataValue.md(head + "\n".join(rows))}


def nocodb_sensor(settings: Settings) -> dg.SensorDefinition:
    on = dg.DefaultSensorStatus.RUNNING if settings.nocodb_url else dg.DefaultSensorStatus.STOPPED

    @dg.sensor(
        name="nocodb_changes",
        minimum_interval_seconds=120,
        default_status=on,
        description="Lands conversations and messages that were created or edited in NocoDB since the last look, and"
        " looks for deleted ones daily. Their days wait then, and the sensor reopened_days asks for them.",
    )
    def nocodb_changes() -> dg.SensorResult:
        if not settings.nocodb_url:
            return dg.SensorResult(skip_reason=dg.SkipReason("No NocoDB is set: set NOCODB_URL, or turn this off."))
        landed, days = follow(settings)
        if not days:
            return dg.SensorResult(skip_reason=dg.SkipReason("Nothing was created, edited or deleted in NocoDB."))
        spans = ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in ranges(days))
        said = f"{landed} lines landed for {spans}; the sensor reopened_days asks for these days."
        return dg.SensorResult(skip_reason=dg.SkipReason(said), cursor=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")

    return nocodb_changes


def follow(settings: Settings) -> tuple[int, set[date]]:
    """Pump what changed for as long as a tick may take; the lines, and the days that they belong to."""
    from analytics_platform.connectors.nocodb.changes import change_source
    from analytics_platform.lake import open_lake
    from analytics_platform.lake.pump import Pump
    from analytics_platform.lake.pump_status import StatusFile

    deadline = time.monotonic() + TICK_SECONDS
    with change_source(settings) as source:
        pump = Pump(source, open_lake(settings).landing, StatusFile.of(settings.home))
        landed = pump.once(lambda: time.monotonic() > deadline)
    return landed, source.days
