"""Counts: judged by their square roots, which have the same scale at any size; small ones by their probability.

2·√(x + 3/8) (Anscombe 1948) has the standard deviation 1 for Poisson counts; what is wider (negative binomial) shows as
a wider residual. A weekend that halves a count moves its root at noon and at night alike. Does not live here: the scale
of anything else (detector).
"""

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.rolling import Array

LARGE, SHIFT = 1e9, 0.375
FEW, WILD, LEAST_DISPERSION = 3.0, 2.5, 1.05  # mean of few; variance over mean of what is no plain counting
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


def rarity(counts: Array, past: Array, used: NDArray[np.bool_]) -> Array:
    """−log10 of the chance of at least so many, by series × columns; 0 where counts are not few, or are bursts.

    Negative binomial with the past's mean and variance. The tail of a past of few events is too short to tell.
    """
    from scipy.special import betainc

    known = np.maximum(used.sum(axis=1), 1)
    mean = np.where(used, past, 0.0).sum(axis=1) / known
    spread = np.where(used, (past - mean[:, None]) ** 2, 0.0).sum(axis=1) / known
    mean = np.maximum(mean, 1 / known)
    dispersion = np.maximum(spread / mean, LEAST_DISPERSION)
    plain = (mean < FEW) & (dispersion < WILD)
    size = mean / (dispersion - 1)
    chance = betainc(np.maximum(counts, 1.0), size[:, None], (1 - 1 / dispersion)[:, None])
    return np.asarray(np.where(plain[:, None] & (counts > 0), -np.log10(np.maximum(chance, 1e-300)), 0.0))
