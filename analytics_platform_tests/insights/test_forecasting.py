"""Forecasts: golden numbers of the plain models, what beats naive, honest intervals, and when they abstain."""

import numpy as np
import pytest

from analytics_platform.insights.forecasting.backtest import choose, level_growth, plan
from analytics_platform.insights.forecasting.capacity import when_reached
from analytics_platform.insights.forecasting.forecast import Forecast, forecast
from analytics_platform.insights.forecasting.grid import grid_of
from analytics_platform.insights.forecasting.intervals import coverage, half_widths
from analytics_platform.insights.forecasting.models import drift, seasonal_naive
from analytics_platform.insights.forecasting.regression import lagged
from analytics_platform.insights.forecasting.seasonal import alike, is_seasonal, season_of
from analytics_platform.insights.forecasting.smoothing import damped_trend, holt_winters, theta
from analytics_platform.insights.series_csv import Series

DAY = 86400


def days(values: np.ndarray, name: str = "s", step: int = DAY) -> Series:  # type: ignore[type-arg]
    return Series(name, np.arange(len(values)) * step, np.asarray(values, dtype=float), np.arange(len(values)))


def weekly(rows: int, seed: int, noise: float = 5.0) -> np.ndarray:  # type: ignore[type-arg]
    rng = np.random.default_rng(seed)
    week = np.tile([100.0, 110, 120, 115, 90, 40, 30], rows // 7 + 1)[:rows]
    return week + 0.05 * np.arange(rows) + noise * rng.normal(size=rows)


def test_naive_and_drift_by_hand() -> None:
    values = np.array([[1.0, 2, 3, 4, 5, 9]])
    np.testing.assert_array_equal(seasonal_naive(values, 3, 5), [[4, 5, 9, 4, 5]])
    np.testing.assert_allclose(drift(values, 2), [[10.6, 12.2]])  # (9 − 1) / 5 = 1.6 a step


def test_smoothing_follows_a_line_and_theta_half_of_it() -> None:
    line = np.arange(200.0)[None, :]
    np.testing.assert_allclose(damped_trend(line, 3), [[200, 201, 202]], atol=0.5)
    np.testing.assert_allclose(theta(line, 2), [[199.5, 200.0]], atol=0.1)


def test_a_season_is_taken_out_whole() -> None:
    values = np.tile([10.0, 20, 60], 20)[None, :]
    season, ahead = season_of(values, (3,), 4)
    np.testing.assert_allclose(season[0, :3], [-20, -10, 30], atol=1e-9)
    np.testing.assert_allclose(ahead[0], [-20, -10, 30, -20], atol=1e-9)
    np.testing.assert_allclose(holt_winters(values, 3, season, 4), [[10, 20, 60, 10]], atol=1e-6)


def test_lags_learn_a_rule() -> None:
    """A wave whose length is no whole number of steps: no season fits it, two lags do."""
    wave = 100 + 20 * np.sin(2 * np.pi * np.arange(300) / 7.3)
    known = wave[:280] + np.random.default_rng(0).normal(size=280)
    error = np.abs(lagged(known[None, :], (), 20)[0] - wave[280:]).mean()
    naive = np.abs(seasonal_naive(known[None, :], 7, 20)[0] - wave[280:]).mean()
    assert error < 3 < naive / 2


def test_seasonality_is_tested() -> None:
    rng = np.random.default_rng(0)
    values = np.stack([weekly(140, 1), rng.normal(size=140)])
    np.testing.assert_array_equal(is_seasonal(values, 7), [True, False])


def test_origins_leave_a_horizon_and_enough_history() -> None:
    schedule = plan(100, 14, 20)
    assert schedule is not None
    assert schedule.origins[-1] == 86
    assert schedule.origins[0] >= 20
    assert len(schedule.origins) == 8
    short = plan(26, 14, 20)
    assert short is not None
    assert len(short.origins) >= 3
    assert short.origins[-1] + short.horizon == 26
    assert plan(22, 14, 20) is None


def test_the_best_five_are_combined_and_a_clear_best_has_most_weight() -> None:
    weights = choose(np.array([[1.0, 1.0, 2.0, 2.0, 2.0, 9.0], [0.5, 1.0, 1.0, 1.0, 1.0, 1.0], [0.0, 1.0, 1, 1, 1, 1]]))
    np.testing.assert_allclose(weights[0], np.array([16, 16, 1, 1, 1, 0]) / 35)
    np.testing.assert_allclose(weights[1], np.array([16, 1, 1, 1, 1, 0]) / 20)
    np.testing.assert_allclose(weights[2], [1, 0, 0, 0, 0, 0], atol=1e-9)


def test_errors_of_long_ago_are_scaled_to_the_level_of_today() -> None:
    values = np.stack([np.repeat([10.0, 20.0, 40.0], 6), np.repeat([-10.0, 20.0, 40.0], 6)])
    np.testing.assert_allclose(level_growth(values, [6, 12], 1), [[3.0, 1.0], [2.0, 1.0]])  # 4 is held at 3


def test_intervals_hold_what_they_promise() -> None:
    rng = np.random.default_rng(0)
    errors = rng.normal(size=(8, 300, 14)) * np.sqrt(np.arange(1, 15))
    eighty, ninety_five = coverage(errors).mean(axis=1)
    assert eighty == pytest.approx(0.80, abs=0.05)
    assert ninety_five == pytest.approx(0.95, abs=0.03)
    width = half_widths(errors, 20)
    assert (width[1] > width[0]).all()
    assert (np.diff(width, axis=2) >= 0).all()


def test_a_weekly_series_beats_naive_with_honest_intervals() -> None:
    series = [days(weekly(714, seed)[:700], str(seed)) for seed in range(30)]
    found = forecast(series, 14)
    inside, better = [], []
    for seed, each in enumerate(found):
        assert each.reason is None
        assert each.folds >= 3
        assert each.period == 7
        actual = weekly(714, seed)[700:]
        inside.append((actual >= each.low[:, :]) & (actual <= each.high[:, :]))
        naive = weekly(714, seed)[693:700][np.arange(14) % 7]
        better.append(np.abs(each.mean - actual).mean() / np.abs(naive - actual).mean())
    eighty, ninety_five = np.mean(inside, axis=(0, 2))
    assert 0.72 < eighty < 0.9
    assert 0.9 < ninety_five < 0.995
    assert np.mean(better) < 0.8


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.arange(10.0), "history is short"),
        (np.full(100, 3.0), "constant"),
    ],
)
def test_it_abstains_and_says_why(values: np.ndarray, words: str) -> None:  # type: ignore[type-arg]
    (found,) = forecast([days(values)], 7)
    assert found.reason is not None
    assert words in found.reason
    assert len(found.times) == 0


