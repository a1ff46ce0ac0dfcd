"""Duplicates across days: the same id with another claimed time, or without one and received on another day.

Each day has a file of its ids as numbers of eight bytes (``keys/<source>/<table>/day=YYYY-MM-DD.parquet``). Days that
were just built are looked for in those of all others; the few rows that are found are read from their days. The first
delivery wins; the other day is built again and counts the repeat as a duplicate, or as a conflict where it differs. On
an object store only a month around the days is looked at, because each file has to be fetched. Does not live here: what
becomes of a line (``verdicts``), building a day (``lake``).
"""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import duckdb

from analytics_platform.contracts import Table
from analytics_platform.lake.parse_sql import quote_name, quote_text
from analytics_platform.lake.store import Store

Elsewhere = list[tuple[str, int]]  # ids that another day has first, with their content there
AROUND = timedelta(days=31)


def keys_key(table: Table, day: date) -> str:
    return f"keys/{table.path}/day={day}.parquet"


def number_of(table: Table) -> str:
    """SQL of an id as a number; the same in every version of DuckDB, which ``hash`` is not."""
    return f"(md5_number({quote_name(table.key)}) >> 64)::ubigint"


def content_of(table: Table) -> str:
    """SQL of what must agree; only columns that are the same while a day is parsed and when it is written."""
    compared = (c.name for c in table.all_columns if c.compared and not c.late_sql and c.name != table.key)
    return f"hash({', '.join(map(quote_name, compared))})"


def repeated(store: Store, table: Table, days: Sequence[date], lake_files: dict[date, str]) -> dict[date, Elsewhere]:
    """By day, the rows of it that another day has first. ``lake_files`` are the keys of all days' Parquet files."""
    known = {day: key for day, key in lake_files.items() if _is_near(store, day, days)}
    keys = [key for key in (keys_key(table, day) for day in known) if store.exists(key)]
    if len(keys) < 2:
        return {}
    with store.workspace() as folder, duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("set timezone = 'UTC'")
        (folder / "keys").mkdir()
        shared = _shared_days(connection, store.local(keys, folder / "keys"), days)
        files = store.local([known[day] for day in shared if day in known], folder)
        return _losers(connection, table, files) if files else {}


def _shared_days(connection: duckdb.DuckDBPyConnection, files: list[Path], days: Sequence[date]) -> list[date]:
    """Fill ``twins`` with the numbers that stand on one of the days and on another; the days that they stand on."""
    names = ", ".join(quote_text(str(file)) for file in files)
    built = ", ".join(f"date '{day}'" for day in days)
    connection.execute(
        f"""create temp table shared as
        with keys as (
            select key, regexp_extract(filename, 'day=([0-9-]{{10}})', 1)::date as day
            from read_parquet([{names}], filename = true, hive_partitioning = false)
        )
        select key, day from keys where key in (select key from keys where day in ({built}))"""
    )
    connection.execute("create temp table twins as select key from shared group by key having count(distinct day) > 1")
    found = connection.execute("select distinct day from shared semi join twins using (key) order by day").fetchall()
    return [day for (day,) in found]


def _losers(connection: duckdb.DuckDBPyConnection, table: Table, files: list[Path]) -> dict[date, Elsewhere]:
    names = ", ".join(quote_text(str(file)) for file in files)
    key = quote_name(table.key)
    found = connection.execute(
        f"""select day, {key}, first_content
        from (
            select day, {key}, {content_of(table)} as content, received_at,
                first_value({content_of(table)}) over deliveries as first_content,
                row_number() over deliveries as delivery
            from read_parquet([{names}], hive_partitioning = false)
            where {number_of(table)} in (select key from twins)
            window deliveries as (partition by {key} order by received_at, day)
        )
        where delivery > 1
        order by all"""
    ).fetchall()
    losers: dict[date, Elsewhere] = {}
    for day, row, content in found:
        losers.setdefault(day, []).append((row, content))
    return losers


def _is_near(store: Store, day: date, days: Sequence[date]) -> bool:
    return store.lists_for_free or min(days) - AROUND <= day <= max(days) + AROUND
