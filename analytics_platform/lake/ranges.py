"""Days as ranges: neighbouring days are one range, and many ranges become a bounded number. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

Range = tuple[date, date]


def ranges(days: Iterable[date], gap: int = 0) -> Iterator[Range]:
    """Neighbouring days as one range each, in order. Days with at most ``gap`` days between them are neighbours."""
    first = last = None
    for day in sorted(set(days)):
        if first is None or last is None:
            first = day
        elif day - last > timedelta(days=1 + gap):
            yield first, last
            first = day
        last = day
    if first is not None and last is not None:
        yield first, last


def few_ranges(days: Iterable[date], most: int, gap: int = 0) -> list[Range]:
    """The same days as at most ``most`` ranges: the smallest gaps are filled first, those up to ``gap`` days always."""
    found = list(ranges(days, gap))
    if len(found) <= most:
        return found
    gaps = sorted(range(1, len(found)), key=lambda place: found[place - 1][1] - found[place][0])
    cuts = [0, *sorted(gaps[: most - 1]), len(found)]
    return [(found[a][0], found[b - 1][1]) for a, b in pairwise(cuts)]


def days_in(found: Sequence[Range]) -> list[date]:
    """Every day of some ranges, in order."""
    return [first + timedelta(days=n) for first, last in found for n in range((last - first).days + 1)]
