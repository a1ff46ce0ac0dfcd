"""Questions that are several, without a database: how they are cut, and how answers stand side by side."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from analytics_platform.serving.seven.doers import with_people
from analytics_platform.serving.seven.frames import without_frames
from analytics_platform.serving.seven.reply import Made, Reply, Understood
from analytics_platform.serving.seven.several import Parts, joined, merged, parts_of, with_two_times, without_its_number

TODAY = date(2026, 3, 18)


def answered(counted: str, *rows: Mapping[str, Any], named: str = "") -> Reply:
    understood = Understood(Made("select 1", named, counted, of_each=bool(named)), counted)
    return Reply("answered", "", counted, f"select {counted}", tuple(rows[0]), rows, understood=understood)


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        (
            "how many people started lesson 1 and how many finished it",
            ("how many people started lesson 1", "how many people finished lesson 1"),
        ),
        (
            "how many answers and how many views were there yesterday",
            ("how many answers yesterday", "how many views were there yesterday"),
        ),
        ("number of views and viewers per video", ("number of views per video", "number of viewers per video")),
    ],
)
def test_two_questions_are_cut_apart(question: str, texts: tuple[str, ...]) -> None:
    assert next(iter(parts_of(question, TODAY))).texts == texts


def test_who_and_when_is_one_question() -> None:
    assert not any(parts.is_said for parts in parts_of("who completed lesson 5 and when", TODAY))


def test_the_number_of_a_rank_stands_beside_it() -> None:
    assert without_its_number("which video has most views and how many is that") == "which video has most views"
    assert without_its_number("how many answers and how many views") == "how many answers and how many views"


def test_from_one_month_to_another_is_two_times_only_where_a_change_is_asked() -> None:
    assert with_two_times("did views rise from february to march", TODAY) == "compare views in march with in february"
    assert with_two_times("views from february to march", TODAY) == "views from february to march"


def test_answers_are_joined_by_what_they_are_of() -> None:
    views = answered("views", {"video": "a", "views": 4}, {"video": "b", "views": 2}, named="video")
    people = answered("people", {"video": "a", "people": 3}, named="video")
    found = merged(Parts(("", "")), [views, people])
    assert found is not None
    assert found.rows == ({"video": "a", "views": 4, "people": 3}, {"video": "b", "views": 2, "people": None})


def test_a_number_is_not_joined_with_numbers_of_each() -> None:
    views = answered("views", {"video": "a", "views": 4}, {"video": "b", "views": 2}, named="video")
    assert merged(Parts(("", "")), [views, answered("people", {"people": 3})]) is None


def test_the_same_answer_twice_is_none() -> None:
    views = answered("views", {"views": 4})
    assert merged(Parts(("", "")), [views, views]) is None


def test_one_number_over_another_and_nothing_over_zero() -> None:
    way = Parts(("", ""), "ratio", factor=100)
    for below, ratio in ((8, 25.0), (0, None)):
        found = merged(way, [answered("flags", {"flags": 2}), answered("answers", {"answers": below})])
        assert found is not None
        assert found.rows[0]["ratio"] == ratio


def test_a_part_without_an_answer_makes_the_whole_none() -> None:
    replies = iter([answered("views", {"views": 4}), Reply("abstained", "no")])
    assert joined([Parts(("", ""))], lambda _text: next(replies)) is None


@pytest.mark.parametrize(
    ("question", "framed"),
    [
        ("harbour vs lotus: who is late more often", "share of is late harbour vs lotus"),
        ("how many answers per learner last week", "average number of answers per learner last week"),
        ("who dropped out of lesson 5", "who started lesson 5 but not completed it"),
        ("how did lesson 4 go", "how is lesson 4 going"),
        ("cost per user", "cost per user"),
    ],
)
def test_forms_of_asking_have_one_form(question: str, framed: str) -> None:
    assert without_frames(question) == framed


def test_viewers_are_people_who_watched() -> None:
    text = with_people("what share of viewers also completed §lesson0")
    assert text == "what share of people who watched videos also completed §lesson0"
    assert with_people("share of answers of viewers") == "share of answers of viewers"
