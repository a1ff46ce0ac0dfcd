"""Causes, data gaps and feedback, on numbers worked out by hand."""

import numpy as np
import pytest

from analytics_platform.insights.causes import explain_rate, explain_sum, main_causes
from analytics_platform.insights.errors import HistoryRefused
from analytics_platform.insights.feedback import Feedback, Verdict, lessons_of
from analytics_platform.insights.gaps import BEHAVIOUR, DATA_GAP, FailedCheck, nature
from analytics_platform.insights.options import DEFAULT


def test_the_member_that_rose_explains_the_rise() -> None:
    members = np.full((3, 41), [[100.0], [50.0], [10.0]])
    members[:, 40] = [100, 110, 5]
    shares = explain_sum(["th", "id", "en"], members, (40, 41))
    assert [(share.member, share.deviation) for share in shares] == [("id", 60.0), ("en", -5.0), ("th", 0.0)]
    assert shares[0].share == pytest.approx(60 / 55)
    assert [share.member for share in main_causes(shares)] == ["id"]


def test_a_season_is_not_a_cause() -> None:
    week = np.array([10.0, 20, 30, 40, 50, 5, 5])
    members = np.stack([np.tile(week, 9), np.full(63, 8.0)])
    members[1, 59] = 30.0
    shares = explain_sum(["weekly", "odd"], members, (58, 61), period=7)
    assert shares[0].member == "odd"
    assert shares[0].deviation == pytest.approx(22.0)
    assert shares[1].deviation == pytest.approx(0.0)


def test_the_fewest_members_that_explain_most() -> None:
    members = np.full((4, 21), 10.0)
    members[:, 20] = [60, 40, 15, 10]
    assert [share.member for share in main_causes(explain_sum(list("abcd"), members, (20, 21)))] == ["a", "b"]


def test_a_rate_rises_where_its_errors_are_not_where_the_traffic_is() -> None:
    """Expected 2 %: a has 20 of 1000 as always, b has 50 of 100 instead of 2."""
    shares = explain_rate(["a", "b"], np.array([20.0, 50.0]), np.array([1000.0, 100.0]), 0.02)
    assert [(share.member, share.deviation, share.share) for share in shares] == [("b", 48.0, 1.0), ("a", 0.0, 0.0)]


def test_nothing_deviates_has_no_shares() -> None:
    assert all(share.share is None for share in explain_sum(["a", "b"], np.ones((2, 30)), (29, 30)))


def test_a_short_history_is_refused() -> None:
    with pytest.raises(HistoryRefused, match="11 are needed"):
        explain_sum(["a"], np.ones((1, 6)), (5, 6))


def test_an_incident_while_a_check_is_red_is_a_data_gap() -> None:
    failures = [
        FailedCheck("xapi/statements", "ledger_balances", 100, 200),
        FailedCheck("video/events", "fresh", 0, None),
    ]
    assert nature("xapi/statements", 150, 300, failures).kind == DATA_GAP
    assert nature("xapi/statements", 150, 300, failures).checks == ("ledger_balances",)
    assert nature("xapi/statements", 201, 300, failures).kind == BEHAVIOUR
    assert nature("video/events", 10**9, 10**9, failures).kind == DATA_GAP


def test_verdicts_become_factors_from_the_row_after_they_were_given() -> None:
    times = [np.arange(10) * 60]
    given = [Feedback("s", 120, 180, Verdict.dismissed, 300), Feedback("other", 0, 0, Verdict.confirmed, 0)]
    lessons = lessons_of(given, ["s"], times, 10, DEFAULT)
    assert lessons.factors is not None
    np.testing.assert_allclose(lessons.factors[0], [1.0] * 6 + [DEFAULT.dismissed_factor] * 4)
    used = np.zeros((1, 10), dtype=bool)
    lessons.teach(used, 5)
    assert not used.any()
    lessons.teach(used, 6)
    np.testing.assert_array_equal(np.flatnonzero(used), [2, 3])
