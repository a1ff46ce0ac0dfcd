"""The detector's parts, on numbers worked out by hand."""

import numpy as np
import pytest

from analytics_platform.insights.baseline import profile
from analytics_platform.insights.counts import are_counts, from_roots, rarity, roots
from analytics_platform.insights.extremes import new_extreme
from analytics_platform.insights.incidents import Open, group
from analytics_platform.insights.rolling import blocks, trailing_median, window_mean
from analytics_platform.insights.seasons import calendar_periods, find_seasons
from analytics_platform.insights.series import first_of_their_kind
from analytics_platform.insights.signals import USUAL_FROM, usual_steps
from analytics_platform.insights.surprise import combine, fit_tail
from analytics_platform.insights.verdicts import severity_of, sureness


def test_a_trailing_median_leaves_out_the_row_itself() -> None:
    values = np.array([[5.0, 1.0, 3.0, 100.0, 2.0]])
    np.testing.assert_array_equal(trailing_median(values, 3, 3), [[3.0, 3.0]])  # of 5 1 3, and of 1 3 100


def test_a_window_mean_holds_the_row_itself() -> None:
    np.testing.assert_allclose(window_mean(np.array([[1.0, 2.0, 6.0, 4.0]]), 2, 1), [[1.5, 4.0, 5.0]])


def test_blocks_do_not_depend_on_the_end() -> None:
    assert list(blocks(20, 50)) == [(20, 28), (28, 36), (36, 44), (44, 50)]
    assert list(blocks(20, 5000))[:3] == [(20, 28), (28, 36), (36, 44)]


def test_the_profile_is_the_median_by_slot_of_whole_cycles() -> None:
    """Three cycles of three slots after an odd row; one spike stands in one cycle and changes nothing."""
    values = np.array([[99.0, 1, 2, 6, 1, 50, 6, 1, 2, 6]])
    ticks = np.arange(10)[None, :]
    shape, above, below = profile(values, ticks, np.ones((1, 10), dtype=bool), 3, 5)
    np.testing.assert_array_equal(shape, [[4.0, -1.0, 0.0]])  # slots 0, 1, 2 are 6, 1, 2 on the level 2
    assert above[0, 2] == 44.0  # cycle 1 50 6 has the level 6, so its spike is 44 over slot 2's usual 0
    assert below.max() <= 0


def test_rows_kept_out_of_training_are_not_in_the_profile() -> None:
    values = np.array([[0.0, 10, 0, 30, 0, 30]])
    used = np.array([[True, True, True, False, True, False]])
    shape, _, _ = profile(values, np.arange(6)[None, :], used, 2, 5)
    assert shape[0, 1] - shape[0, 0] == pytest.approx(5.0)  # the one cycle with both slots has them 5 around its level


def test_the_neighbours_of_a_slot_count_in_a_fine_season_only() -> None:
    """A late peak is no surprise in a day of hours; a Monday is no Sunday that came late."""
    for period, near in ((24, 30.0), (7, 0.0)):
        values = np.zeros((1, 4 * period))
        values[0, period + 3] = 30.0
        _, above, _ = profile(values, np.arange(4 * period)[None, :], np.ones_like(values, dtype=bool), period, 7)
        assert above[0, 3] == 30.0
        assert above[0, 2] == above[0, 4] == near


def test_the_first_weekend_and_the_first_working_days_after_a_start_on_one_are_new() -> None:
    """Day 0 of 1970 was a Thursday, so that days 2 and 3 are the first weekend."""
    days = np.arange(11)
    np.testing.assert_array_equal(days[first_of_their_kind(days * 86400)], [2, 3])
    saturday = np.arange(2, 14)
    np.testing.assert_array_equal(saturday[first_of_their_kind(saturday * 86400)], [4, 5])


def test_counts_are_whole_and_not_negative() -> None:
    past = np.array([[0.0, 3, 1], [0.5, 1, 2], [-1, 0, 1], [4, 4, 4]])
    np.testing.assert_array_equal(are_counts(past), [True, False, False, False])


def test_roots_of_poisson_counts_have_one_scale_and_come_back() -> None:
    rng = np.random.default_rng(0)
    for mean in (4, 50, 3000):
        assert roots(rng.poisson(mean, size=(1, 20_000))).std() == pytest.approx(1.0, abs=0.06)
    np.testing.assert_allclose(roots(np.array([[0.625, 8.625]])), [[2.0, 6.0]])
    np.testing.assert_allclose(from_roots(np.array([[2.0, 6.0, -3.0]])), [[0.625, 8.625, 0.0]])


