"""How reports say numbers: units, signs, one and many; names where the marts have ids."""

import pytest

from analytics_platform.reports.documents.document import Figure, Unit, change, shown
from analytics_platform.reports.documents.executive import watched
from analytics_platform.reports.documents.rules import RULES


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [(39179.76, "money", "39,179.76"), (0.0205, "money", "0.0205"), (14.2, "minutes", "14.2 min"),
     (0.436, "share", "43.6 %"), (None, "minutes", "no data")],
)  # fmt: skip
def test_a_value_has_the_digits_and_the_unit_that_people_read(value: float | None, unit: Unit, said: str) -> None:
    assert shown(value, unit) == said


@pytest.mark.parametrize(
    ("now", "before", "unit", "said"),
    [(476, 485, "count", "−9 (−2 %), before 485"), (97.7, 98.0, "score", "−0.3, before 98.0"),
     (0.767, 0.773, "share", "−0.6 points, before 77.3 %"), (6, 3, "count", "+3 (+100 %), before 3"),
     (5, 0, "count", "+5, before 0")],
)  # fmt: skip
def test_a_change_has_one_sign_and_no_share_of_nothing(now: float, before: float, unit: Unit, said: str) -> None:
    assert change(Figure("a number", now, unit, before=before)) == said


def test_one_flagged_text_is_not_many() -> None:
    rule = next(rule for rules in RULES.values() for rule in rules if "grave_flags" in rule.needs)
    assert rule.fired({"grave_flags": 1}).startswith("1 answer or message of this period is flagged")
    assert rule.fired({"grave_flags": 2}).startswith("2 answers and messages of this period are flagged")


def test_what_was_watched_has_a_name() -> None:
    lesson = "https://courses.example.org/sleep"
    row = {"metric": "answers", "dimension": "lesson_id", "member": lesson}
    assert watched(row, {lesson: "Sleep"}) == "answers of lesson Sleep"
    assert watched({**row, "member": "else"}, {lesson: "Sleep"}) == "answers of lesson else"
    assert watched({"metric": "api_error_rate", "dimension": None, "member": None}, {}) == "api error rate"
