"""Trailing medians, means and block boundaries over a series × time array: the arithmetic under every signal.

Everything here is causal: what stands at column t is made of columns before t (or up to t where a name says so).
"""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[np.float64]


def blocks(first: int, length: int) -> Iterator[tuple[int, int]]:
    """Columns between two estimations, from ``first`` on: an eighth of what is known, 8 to 96 columns."""
    start = first
    while start < length:
        stop = start + block_length(start)
        yield start, min(stop, length)
        start = stop


def block_length(start: int) -> int:
    return min(max(start // 8, 8), 96)


def trailing_median(values: Array, window: int, start: int) -> Array:
    """Of the ``window`` columns before each column from ``start`` on; fewer at the beginning."""
    known = values[:, max(0, start - window) :]
    short = window - min(start, window)
    if short:
        known = np.concatenate([np.repeat(known[:, :1], short, axis=1), known], axis=1)
    ordered = np.sort(sliding_window_view(known[:, :-1], window, axis=1), axis=2)  # four times as fast as np.median
    return np.asarray((ordered[:, :, (window - 1) // 2] + ordered[:, :, window // 2]) / 2)


def window_mean(values: Array, window: int, start: int) -> Array:
    """Of the ``window`` columns up to and with each column from ``start`` on; ``start`` ≥ ``window`` − 1."""
    known = values[:, start - window + 1 :]
    return np.asarray(sliding_window_view(known, window, axis=1).mean(axis=2))


def quantiles(values: Array, *shares: float) -> Array:
    """Of each series, interpolated: shares × series. One sort is faster than ``np.percentile``."""
    ordered = np.sort(values, axis=1)
    place = np.array(shares) * (values.shape[1] - 1)
    below = place.astype(np.int64)
    low, high = ordered[:, below], ordered[:, np.minimum(below + 1, values.shape[1] - 1)]
    return np.asarray((low + (high - low) * (place - below)).T)


def filled(values: Array) -> Array:
    """Missing values take the last known one; before the first known, the first."""
    missing = ~np.isfinite(values)
    if not missing.any():
        return values
    columns = np.broadcast_to(np.arange(values.shape[1]), values.shape)
    last = np.maximum.accumulate(np.where(missing, -1, columns), axis=1)
    first = np.argmax(~missing, axis=1)[:, None]
    known = np.take_along_axis(values, np.where(last < 0, first, last), axis=1)
    return np.where(np.isfinite(known), known, 0.0)
