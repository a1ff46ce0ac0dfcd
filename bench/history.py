"""Refreshing one day on a year of history against the same on a month: what a day costs must not grow."""

from bench.homes import simulate
from bench.measuring import Result, at_most, run_part, temporary_home
from bench.refreshing import refresh_both

LONG, SHORT, LINES_PER_DAY = 365, 30, 100_000
RATIO = 1.25


def measure(scale: float) -> list[Result]:
    lines = int(LINES_PER_DAY * scale)
    with temporary_home() as long, temporary_home() as short:
        total = run_part(simulate, long, LONG, lines).answer
        refreshed = refresh_both(long, short, LONG, SHORT)
    value, reference = refreshed.medians
    detail = {"lines": total, "lines a day": lines, **refreshed.detail}
    return [at_most("history", value, reference, RATIO, detail=detail)]