def test_few_counts_are_as_rare_as_their_chance_and_bursts_are_not_few() -> None:
    """Of Poisson counts with the mean 0.5, seven or more come once in a million rows: 1 − Σ e^−½ ½^k / k! for k < 7."""
    past = np.random.default_rng(0).poisson(0.5, size=(1, 4000)).astype(float)
    used = np.ones_like(past, dtype=bool)
    found = rarity(np.array([[0.0, 1, 7]]), past, used)[0]
    assert found[0] == 0
    assert found[1] == pytest.approx(-np.log10(1 - np.exp(-0.5)), abs=0.05)
    assert 5.0 < found[2] < 6.1  # a little less than Poisson's: the past may have varied more
    bursts, many = past * 9, past + 5
    assert rarity(np.array([[90.0]]), bursts, used)[0, 0] == 0
    assert rarity(np.array([[90.0]]), many, used)[0, 0] == 0


def test_calendar_periods() -> None:
    assert calendar_periods(3600) == [24, 168, 8766]
    assert calendar_periods(300)[:3] == [12, 288, 2016]
    assert calendar_periods(86400) == [7, 365]
    assert calendar_periods(2629746) == [12]


@pytest.mark.parametrize(("period", "step"), [(24, 3600.0), (7, 86400.0), (37, 10.0)])
def test_a_season_is_found_and_noise_has_none(period: int, step: float) -> None:
    rng = np.random.default_rng(2)
    rows = np.arange(20 * period)
    season = np.sin(2 * np.pi * rows / period) * 5 + rng.normal(size=len(rows))
    past = np.stack([season, rng.normal(size=len(rows)), np.cumsum(rng.normal(size=len(rows)))])
    np.testing.assert_array_equal(find_seasons(past, step, np.zeros(3, dtype=np.int64)), [period, 0, 0])


def test_surprise_is_the_tail_of_the_past() -> None:
    """Of exponential statistics, one that a share p exceeds has the surprise −log10 p; heavier tails surprise less."""
    rng = np.random.default_rng(3)
    past = rng.exponential(size=(1, 4000)).astype(np.float32)
    tail = fit_tail(past, np.ones((1, 4000), dtype=bool), 0.01)
    assert tail.surprise(np.array([[np.log(1000)]]))[0, 0] == pytest.approx(3.0, abs=0.25)
    heavy = fit_tail(rng.pareto(1.5, size=(1, 4000)).astype(np.float32), np.ones((1, 4000), dtype=bool), 0.01)
    assert heavy.surprise(np.array([[12.0]]))[0, 0] < tail.surprise(np.array([[12.0]]))[0, 0]


def test_what_has_been_seen_twice_is_not_rarer_than_twice() -> None:
    past = np.zeros((1, 999), dtype=np.float32)
    past[0, [100, 500]] = 50.0
    tail = fit_tail(past, np.ones((1, 999), dtype=bool), 0.1)
    assert tail.surprise(np.array([[49.0]]))[0, 0] <= -np.log10(2 / 1000) + 1e-9


def test_evidence_piles_up_and_goes_on_in_the_next_block() -> None:
    surprises = np.zeros((6, 1, 4))
    surprises[0] = 2.0
    whole, alone, rest = combine(surprises, np.zeros(1))
    np.testing.assert_array_equal(alone, np.full((1, 4), 2.0))
    np.testing.assert_allclose(whole[0, :3], [2.0, 2.0 + 0.18, 2.0 + 0.342])
    first, _, carried = combine(surprises[:, :, :2], np.zeros(1))
    second, _, after = combine(surprises[:, :, 2:], carried)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole)
    np.testing.assert_allclose(after, rest)


def test_one_incident_alarms_once_and_a_cooldown_ends_it() -> None:
    over = np.zeros((1, 20), dtype=bool)
    over[0, [2, 3, 6, 15]] = True
    found = group(over, over, np.zeros((1, 20)), np.zeros_like(over), 100, Open.none(1), cooldown=4, learn=99)
    np.testing.assert_array_equal(np.flatnonzero(found.alarm), [2, 15])
    np.testing.assert_array_equal(found.incident[0], [0, 0, *[1] * 9, 0, 0, 0, 0, *[2] * 5])


def test_an_incident_goes_on_in_the_next_block_and_is_learnt_when_it_lasts() -> None:
    state = Open.none(1)
    over = np.ones((1, 5), dtype=bool)
    first = group(over, over, np.zeros((1, 5)), np.zeros_like(over), 0, state, cooldown=3, learn=8)
    second = group(over, over, np.zeros((1, 5)), np.zeros_like(over), 5, state, cooldown=3, learn=8)
    assert first.alarm.sum() == 1
    assert second.alarm.sum() == 0
    assert second.learnt[0] == (0, 0, 7)


