"""How unlike anything before the last rows look: distance of the last window to its nearest windows of the past.

It sees what no single row shows: a peak that did not come, a flat middle, a rhythm that changed. Windows are compared
with BLAS against a bounded number of past ones, so that the cost of a row does not grow with its history.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from analytics_platform.insights.rolling import Array, block_length

RECENT, OLDER, FURTHEST = 900, 300, 1e6
GOLDEN = 0.6180339887498949


def nearest_distance(
    values: Array, scale: Array, used: NDArray[np.bool_], span: tuple[int, int], width: int, history: int
) -> Array:
    """Root mean square distance of the window that ends at each column of ``span`` to the nearest one before it."""
    start, stop = span
    first = max(0, start - history)
    known = values[:, first:stop]
    known = np.clip((known - known[:, :1]) / scale[:, None], -FURTHEST, FURTHEST).astype(np.float32)
    windows = sliding_window_view(known, width, axis=1)
    recent = windows[:, start - first - width + 1 :]
    short = block_length(start) - recent.shape[1]  # BLAS rounds by shape: a cut block must not have other last digits
    if short > 0:
        recent = np.concatenate([recent, np.repeat(recent[:, -1:], short, axis=1)], axis=1)
    chosen = references(start - first - width + 1)
    past = windows[:, chosen]
    whole = sliding_window_view(used[:, first:start], width, axis=1)[:, chosen].mean(axis=2) > 0.7
    square = (past**2).sum(axis=2) + np.where(whole, 0.0, np.float32(1e30))
    cross = np.matmul(recent, past.transpose(0, 2, 1))
    cross *= -2
    cross += square[:, None, :]
    nearest = cross.min(axis=2) + (recent**2).sum(axis=2)
    return np.asarray(np.sqrt(np.maximum(nearest[:, : stop - start], 0.0) / width), dtype=np.float64)


def references(count: int) -> NDArray[np.int64]:
    """Which of so many past windows to compare with: the recent ones, and older ones spread without a rhythm.

    Every second one, say, would hold only every second hour of the day.
    """
    if count <= RECENT + OLDER:
        return np.arange(count)
    spread = np.unique((np.arange(OLDER) * GOLDEN % 1 * (count - RECENT)).astype(np.int64))
    return np.concatenate([spread, np.arange(count - RECENT, count)])
