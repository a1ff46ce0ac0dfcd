"""How unlike anything before the last rows look: distance of the last window to its nearest windows of the past.

It sees what no single row shows: a peak that did not come, a flat middle, a rhythm that changed. Windows are compared
with BLAS against a bounded number of past ones, so that the cost of a row does not grow with its history.
"""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from analytics_platform.insights.rolling import Array, block_length

RECENT, OLDER, FURTHEST = 900, 300, 1e6
TOGETHER = 4  # series whose products fit into the processor's cache
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
    known_before = np.cumsum(np.pad(used[:, first:start], ((0, 0), (1, 0))), axis=1, dtype=np.int32)
    whole = known_before[:, chosen + width] - known_before[:, chosen] > 0.7 * width
    nearest = np.empty(recent.shape[:2], dtype=np.float32)
    for some in range(0, len(values), TOGETHER):
        rows = slice(some, some + TOGETHER)
        nearest[rows] = _nearest(recent[rows], windows[rows, chosen], whole[rows])
    return np.asarray(np.sqrt(np.maximum(nearest[:, : stop - start], 0.0) / width), dtype=np.float64)


def _nearest(recent: NDArray[Any], past: NDArray[Any], whole: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Least squared distance of each recent window to ``whole`` ones of the past: |a|² + |b|² − 2ab in one product."""
    square = (past**2).sum(axis=2) + np.where(whole, 0.0, np.float32(1e30))
    past = np.concatenate([-2 * past, square[:, :, None]], axis=2)
    ones = np.ones((*recent.shape[:2], 1), dtype=np.float32)
    cross = np.matmul(np.concatenate([recent, ones], axis=2), past.transpose(0, 2, 1))
    return np.asarray(cross.min(axis=2) + (recent**2).sum(axis=2))


def references(count: int) -> NDArray[np.int64]:
    """Which of so many past windows to compare with: the recent ones, and older ones spread without a rhythm.

    Every second one, say, would hold only every second hour of the day.
    """
    if count <= RECENT + OLDER:
        return np.arange(count)
    spread = np.unique((np.arange(OLDER) * GOLDEN % 1 * (count - RECENT)).astype(np.int64))
    return np.concatenate([spread, np.arange(count - RECENT, count)])