def test_a_second_incident_opens_after_quiet_rows_where_it_is_plainly_another() -> None:
    """Rows stay over the limit throughout, as a window's do; only z tells the incidents apart."""
    over = np.ones((5, 10), dtype=bool)
    z = np.zeros((5, 10))
    z[:, 1] = 8
    z[0, 6] = -9  # further to the other side
    z[1, 6] = 17  # twice as far
    z[2, 6] = 15  # not twice as far
    z[3, 3] = -20  # after one quiet row
    z[4, 6] = -9  # over the limit by what the rows before it have piled up alone
    clear = over.copy()
    clear[4, 6] = False
    found = group(over, clear, z, np.zeros_like(over), 0, Open.none(5), cooldown=5, learn=99)
    assert [np.flatnonzero(alarm).tolist() for alarm in found.alarm] == [[0, 6], [0, 6], [0], [0], [0]]
    assert found.incident[0].tolist() == [1] * 6 + [2] * 4


def test_a_value_far_beyond_all_before_opens_a_second_incident_a_cooldown_after_the_first() -> None:
    over, extreme = np.ones((1, 10), dtype=bool), np.zeros((1, 10), dtype=bool)
    extreme[0, [2, 7, 9]] = True
    found = group(over, over, np.zeros((1, 10)), extreme, 0, Open.none(1), cooldown=5, learn=99)
    assert np.flatnonzero(found.alarm).tolist() == [0, 7]


def test_usual_steps_are_those_of_the_busiest_windows_and_a_silent_stretch_does_not_lower_them() -> None:
    moving = np.tile([0.0, 2.0], USUAL_FROM)
    silent = np.concatenate([moving, np.full(USUAL_FROM, moving[-1])])
    np.testing.assert_allclose(usual_steps(np.stack([moving, 3 * moving])), [2.0, 6.0])
    np.testing.assert_allclose(usual_steps(silent[None]), [2.0])
    np.testing.assert_array_equal(usual_steps(moving[None, : USUAL_FROM - 1]), [0.0])  # too few to know it


def test_severity_is_by_relative_deviation() -> None:
    values, expected = np.array([201.0, 151, 126, 124, 0, 5, np.nan]), np.array([100.0] * 5 + [0.0, 1.0])
    sure = np.full(7, 10.0)
    np.testing.assert_array_equal(severity_of(values, expected, sure), [3, 2, 1, 0, 2, 3, 0])


def test_severity_is_no_higher_than_the_noise_allows() -> None:
    """Three where one was expected is 200 % more: 1.3 scales of a count, and nothing; nine are 3.9, and medium."""
    values = np.array([3.0, 9.0, 14.0, 30.0])
    z = roots(values) - roots(np.ones(4))
    np.testing.assert_allclose(z, [1.33, 3.78, 5.24, 8.68], atol=0.01)
    np.testing.assert_array_equal(severity_of(values, np.ones(4), z), [0, 1, 2, 3])


def test_scores_are_higher_for_the_rarer_the_larger_and_where_alarms_are_few() -> None:
    """By hand: surprise, + log10(rows since the last alarm / 1000), + log10(1 + z) / 2."""
    alarm = np.zeros(1200, dtype=bool)
    alarm[[100, 110, 1199]] = True
    surprise, z = np.full(1200, 5.0), np.full(1200, 9.0)
    sure = sureness(surprise, z, alarm)
    np.testing.assert_allclose(sure[[100, 110, 1199]], [4.5, 3.5, 5.5])
    assert sureness(surprise, 10 * z, alarm)[100] > sure[100]


def test_a_new_extreme_is_a_good_part_of_the_range_beyond_all_before() -> None:
    past = np.tile(np.arange(101.0), 3)
    values = np.append(past, [150.0, 190.0, 600.0, -51.0])[None, :]
    found = new_extreme(values, values, np.ones((1, 1)), (300, 307), 5.75)
    # 150 is 50 beyond a range of 100, 190 is 40 beyond one of 150, 600 is 410 beyond one of 190, and -51 is 51 of 600.
    parts = np.array([50 / 100, 40 / 150, 410 / 190])
    np.testing.assert_allclose(found[0], [0, 0, 0, *5.75 * (1 + np.log10(parts / 0.15)), 0])
    noisy = new_extreme(values, values, np.full((1, 1), 12.0), (300, 307), 5.75)  # 50 · 0.5 and 40 · 0.27 scales
    assert (noisy[0] > 0).tolist() == [False, False, False, True, False, True, False]
    short = np.append(past, 114.0)[None, :]
    assert new_extreme(short, short, np.ones((1, 1)), (300, 304), 5.75).max() == 0
    few = np.append(np.tile(np.arange(5.0), 60), [6.0, 20.0])[None, :]  # roots 4.18 before, then 5.05 and 9.03
    np.testing.assert_array_equal(new_extreme(few, roots(few), np.ones((1, 1)), (300, 302), 5.75) > 0, [[False, True]])
    assert (
        new_extreme(values[:, 200:], values[:, 200:], np.ones((1, 1)), (100, 107), 5.75).max() == 0
    )  # too little is known
