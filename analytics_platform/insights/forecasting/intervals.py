"""Intervals from the errors of the backtest: what share of the past lay within, scaled by how errors grow ahead.

Errors of all origins are put on one scale (their growth with the horizon) and pooled; the quantile is that of split
conformal prediction. Errors of one origin are correlated: after a level shift a whole horizon lies outside. So the
interval is widened half way to the one that would contain this share of the origins. Coverage is measured by leaving
each origin out in turn.
"""

import numpy as np

from analytics_platform.insights.rolling import Array

LEVELS = (0.80, 0.95)


def growth(errors: Array) -> Array:
    """Typical size of an error by step ahead (series × horizon): grows with the root of the step, never falls."""
    horizon = errors.shape[2]
    size = np.abs(errors).mean(axis=0)
    root = np.sqrt(np.arange(1, horizon + 1))
    inputs = np.stack([np.ones(horizon), root])
    if horizon < 3:
        flat = size.mean(axis=1, keepdims=True) * np.ones(horizon)
        return np.asarray(np.maximum(flat, 1e-12))
    fitted = size @ np.linalg.pinv(inputs)
    slope = np.maximum(fitted[:, 1], 0.0)
    start = np.where(fitted[:, 1] > 0, fitted[:, 0], size.mean(axis=1))
    line = start[:, None] + slope[:, None] * root
    least = 0.3 * size.mean(axis=1, keepdims=True)
    return np.asarray(np.maximum(line, np.maximum(least, 1e-12)))


def half_widths(errors: Array, horizon: int) -> Array:
    """Levels × series × horizon; beyond the backtest's horizon they go on growing with the root of the step."""
    spread = growth(errors)
    widths = np.stack([_quantile(np.abs(errors) / spread, level) for level in LEVELS])[:, :, None] * spread
    tested = errors.shape[2]
    if horizon > tested:
        more = np.sqrt(np.arange(tested + 1, horizon + 1) / tested)
        widths = np.concatenate([widths, widths[:, :, -1:] * more], axis=2)
    return widths


def coverage(errors: Array) -> Array:
    """Levels × series: share of each origin's values within the interval of the other origins."""
    inside = []
    for origin in range(len(errors)):
        others = np.delete(errors, origin, axis=0)
        inside.append((np.abs(errors[origin]) <= half_widths(others, errors.shape[2])).mean(axis=2))
    return np.asarray(np.mean(inside, axis=0))


def _quantile(ratios: Array, level: float) -> Array:
    """Per series: of all values, or half way to the quantile of the origins' own quantiles where that is more."""
    origins, count, horizon = ratios.shape
    pooled = np.sort(ratios.transpose(1, 0, 2).reshape(count, origins * horizon), axis=1)
    size = pooled.shape[1]
    rank = min(int(np.ceil((size + 1) * level)), size)
    apart = np.sort(np.sort(ratios, axis=2)[:, :, int(np.ceil(horizon * level)) - 1], axis=0)
    wide = apart[int(np.ceil(origins * level)) - 1]
    return np.asarray(np.maximum(pooled[:, rank - 1], (pooled[:, rank - 1] + wide) / 2))
