"""Rolling-origin backtest: the past forecast from earlier points, as it would have been; then the choice.

All candidates run at all origins. The choice is a combination of the best five, in which a clear best has most weight.
Its error at an origin is that of what the other origins would have chosen: the best of many candidates looks better
than it is where it was chosen. It is judged against seasonal naive at the same origins.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics_platform.insights.forecasting.models import NAIVE, Candidates, forecasts
from analytics_platform.insights.rolling import Array

LEAST_FOLDS, MOST_FOLDS, BEST, SHARPNESS = 3, 8, 5, 4
LEAST_LEVEL, MOST_GROWTH = 6, 3.0


@dataclass(frozen=True)
class Plan:
    """Columns known at each origin, and how far each origin looks ahead."""

    origins: list[int]
    horizon: int


@dataclass(frozen=True)
class Tested:
    """``errors``: origins × series × horizon of the choice; ``weights``: series × candidates."""

    names: list[str]
    weights: Array
    errors: Array
    growth: Array  # origins × series: the level now over that at the origin
    relative: Array  # mean absolute error over seasonal naive's, per series
    scaled: Array  # mean absolute error over that of seasonal naive one step into the history (the usual MASE)
    against_mean: Array  # mean absolute error over that of the mean of what was known at the origins


def plan(columns: int, horizon: int, least: int) -> Plan | None:
    """At least three origins, evenly spread, the last a horizon before the end; none where history is too short."""
    room = columns - least
    if room < LEAST_FOLDS:
        return None
    ahead = min(horizon, max(1, room - LEAST_FOLDS + 1))
    last = columns - ahead
    folds = min(MOST_FOLDS, last - least + 1)
    step = min(max(1, ahead // 2), (last - least) // (folds - 1)) if folds > 1 else 1
    return Plan([last - step * number for number in range(folds - 1, -1, -1)], ahead)


def test(values: Array, periods: tuple[int, ...], logs: bool, schedule: Plan) -> Tested:
    """Series of one length and period."""
    every: list[Candidates] = [
        forecasts(values[:, :origin], periods, schedule.horizon, logs) for origin in schedule.origins
    ]
    names = [name for name in every[-1] if all(name in each for each in every)]
    actual = np.stack([values[:, origin : origin + schedule.horizon] for origin in schedule.origins])
    errors = {name: np.stack([each[name] for each in every]) - actual for name in names}
    every_error = np.stack([errors[name] for name in names])  # candidates × origins × series × horizon
    losses = np.abs(every_error).mean(axis=3).transpose(1, 2, 0)  # origins × series × candidates
    weights = choose(losses.mean(axis=0))
    chosen = np.stack(
        [
            np.einsum("csh,sc->sh", every_error[:, origin], choose(np.delete(losses, origin, axis=0).mean(axis=0)))
            for origin in range(len(schedule.origins))
        ]
    )
    loss = np.abs(chosen).mean(axis=(0, 2))
    naive = losses[:, :, names.index(NAIVE)].mean(axis=0)
    means = np.stack([values[:, :origin].mean(axis=1, keepdims=True) for origin in schedule.origins])
    period = periods[0] if periods else 1
    inside = np.abs(values[:, period:] - values[:, :-period]).mean(axis=1)
    return Tested(
        names,
        weights,
        chosen,
        level_growth(values, schedule.origins, period),
        _ratio(loss, naive),
        _ratio(loss, inside),
        _ratio(loss, np.abs(means - actual).mean(axis=(0, 2))),
    )


def level_growth(values: Array, origins: Sequence[int], period: int) -> Array:
    """Of positive series: errors grow with the level, so that those of long ago were smaller. 1 of any other series."""
    width = max(period, LEAST_LEVEL)
    levels = np.stack([values[:, max(0, end - width) : end].mean(axis=1) for end in (*origins, values.shape[1])])
    positive = (values > 0).all(axis=1)
    ratio = np.where(positive, levels[-1] / np.where(positive, levels[:-1], 1.0), 1.0)
    return np.asarray(np.clip(ratio, 1 / MOST_GROWTH, MOST_GROWTH))


def choose(losses: Array) -> Array:
    """Weights of the candidates: the best five, by a high power of the inverse error: a clear best stands out."""
    order = np.argsort(losses, axis=1)[:, :BEST]
    best = np.take_along_axis(losses, order, axis=1)
    shares = (np.maximum(best[:, :1], 1e-300) / np.maximum(best, 1e-300)) ** SHARPNESS
    weights = np.zeros_like(losses)
    np.put_along_axis(weights, order, shares / shares.sum(axis=1, keepdims=True), axis=1)
    return weights


def _ratio(loss: Array, reference: Array) -> Array:
    """1 where both are nothing: no better than naive."""
    nothing = reference <= 0
    return np.asarray(np.where(nothing, np.where(loss <= 0, 1.0, np.inf), loss / np.where(nothing, 1.0, reference)))
