"""Exponential smoothing over many series and a grid of parameters at once; each series takes its best parameters.

Theta, a damped trend, and Holt-Winters with a season. A recursion over time is one loop; everything else is a column of
series × parameters. Parameters are those with the least one-step error in the history given.
"""

from itertools import product

import numpy as np

from analytics_platform.insights.rolling import Array

ALPHAS = (0.03, 0.08, 0.15, 0.25, 0.4, 0.6, 0.8, 0.97)
DAMPED = np.array([
    (alpha, alpha * ratio, phi)
    for alpha, ratio, phi in product((0.1, 0.2, 0.4, 0.6, 0.85), (0.03, 0.15, 0.5), (0.85, 0.95, 0.98))
])  # fmt: skip
WINTERS = np.array([
    (alpha, alpha * ratio, gamma, phi)
    for alpha, ratio, gamma, phi in product((0.05, 0.15, 0.35, 0.6), (0.0, 0.1), (0.05, 0.15, 0.35), (0.9, 0.98))
])  # fmt: skip


def theta(values: Array, horizon: int) -> Array:
    """Half the linear trend, on top of simple smoothing (Assimakopoulos and Nikolopoulos 2000) of seasonless values."""
    columns = values.shape[1]
    alphas = np.array(ALPHAS)
    level = np.repeat(values[:, :1], len(alphas), axis=1)
    loss = np.zeros_like(level)
    for column in range(1, columns):
        error = values[:, column, None] - level
        loss += error**2
        level += alphas * error
    best = loss.argmin(axis=1)
    rows = np.arange(len(values))
    time = np.arange(columns) - (columns - 1) / 2
    slope = (values - values.mean(axis=1, keepdims=True)) @ time / (time @ time)
    alpha = alphas[best]
    ahead = np.arange(horizon)[None, :] + ((1 - (1 - alpha) ** columns) / alpha)[:, None]
    return np.asarray(level[rows, best][:, None] + 0.5 * slope[:, None] * ahead)


def damped_trend(values: Array, horizon: int) -> Array:
    """Level and a trend that fades, of seasonless values."""
    alpha, beta, phi = DAMPED.T
    first = values[:, : min(6, values.shape[1])]
    level = np.repeat(first.mean(axis=1, keepdims=True), len(alpha), axis=1)
    trend = np.repeat(np.diff(first, axis=1).mean(axis=1, keepdims=True), len(alpha), axis=1)
    loss = np.zeros_like(level)
    skip = min(6, values.shape[1] // 3)
    for column in range(values.shape[1]):
        trend *= phi
        error = values[:, column, None] - level - trend
        if column >= skip:
            loss += error**2
        level += trend + alpha * error
        trend += beta * error
    return _damped_ahead(level, trend, phi, loss, horizon)


def holt_winters(values: Array, period: int, season: Array, horizon: int) -> Array:
    """Level, fading trend and a season that changes; ``season`` (series × columns) is what to begin with."""
    alpha, beta, gamma, phi = WINTERS.T
    columns = values.shape[1]
    count, grid = len(values), len(alpha)
    slots = (np.arange(columns + horizon) - columns) % period
    state = np.empty((period, count, grid))
    state[slots[:period]] = season[:, :period].T[:, :, None]
    flat = (values - season)[:, : 2 * period]
    level = np.repeat(flat.mean(axis=1, keepdims=True), grid, axis=1)
    trend = np.zeros((count, grid))
    loss = np.zeros((count, grid))
    for column in range(columns):
        slot = slots[column]
        trend *= phi
        error = values[:, column, None] - level - trend - state[slot]
        if column >= period:
            loss += error**2
        level += trend + alpha * error
        trend += beta * error
        state[slot] += gamma * (1 - alpha) * error
    best = loss.argmin(axis=1)
    rows = np.arange(count)
    seasonal = state[slots[columns:]][:, rows, best].T
    return np.asarray(_damped_ahead(level, trend, phi, loss, horizon) + seasonal)


def _damped_ahead(level: Array, trend: Array, phi: Array, loss: Array, horizon: int) -> Array:
    best = np.where(np.isfinite(loss), loss, np.inf).argmin(axis=1)
    rows = np.arange(len(level))
    fading = np.cumsum(phi[best][:, None] ** np.arange(1, horizon + 1), axis=1)
    return np.asarray(level[rows, best][:, None] + trend[rows, best][:, None] * fading)
