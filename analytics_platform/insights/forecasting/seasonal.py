"""Taking a season out of series and putting it back: one period, or a short one inside a long one (day in week)."""

import numpy as np

from analytics_platform.insights.rolling import Array

SIGNIFICANT = 1.645  # of a one-sided 90 % test
UNLIKE = 4.0  # a day whose hours are as far again from another's as chance makes them has a fifth of its weight


def is_seasonal(values: Array, period: int) -> Array:
    """Per series: does the autocorrelation at the period stand out (the test of the M4 competition)?"""
    count, columns = values.shape
    if period < 2 or columns < 2 * period:
        return np.zeros(count, dtype=bool)
    width = period if period % 2 else period + 1
    flat = values - _trend(values, width)
    flat = flat - flat.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(flat, 2 * columns, axis=1)) ** 2
    correlation = np.fft.irfft(power, axis=1)[:, : period + 1]
    correlation /= np.maximum(correlation[:, :1], 1e-300)
    limit = SIGNIFICANT * np.sqrt((1 + 2 * (correlation[:, 1:period] ** 2).sum(axis=1)) / columns)
    return np.asarray(correlation[:, period] > limit)


def season_of(values: Array, periods: tuple[int, ...], horizon: int) -> tuple[Array, Array]:
    """The season of every column, and of the ``horizon`` columns to come."""
    count, columns = values.shape
    every = np.zeros((count, columns + horizon))
    rest = values
    for period in periods:
        cycles = columns // period
        if period < 2 or cycles < 2:
            continue
        flat = rest - _trend(rest, period)
        padded = np.full((count, (cycles + 1) * period), np.nan)
        padded[:, -columns:] = flat[:, -(cycles + 1) * period :] if columns > padded.shape[1] else flat
        table = padded.reshape(count, cycles + 1, period)  # slots counted from the last column backwards
        age = np.arange(cycles, -1, -1.0)
        weights = np.where(np.isnan(table), 0.0, (0.97**age)[None, :, None])
        shape = (np.nan_to_num(table) * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-12)
        shape -= shape.mean(axis=1, keepdims=True)
        if period != periods[0]:
            shape *= cycles / (cycles + 1.0)  # the longer season rests on few cycles
        slots = (np.arange(columns + horizon) - columns) % period
        season = shape[:, slots]
        every += season
        rest = rest - season[:, :columns]
    return every[:, :columns], every[:, columns:]


def _trend(values: Array, period: int) -> Array:
    """Centred moving average over whole periods; at the ends the nearest whole window, leaning with its slope."""
    columns = values.shape[1]
    half = period // 2
    kernel = np.ones(period) if period % 2 else np.r_[0.5, np.ones(period - 1), 0.5]
    kernel = kernel / kernel.sum()
    total = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)
    if period % 2:
        middle = (total[:, period:] - total[:, :-period]) / period
    else:
        whole = (total[:, period:] - total[:, :-period]) / period
        middle = (whole[:, 1:] + whole[:, :-1]) / 2
    if not middle.shape[1]:
        return np.repeat(values.mean(axis=1, keepdims=True), columns, axis=1)
    slope = (middle[:, -1:] - middle[:, :1]) / max(middle.shape[1] - 1, 1)
    before = middle[:, :1] - slope * np.arange(half, 0, -1)
    after = middle[:, -1:] + slope * np.arange(1, columns - middle.shape[1] - half + 1)
    return np.concatenate([before, middle, after], axis=1)[:, :columns]


def alike(values: Array, periods: tuple[int, int], horizon: int) -> tuple[Array, Array]:
    """The season of a day inside a week, of which days that look alike lend each other their hours.

    A month holds four Tuesdays and twenty working days: an hour of a Tuesday is told better by all of them, as far as
    Tuesdays are like them. How unlike two days may be by chance is known from how the weeks differ.
    """
    day, week = periods
    count, columns = values.shape
    cycles = columns // week
    flat = (values - _trend(values, week))[:, columns - cycles * week :]
    table = flat.reshape(count, cycles, week // day, day)
    weights = 0.97 ** np.arange(cycles - 1, -1, -1.0)
    weights /= weights.sum()
    shape = np.einsum("c,scdh->sdh", weights, table)
    chance = 2 * table.var(axis=1, ddof=1).mean(axis=(1, 2)) * (weights**2).sum()
    apart = ((shape[:, :, None] - shape[:, None]) ** 2).mean(axis=3)
    beyond = np.maximum(apart - chance[:, None, None], 0.0)
    likeness = chance[:, None, None] / (chance[:, None, None] + UNLIKE * beyond + 1e-300)
    likeness += np.eye(week // day) * 1e-6
    shape = likeness @ shape / likeness.sum(axis=2, keepdims=True)
    shape = shape.reshape(count, week)
    shape -= shape.mean(axis=1, keepdims=True)
    season = shape[:, (np.arange(columns + horizon) - columns) % week]
    return season[:, :columns], season[:, columns:]
