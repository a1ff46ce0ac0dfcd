"""What may be unusual about a row, as statistics ≥ 0: spike, level, shift, restlessness, stillness, shape.

Each is made of the row and of rows before it only. How unusual a value of a statistic is for this series, is said by
``surprise``; here are only the values.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.baseline import Expected
from analytics_platform.insights.rolling import Array, quantiles, trailing_median, window_mean
from analytics_platform.insights.shape import nearest_distance

NAMES = ("spike", "level", "shift", "restless", "still", "shape")
FAST, SHORT, SHAPE = 5, 12, 16


@dataclass(frozen=True)
class Scales:
    """Per series, from its past: of residuals, of steps between rows, and its usual range."""

    residual: Array
    step: Array
    range: Array
    quarter: Array  # of residuals
    three_quarters: Array


def scales_of(past: Array, residuals: Array, expected: Expected, least: Array) -> Scales:
    """Robust scales with floors: the resolution of the values, a small part of their usual range, and ``least``."""
    quarter, centre, three = quantiles(residuals, 0.25, 0.5, 0.75)
    spread = 1.4826 * quantiles(np.abs(residuals - centre[:, None]), 0.5)[0]
    low, high = quantiles(past, 0.05, 0.95)
    width = high - low
    known = expected.seasonless[:, : -expected.value.shape[1]]
    steps = np.abs(np.diff(known, axis=1)).mean(axis=1) if known.shape[1] > 1 else np.zeros(len(past))
    tiny = 1e-9 * np.abs(past).max(axis=1) + 1e-12
    floor = np.maximum(np.maximum(0.01 * width, tiny), least)
    return Scales(np.maximum(spread, floor), np.maximum(steps, 0.1 * np.maximum(spread, floor)), width, quarter, three)


def statistics(
    values: Array,
    ticks: NDArray[np.int64],
    used: NDArray[np.bool_],
    span: tuple[int, int],
    expected: Expected,
    scales: Scales,
    history: int,
) -> Array:
    """Statistics × series × columns of ``span``."""
    start, stop = span
    columns = stop - start
    flat = expected.seasonless
    offset = flat.shape[1] - columns
    here = values[:, start:stop]
    residual = here - expected.value
    off = _outside(residual, expected)
    fast = flat[:, offset:] - trailing_median(flat, FAST, offset)
    spike = _outside(fast, expected)
    signed = np.concatenate([flat[:, :offset] - quantiles(flat[:, :offset], 0.5)[0][:, None], residual], axis=1)
    shift = np.abs(window_mean(_tail(signed, SHORT, columns), SHORT, SHORT - 1))
    steps = np.abs(np.diff(flat, axis=1))
    moving = window_mean(_tail(steps, SHORT, columns), SHORT, SHORT - 1)
    step = scales.step[:, None]
    restless = np.maximum(np.log((moving + 0.1 * step) / step), 0.0)
    still = np.maximum(-np.log((moving + 0.02 * step) / step), 0.0)
    scale = scales.residual[:, None]
    shape = nearest_distance(values, scales.residual, used, span, SHAPE, history)
    shape[_broken(ticks, span)] = 0.0
    return np.stack([spike / scale, off / scale, shift / scale, restless, still, shape])


def _outside(residual: Array, expected: Expected) -> Array:
    """How far a residual is beyond what the same time of the last cycles has seen."""
    return np.maximum(np.maximum(residual - expected.above, -residual - expected.below), 0.0)


def _broken(ticks: NDArray[np.int64], span: tuple[int, int]) -> NDArray[np.bool_]:
    """Columns whose last window has a gap in it: what came before the gap says nothing of a shape."""
    start, stop = span
    return ticks[:, start:stop] - ticks[:, start - SHAPE + 1 : stop - SHAPE + 1] > 1.5 * SHAPE


def _tail(values: Array, window: int, columns: int) -> Array:
    """The last columns that windows of these columns need; repeated at the front where there are too few."""
    wanted = columns + window - 1
    if values.shape[1] < wanted:
        return np.concatenate([np.repeat(values[:, :1], wanted - values.shape[1], axis=1), values], axis=1)
    return values[:, values.shape[1] - wanted :]