def test_most_random_walks_abstain() -> None:
    walks = [days(np.cumsum(np.random.default_rng(seed).normal(size=400))) for seed in range(40)]
    reasons = [found.reason for found in forecast(walks, 7)]
    told = [reason for reason in reasons if reason and "no better than repeating" in reason]
    assert len(told) >= 16  # the others did better than naive in eight folds by luck, not by much


def test_noise_is_not_forecast() -> None:
    """Its mean errs less than repeating it, by the root of two, and yet nothing is known of the next value."""
    rng = np.random.default_rng(3)
    for noise in (rng.normal(100, 10, size=(40, 400)), rng.poisson(4, size=(40, 400)).astype(float)):
        found = forecast([days(row) for row in noise], 14)
        assert np.mean([each.mase for each in found]) == pytest.approx(0.71, abs=0.06)
        abstained = [each for each in found if each.reason and each.reason.startswith("noise: ")]
        assert len(abstained) >= 38  # the Ljung-Box test is wrong once in a hundred
        assert all(len(each.times) == 0 for each in abstained)


def test_what_depends_on_the_day_before_is_no_noise() -> None:
    rng = np.random.default_rng(4)
    shocks, values = rng.normal(0, 10, size=(20, 400)), np.zeros((20, 400))
    for column in range(1, 400):
        values[:, column] = 0.5 * values[:, column - 1] + shocks[:, column]
    assert not any("noise" in (each.reason or "") for each in forecast([days(100 + row) for row in values], 2))


