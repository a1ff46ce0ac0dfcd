"""Series as the engine takes them: rows in time order, many series of one step side by side.

A row without a value is left out: a gap is a longer way between two timestamps. Series of different length are padded
at the end with their last value; nothing looks there. Does not live here: files (series_csv).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.rolling import Array
from analytics_platform.insights.seasons import MOST_COLUMNS

STEP_ROWS = 16  # the step is that of the first rows, so that it never changes afterwards
DAY_SECONDS, SATURDAY = 86400, 5
DEFAULT_STEP = 86400.0


@dataclass(frozen=True)
class Batch:
    """``values`` and ``ticks`` (whole steps since the first row) are series × columns; ``step`` is in seconds."""

    values: Array
    ticks: NDArray[np.int64]
    lengths: NDArray[np.int64]
    step: float
    new_days: NDArray[np.bool_]  # series × columns: a first Saturday or Sunday, or the first working days after one

    def even(self, stop: int, values: Array) -> Iterator[tuple[NDArray[np.int64], Array]]:
        """The columns of ``values`` before ``stop`` on even grids that end with the last of them; NaN in gaps.

        Series apart by the length of their grid: what is found of one must not depend on which others are beside it.
        """
        ticks = self.ticks[:, :stop]
        spans = np.minimum(ticks[:, -1] - ticks[:, 0] + 1, MOST_COLUMNS)
        for span in np.unique(spans):
            rows = np.flatnonzero(spans == span)
            place = ticks[rows] - ticks[rows, -1:] + span - 1
            series, column = np.nonzero(place >= 0)
            grid = np.full((len(rows), span), np.nan)
            grid[series, place[series, column]] = values[rows[series], column]
            yield rows, grid


def step_of(times: NDArray[np.int64]) -> float:
    """Seconds between rows: the median of the first ones."""
    gaps = np.diff(times[:STEP_ROWS])
    gaps = gaps[gaps > 0]
    return float(np.median(gaps)) if gaps.size else DEFAULT_STEP


def batch_of(times: Sequence[NDArray[np.int64]], values: Sequence[Array], step: float) -> Batch:
    """Series (times in seconds, ascending; values finite) of one step, side by side."""
    lengths = np.array([len(each) for each in values], dtype=np.int64)
    columns = int(lengths.max())
    held = np.empty((len(values), columns))
    ticks = np.empty((len(values), columns), dtype=np.int64)
    new_days = np.zeros((len(values), columns), dtype=bool)
    for number, (when, what) in enumerate(zip(times, values, strict=True)):
        size = len(what)
        held[number, :size] = what
        held[number, size:] = what[-1]
        ticks[number, :size] = np.round((when - when[0]) / step)
        new_days[number, :size] = first_of_their_kind(when)
        ticks[number, size:] = ticks[number, size - 1] + 1 + np.arange(columns - size)
    return Batch(held, ticks, lengths, step, new_days)


def first_of_their_kind(times: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Rows on a weekend, or on a working day, where no whole day of that kind came before; the first days are none.

    Seconds since 1970; days are UTC. Day 0 was a Thursday.
    """
    days = times // DAY_SECONDS
    weekend = (days + 3) % 7 >= SATURDAY
    new = np.zeros(len(times), dtype=bool)
    for kind in (weekend, ~weekend):
        known = days[kind]
        if len(known):
            new |= kind & (days <= known[0] + 1) & (days > days[0] + 1)
    return new
