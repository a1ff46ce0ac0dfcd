"""Turns of phrase, names behind pronouns, and words that no reading may drop, without a database.

Does not live here: whole questions (``questions/turns.yml``).
"""

from datetime import date

import pytest

from analytics_platform.semantics import Query
from analytics_platform.serving.seven.dropped import dropped
from analytics_platform.serving.seven.marking import mark
from analytics_platform.serving.seven.reply import Made, Understood
from analytics_platform.serving.seven.several import parts_of
from analytics_platform.serving.seven.turns import no_such_day, turned, with_names

TODAY = date(2026, 3, 18)  # a Wednesday


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        ("at which second do most people leave the sleep video", "where do people leave the video sleep"),
        ("which video is watched least to the end", "which video has the least completion rate"),
        ("what happened on the 17th", "what happened on 2026-03-17"),
        ("what happened on the 25th", "what happened on 2026-02-25"),
        ("what happened on tuesday the 10th", "what happened on 2026-03-10"),
        ("how many people completed the 3rd lesson", "how many people completed the 3rd lesson"),
        ("how many people answered", "how many people answered"),
    ],
)
def test_a_turn_is_put_in_plain_words(question: str, plain: str) -> None:
    assert turned(question, TODAY) == plain


def test_a_day_of_the_week_and_of_the_month_must_agree() -> None:
    assert no_such_day("logins on monday the 10th", TODAY)
    assert not no_such_day("logins on tuesday the 10th", TODAY)
    assert not no_such_day("logins on the 10th", TODAY)


def rows(name: str) -> list[dict[str, object]]:
    people = [{"person_id": "p1", "full_name": "Lena Cahyono"}, {"person_id": "p2", "full_name": "Rina Anders"}]
    return people if name == "people" else []


def test_she_is_the_one_person_who_was_named() -> None:
    said = with_names("How is Lena Cahyono doing? Which lessons has she done, and what is her cohort?", rows)
    assert said == "How is Lena Cahyono doing? Which lessons has Lena Cahyono done, and what is Lena Cahyono's cohort?"
    two = "Did Lena Cahyono or Rina Anders chat, and is she at risk?"
    assert with_names(two, rows) == two


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        (
            "which video has most views, and which one least",
            ("which video has most views", "which video has least views"),
        ),
        (
            "average score on the quizzes, and on which one do they score lowest",
            ("average score on the quizzes", "which quiz has the lowest average score"),
        ),
    ],
)
def test_one_is_the_noun_that_was_said(question: str, texts: tuple[str, ...]) -> None:
    assert next(iter(parts_of(question, TODAY))).texts == texts


@pytest.mark.parametrize(
    ("question", "reading", "sql", "lost"),
    [
        ("how was the course rated", "rating of ratings", "select avg(rating) from user_responses", True),
        ("how was the course rated", 'answers to the question "Rate the course"', "select avg(rating)", False),
        ("at what hour do people chat", "topics of conversations", "select topic from conversation_topics", True),
        ("who is at risk", "members", "select person_id from users", True),
        ("how many completed it and how many not started", "people", "select count(*) as people from users", True),
        ("how much did each language model cost", "price by model", "select sum(total_price) as total", False),
    ],
)
def test_no_word_is_dropped(question: str, reading: str, sql: str, lost: bool) -> None:
    assert bool(dropped(question, Understood(Made(sql, "", "people"), reading))) is lost


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("how was the course rated", True),
        ("average rating of the course by cohort", True),
        ("which lesson of the course is rated best", False),
        ("how many people completed the course", False),
    ],
)
def test_the_course_has_a_card_for_its_rating(question: str, meant: bool) -> None:
    def cards(name: str) -> list[dict[str, object]]:
        return [{"question": "Rate the course"}] if name == "questions" else []

    marks = mark(question, cards, TODAY).marks.values()
    assert any(one.ids == ("Rate the course",) for one in marks) is meant


def test_two_numbers_are_not_one_metric() -> None:
    found = Understood(Query(("people_completed",)), "people who completed")
    assert dropped("completed how many people and not started how many people", found)
    assert not dropped("how many people completed", found)
