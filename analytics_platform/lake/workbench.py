"""A DuckDB to work at beside the lake: bounded memory, spills to the lake's scratch disk, reads days where they lie.

Lives here: opening it, a table's days as a view, and writing a day of a table that the platform makes itself. Does not
live here: what is asked of them.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from analytics_platform.contracts import LakeTable
from analytics_platform.lake.lake import Lake, lake_key
from analytics_platform.lake.parse_sql import quote_name, quote_text


@contextmanager
def workbench(lake: Lake) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A connection and a folder for files; both gone at the end."""
    with lake.store.workspace() as folder:
        config = {"memory_limit": f"{lake.memory_bytes}B", "temp_directory": str(folder / "spill")}
        with duckdb.connect(config={"threads": lake.threads} | config) as connection:
            connection.execute("set timezone = 'UTC'")
            yield connection, folder


def days_sql(lake: Lake, table: LakeTable, days: Iterable[date], folder: Path) -> str:
    """SQL of a table's rows on these days, its own columns and ``day`` included; no rows where nothing was built."""
    columns = {column.name: column.duckdb_type for column in table.all_columns}
    keys = [key for key in (lake_key(table, day) for day in days) if lake.store.exists(key)]
    place = folder / table.path
    place.mkdir(parents=True, exist_ok=True)
    files = lake.store.local(keys, place)
    if not files:
        nothing = ", ".join(f"null::{type} as {quote_name(column)}" for column, type in columns.items())
        return f"select {nothing} where false"
    names = ", ".join(quote_text(str(file)) for file in files)
    return f"select {', '.join(map(quote_name, columns))} from read_parquet([{names}], hive_partitioning = false)"


def write_day(
    connection: duckdb.DuckDBPyConnection, lake: Lake, folder: Path, table: LakeTable, day: date, rows: str
) -> int:
    """Write a day of a made table whole; the number of its rows."""
    columns = ", ".join(f"{quote_name(c.name)}::{c.duckdb_type} as {quote_name(c.name)}" for c in table.columns)
    file = folder / f"{table.name}-{day}.parquet"
    done = connection.execute(
        f"copy (select {columns} from ({rows}) order by {quote_name(table.key)}) to {quote_text(str(file))}"
        " (format parquet, compression zstd)"
    ).fetchone()
    lake.store.publish(file, lake_key(table, day))
    return int(done[0]) if done else 0


def day_is(
    connection: duckdb.DuckDBPyConnection, lake: Lake, folder: Path, table: LakeTable, day: date, rows: str
) -> bool:
    """Whether a day of a made table holds just these rows."""
    (file,) = lake.store.local([lake_key(table, day)], folder)
    columns = ", ".join(f"{quote_name(c.name)}::{c.duckdb_type} as {quote_name(c.name)}" for c in table.columns)
    new, old = f"select {columns} from ({rows})", f"select {columns} from read_parquet({quote_text(str(file))})"
    differing = f"({new} except all {old}) union all ({old} except all {new})"
    return bool(connection.execute(f"select count(*) = 0 from ({differing})").fetchall()[0][0])


def days_of(lake: Lake, table: LakeTable) -> list[date]:
    """The days that a made table has, sorted; the file without rows that every table starts with is none."""
    keys = lake.store.keys(f"lake/{table.path}")
    days = (date.fromisoformat(key.partition("/day=")[2].partition("/")[0]) for key in keys if "/day=" in key)
    return sorted(day for day in days if day != date.min)
