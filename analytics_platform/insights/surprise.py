"""How unlikely a statistic is, by the tail of its own past: what makes scores comparable between series.

The largest tenth of the past gets a generalised Pareto tail (probability-weighted moments, shrunk towards a slightly
heavy one where the past is short). Surprise is −log10 of the chance of a row at least as extreme. A series whose normal
state is spikes has a heavy tail, and its spikes are no surprise. What has been seen k times in n rows is never rarer
than k in n.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
TAIL, PRIOR_SHAPE, PRIOR_WEIGHT, MOST = 0.1, 0.15, 20.0, 12.0
SHARPEST, HEAVIEST, RANKS = 0.02, 0.8, 5
SECOND, EVIDENCE_ROWS = 0.2, 10


@dataclass(frozen=True)
class Tail:
    """Per series: from ``start`` on the past is a Pareto tail of this scale and shape; ``share`` of it lies there."""

    start: Array
    scale: Array
    shape: Array
    share: Array
    largest: Array  # the largest ever seen, largest first
    rows: Array

    def surprise(self, statistic: Array) -> Array:
        """Of each column; below the tail it grows linearly up to the tail's own surprise."""
        start, scale, shape = self.start[:, None], self.scale[:, None], self.shape[:, None]
        begin = -np.log10(self.share)[:, None]
        over = np.maximum(statistic - start, 0.0)
        beyond = begin + np.log1p(shape * over / scale) / shape / np.log(10)
        below = begin * np.clip(statistic / np.maximum(start, 1e-12), 0.0, 1.0)
        found = np.minimum(np.where(statistic > start, beyond, below), MOST)
        for rank in range(self.largest.shape[1], 0, -1):
            seen = statistic <= self.largest[:, rank - 1, None]
            known = -np.log10(rank / (self.rows[:, None] + 1.0))
            found = np.where(seen, np.minimum(found, known), found)
        return found


def combine(surprises: NDArray[np.float32] | Array, before: Array) -> tuple[Array, Array, Array]:
    """One number from all statistics of a block's columns, that of each row alone, and the evidence to go on with.

    The most surprising statistic, a fifth of the second, and what the last ten rows have piled up: several rows that
    are each a little odd are odd together.
    """
    ordered = np.sort(surprises, axis=0)
    now = np.asarray(ordered[-1] + SECOND * ordered[-2], dtype=np.float64)
    keep = 1 - 1 / EVIDENCE_ROWS
    total = np.empty_like(now)
    for column in range(now.shape[1]):
        before = before * keep
        total[:, column] = now[:, column] + before
        before = before + now[:, column] / EVIDENCE_ROWS
    return total, now, before


def fit_tail(past: NDArray[np.float32], used: NDArray[np.bool_], floor: float) -> Tail:
    """Tail of series × past columns; columns not ``used`` count for nothing."""
    rows = np.maximum(used.sum(axis=1), 1)
    columns = past.shape[1]
    size = min(max(int(TAIL * columns), min(12, columns // 2)), columns - 1)
    values = np.where(used, past, np.float32(-1.0))  # statistics are ≥ 0, so these are never in the tail
    top = np.sort(values, axis=1)[:, columns - size - 1 :].astype(np.float64)  # np.partition is slow where many tie
    start = np.maximum(top[:, 0], 0.0)
    excess = np.maximum(top[:, 1:] - start[:, None], 0.0)
    positive = excess > 0  # a statistic that is mostly 0 has a tail all the same, with a smaller share
    count = np.maximum(positive.sum(axis=1), 1)
    mean = excess.sum(axis=1) / count
    above = np.arange(size)[::-1] / np.maximum(count - 1, 1)[:, None]  # share of the tail above each
    weighted = (excess * np.where(positive, above, 0.0)).sum(axis=1) / count
    gap = np.maximum(mean - 2 * weighted, 1e-9)
    raw = np.where(mean > 0, 2.0 - mean / gap, 0.0)
    shape = np.clip((count * raw + PRIOR_WEIGHT * PRIOR_SHAPE) / (count + PRIOR_WEIGHT), SHARPEST, HEAVIEST)
    scale = np.maximum(mean * (1 - shape), floor)
    share = np.clip(count / rows, 1e-6, 0.5)
    return Tail(start, scale, shape, share, top[:, : -RANKS - 1 : -1], rows.astype(np.float64))
