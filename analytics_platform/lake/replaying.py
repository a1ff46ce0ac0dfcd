"""Replay: days are parsed anew from landing, and what that changed is counted, in the ledger and in the rows.

For whoever mended a parser. A day whose rows come out the same keeps its file, so nothing below it waits. Does not live
here: building a day (``lake``), building what waits afterwards (the sensors).
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from analytics_platform.contracts import Table
from analytics_platform.lake.lake import Lake, lake_key
from analytics_platform.lake.ledger import Entry
from analytics_platform.lake.parse_sql import quote_name


@dataclass(frozen=True)
class Change:
    """One day before and after. Rows are compared by their key; ``before`` is None for a day never built."""

    day: date
    before: Entry | None
    after: Entry
    added: int
    gone: int
    changed: int

    @property
    def is_none(self) -> bool:
        return not (self.added or self.gone or self.changed or self.refused_before != self.after.quarantined)

    @property
    def stored_before(self) -> int:
        return self.before.stored if self.before else 0

    @property
    def refused_before(self) -> int:
        return self.before.quarantined if self.before else 0


def known_days(lake: Lake, table: Table) -> list[date]:
    """Days that have raw lines or were built."""
    landed = {segment.day for segment in lake.landing.segments(table)}
    return sorted(landed | set(lake.ledger.days(table)))


def replay(lake: Lake, table: Table, days: Sequence[date]) -> Iterator[Change]:
    """Parse each day anew, one after the other: who stops it has whole days."""
    key = quote_name(table.key)
    for day in days:
        with lake.store.workspace() as folder, duckdb.connect(config={"threads": lake.threads}) as connection:
            before = lake.ledger.read(table, day)
            old = _copied(lake, lake_key(table, day), folder)
            (after,) = lake.build(table, [day])
            new = _copied(lake, lake_key(table, day), folder)
            row = connection.execute(
                f"""with old as (select {key} as key, hash(one) as content from {_rows(old, key)} as one),
                new as (select {key} as key, hash(one) as content from {_rows(new, key)} as one)
                select count(*) filter (old.content is null), count(*) filter (new.content is null),
                    count(*) filter (old.content <> new.content)
                from old full join new using (key)"""
            ).fetchone()
            added, gone, changed = row or (0, 0, 0)
            yield Change(day, before, after, added, gone, changed)


def _copied(lake: Lake, key: str, folder: Path) -> Path | None:
    """A copy: building the day puts another file in its place."""
    if not lake.store.exists(key):
        return None
    number = len(list(folder.iterdir()))
    (folder / str(number)).mkdir()
    (file,) = lake.store.local([key], folder / str(number))
    return Path(shutil.copy(file, folder / f"{number}.parquet"))


def _rows(file: Path | None, key: str) -> str:
    if file is None:
        return f"(select null as {key} where false)"
    return f"read_parquet('{str(file).replace(chr(39), chr(39) * 2)}', hive_partitioning = false)"
