"""One asset per source table, made from its contract: the lake day, its ledger and its checks.

The checks of the days just built run with the asset and stop what is below them.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from analytics_platform.contracts import TABLES, LakeTable, Table
from analytics_platform.defs.days import ONE_RUN, OWNERS, daily, days_of, retry_later
from analytics_platform.defs.nocodb import how_it_comes, pull_first
from analytics_platform.defs.setting_groups import settings_of
from analytics_platform.lake import checks, open_lake
from analytics_platform.lake.checks import Finding
from analytics_platform.lake.ledger import Entry
from analytics_platform.lake.red_days import note
from analytics_platform.settings import Settings
from analytics_platform.warehouse.tables import PREVIEW_ROWS, markdown

_CHECKS = {
    "schema": ("Every file has the contract's columns and types.", True),
    "unique_key": ("No key is there twice in a day.", True),
    "ledger_balances": ("received = stored + duplicate + quarantined, and the files hold what the ledger says.", True),
    "volume": ("No day has fewer than half of the rows that are usual for its weekday.", False),
    "shares": ("Few lines of a day are in quarantine, and less than half are repeats.", False),
    "schema_drift": ("No column is filled far more or less often than in the two weeks before.", False),
}
# Red on a day: what deviates then is a gap in the data. Few rows alone may be people's doing, and bursts in quarantine
# are judged by what is usual for the source (insights.platform_days).
_DATA_GAPS = ("schema", "unique_key", "ledger_balances", "schema_drift")


def source_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    return [_source_asset(settings, table) for table in TABLES.values()]


def _source_asset(settings: Settings, table: Table) -> dg.AssetsDefinition:
    key = dg.AssetKey([table.source, table.name])
    groups = {"lake", "nocodb"} if table.source == "nocodb" else {"lake"}

    @dg.asset(
        key=key,
        description=f"{table.description} {table.grain}{how_it_comes(settings, table)}",
        partitions_def=daily(settings),
        backfill_policy=ONE_RUN,
        group_name="lake",
        kinds={"duckdb", "parquet"},
        owners=OWNERS,
        tags={"source": table.source},
        metadata={"dagster/column_schema": column_schema(table), "key": table.key},
        required_resource_keys=groups,
        check_specs=[
            dg.AssetCheckSpec(name, asset=key, description=text, blocking=blocking)
            for name, (text, blocking) in _CHECKS.items()
        ],
    )
    def lake_days(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        days = days_of(context)
        own = settings_of(context, settings, groups)
        pulled = pull_first(context, own, table, days)
        lake = open_lake(own)
        context.log.info(f"Building {len(days)} days of {table.path}, {days[0]} to {days[-1]}.")
        try:
            entries = lake.build(table, days)
        except OSError as error:
            raise retry_later(context, error) from error
        if early := sum(entry.before_first_day for entry in entries):
            context.log.warning(
                f"{table.path}: {early} lines claim a time before PLATFORM_FIRST_DAY ({settings.platform_first_day})"
                " and are dated by their receipt. Where that is history and no wrong clock, set an earlier day before"
                " importing it."
            )
        for entry in entries:
            context.add_asset_metadata(_day_metadata(entry), partition_key=str(entry.day))
        with checks.open_days(lake, table, days) as (connection, files):
            findings = {
                "schema": checks.schema(table, files, connection),
                "unique_key": checks.unique_key(table, connection),
                "ledger_balances": checks.ledger(entries, files),
                "volume": checks.volume(table, lake, days, datetime.now(UTC).date()),
                "shares": checks.shares(entries),
                "schema_drift": checks.drift(table, lake, days),
            }
            sample = connection.execute(f"select * from days limit {PREVIEW_ROWS}").df()
        note(lake, table, days, {name: findings[name] for name in _DATA_GAPS})
        yield dg.MaterializeResult(
            metadata={
                "dagster/row_count": sum(entry.stored for entry in entries),
                "preview": dg.MetadataValue.md(markdown(sample, sorted(table.personal_columns))),
                "counts by day": dg.MetadataValue.md(_counts(entries)),
                **pulled,
            }
        )
        for name, finding in findings.items():
            yield _check_result(name, finding, blocking=_CHECKS[name][1])

    return lake_days


def _check_result(name: str, finding: Finding, blocking: bool) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=name,
        passed=finding.passed,
        severity=dg.AssetCheckSeverity.ERROR if blocking else dg.AssetCheckSeverity.WARN,
        description=finding.message,
        metadata=dict(finding.facts),
    )


def combined_result(asset: dg.AssetKey, name: str, findings: Sequence[Finding]) -> dg.AssetCheckResult:
    """Several findings as one check: each check costs Dagster two events."""
    wrong = [finding for finding in findings if not finding.passed]
    return dg.AssetCheckResult(
        asset_key=asset,
        check_name=name,
        passed=not wrong,
        description=" ".join(finding.message for finding in wrong or findings),
        metadata={fact: value for finding in findings for fact, value in finding.facts.items()},
    )


def _day_metadata(entry: Entry) -> dict[str, Any]:
    """Numbers of one day; Dagster draws each as a series over the partitions."""
    return {
        "dagster/partition_row_count": entry.stored,
        "received": entry.received,
        "stored": entry.stored,
        "duplicate": entry.duplicate,
        "quarantined": entry.quarantined,
        "segments": len(entry.segments),
        "before the first day": entry.before_first_day,
    }


def _counts(entries: Sequence[Entry]) -> str:
    head = (
        "| day | received | stored | duplicate | quarantined | reasons |\n| --- | ---: | ---: | ---: | ---: | --- |\n"
    )
    return head + "\n".join(
        f"| {e.day} | {e.received} | {e.stored} | {e.duplicate} | {e.quarantined} |"
        f" {', '.join(f'{reason} {count}' for reason, count in e.reasons.items())} |"
        for e in entries[-31:]
    )


def column_schema(table: LakeTable) -> dg.TableSchema:
    return dg.TableSchema(
        columns=[
            dg.TableColumn(column.name, column.type, description=column.description) for column in table.all_columns
        ]
    )
