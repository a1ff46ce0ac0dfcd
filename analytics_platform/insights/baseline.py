"""What a row is expected to be: the median of the same slot in the last cycles, on the level of the last rows.

Slots come from timestamps, so that a gap does not shift the season. The level is a trailing median of the values
without their season, so that a level shift is learnt after half its window. Does not live here: which season (seasons).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.rolling import Array, trailing_median

PLAIN_WINDOW = 72
FINE = 20  # slots from which on a step is a small part of a season


@dataclass(frozen=True)
class Expected:
    """For the columns asked for: the expected value, and what the season makes of each earlier column too."""

    value: Array
    seasonless: Array  # columns from max(0, start − lookback) on
    above: Array  # how far over the expected value this slot, a step early or late, has been in the last cycles
    below: Array


def level_window(period: int) -> int:
    return int(np.clip(period // 2, 7, 144)) if period else PLAIN_WINDOW


def profile(
    values: Array, ticks: NDArray[np.int64], used: NDArray[np.bool_], period: int, cycles: int
) -> tuple[Array, Array, Array]:
    """By slot of the last cycles, each on its own level: median, and how far above and below it values were."""
    back = (ticks[:, -1:] - ticks) // period  # whole cycles, counted back from now
    whole = np.maximum((ticks[:, -1:] - ticks[:, :1] + 1) // period, 1)
    wanted = (back < np.minimum(whole, cycles)) & used
    table = np.full((values.shape[0], cycles, period), np.nan)
    series, column = np.nonzero(wanted)
    table[series, back[series, column], (ticks % period)[series, column]] = values[series, column]
    table -= _median(table, axis=2)[:, :, None]
    shape = _median(table, axis=1)
    missing = np.isnan(shape)
    if missing.any():
        shape = _from_neighbours(shape)
    high = np.fmax.reduce(table, axis=1)
    low = np.fmin.reduce(table, axis=1)
    return shape, _widest(np.fmax, high, shape), _widest(np.fmin, low, shape)


def _widest(choose: np.ufunc, edge: Array, shape: Array) -> Array:
    """The edge of a slot or of its neighbours, whichever is further out: jumps come a step early or late.

    Not where a slot is a large part of the season: a Monday is never a Sunday that came late.
    """
    near = edge
    if edge.shape[1] >= FINE:
        near = choose(choose(np.roll(edge, 1, axis=1), np.roll(edge, -1, axis=1)), edge)
    return np.asarray(np.where(np.isnan(near), 0.0, choose(near - shape, 0.0)))


def expect(
    values: Array,
    ticks: NDArray[np.int64],
    used: NDArray[np.bool_],
    span: tuple[int, int],
    period: int,
    cycles: int,
) -> Expected:
    """For columns ``span`` of series that share a period; the profile is that of the columns before it."""
    start, stop = span
    window = level_window(period)
    first = max(0, start - 2 * window)
    if not period:
        value = trailing_median(values[:, :stop], window, start)
        none = np.zeros_like(value)
        return Expected(value, values[:, first:stop], none, none)
    begin = max(0, start - (cycles + 1) * period)
    shape, above, below = profile(values[:, begin:start], ticks[:, begin:start], used[:, begin:start], period, cycles)
    slot = ticks[:, first:stop] % period
    season = np.take_along_axis(shape, slot, axis=1)
    seasonless = values[:, first:stop] - season
    level = trailing_median(seasonless, window, start - first)
    here = slot[:, start - first :]
    return Expected(
        level + season[:, start - first :],
        seasonless,
        np.take_along_axis(above, here, axis=1),
        np.take_along_axis(-below, here, axis=1),
    )


def _median(table: Array, axis: int) -> Array:
    """Median of what is there; NaN where nothing is (``nanmedian`` warns of that, and is slow on small axes)."""
    ordered = np.sort(table, axis=axis)  # NaN goes last
    count = np.isfinite(table).sum(axis=axis)
    low = np.take_along_axis(ordered, np.expand_dims(np.maximum(count - 1, 0) // 2, axis), axis=axis)
    high = np.take_along_axis(ordered, np.expand_dims(count // 2 * (count > 1), axis), axis=axis)
    return np.asarray(np.where(count > 0, (np.squeeze(low, axis) + np.squeeze(high, axis)) / 2, np.nan))


def _from_neighbours(shape: Array) -> Array:
    """Slots never seen take the value half way between their neighbours'."""
    filled = shape.copy()
    slots = np.arange(shape.shape[1])
    for series in np.flatnonzero(np.isnan(shape).any(axis=1)):
        known = np.isfinite(shape[series])
        filled[series] = np.interp(slots, slots[known], shape[series, known], period=len(slots)) if known.any() else 0.0
    return filled
