"""The candidates, by name: each takes series × columns and gives series × horizon.

Where all values are positive, those with a season also run on logarithms: a season that grows with the level.
"""

from collections.abc import Callable

import numpy as np

from analytics_platform.insights.forecasting.regression import lagged
from analytics_platform.insights.forecasting.seasonal import alike, season_of
from analytics_platform.insights.forecasting.smoothing import damped_trend, holt_winters, theta
from analytics_platform.insights.rolling import Array

NAIVE = "seasonal naive"
Candidates = dict[str, Array]
LONGEST_WINTERS = 60


def forecasts(values: Array, periods: tuple[int, ...], horizon: int, logs: bool) -> Candidates:
    """Of every candidate. ``periods``: shortest first, empty for none; ``logs``: also on logarithms."""
    found = {NAIVE: seasonal_naive(values, periods[0] if periods else 1, horizon)}
    if len(periods) > 1 and values.shape[1] >= 2 * periods[1]:
        found["long seasonal naive"] = seasonal_naive(values, periods[1], horizon)
    found["drift"] = drift(values, horizon)
    for ending, there, back in _scales(logs):
        moved = there(values)
        for name, ahead in _smoothed(moved, periods, horizon).items():
            found[name + ending] = back(ahead, values)
    return found


def seasonal_naive(values: Array, period: int, horizon: int) -> Array:
    period = min(period, values.shape[1])
    return values[:, -period:][:, np.arange(horizon) % period]


def drift(values: Array, horizon: int) -> Array:
    slope = (values[:, -1:] - values[:, :1]) / max(values.shape[1] - 1, 1)
    return np.asarray(values[:, -1:] + slope * np.arange(1, horizon + 1))


def _smoothed(values: Array, periods: tuple[int, ...], horizon: int) -> Candidates:
    season, ahead = season_of(values, periods, horizon)
    flat = values - season
    found = {
        "theta": theta(flat, horizon) + ahead,
        "damped trend": damped_trend(flat, horizon) + ahead,
        "lags": lagged(values, periods, horizon),
    }
    if periods and 2 <= periods[0] <= LONGEST_WINTERS and values.shape[1] >= 2 * periods[0]:
        first, rest = season_of(values, periods[:1], horizon)
        extra, extra_ahead = season - first, ahead - rest
        found["Holt-Winters"] = holt_winters(values - extra, periods[0], first, horizon) + extra_ahead
    if len(periods) == 2 and periods[1] % periods[0] == 0 and values.shape[1] >= 2 * periods[1]:
        season, ahead = alike(values, (periods[0], periods[1]), horizon)
        found["days alike, theta"] = theta(values - season, horizon) + ahead
        found["days alike, lags"] = lagged(values - season, (), horizon) + ahead
    return found


def _scales(logs: bool) -> list[tuple[str, Callable[[Array], Array], Callable[[Array, Array], Array]]]:
    plain = [("", lambda values: values, lambda ahead, _: ahead)]
    return [*plain, (" (logs)", np.log, _from_logs)] if logs else plain


def _from_logs(ahead: Array, values: Array) -> Array:
    """Not beyond ten times the history: a trend of logarithms grows without bound."""
    return np.asarray(np.exp(np.minimum(ahead, np.log(10 * values.max(axis=1, keepdims=True)))))
