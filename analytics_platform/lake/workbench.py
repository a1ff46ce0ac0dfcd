"""A DuckDB to work at beside the lake: bounded memory, spills to the lake's scratch disk, reads days where they lie.

Lives here: opening it, and a table's days as a view. Does not live here: what is asked of them.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

from analytics_platform.contracts import LakeTable
from analytics_platform.lake.days import Lake, lake_key
from analytics_platform.lake.reading import name, text


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
        return f"select {', '.join(f'null::{type} as {name(column)}' for column, type in columns.items())} where false"
    names = ", ".join(text(str(file)) for file in files)
    return f"select {', '.join(map(name, columns))} from read_parquet([{names}], hive_partitioning = false)"
