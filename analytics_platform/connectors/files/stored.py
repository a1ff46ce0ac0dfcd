"""What earlier imports brought: the lake's days, and what has landed since they were built.

Reading what has only landed, instead of building it, keeps those days marked as reopened: the sensor must see them.
Does not live here: what is the newest state (each kind's module says it in SQL).
"""

from pathlib import Path
from typing import Any

import duckdb

from analytics_platform.contracts import Table
from analytics_platform.errors import LakeError
from analytics_platform.lake import parse_sql
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.parse_sql import quote_name
from analytics_platform.lake.workbench import days_sql, workbench


def attach(connection: duckdb.DuckDBPyConnection, folder: Path, lake: Lake, table: Table, view: str) -> None:
    """All rows of a table that were ever taken in, as a view over Parquet days and landed segments."""
    reopened = lake.ledger.reopened(table, lake.landing)
    built = [day for day in lake.ledger.days(table) if day not in reopened]
    segments = [segment for day in reopened for segment in lake.landing.segments(table, day)]
    landing = folder / "landed" / table.path
    landing.mkdir(parents=True, exist_ok=True)
    landed = lake.store.local([segment.key for segment in segments], landing)
    columns = ", ".join(quote_name(column.name) for column in table.columns)
    parts = [f"select {columns} from ({days_sql(lake, table, built, folder)})"]
    if landed:
        typed = parse_sql.typed(table, parse_sql.scan_lines([str(file) for file in landed]), lake.first_day)
        parts.append(f"select {columns} from ({typed}) where reason is null")
    connection.execute(f"create or replace temp view {quote_name(view)} as {' union all '.join(parts)}")


def rows_of(lake: Lake, table: Table, sql: str) -> list[dict[str, Any]]:
    """The rows of a query over ``stored``, everything that a table ever took in."""
    with workbench(lake) as (connection, folder):
        try:
            attach(connection, folder, lake, table, "stored")
            found: list[dict[str, Any]] = connection.sql(sql).to_arrow_table().to_pylist()
        except duckdb.Error as error:
            raise LakeError(
                f"What is stored of {table.path} cannot be read: {error}. Materialise its asset in Dagster to see which"
                " day is broken; nothing was imported."
            ) from error
    return found
