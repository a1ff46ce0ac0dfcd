"""The imported files as assets: rosters, links, lesson maps, due dates, answers of exports.

One step without partitions takes what was dropped into the watched folder and builds whatever days were reopened by new
files; where nothing is new it costs five events.
Does not live here: reading a file (``connectors``), what asks for the run (``automation``).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import dagster as dg

from analytics_platform.connectors.files.dropping import take_dropped
from analytics_platform.contracts import IMPORTS, Table
from analytics_platform.defs.days import OWNERS, retry_later
from analytics_platform.defs.sources import column_schema, combined_result
from analytics_platform.lake import checks, open_lake
from analytics_platform.lake.lake import Lake
from analytics_platform.settings import Settings
from analytics_platform.warehouse.tables import PREVIEW_ROWS, markdown

Event = dg.MaterializeResult[None] | dg.AssetCheckResult
CHECK = "as_contracted"


def import_assets(settings: Settings) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="imported_files",
        specs=[_spec(table) for table in IMPORTS.values()],
        check_specs=[
            dg.AssetCheckSpec(
                CHECK,
                asset=_key(table),
                description="Columns and types, unique keys, and received = stored + duplicate + quarantined.",
            )
            for table in IMPORTS.values()
        ],
        can_subset=True,
        pool="imports",
    )
    def imported_files(context: dg.AssetExecutionContext) -> Iterator[Event]:
        for file in take_dropped(settings):
            context.log.info(file.summary())
        lake, failed = open_lake(settings), list[str]()
        for table in IMPORTS.values():
            if _key(table) not in context.selected_asset_keys:
                continue
            days = lake.ledger.reopened(table, lake.landing)
            try:
                lake.build(table, days)
            except OSError as error:
                raise retry_later(context, error) from error
            for event in _events(lake, table, days):
                yield event
                if isinstance(event, dg.AssetCheckResult) and not event.passed:
                    failed.append(f"{table.path}: {event.description}")
        # Not a blocking check: one that is not evaluated, because nothing is new, warns in every step below.
        if failed:
            raise dg.Failure("; ".join(failed), allow_retries=False)

    return imported_files


def _events(lake: Lake, table: Table, days: list[date]) -> Iterator[Event]:
    entries = lake.ledger.entries(table)
    facts: dict[str, Any] = {"dagster/row_count": sum(entry.stored for entry in entries), "days built": len(days)}
    if not days:
        yield dg.MaterializeResult(asset_key=_key(table), metadata=facts)
        return
    with checks.open_days(lake, table, days) as (connection, files):
        built = [entry for entry in entries if entry.day in days]
        findings = [
            checks.schema(table, files, connection),
            checks.unique_key(table, connection),
            checks.ledger(built, files),
        ]
        sample = connection.execute(f"select * from days limit {PREVIEW_ROWS}").df()
    preview = dg.MetadataValue.md(markdown(sample, sorted(table.personal_columns)))
    refused = sum(entry.quarantined for entry in built)
    metadata = facts | {"preview": preview, "quarantined": refused}
    yield dg.MaterializeResult(asset_key=_key(table), metadata=metadata)
    yield combined_result(_key(table), CHECK, findings)


def _key(table: Table) -> dg.AssetKey:
    return dg.AssetKey([table.source, table.name])


def _spec(table: Table) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=_key(table),
        description=f"{table.description} {table.grain} Files come with `analytics-platform import`, or are dropped"
        " into the imports folder.",
        group_name="lake",
        kinds={"duckdb", "parquet"},
        owners=OWNERS,
        tags={"source": "files"},
        metadata={"dagster/column_schema": column_schema(table), "key": table.key},
    )
