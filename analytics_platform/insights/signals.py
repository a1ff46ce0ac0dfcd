"""What may be unusual about a row, as statistics ≥ 0: spike, level, shift, restlessness, silence, shape.

Each is made of the row and of rows before it only. How unusual a value of a statistic is for this series, is said by
``surprise``; here are only the values.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.baseline import Expected
from analytics_platform.insights.rolling import Array, quantiles, trailing_median, window_mean
from analytics_platform.insights.shape import nearest_distance

NAMES = ("spike", "level", "shift", "restless", "silence", "shape")
FAST, SHORT, SHAPE = 5, 12, 16
BURSTY = 6.0  # scales that the largest 2 % of residuals are away; 2 for normal noise, 4.5 for exponential
USUAL, USUAL_FROM = 0.99, 144  # of the earlier windows of a bursty series move less than this; rows to know it
MOST = 8.0  # scales that one row counts for a shift: one large row is a spike


@dataclass(frozen=True)
class Scales:
    """Per series, from its past: of residuals, of steps between rows, and its usual range."""

    residual: Array
    step: Array
    range: Array
    quarter: Array  # of residuals
    three_quarters: Array
    high: Array  # half way from the usual residual to the largest 2 %, where these are bursts; else infinite
    moved: Array  # mean step of a window that a bursty series has had often enough to be no restlessness; else 0


def scales_of(past: Array, residuals: Array, expected: Expected, least: Array, usual: Array) -> Scales:
    """Robust scales with floors: the resolution of the values, a small part of their usual range, and ``least``."""
    quarter, centre, three, most = quantiles(residuals, 0.25, 0.5, 0.75, 0.98)
    spread = 1.4826 * quantiles(np.abs(residuals - centre[:, None]), 0.5)[0]
    low, top = quantiles(past, 0.05, 0.95)
    width = top - low
    known = expected.seasonless[:, : -expected.value.shape[1]]
    steps = np.abs(np.diff(known, axis=1)).mean(axis=1) if known.shape[1] > 1 else np.zeros(len(past))
    tiny = 1e-9 * np.abs(past).max(axis=1) + 1e-12
    floor = np.maximum(np.maximum(0.01 * width, tiny), least)
    spread = np.maximum(spread, floor)
    high = np.where(most - centre > BURSTY * spread, (centre + most) / 2, np.inf)
    moved = np.where(np.isfinite(high), usual, 0.0)
    return Scales(spread, np.maximum(steps, 0.1 * spread), width, quarter, three, high, moved)


def usual_steps(residuals: Array) -> Array:
    """Of the columns of the past, in windows: what the mean step seldom exceeds. 0 where there are too few.

    After a silent stretch the steps of late are small, but a bursty series is not restless: its bursts come again.
    """
    if residuals.shape[1] < USUAL_FROM:
        return np.zeros(len(residuals))
    steps = np.abs(np.diff(residuals, axis=1))
    return np.asarray(quantiles(window_mean(steps, SHORT, SHORT - 1)[:, ::3], USUAL)[0])


def statistics(
    values: Array,
    residuals: Array,
    ticks: NDArray[np.int64],
    used: NDArray[np.bool_],
    span: tuple[int, int],
    expected: Expected,
    scales: Scales,
    history: int,
) -> Array:
    """Statistics × series × columns of ``span``; ``residuals`` are those of the columns before it."""
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
    most = MOST * scales.residual[:, None]
    signed = np.clip(_tail(signed, SHORT, columns), -most, most)
    shift = np.abs(window_mean(signed, SHORT, SHORT - 1))
    steps = np.abs(np.diff(flat, axis=1))
    moving = window_mean(_tail(steps, SHORT, columns), SHORT, SHORT - 1)
    step = scales.step[:, None]
    restless = np.maximum(np.log((moving + 0.1 * step) / step), 0.0) * (moving > scales.moved[:, None])
    scale = scales.residual[:, None]
    shape = nearest_distance(values, scales.residual, used, span, SHAPE, history)
    shape[_broken(ticks, span)] = 0.0
    quiet = np.zeros_like(residual)
    bursty = np.flatnonzero(np.isfinite(scales.high))
    high = scales.high[bursty, None]
    quiet[bursty] = _silence(residuals[bursty] >= high, residual[bursty] >= high)
    return np.stack([spike / scale, off / scale, shift / scale, restless, quiet, shape])


def _silence(before: NDArray[np.bool_], now: NDArray[np.bool_]) -> Array:
    """Rows since the last one that was high: bursts that no longer come."""
    known = before.shape[1]
    last = (
        np.where(before.any(axis=1), known - 1 - np.argmax(before[:, ::-1], axis=1), 0) if known else np.zeros(len(now))
    )
    places = known + np.arange(now.shape[1])
    latest = np.maximum.accumulate(np.where(now, places, last[:, None]), axis=1)
    return np.asarray(places - latest, dtype=np.float64)


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
