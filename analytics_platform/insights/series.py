"""Series as the engine takes them: rows in time order, many series of one step side by side.

A row without a value is left out: a gap is a longer way between two timestamps. Series of different length are padded
at the end with their last value; nothing looks there. Does not live here: files (reading).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.rolling import Array
from analytics_platform.insights.seasons import MOST_COLUMNS

STEP_ROWS = 16  # the step is that of the first rows, so that it never changes afterwards
DEFAULT_STEP = 86400.0


@dataclass(frozen=True)
class Batch:
    """``values`` and ``ticks`` (whole steps since the first row) are series × columns; ``step`` is in seconds."""

    values: Array
    ticks: NDArray[np.int64]
    lengths: NDArray[np.int64]
    step: float

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
    for number, (when, what) in enumerate(zip(times, values, strict=True)):
        size = len(what)
        held[number, :size] = what
        held[number, size:] = what[-1]
        ticks[number, :size] = np.round((when - when[0]) / step)
        ticks[number, size:] = ticks[number, size - 1] + 1 + np.arange(columns - size)
    return Batch(held, ticks, lengths, step)
