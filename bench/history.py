"""Refreshing one day on a year of history against the same on a month: what a day costs must not grow.

Both homes hold the same last month and get the same new lines. The histories are built without Dagster.
"""

import os
from pathlib import Path
from statistics import median

from bench.homes import build_directly, initialise, materialise, simulate
from bench.measuring import Result, at_most, run_part, temporary_home

LONG, SHORT, LINES_PER_DAY = 365, 30, 100_000
NEW_LINES = 0.05  # of a day's lines, in each round
RATIO = 1.25
ROUNDS = 3


def measure(scale: float) -> list[Result]:
    lines = int(LINES_PER_DAY * scale)
    with temporary_home() as long, temporary_home() as short:
        total = run_part(simulate, long, LONG, lines).answer
        link_last_days(Path(long) / "landing", Path(short) / "landing", SHORT)
        for home, days in ((long, LONG), (short, SHORT)):
            run_part(initialise, home)
            run_part(build_directly, home, [LONG - days, days])
            run_part(materialise, home, LONG - 1, 1)  # the first run of a home makes Dagster's tables
        seconds: dict[str, list[float]] = {long: [], short: []}
        for number in range(ROUNDS):
            for home in (long, short) if number % 2 else (short, long):
                run_part(simulate, home, 1, max(50, int(lines * NEW_LINES)), "", LONG - 1, 100 + number)
                seconds[home].append(run_part(materialise, home, LONG - 1, 1).seconds)
    value, reference = median(seconds[long]), median(seconds[short])
    detail = {
        "lines": total,
        "lines a day": lines,
        "long": [round(s, 2) for s in seconds[long]],
        "short": [round(s, 2) for s in seconds[short]],
    }
    return [at_most("history", value, reference, RATIO, detail=detail)]


def link_last_days(source: Path, target: Path, days: int) -> None:
    """Give another landing the segments of the last days; segments never change, so links will do."""
    for table in source.glob("*/*"):
        for day in sorted(table.glob("day=*"))[-days:]:
            place = target / day.relative_to(source)
            place.mkdir(parents=True)
            for segment in day.iterdir():
                os.link(segment, place / segment.name)
