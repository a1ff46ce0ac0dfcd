"""Forecasts of many series: candidates, backtest, choice, intervals, and the reasons to abstain.

Series that share length, seasons and positivity run together. A forecast is given only if the choice beat seasonal
naive in the backtest, the series is no noise, history holds two seasons and three origins, and few values are missing.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.forecasting.backtest import LEAST_FOLDS, Plan, Tested, plan, test
from analytics_platform.insights.forecasting.grid import MOST_MISSING, Grid, grid_of
from analytics_platform.insights.forecasting.intervals import coverage, half_widths
from analytics_platform.insights.forecasting.models import forecasts
from analytics_platform.insights.forecasting.noise import is_noise
from analytics_platform.insights.forecasting.seasonal import is_seasonal
from analytics_platform.insights.rolling import Array
from analytics_platform.insights.series_csv import Series

LEAST_COLUMNS, CELLS, WEEKS_OF_YEAR = 12, 400_000, 52


@dataclass(frozen=True)
class Forecast:
    """Of one series. ``reason`` is why there is none; what was measured before is given all the same."""

    name: str
    reason: str | None
    model: str | None = None
    period: int | None = None
    folds: int = 0
    mase: float | None = None  # mean absolute error over seasonal naive's, at the same origins
    scaled_error: float | None = None  # over that of seasonal naive inside the history (M4's MASE)
    coverage: tuple[float, float] | None = None
    times: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    mean: Array = field(default_factory=lambda: np.empty(0))
    low: Array = field(default_factory=lambda: np.empty((2, 0)))  # 80 %, 95 %
    high: Array = field(default_factory=lambda: np.empty((2, 0)))


@dataclass(frozen=True)
class _Held:
    place: int
    name: str
    grid: Grid
    periods: tuple[int, ...]


def forecast(series: Sequence[Series], horizon: int) -> list[Forecast]:
    """One answer per series, in order."""
    answers: dict[int, Forecast] = {}
    groups: dict[tuple[int, tuple[int, ...], bool, int], list[_Held]] = defaultdict(list)
    for place, each in enumerate(series):
        grid = grid_of(each.times, each.values) if len(each.values) else None
        reason = unfit(grid)
        if reason or grid is None:
            answers[place] = Forecast(each.name, reason)
            continue
        periods = tuple(period for period in grid.periods if bool(is_seasonal(grid.values[None, :], period)[0]))
        least = least_columns(grid, periods)
        key = (len(grid.values), periods, bool(grid.values.min() > 0), least)
        groups[key].append(_Held(place, each.name, grid, periods))
    for (columns, periods, positive, least), members in groups.items():
        size = max(1, CELLS // columns)
        for start in range(0, len(members), size):
            tried = min(horizon, (columns - least) // 2) if len(periods) > 1 else horizon  # room for several origins
            _answer(members[start : start + size], periods, positive, plan(columns, tried, least), horizon, answers)
    return [answers[place] for place in range(len(series))]


def least_columns(grid: Grid, periods: tuple[int, ...]) -> int:
    """What an origin of the backtest must know: two seasons, two of the longest where that leaves a short one to test.

    A year of weeks is asked of nobody: with fewer than two, weeks are forecast without a season.
    """
    columns, shortest = len(grid.values), max(grid.periods[:1], default=1)
    if len(periods) > 1 and columns - 2 * periods[-1] >= 2 * periods[0]:
        return 2 * periods[-1]
    if shortest == WEEKS_OF_YEAR and columns < 2 * shortest + LEAST_FOLDS:
        shortest = 1
    return max(2 * shortest, LEAST_COLUMNS)


def unfit(grid: Grid | None) -> str | None:
    """Why a series cannot be forecast at all."""
    if grid is None:
        return "no value"
    if grid.missing > MOST_MISSING:
        return f"{grid.missing:.0%} of the steps have no value"
    least = least_columns(grid, ()) + LEAST_FOLDS
    if len(grid.values) < least:
        return f"history is short: {len(grid.values)} steps, {least} are needed for two seasons and {LEAST_FOLDS} folds"
    if np.ptp(grid.values) == 0:
        return "constant: no model can be better than repeating it"
    return None


def _answer(
    members: list[_Held],
    periods: tuple[int, ...],
    positive: bool,
    schedule: Plan | None,
    horizon: int,
    answers: dict[int, Forecast],
) -> None:
    values = np.stack([member.grid.values for member in members])
    assert schedule is not None, "unfit() leaves room for the folds"  # noqa: S101
    tested = test(values, periods, positive, schedule)
    every = forecasts(values, periods, horizon, positive)
    mean = np.einsum("csh,sc->sh", np.stack([every[name] for name in tested.names]), tested.weights)
    width = half_widths(tested.errors * tested.growth[:, :, None], horizon)
    low, high = mean - width, mean + width
    natural = values.min(axis=1) >= 0
    for array in (mean, *low, *high):
        array[natural] = np.maximum(array[natural], 0.0)
    covered = coverage(tested.errors)
    noise = is_noise(values, periods[0] if periods else 1, tested.against_mean)
    for row, member in enumerate(members):
        relative = float(tested.relative[row])
        reason = None
        if not relative < 1:
            reason = f"no better than repeating the last season: MASE {relative:.2f} in {len(schedule.origins)} folds"
        elif noise[row]:
            tenth, middle, ninth = np.quantile(values[row], (0.1, 0.5, 0.9))
            reason = (
                f"noise: no value tells of a later one; 80 % lie from {tenth:.4g} to {ninth:.4g} around {middle:.4g}"
            )
        given = horizon if reason is None else 0
        answers[member.place] = Forecast(
            member.name,
            reason,
            model_name(tested, row),
            periods[0] if periods else 1,
            len(schedule.origins),
            relative,
            float(tested.scaled[row]),
            (float(covered[0, row]), float(covered[1, row])),
            member.grid.ahead(given),
            mean[row, :given],
            low[:, row, :given],
            high[:, row, :given],
        )


def model_name(tested: Tested, row: int) -> str:
    """The candidates that the choice is made of, heaviest first."""
    weights = tested.weights[row]
    return " + ".join(tested.names[number] for number in np.argsort(-weights) if weights[number] > 0)
