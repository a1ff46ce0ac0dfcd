"""Counts as counts: a scale that grows with what is expected (Poisson, or wider where the past was: negative binomial).

A series is taken for counts when its past is whole, not negative, and has seen many of its values more than once or is
small. Does not live here: the scale of anything else (baseline, detector).
"""

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.rolling import Array

LARGE = 1e9


def are_counts(past: Array) -> NDArray[np.bool_]:
    """Per series: whole numbers, none negative, not constant."""
    whole = (past == np.round(past)).all(axis=1)
    return np.asarray(whole & (past.min(axis=1) >= 0) & (past.max(axis=1) < LARGE) & (np.ptp(past, axis=1) > 0))


def dispersion(residual: Array, expected: Array) -> Array:
    """Per series: φ of variance = μ + φ·μ², by the median of (r² − μ)/μ²; 0 is Poisson.

    The median of r² is 0.455 σ² for a normal residual, hence the factor.
    """
    mean = np.maximum(expected, 1.0)
    return np.asarray(np.maximum(np.median((residual**2 / 0.455 - mean) / mean**2, axis=1), 0.0))


def count_scale(expected: Array, phi: Array) -> Array:
    """Standard deviation of a count of which so many are expected; at least that of one half."""
    mean = np.maximum(expected, 0.5)
    return np.asarray(np.sqrt(mean + phi[:, None] * mean**2))
