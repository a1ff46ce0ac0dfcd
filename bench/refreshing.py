"""Refreshing one day on a long and on a short history: what history and learning both measure.

Both homes hold the same last days and get the same new lines: the end of the last day, which is held back and comes in
portions, from people who are known. The histories are built without Dagster.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.homes import build_directly, days_from, initialise, materialise, settings_of
from bench.measuring import Measured, run_part

ROUNDS = 3
NEW_LINES = 0.05  # of the last day's lines, in each round


@dataclass(frozen=True)
class Refreshed:
    """Seconds of each round, processor seconds of the same, and what building the long home took."""

    long: list[float]
    short: list[float]
    built: Measured
    cpu_long: list[float]
    cpu_short: list[float]

    @property
    def medians(self) -> tuple[float, float]:
        return median(self.long), median(self.short)

    @property
    def detail(self) -> dict[str, Any]:
        figures = {"long": self.long, "short": self.short, "cpu long": self.cpu_long, "cpu short": self.cpu_short}
        return {name: [round(second, 2) for second in seconds] for name, seconds in figures.items()}


def refresh_both(long: str, short: str, days: int, short_days: int) -> Refreshed:
    """Build both homes from the landing of the long one, then time rounds of new lines for the last day."""
    run_part(hold_back, long, days - 1)
    link_last_days(Path(long) / "landing", Path(short) / "landing", short_days)
    built: dict[str, Measured] = {}
    for home, count in ((long, days), (short, short_days)):
        run_part(initialise, home)
        built[home] = run_part(build_directly, home, [days - count, count])
        run_part(materialise, home, days - 1, 1)  # the first run of a home makes Dagster's tables
    rounds: dict[str, list[Measured]] = {long: [], short: []}
    for number in range(ROUNDS):
        for home in (long, short) if number % 2 else (short, long):
            run_part(deliver, long, home, days - 1, number)
            rounds[home].append(run_part(materialise, home, days - 1, 1))
    seconds = ([part.seconds for part in rounds[home]] for home in (long, short))
    return Refreshed(*seconds, built[long], *([part.cpu for part in rounds[home]] for home in (long, short)))


def hold_back(home: str, day: int) -> int:
    """Cut a portion for each round off the segments of a day; the lines that stay."""
    import pyarrow as pa

    stayed = 0
    for segment in sorted((Path(home) / "landing").glob(f"*/*/day={days_from(day, 1)[0]}/*-sim7-*.zst")):
        with pa.input_stream(str(segment)) as stream:
            lines = stream.read().splitlines(keepends=True)
        portion = int(len(lines) * NEW_LINES)
        stay = len(lines) - ROUNDS * portion
        parts = {segment.parent: lines[:stay]} | {
            _held(home, number) / segment.parent.relative_to(Path(home) / "landing"): lines[
                stay + number * portion : stay + (number + 1) * portion
            ]
            for number in range(ROUNDS)
        }
        written, _, _ = segment.name.rpartition("-")
        segment.unlink()
        for folder, part in parts.items():
            folder.mkdir(parents=True, exist_ok=True)
            with pa.output_stream(str(folder / f"{written}-{len(part)}.ndjson.zst")) as stream:
                stream.write(b"".join(part))
        stayed += stay
    return stayed


def deliver(source: str, home: str, day: int, number: int) -> None:
    """Bring a round's portion to landing, as a writer of its own would."""
    import shutil
    from datetime import UTC, datetime

    from analytics_platform.contracts import TABLES
    from analytics_platform.lake import open_lake

    lake = open_lake(settings_of(home))
    for table in TABLES.values():
        for held in (_held(source, number) / table.path).glob("*/*.zst"):
            lines = int(held.name.removesuffix(".ndjson.zst").rpartition("-")[2])
            copy = shutil.copyfile(held, Path(home) / held.name)
            lake.landing.adopt(table, days_from(day, 1)[0], Path(copy), lines, datetime.now(UTC), f"late{number}")


def _held(home: str, number: int) -> Path:
    return Path(home) / "held" / str(number)


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
