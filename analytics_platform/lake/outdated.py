"""Files of the lake that an older version of the platform wrote: what lacks columns of today's contracts.

Days of sources are parsed anew from their raw lines; files that something else made (labels, imports, insights) get the
columns that they lack, without values, until whatever makes them runs again. Does not live here: the warehouse, which
is built anew from the lake (``commands.upgrading``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow.parquet as pq

from analytics_platform.contracts import LAKE_TABLES, TABLES, LakeTable
from analytics_platform.lake.day_files import all_files, day_of
from analytics_platform.lake.lake import Lake, lake_key
from analytics_platform.lake.parse_sql import quote_name, quote_text


@dataclass(frozen=True)
class Outdated:
    """A file and the columns that it lacks. ``day`` is None for the file without rows that every table has."""

    table: LakeTable
    key: str
    day: date | None
    lacks: tuple[str, ...]

    @property
    def is_parsed(self) -> bool:
        return self.table.path in TABLES and self.day is not None


def outdated_files(lake: Lake) -> Iterator[Outdated]:
    """Every such file. Only the schema of each is looked at."""
    for table in LAKE_TABLES.values():
        names = [column.name for column in table.all_columns]
        empty = lake_key(table, date.min)
        for key in all_files(lake.store, table):
            with lake.store.workspace() as folder:
                (file,) = lake.store.local([key], folder)
                there = set(pq.read_schema(file).names)
            if lacks := tuple(name for name in names if name not in there):
                yield Outdated(table, key, None if key == empty else day_of(key), lacks)


def mend(lake: Lake, found: Outdated) -> None:
    """Parse the day anew, or add the columns; a day whose raw lines are gone keeps its rows. May be done twice."""
    if found.is_parsed and found.day is not None:
        table = TABLES[found.table.path]
        if lake.landing.segments(table, found.day):
            lake.build(table, [found.day])
            return
    columns = [
        f"cast(null as {column.duckdb_type}) as {quote_name(column.name)}"
        if column.name in found.lacks
        else quote_name(column.name)
        for column in found.table.all_columns
    ]
    with lake.store.workspace() as folder, duckdb.connect() as connection:
        (old,) = lake.store.local([found.key], folder)
        new = folder / "wider.parquet"
        connection.execute(
            f"copy (select {', '.join(columns)} from read_parquet({quote_text(str(old))}, hive_partitioning = false))"
            f" to {quote_text(str(new))} (format parquet, compression zstd)"
        )
        lake.store.publish(new, found.key)