def hours_of_weeks(weeks: int, seed: int) -> np.ndarray:  # type: ignore[type-arg]
    """A working day and a weekend, by the hour."""
    rng, hour = np.random.default_rng(seed), np.arange(weeks * 168)
    day = 50 + 40 * np.sin(2 * np.pi * (hour % 24) / 24)
    return day * np.where(hour // 24 % 7 >= 5, 0.4, 1.0) + rng.normal(0, 6, len(hour))


def test_days_that_look_alike_lend_each_other_their_hours() -> None:
    """Of four weeks: the mean of a Tuesday's hour has half of the noise, that of all working days a quarter."""
    values = np.stack([hours_of_weeks(4, seed) for seed in range(20)])
    clean = hours_of_weeks(4, 0) * 0 + np.where(np.arange(672) // 24 % 7 >= 5, 0.4, 1.0) * (
        50 + 40 * np.sin(2 * np.pi * (np.arange(672) % 24) / 24)
    )
    truth = clean[:168] - clean[:168].mean()
    errors = [np.abs(found(values, (24, 168), 168)[1] - truth).mean() for found in (alike, season_of)]
    assert errors[0] < 0.6 * errors[1]
    assert errors[0] < 2


def test_three_weeks_of_hours_are_forecast_by_day_and_week() -> None:
    """An origin of the backtest that knows less than two weeks leaves out all candidates that know the week."""
    every = [hours_of_weeks(4, seed) for seed in range(6)]
    found = forecast([days(values[:504], step=3600) for values in every], 168)
    for values, each in zip(every, found, strict=True):
        assert each.reason is None
        assert each.model is not None
        assert "days alike" in each.model
        actual, naive = values[504:], values[480:504][np.arange(168) % 24]
        assert np.abs(each.mean - actual).mean() < 0.6 * np.abs(naive - actual).mean()


def test_short_weekly_series_need_no_two_years() -> None:
    rng = np.random.default_rng(2)
    found = forecast([days(500 + 3 * np.arange(45) + rng.normal(0, 10, 45), step=7 * DAY)], 4)[0]
    assert found.reason is None
    assert found.period == 1
    assert np.abs(found.mean - (500 + 3 * np.arange(45, 49))).max() < 25


def test_intervals_are_wider_where_levels_break() -> None:
    """The same eight errors of five among ones, at the same steps: one of each origin, or all of two origins."""
    even, apart = np.ones((8, 1, 8)), np.ones((8, 1, 8))
    for step in range(4, 8):
        even[[step - 4, step], 0, step] = 5
        apart[[5, 6], 0, step] = 5
    assert (half_widths(apart, 8)[0] > 1.3 * half_widths(even, 8)[0]).all()


def test_too_many_gaps_abstain() -> None:
    values = weekly(300, 0)
    kept = np.random.default_rng(0).random(300) < 0.75
    (found,) = forecast([Series("s", np.flatnonzero(kept) * DAY, values[kept], np.arange(kept.sum()))], 7)
    assert found.reason is not None
    assert "no value" in found.reason


def test_a_series_without_rows_abstains() -> None:
    assert forecast([days(np.empty(0))], 7)[0].reason == "no value"


def test_what_is_forecast_of_one_series_does_not_depend_on_the_others() -> None:
    series = [days(weekly(400, seed), str(seed)) for seed in range(4)]
    together, alone = forecast(series, 7)[2], forecast(series[2:3], 7)[0]
    np.testing.assert_allclose(together.mean, alone.mean)


def test_months_are_counted_by_the_calendar() -> None:
    months = np.arange("2015-01", "2020-02", dtype="datetime64[M]")
    ends = ((months + 1).astype("datetime64[D]") - 1).astype("datetime64[s]").astype(np.int64)
    grid = grid_of(ends, np.arange(len(ends), dtype=float))
    assert grid.periods == (12,)
    ahead = grid.ahead(3).astype("datetime64[s]").astype("datetime64[D]")
    assert [str(day) for day in ahead] == ["2020-02-29", "2020-03-31", "2020-04-30"]


def test_a_series_of_working_days_has_a_week_of_five() -> None:
    """Day 0 was a Thursday; day 25 is a Monday, day 29 a Friday."""
    every = np.arange(4, 30)
    working = every[(every + 3) % 7 < 5]
    grid = grid_of(working * DAY + 3600, np.arange(len(working), dtype=float))
    assert grid.periods == (5,)
    assert grid.missing == 0
    np.testing.assert_array_equal(grid.ahead(3), np.array([32, 33, 34]) * DAY + 3600)


def test_a_row_after_years_of_nothing_is_no_grid() -> None:
    assert grid_of(np.array([0, 1, 2, 10**6]) * 60, np.ones(4)).missing > 0.9


def test_gaps_are_filled_on_the_line_between() -> None:
    grid = grid_of(np.array([0, 1, 2, 5, 6]) * DAY, np.array([0.0, 1, 2, 5, 6]))
    np.testing.assert_allclose(grid.values, np.arange(7.0))
    assert grid.missing == pytest.approx(2 / 7)


def test_a_limit_is_reached_between_two_times() -> None:
    mean = np.array([10.0, 20, 30, 40])
    found = Forecast(
        "disk",
        None,
        times=np.arange(4) * DAY,
        mean=mean,
        low=np.stack([mean - 10, mean - 20]),
        high=np.stack([mean + 10, mean + 20]),
    )
    reached = when_reached(found, 30, 5)
    assert (reached.expected, reached.earliest, reached.latest) == (2 * DAY, DAY, 3 * DAY)
    assert when_reached(found, 35, 5).latest is None
    assert when_reached(Forecast("disk", "history is short"), 30, 5).reason == "history is short"
