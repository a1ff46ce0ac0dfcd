"""A mart that lost a good part of its rows between two snapshots is named; growth, small marts and new ones are not."""

from analytics_platform.defs.published import shrunk


def test_only_marts_that_lost_a_fifth_are_named() -> None:
    before = {"users": 100, "lessons": 100, "questions": 19, "sessions": 50, "gone": 40}
    after = {"users": 79, "lessons": 80, "questions": 0, "sessions": 500, "new": 1}
    assert shrunk(before, after) == ["users has 79 rows and had 100"]
    assert shrunk({}, after) == []
