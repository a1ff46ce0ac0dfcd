"""The season of a series, found in its past alone: the calendar's periods first, then whatever repeats.

A period is worth having when yesterday at the same time tells more than the last hours do: the error of "one period
ago", level taken out, against the error of the trailing level. Does not live here: what a season predicts (baseline).
"""

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.rolling import Array, filled, quantiles

HOUR, DAY, WEEK, YEAR = 3600.0, 86400.0, 604800.0, 31556952.0
GOOD, LONGER, KEEP = 0.75, 0.92, 0.9
MOST_COLUMNS = 6000


def calendar_periods(step: float) -> list[int]:
    """Periods in steps that people's time has: hour, day, week, year."""
    if step >= 20 * DAY:
        return [round(YEAR / step)] if YEAR / step >= 3.5 else []
    found = [round(length / step) for length in (HOUR, DAY, WEEK, YEAR) if length / step >= 4]
    return [period for period in found if abs(period * step - round(period * step)) < 1]


def find_seasons(past: Array, step: float, before: NDArray[np.int64]) -> NDArray[np.int64]:
    """Period in steps of each series of an even past (missing: NaN); 0 is none. ``before``: the last answer."""
    values = filled(past[:, -MOST_COLUMNS:])
    values = clip_tails(values)
    count, columns = values.shape
    best = np.full(count, GOOD)
    season = np.zeros(count, dtype=np.int64)
    for period in calendar_periods(step):
        if columns < 2 * period + max(period // 4, 2):
            continue
        ratio = error_ratio(values, period)
        ratio *= np.where(before == period, KEEP, 1.0) * doubt(columns, period)
        better = ratio < best * np.where(season > 0, LONGER, 1.0)
        best, season = np.where(better, ratio, best), np.where(better, period, season)
    rest = np.flatnonzero(season == 0)
    if rest.size and columns >= 24:
        season[rest] = _found_by_correlation(values[rest], before[rest])
    return season


def doubt(columns: int, period: int) -> float:
    """Two or three cycles repeat by accident, most of all where a series wanders: they must repeat more exactly."""
    return 1.0 + max(0.0, 4.0 - columns / period) / 4


def clip_tails(values: Array) -> Array:
    low, high = quantiles(values, 0.02, 0.98)
    return np.clip(values, low[:, None], high[:, None])


def error_ratio(values: Array, period: int) -> Array:
    """Error of one period ago (level taken out) over that of the trailing level; below 1 the season tells more."""
    width = int(np.clip(period // 2, 3, 72))
    lagged = values[:, period:] - values[:, :-period]
    seasonal = _size(lagged[:, width:] - _trailing_mean(lagged, width)) / np.sqrt(2)
    plain = _size((values[:, width:] - _trailing_mean(values, width))[:, period:])
    return np.asarray(np.where(plain > 0, seasonal / np.maximum(plain, 1e-300), 1.0))


def _size(errors: Array) -> Array:
    """Root mean square: a weekend that a daily season gets wrong is a small part of the rows and a large error."""
    return np.asarray(np.sqrt((errors**2).mean(axis=1)))


def _trailing_mean(values: Array, width: int) -> Array:
    total = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)
    return np.asarray((total[:, width:-1] - total[:, : -width - 1]) / width)


def _found_by_correlation(values: Array, before: NDArray[np.int64]) -> NDArray[np.int64]:
    """The lag with the highest autocorrelation after the first trough, if a third of the past holds it."""
    count, columns = values.shape
    centred = values - values.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(centred, 2 * columns, axis=1)) ** 2
    correlation = np.fft.irfft(power, axis=1)[:, : columns // 3]
    correlation *= columns / (columns - np.arange(columns // 3))
    correlation /= np.maximum(correlation[:, :1], 1e-300)
    negative = correlation < 0.1
    crossed = np.argmax(negative, axis=1)
    beyond = (np.arange(columns // 3) >= crossed[:, None]) & negative.any(axis=1, keepdims=True)
    beyond &= np.arange(columns // 3) >= 4
    lag = np.argmax(np.where(beyond, correlation, -1.0), axis=1)
    season = np.zeros(count, dtype=np.int64)
    for series in range(count):
        lags = [int(lag[series])] if correlation[series, lag[series]] > 0.5 and lag[series] >= 4 else []
        if before[series] and before[series] < columns // 3:
            lags.insert(0, int(before[series]))  # a season that still holds is kept
        for period in lags:
            if error_ratio(values[series : series + 1], period)[0] < GOOD * 0.9:
                season[series] = period
                break
    return season
