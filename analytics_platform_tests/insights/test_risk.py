"""The chance of leaving: features by hand, calibration on what happened, reasons, and when it abstains."""

import numpy as np
import pytest

from analytics_platform.insights.risk.backtest import auc, calibration_table, score_learners
from analytics_platform.insights.risk.features import NAMES, Activity, snapshot


def activity(rows: list[tuple[int, int, float, float, float, float, float]]) -> Activity:
    columns = np.array(rows, dtype=float).T
    return Activity(columns[0].astype(np.int64), columns[1].astype(np.int64), *columns[2:])


def organisation(people: int, days: int, seed: int, telling: bool = True) -> Activity:
    """Learners of whom some fade away: before they leave they come less, leave lessons and write unhappily."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        leaves = rng.integers(40, days) if rng.random() < 0.6 else 10**6
        start = int(rng.integers(0, 20))
        for day in range(start, min(days, int(leaves))):
            fading = telling and leaves - day < 25
            if rng.random() < (0.12 if fading else 0.5):
                started = float(rng.integers(1, 3))
                dropped = float(rng.random() < (0.7 if fading else 0.15))
                mood = rng.normal(-0.4 if fading else 0.3, 0.3) if rng.random() < 0.4 else np.nan
                rows.append((person, day, started, started - dropped, dropped, mood, float(rng.random() < 0.1)))
    return activity(rows)


def test_features_by_hand() -> None:
    nan = float("nan")
    held = activity([
        (0, 1, 2, 1, 1, nan, 0), (0, 20, 2, 1, 0, 0.5, 1), (0, 27, 0, 0, 0, -0.1, 0),
        (1, 28, 0, 0, 0, nan, 0), (0, 31, 1, 1, 0, nan, 0), (2, 40, 1, 0, 0, nan, 0),
    ])  # fmt: skip
    seen = snapshot(held, 30, 7, 40)
    assert seen.person.tolist() == [0, 1]
    first = dict(zip(NAMES, seen.features[0], strict=True))
    assert first == pytest.approx(
        {
            "recency": 3,
            "frequency": 2,
            "trend": 2,
            "completion": 0.5,
            "drop_off": 0,
            "sentiment": 0.2,
            "support": 1,
            "age": 29,
        }
    )
    second = dict(zip(NAMES, seen.features[1], strict=True))
    assert np.isnan([second["completion"], second["drop_off"], second["sentiment"]]).all()
    assert seen.left is not None
    assert seen.left.tolist() == [False, True]


def test_the_outcome_is_unknown_until_its_days_are_over() -> None:
    held = activity([(0, 5, 0, 0, 0, 0, 0)])
    assert snapshot(held, 10, 7, 15).left is None
    assert snapshot(held, 10, 7, 16).left is not None


def test_auc_and_calibration_by_hand() -> None:
    chance, left = np.array([0.1, 0.2, 0.2, 0.9]), np.array([False, True, False, True])
    assert auc(chance, left) == pytest.approx(3.5 / 4)
    table = calibration_table(np.linspace(0, 1, 10), np.arange(10) >= 5)
    assert [each.learners for each in table] == [2] * 5
    assert [each.happened for each in table] == [0, 0, 0.5, 1, 1]


def test_scores_are_calibrated_and_explained() -> None:
    held = organisation(900, 150, 1)
    found = score_learners(held, 150)
    assert found.reason is None
    assert found.tested is not None
    assert found.tested.auc > 0.75
    assert found.tested.error < 0.08
    assert found.person is not None
    assert found.chance is not None
    assert found.reasons is not None
    assert len(found.person) == len(found.chance) == len(found.reasons)
    assert ((found.chance > 0) & (found.chance < 1)).all()
    most = int(np.argmax(found.chance))
    assert found.reasons[most][0].weight > 0
    assert found.reasons[most][0].meaning


def test_nothing_after_today_is_used() -> None:
    held = organisation(400, 150, 2)
    early, late = score_learners(held.before(120), 120), score_learners(held, 120)
    assert early.chance is not None
    assert late.chance is not None
    np.testing.assert_array_equal(early.chance, late.chance)


def test_it_abstains_when_history_is_short_people_are_few_or_nothing_is_told() -> None:
    assert "history is short" in str(score_learners(organisation(300, 60, 3), 60).reason)
    assert "too few learners" in str(score_learners(organisation(20, 150, 3), 150).reason)
    assert score_learners(activity([(0, 5, 0, 0, 0, 0, 0)]).before(1), 10).reason == "no activity"
    rng = np.random.default_rng(0)
    coin = activity(
        [(p, d, 1, 1, 0, np.nan, 0) for p in range(300) for d in np.flatnonzero(rng.random(150) < 0.08).tolist()]
    )
    assert "does not tell who leaves" in str(score_learners(coin, 150).reason)
