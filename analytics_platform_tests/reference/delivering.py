"""A small warehouse that lines are delivered to, run after run, as the platform does it: landing, lake, dbt.

Lives here: which days a run has to build, because their lake files changed. Does not live here: what is delivered.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from analytics_platform.contracts import IMPORTS, TABLES, Table
from analytics_platform.lake import open_lake
from analytics_platform.lake.landing import RawLine
from analytics_platform.settings import Settings
from analytics_platform_tests.dbt_project.warehouse import Warehouse
from analytics_platform_tests.lines import raw
from analytics_platform_tests.reference.comparing import Difference, Marts
from analytics_platform_tests.reference.marts import MARTS, compare
from analytics_platform_tests.reference.world import World

PATHS: dict[str, Table] = {**TABLES, **IMPORTS}
ZONE = "Europe/Berlin"


@dataclass(frozen=True)
class Line:
    """What arrives: a payload for a table, at a moment."""

    table: str
    payload: dict[str, Any] | str
    at: datetime


class Deliveries:
    """Runs over one lake and warehouse. The warehouse has to have the zone ``ZONE``."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        warehouse.command = "run"
        self.lake = open_lake(Settings(platform_home=warehouse.folder, _env_file=None))
        self.marks: dict[Path, int] = {}

    def deliver(self, lines: Iterable[Line]) -> list[date]:
        """Land the lines, build the lake's days that have new ones, and the marts of each day that changed."""
        by_table = defaultdict(list)
        for line in lines:
            by_table[line.table].append(RawLine(raw(line.payload), line.at))
        for path, arrived in by_table.items():
            self.lake.landing.append(PATHS[path], arrived, "test")
            days = self.lake.ledger.reopened(PATHS[path], self.lake.landing)
            self.lake.build(PATHS[path], days)
        days = self._changed()
        for first in range(0, len(days), 20):  # dbt is told twenty ranges at most
            told = ",".join(str(day) for day in days[first : first + 20])
            self.warehouse.build(told, told)
        return days

    def differences(self, marts: Iterable[str] = MARTS) -> list[Difference]:
        return compare(Marts(self.warehouse.file, read_only=False), World(self.warehouse.folder, ZONE), marts)

    def _changed(self) -> list[date]:
        """Days of which a lake file is another than at the last run."""
        files = (self.warehouse.folder / "lake").glob("*/*/day=*/part-0.parquet")
        marks = {file: file.stat().st_mtime_ns for file in files if "day=0001" not in str(file)}
        changed = {file for file, mark in marks.items() if self.marks.get(file) != mark}
        self.marks = marks
        return sorted({date.fromisoformat(file.parent.name.removeprefix("day=")) for file in changed})
