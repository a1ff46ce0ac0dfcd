"""Plain detectors to measure ours against: trailing z, plain IQR fences, seasonal MAD. All causal, one threshold each.

Each gets the same cool-down and the same silence in the first 15 %. Their thresholds are those that score best on the
training seeds, which is more than they get in life.
"""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from analytics_platform_tests.insights.planting import Planted
from analytics_platform_tests.insights.shapes import Array

WINDOW = 144


def trailing_z(planted: Planted) -> Array:
    """|x − mean| / standard deviation of the last rows."""
    before = _windows(planted.values)
    return np.abs(planted.values - before.mean(axis=1)) / np.maximum(before.std(axis=1), 1e-9)


def plain_iqr(planted: Planted) -> Array:
    """How many interquartile ranges beyond the quartiles of the last rows."""
    low, high = np.percentile(_windows(planted.values), [25, 75], axis=1)
    width = np.maximum(high - low, 1e-9)
    return np.maximum(np.maximum(planted.values - high, low - planted.values) / width, 0.0)


def seasonal_mad(planted: Planted) -> Array:
    """|x − median of the same time of day| / 1.4826 MAD of such residuals; days for what is daily: weekday."""
    values = planted.values
    period = max(round(86400 / planted.step), 1) if planted.step < 86400 else 7
    ticks = np.round((planted.times - planted.times[0]) / planted.step).astype(int)
    grid = np.full(ticks[-1] + 1, np.nan)
    grid[ticks] = values
    residual = np.zeros(len(values))
    for slot in range(period):
        rows = np.flatnonzero(ticks % period == slot)
        for place in range(1, len(rows)):
            residual[rows[place]] = values[rows[place]] - np.median(values[rows[max(0, place - 7) : place]])
    spread = np.median(np.abs(_windows(residual, 4 * WINDOW)), axis=1)
    return np.abs(residual) / np.maximum(1.4826 * spread, 1e-9 + 0.001 * np.ptp(values[: planted.probation]))


RIVALS: dict[str, tuple[Callable[[Planted], Array], float]] = {
    "trailing z": (trailing_z, 4.0),
    "plain IQR": (plain_iqr, 3.0),
    "seasonal MAD": (seasonal_mad, 6.0),
}


def alarms(statistic: Array, threshold: float, first: int, cooldown: int) -> NDArray[np.int64]:
    """Rows that open an incident."""
    over = np.flatnonzero(statistic >= threshold)
    over = over[over >= first]
    return over[np.diff(over, prepend=-(10**9)) > cooldown]


def _windows(values: Array, window: int = WINDOW) -> Array:
    """The rows before each row; at the beginning the first one repeated."""
    padded = np.concatenate([np.repeat(values[:1], window), values])
    return sliding_window_view(padded[:-1], window)
