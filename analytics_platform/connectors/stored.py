"""What earlier imports brought: the lake's days, and what has landed since they were built.

Reading what has only landed, instead of building it, keeps those days marked as reopened: the sensor must see them.
Does not live here: what is the newest state (each kind's module says it in SQL).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from analytics_platform.contracts import Table
from analytics_platform.errors import LakeError
from analytics_platform.lake import reading
from analytics_platform.lake.days import Lake, lake_key
from analytics_platform.lake.reading import name, text


@contextmanager
def workbench(lake: Lake) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A DuckDB that spills to disk, and a folder for files; both gone at the end."""
    with lake.store.workspace() as folder:
        config = {"memory_limit": f"{lake.memory_bytes}B", "temp_directory": str(folder / "spill")}
        with duckdb.connect(config={"threads": lake.threads} | config) as connection:
            connection.execute("set timezone = 'UTC'")
            yield connection, folder


def attach(connection: duckdb.DuckDBPyConnection, folder: Path, lake: Lake, table: Table, view: str) -> None:
    """All rows of a table that were ever taken in, as a view over Parquet days and landed segments."""
    reopened = lake.ledger.reopened(table, lake.landing)
    built = [day for day in lake.ledger.days(table) if day not in reopened]
    segments = [segment for day in reopened for segment in lake.landing.segments(table, day)]
    for part in ("days", "landed"):
        (folder / view / part).mkdir(parents=True, exist_ok=True)
    days = lake.store.local([lake_key(table, day) for day in built], folder / view / "days")
    landed = lake.store.local([segment.key for segment in segments], folder / view / "landed")
    columns = ", ".join(name(column.name) for column in table.columns)
    parts = [f"select {', '.join(f'null::{c.duckdb_type} as {name(c.name)}' for c in table.columns)} where false"]
    if days:
        files = ", ".join(text(str(file)) for file in days)
        parts.append(f"select {columns} from read_parquet([{files}], hive_partitioning = false)")
    if landed:
        typed = reading.typed(table, reading.scan_lines([str(file) for file in landed]), lake.first_day)
        parts.append(f"select {columns} from ({typed}) where reason is null")
    connection.execute(f"create or replace temp view {name(view)} as {' union all '.join(parts)}")


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
