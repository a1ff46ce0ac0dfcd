"""Words of questions: bounds, and metrics by their ideas. No data."""

import pytest

from analytics_platform.serving.seven.measures import meant_metrics
from analytics_platform.serving.seven.thresholds import find_bound, kept


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("who gave more than 20 answers", 21, 20),
        ("at least twice", 2, 1),
        ("lessons below 80% completion", 0.79, 0.8),
        ("at most three lessons", 3, 4),
        ("exactly 5 views", 5, 6),
    ],
)
def test_a_bound_is_found_and_kept(text: str, inside: float, outside: float) -> None:
    bound, left = find_bound(text)
    assert bound is not None
    assert not any(sign.isdigit() for sign in left)
    rows = [{"n": inside}, {"n": outside}, {"n": None}]
    assert kept(rows, "n", bound) == [{"n": inside}]


def test_days_are_no_bound() -> None:
    assert find_bound("silent for more than 3 days") == (None, "silent for more than 3 days")


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("what share of people that started it completed it", "completion_rate"),
        ("how often was an answer right share", "correct_rate"),
        ("share of views that people watched to the end", "video_completion_rate"),
        ("which video is watched most", "views"),
    ],
)
def test_ideas_name_a_metric_in_any_order(text: str, metric: str) -> None:
    assert metric in [match.name for match, _ in meant_metrics(text)]


def test_what_is_counted_by_is_left_for_the_grouping() -> None:
    assert all("video" in left for match, left in meant_metrics("views by video") if match.name == "views")
