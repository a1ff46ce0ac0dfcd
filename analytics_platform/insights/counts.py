"""Counts as counts: judged by their roots, where a Poisson count of any size has one scale.

2·√(x + 3/8) (Anscombe 1948) has the standard deviation 1 for Poisson counts; what is wider (negative binomial) shows as
a wider residual. A weekend that halves a count moves its root at noon and at night alike. Does not live here: the scale
of anything else (detector).
"""

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.rolling import Array

LARGE, SHIFT = 1e9, 0.375
POISSON_SCALE = 1.0


def are_counts(past: Array) -> NDArray[np.bool_]:
    """Per series: whole numbers, none negative, not constant."""
    whole = (past == np.round(past)).all(axis=1)
    return np.asarray(whole & (past.min(axis=1) >= 0) & (past.max(axis=1) < LARGE) & (np.ptp(past, axis=1) > 0))


def roots(counts: Array) -> Array:
    return np.asarray(2 * np.sqrt(np.maximum(counts, 0.0) + SHIFT))


def from_roots(root: Array) -> Array:
    """The count that has this root; never negative."""
    return np.asarray(np.maximum(np.clip(root, 0.0, LARGE) ** 2 / 4 - SHIFT, 0.0))
