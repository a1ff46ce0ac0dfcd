"""Refreshing one day on a long and on a short history: what history and learning both measure.

Both homes hold the same last days and get the same new lines. The histories are built without Dagster.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.homes import build_directly, initialise, materialise
from bench.measuring import Measured, run_part

ROUNDS = 3


@dataclass(frozen=True)
class Refreshed:
    """Seconds of each round, and what building the long home took."""

    long: list[float]
    short: list[float]
    built: Measured

    @property
    def medians(self) -> tuple[float, float]:
        return median(self.long), median(self.short)

    @property
    def detail(self) -> dict[str, Any]:
        return {"long": [round(s, 2) for s in self.long], "short": [round(s, 2) for s in self.short]}


def refresh_both(
    long: str, short: str, days: int, short_days: int, new_lines: Callable[[str, int], object]
) -> Refreshed:
    """Build both homes from the landing of the long one, then time rounds of new lines for the last day."""
    link_last_days(Path(long) / "landing", Path(short) / "landing", short_days)
    built: dict[str, Measured] = {}
    for home, count in ((long, days), (short, short_days)):
        run_part(initialise, home)
        built[home] = run_part(build_directly, home, [days - count, count])
        run_part(materialise, home, days - 1, 1)  # the first run of a home makes Dagster's tables
    seconds: dict[str, list[float]] = {long: [], short: []}
    for number in range(ROUNDS):
        for home in (long, short) if number % 2 else (short, long):
            new_lines(home, number)
            seconds[home].append(run_part(materialise, home, days - 1, 1).seconds)
    return Refreshed(seconds[long], seconds[short], built[long])


def link_last_days(source: Path, target: Path, days: int) -> None:
    """Give another landing the segments of the last days; segments never change, so links will do.

    Imported files lie on the day of their import, which is always among the last.
    """
    for table in source.glob("*/*"):
        for day in sorted(table.glob("day=*"))[-days:]:
            place = target / day.relative_to(source)
            place.mkdir(parents=True)
            for segment in day.iterdir():
                os.link(segment, place / segment.name)
