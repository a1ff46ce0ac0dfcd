"""What must hold for the days just built: schema, unique key, ledger, volume. Read from the files, not from memory.

Pure of Dagster: each check returns what it found, ``defs/`` turns it into asset checks.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import duckdb
import pyarrow.parquet as pq

from analytics_platform.contracts import LakeTable, Table
from analytics_platform.lake.lake import Lake, lake_key
from analytics_platform.lake.ledger import Entry
from analytics_platform.lake.parse_sql import quote_name, quote_text

WEEKS, FEWEST_WEEKS = 4, 2
FEW_LINES = 20  # of fewer no share says anything
MOST_REFUSED, MOST_REPEATED = 0.05, 0.5
DAYS_BEFORE, FEWEST_DAYS, FAR = 14, 7, 0.5


@dataclass(frozen=True)
class Finding:
    """The result of one check over some days; ``facts`` are shown beside it. ``days`` are those that failed; none of a
    check that failed: it cannot tell them apart.
    """

    passed: bool
    message: str
    facts: dict[str, int | float | str] = field(default_factory=dict)
    days: tuple[date, ...] = ()


@contextmanager
def open_days(
    lake: Lake, table: LakeTable, days: Sequence[date]
) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[Path]]]:
    """The days' Parquet files as view ``days`` of a private connection."""
    keys = [key for key in (lake_key(table, day) for day in days) if lake.store.exists(key)]
    with lake.store.workspace() as folder, duckdb.connect(config={"threads": lake.threads}) as connection:
        files = lake.store.local(keys, folder)
        connection.execute("set timezone = 'UTC'")
        names = ", ".join(quote_text(str(file)) for file in files)
        columns = ", ".join(f"null::{column.duckdb_type} as {quote_name(column.name)}" for column in table.all_columns)
        rows = f"* from read_parquet([{names}], hive_partitioning = false)" if files else f"{columns} where false"
        connection.execute(f"create view days as select {rows}")
        yield connection, files


def schema(table: Table, files: Sequence[Path], connection: duckdb.DuckDBPyConnection) -> Finding:
    """Every file has the contract's columns and types, in that order."""
    if not files:
        return Finding(True, "No day has a line, so there is no file.")
    expected = [(column.name, column.duckdb_type.replace(", ", ",")) for column in table.all_columns]
    found = [(row[0], row[1].replace(", ", ",")) for row in connection.execute("describe days").fetchall()]
    strays = sorted({pq.read_schema(file).names != [column for column, _ in expected] for file in files})
    if found == expected and strays == [False]:
        return Finding(True, f"{len(expected)} columns as in the contract.")
    wrong = [f"{a} is {b}" for a, b in found if (a, b) not in expected]
    missing = [a for a, _ in expected if a not in dict(found)]
    return Finding(False, f"Not as in the contract: {', '.join(wrong + [f'{m} is missing' for m in missing])}.")


def unique_key(table: Table, connection: duckdb.DuckDBPyConnection) -> Finding:
    """No two rows of a day have the same key, and none lacks it."""
    key = quote_name(table.key)
    row = connection.execute(
        f"""select coalesce(sum(rows - keys), 0), list(distinct day order by day)
        from (select day, count(*) as rows, count(distinct {key}) as keys from days group by day having rows <> keys)"""
    ).fetchone()
    surplus, found = row if row else (0, None)
    if not surplus:
        return Finding(True, f"Every {table.key} is there once a day.")
    days: tuple[date, ...] = tuple(found or ())
    named = ", ".join(map(str, days))
    return Finding(False, f"{surplus} rows repeat or lack {table.key}, on {named}.", {"rows": int(surplus)}, days)


def ledger(entries: Sequence[Entry], files: Sequence[Path]) -> Finding:
    """received = stored + duplicate + quarantined, and the files hold as many rows as the ledger says are stored."""
    off = [entry for entry in entries if not entry.balances]
    stored, written = sum(entry.stored for entry in entries), sum(pq.read_metadata(file).num_rows for file in files)
    facts: dict[str, int | float | str] = {
        "received": sum(entry.received for entry in entries),
        "stored": stored,
        "duplicate": sum(entry.duplicate for entry in entries),
        "quarantined": sum(entry.quarantined for entry in entries),
        "rows in files": written,
    }
    if off:
        days = ", ".join(f"{e.day} ({e.received} ≠ {e.stored} + {e.duplicate} + {e.quarantined})" for e in off)
        return Finding(
            False, f"received ≠ stored + duplicate + quarantined on {days}.", facts, tuple(entry.day for entry in off)
        )
    if stored != written:
        return Finding(False, f"The ledger says {stored} rows are stored, the files hold {written}.", facts)
    return Finding(True, "received = stored + duplicate + quarantined.", facts)


