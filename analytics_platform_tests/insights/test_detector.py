"""What the detector does with the shapes that series have: silence where it should be silent, one alarm where not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_platform.insights.feedback import Feedback, Verdict
from analytics_platform.insights.scoring import score
from analytics_platform.insights.series_csv import Series
from analytics_platform.insights.verdicts import Verdicts, incidents_of

HOUR = 3600


def judge(values: np.ndarray, step: int = HOUR, feedback: tuple[Feedback, ...] = ()) -> Verdicts:  # type: ignore[type-arg]
    series = Series("s", np.arange(len(values)) * step, np.asarray(values, dtype=float), np.arange(len(values)))
    ((_, verdicts),) = score([series], feedback=feedback)
    return verdicts


def wave(rows: int = 1000, noise: float = 1.0, seed: int = 0) -> np.ndarray:  # type: ignore[type-arg]
    rng = np.random.default_rng(seed)
    return 100 + 20 * np.sin(2 * np.pi * np.arange(rows) / 24) + noise * rng.normal(size=rows)


def test_a_spike_alarms_at_its_row() -> None:
    values = wave()
    values[700] += 40
    verdicts = judge(values)
    assert verdicts.is_anomaly[700]
    assert verdicts.score[700] > 0.7
    assert verdicts.z_outlier[700]
    assert verdicts.iqr_outlier[700]
    assert verdicts.direction[700] == 1
    assert verdicts.low[700] < verdicts.expected[700] < verdicts.high[700] < values[700]


def test_a_season_is_expected_not_alarmed() -> None:
    verdicts = judge(wave())
    assert verdicts.is_anomaly.sum() <= 1
    assert np.nanmean(np.abs(verdicts.expected[400:] - wave(noise=0.0)[400:])) < 0.8


def test_the_warm_up_is_silent() -> None:
    values = wave()
    values[30] += 500
    verdicts = judge(values)
    assert verdicts.score[:48].max() == 0
    assert not verdicts.is_anomaly[:48].any()


@pytest.mark.parametrize("rows", [1, 2, 11, 20, 21, 30])
def test_short_series_say_nothing(rows: int) -> None:
    verdicts = judge(np.arange(rows, dtype=float))
    assert len(verdicts.score) == rows
    assert not verdicts.is_anomaly.any()


def test_a_constant_series_is_silent_and_its_first_change_alarms() -> None:
    values = np.full(600, 7.0)
    assert not judge(values).is_anomaly.any()
    values[400:] = 8.0
    assert np.flatnonzero(judge(values).is_anomaly).tolist() == [400]


def test_a_level_shift_alarms_once_and_is_learnt() -> None:
    values = wave()
    values[500:] += 60
    verdicts = judge(values)
    alarms = np.flatnonzero(verdicts.is_anomaly)
    assert 500 in alarms
    assert not verdicts.is_anomaly[540:].any()
    assert abs(float(np.nanmedian(verdicts.expected[700:] - wave()[700:])) - 60) < 2


def test_one_long_incident_alarms_once() -> None:
    values = wave()
    values[500:530] += 50
    verdicts = judge(values)
    assert verdicts.is_anomaly[495:535].sum() == 1
    incident = incidents_of(verdicts)[0]
    assert incident.alarm == 500
    assert incident.direction == "up"
    assert verdicts.score[501:530].max() < 0.5


def test_spikes_that_are_normal_do_not_alarm() -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(10, 1, size=2000)
    values[rng.random(2000) < 0.04] += 60
    verdicts = judge(values, 300)
    assert verdicts.is_anomaly.sum() <= 2


def test_a_rare_count_is_no_incident_but_a_flood_is() -> None:
    values = np.random.default_rng(5).poisson(0.3, size=1500).astype(float)
    values[1000] = 25
    verdicts = judge(values)
    assert verdicts.is_anomaly[1000]
    assert verdicts.is_anomaly.sum() <= 3
    assert np.nanmin(verdicts.low) >= 0


@pytest.mark.parametrize(("rate", "many"), [(0.05, 5), (0.2, 6), (0.6, 9), (1.2, 11)])
def test_a_handful_where_there_is_hardly_ever_one_alarms(rate: float, many: int) -> None:
    """So many come once in ten million hours, by Poisson; a past of few events does not show how rare that is."""
    for seed in range(4):
        values = np.random.default_rng(seed).poisson(rate, size=1500).astype(float)
        values[1000] = many
        assert judge(values).is_anomaly[1000]


def test_an_incident_like_an_earlier_one_still_alarms() -> None:
    values = wave()
    values[400:404] += 50
    values[800:804] += 50
    alarms = np.flatnonzero(judge(values).is_anomaly)
    assert {400, 800} <= set(alarms.tolist())


def test_gaps_do_not_shift_the_season() -> None:
    values, rows = wave(1200), np.arange(1200)
    kept = (rows < 600) | (rows >= 637)
    series = Series("s", rows[kept] * HOUR, values[kept], np.arange(kept.sum()))
    ((_, verdicts),) = score([series])
    assert not verdicts.is_anomaly[590:800].any()
    assert np.nanmean(np.abs(verdicts.expected[620:] - values[kept][620:])) < 2


def test_a_slow_drift_is_silent_and_followed() -> None:
    values = wave(1500) + 0.1 * np.arange(1500)
    verdicts = judge(values)
    assert verdicts.is_anomaly.sum() <= 1
    assert abs(float(np.nanmedian(verdicts.expected[1400:] - values[1400:]))) < 1.5


def test_a_sensor_that_freezes_alarms_once() -> None:
    values = wave(1200, noise=4.0)
    values[800:830] = values[800]
    alarms = np.flatnonzero(judge(values).is_anomaly)
    assert ((alarms >= 800) & (alarms < 836)).sum() == 1


def test_a_first_weekend_needs_more_to_alarm_than_a_later_one() -> None:
    """Day 0 of 1970 was a Thursday: days 2 and 3 are the first weekend, days 9 and 10 the second."""
    values = wave(24 * 21)
    early, late = values.copy(), values.copy()
    early[24 * 2 + 12] += 25
    late[24 * 9 + 12] += 25
    assert judge(early).score[24 * 2 + 12] < judge(late).score[24 * 9 + 12]


def test_both_the_z_score_and_the_fences_are_said_and_are_not_the_same() -> None:
    """θ = 3 scales is nearer than three interquartile ranges from the quartiles: some rows are beyond only one."""
    rng = np.random.default_rng(6)
    verdicts = judge(rng.standard_t(3, size=3000))
    np.testing.assert_array_equal(verdicts.z_outlier[48:], np.abs(verdicts.z[48:]) >= 3)
    assert (verdicts.z_outlier & verdicts.iqr_outlier).any()
    assert (verdicts.z_outlier & ~verdicts.iqr_outlier).any()


@settings(max_examples=12)
@given(st.floats(1e-3, 1e6), st.floats(-1e4, 1e4), st.integers(0, 50))
def test_scale_and_shift_do_not_matter(scale: float, shift: float, seed: int) -> None:
    values = wave(400, seed=seed)
    values[300] += 30
    plain, moved = judge(values), judge(values * scale + shift * scale)
    np.testing.assert_allclose(moved.score, plain.score, atol=0.01)


@settings(max_examples=25)
@given(
    st.lists(st.floats(-1e9, 1e9) | st.sampled_from([0.0, 1.0]), min_size=1, max_size=120),
    st.sampled_from([60, HOUR, 86400]),
)
def test_any_numbers_get_finite_scores(values: list[float], step: int) -> None:
    verdicts = judge(np.array(values), step)
    assert np.isfinite(verdicts.score).all()
    assert ((verdicts.score >= 0) & (verdicts.score <= 1)).all()
    np.testing.assert_array_equal(verdicts.is_anomaly, (verdicts.score >= 0.5))


def test_a_dismissed_incident_is_trained_on_and_a_confirmed_one_is_not() -> None:
    values = wave(1400)
    for start in (400, 700, 1000):
        values[start : start + 3] += 9
    told = {
        verdict: judge(
            values,
            feedback=tuple(
                Feedback("s", start * HOUR, (start + 2) * HOUR, verdict, (start + 10) * HOUR) for start in (400, 700)
            ),
        )
        for verdict in Verdict
    }
    assert told[Verdict.confirmed].is_anomaly[1000]
    assert told[Verdict.dismissed].score[1000] < told[Verdict.confirmed].score[1000]
    assert not told[Verdict.dismissed].is_anomaly[1000]


def test_feedback_changes_nothing_before_it_was_given() -> None:
    values = wave(900)
    values[400:403] += 30
    given = 600
    told = judge(values, feedback=(Feedback("s", 400 * HOUR, 402 * HOUR, Verdict.dismissed, given * HOUR),))
    plain = judge(values)
    np.testing.assert_array_equal(told.score[: given + 1], plain.score[: given + 1])
    assert (told.score[given + 1 :] != plain.score[given + 1 :]).any()


def test_what_comes_again_and_again_is_no_incident_unless_it_was_confirmed() -> None:
    values = np.random.default_rng(9).normal(100, 1, size=3000)
    starts = list(range(400, 3000, 280))
    for start in starts:
        values[start : start + 2] += 8
    plain = judge(values)
    assert plain.is_anomaly[starts[:3]].all()
    assert not plain.is_anomaly[starts[5:]].any()
    told = judge(
        values,
        feedback=tuple(
            Feedback("s", start * HOUR, (start + 1) * HOUR, Verdict.confirmed, (start + 12) * HOUR) for start in starts
        ),
    )
    assert told.is_anomaly[starts].all()
