"""One simulated organisation for all tests of this room, written once, and its lines read by the contracts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analytics_platform.contracts import TABLES
from analytics_platform.lake import parse_sql
from analytics_platform.lake.landing import Landing
from analytics_platform.lake.store import LocalStore
from analytics_platform.simulator import Plan, Truth, simulate

FIRST_DAY = date(2020, 1, 1)
PLAN = Plan(start=date(2026, 3, 2), people=80, days=15, seed=11)


@dataclass(frozen=True)
class Simulated:
    """The truth, where the segments are, and DuckDB tables ``typed_<source>_<table>`` of all their lines.

    ``good_…`` hold one row for each key: what a lake would store.
    """

    truth: Truth
    landing: Landing
    root: Path
    duckdb: Any

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.duckdb.execute(query).fetchall()

    def one(self, query: str) -> Any:
        return self.rows(query)[0][0]


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    root = tmp_path_factory.mktemp("simulated")
    store = LocalStore(root)
    landing = Landing(store, FIRST_DAY)
    truth = simulate(PLAN, landing, store, root / "truth.json")
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set timezone = 'UTC'")
        for table in TABLES.values():
            files = [str(root / segment.key) for segment in landing.segments(table)]
            name = table.path.replace("/", "_")
            lines = parse_sql.typed(table, parse_sql.scan_lines(files), FIRST_DAY)
            connection.execute(f"create table typed_{name} as {lines}")
            newest = f"{table.version} desc nulls last, " if table.version else ""
            connection.execute(
                f"create table good_{name} as select * from typed_{name} where reason is null"
                f" qualify row_number() over (partition by {table.key} order by {newest}received_at) = 1"
            )
        yield Simulated(truth, landing, root, connection)
