"""Refreshing one day on a year of history against the same on a month: what a day costs must not grow.

Once with every source, and once with chats alone, whose conversations go on over days.
"""

from collections.abc import Sequence

from bench.homes import simulate
from bench.measuring import Result, at_most, run_part, temporary_home
from bench.refreshing import refresh_both

LONG, SHORT, LINES_PER_DAY, CHATS_PER_DAY = 365, 30, 100_000, 5_000
RATIO = 1.25
CHATS = ("nocodb/conversations", "nocodb/messages")


def measure(scale: float) -> list[Result]:
    return [
        refreshed("history", int(LINES_PER_DAY * scale)),
        refreshed("history_of_chats", int(CHATS_PER_DAY * scale), CHATS),
    ]


def refreshed(name: str, lines: int, tables: Sequence[str] = ()) -> Result:
    with temporary_home() as long, temporary_home() as short:
        total = run_part(simulate, long, LONG, lines, tables).answer
        found = refresh_both(long, short, LONG, SHORT)
    value, reference = found.medians
    return at_most(name, value, reference, RATIO, detail={"lines": total, "lines a day": lines, **found.detail})