def volume(table: Table, lake: Lake, days: Sequence[date], today: date) -> Finding:
    """Each day that is over has at least half of what is usual for its weekday: weekends are quiet, without fault."""
    stored = {entry.day: entry.stored for entry in lake.ledger.entries_between(table, min(days), max(days), 7 * WEEKS)}
    low = []
    for day in days:
        before = [stored[d] for n in range(1, WEEKS + 1) if (d := day - timedelta(weeks=n)) in stored]
        if day < today and len(before) >= FEWEST_WEEKS and stored.get(day, 0) < median(before) / 2:
            low.append(f"{day}: {stored.get(day, 0)} rows, usual for a {day:%A} {median(before):g}")
    if low:
        return Finding(False, f"Fewer than half of the usual rows on {'; '.join(low)}.", {"days": len(low)})
    return Finding(True, f"No day is below half of the median of its weekday in the {WEEKS} weeks before it.")


def shares(entries: Sequence[Entry]) -> Finding:
    """No day has more than a few lines in quarantine, or more repeats than lines that are new."""
    high = []
    for entry in entries:
        if entry.received < FEW_LINES:
            continue
        refused, repeated = entry.quarantined / entry.received, entry.duplicate / entry.received
        if refused > MOST_REFUSED:
            high.append(f"{entry.day}: {refused:.0%} of {entry.received} lines are in quarantine")
        if repeated > MOST_REPEATED:
            high.append(f"{entry.day}: {repeated:.0%} of {entry.received} lines are repeats")
    if high:
        return Finding(False, f"{'; '.join(high)}.", {"days": len(high)})
    return Finding(True, f"At most {MOST_REFUSED:.0%} in quarantine and {MOST_REPEATED:.0%} repeats on each day.")


def drift(table: Table, lake: Lake, days: Sequence[date]) -> Finding:
    """No column is filled far more or far less often than in the days before: the source sends another shape.

    Counted from what Parquet says of its columns, so no row is read.
    """
    before = [min(days) - timedelta(days=number) for number in range(DAYS_BEFORE, 0, -1)]
    keys = {day: lake_key(table, day) for day in sorted({*before, *days})}
    there = {day: key for day, key in keys.items() if lake.store.exists(key)}
    with lake.store.workspace() as folder:
        files = dict(zip(there, lake.store.local(list(there.values()), folder), strict=True))
        filled = {day: found for day, file in files.items() if (found := _filled(file))}
    moved = []
    for day in sorted(filled.keys() & set(days)):
        earlier = [filled[d] for d in filled if day - timedelta(days=DAYS_BEFORE) <= d < day]
        if len(earlier) < FEWEST_DAYS:
            continue
        for column, share in filled[day].items():
            # Far from each of them: what swings from day to day by itself (a few busy players) says nothing.
            usual = [one.get(column, 0.0) for one in earlier]
            if min(abs(share - one) for one in usual) >= FAR:
                moved.append((day, f"{column} is filled in {share:.0%} of the rows, usual {median(usual):.0%}"))
    if moved:
        said = "; ".join(f"{day}: {what}" for day, what in moved[:20])
        return Finding(False, f"{said}.", {"columns": len(moved)}, tuple(sorted({day for day, _ in moved})))
    return Finding(True, f"Every column is filled about as often as in the {DAYS_BEFORE} days before.")


def _filled(file: Path) -> dict[str, float]:
    """The share of rows with a value, by column; nothing for a handful of rows."""
    about = pq.read_metadata(file)
    if about.num_rows < FEW_LINES:
        return {}
    missing: dict[str, int] = {}
    for group in range(about.num_row_groups):
        for place in range(about.num_columns):
            column = about.row_group(group).column(place)
            if column.statistics is not None and column.statistics.has_null_count:
                missing[column.path_in_schema] = missing.get(column.path_in_schema, 0) + column.statistics.null_count
    return {column: 1 - count / about.num_rows for column, count in missing.items()}


def latest_complete_day(table: Table, lake: Lake, today: date) -> Finding:
    """Yesterday (UTC) has been materialised: a backfill of an old day does not make this green."""
    yesterday = today - timedelta(days=1)
    if lake.ledger.read(table, yesterday) is not None:
        return Finding(True, f"{yesterday} is there.")
    known = lake.ledger.days(table)
    latest = f"the latest is {known[-1]}" if known else "no day is"
    return Finding(False, f"{yesterday} has not been materialised; {latest}. Run the daily job for it.")
