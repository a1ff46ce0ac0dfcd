"""Whether a series is noise: its values tell nothing about later ones, so its mean is the best forecast.

Both of two conditions must hold. The Ljung–Box test finds no correlation with earlier values, and at the origins of the
backtest the choice did no better than the mean of what was known.
"""

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.rolling import Array

LEAST_LAGS, UNLIKELY, GAIN = 10, 2.326, 0.05  # UNLIKELY: one per cent of noise lies beyond it


def is_noise(values: Array, period: int, against_mean: Array) -> NDArray[np.bool_]:
    """Of series × columns. ``against_mean``: the error of the choice over that of the mean, at the same origins."""
    return (_portmanteau(values, period) < UNLIKELY) & (against_mean > 1 - GAIN)


def _portmanteau(values: Array, period: int) -> Array:
    """Ljung–Box over the lags of two periods, as a normal deviate (Wilson and Hilferty's cube root of chi-square)."""
    columns = values.shape[1]
    lags = max(1, min(max(LEAST_LAGS, 2 * period), columns // 4))
    centred = values - values.mean(axis=1, keepdims=True)
    spread = (centred**2).sum(axis=1)
    total = np.zeros(len(values))
    for lag in range(1, lags + 1):
        total += ((centred[:, lag:] * centred[:, :-lag]).sum(axis=1) / spread) ** 2 / (columns - lag)
    root = (columns * (columns + 2) * total / lags) ** (1 / 3)
    return np.asarray((root - (1 - 2 / (9 * lags))) / np.sqrt(2 / (9 * lags)))
