"""Response exports: cards taken apart, ids that neither collide nor change, and each answer new once."""

import csv
import io
from datetime import date
from typing import Any

import pytest

from analytics_platform.contracts.imports import EXPORTS
from analytics_platform.lake import open_lake

from .conftest import Desk, refusals

HEAD = ["Learner", "Card", "Card type", "Lesson Number", "Global Q#", "PDF Page #", "Response"]


def sheet(*rows: tuple[str, ...], head: list[str] = HEAD) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue()


def row(learner: str = "Ann Hill", card: str = "Card 2 (form): How?", answer: str = "Well", **other: str) -> Any:
    return (learner, card, other.get("type", "form"), other.get("lesson", "1"), "7", "3", answer)


def take(desk: Desk, *rows: tuple[str, ...], **options: Any) -> Any:
    return desk.take(
        "responses", sheet(*rows), **{"cohort": "North / Harbour", "valid_from": date(2026, 3, 9)} | options
    )


def test_a_row_becomes_an_answer(desk: Desk) -> None:
    take(desk, row())
    columns = "actor_key, cohort, lesson_number, card_number, card_type, question, global_question, pdf_page, response"
    assert desk.rows("responses/exports", f"{columns}, exported_on::varchar") == [
        ("name:North / Harbour|Ann Hill", "North / Harbour", "1", "2", "form", "How?", "7", "3", "Well", "2026-03-09")
    ]


@pytest.mark.parametrize(
    ("card", "written_type", "expected"),
    [
        ("Card 2 (form): How?", "form", ("2", "form", "How?")),
        ("Card 2 (form) How?", "form", ("2", "form", "How?")),
        ("card 12: Why (really)?", "Poll", ("12", "poll", "Why (really)?")),
        ("Card 3 (submit media): Show\n\nus 🙂", "", ("3", "submit-media", "Show\n\nus 🙂")),
        ("Card 4 (rating): Stars?", "", ("4", "rate", "Stars?")),
        ("Card 5b (quiz):", "quiz", ("5b", "quiz", "")),
        ("How was it?", "form", (None, "form", "How was it?")),
    ],
)
def test_cards_are_taken_apart(desk: Desk, card: str, written_type: str, expected: tuple[str | None, ...]) -> None:
    take(desk, row(card=card, type=written_type))
    (found,) = desk.rows("responses/exports", "card_number, card_type, question")
    assert found == tuple(value or None for value in expected)


HONEST = ["none", "false", "0", "no", "-", "n/a", "null", "NaN", "⭐⭐⭐ — ok", "😀", "A | B", "=1+1", "line\nbreak"]


def test_honest_answers_stay_and_only_what_is_blank_is_no_answer(desk: Desk) -> None:
    report = take(desk, *(row(answer=answer) for answer in [*HONEST, "", "   "]))
    assert report.changes == {"new answers": len(HONEST), "already stored": 0, "without an answer": 2}
    assert [answer for (answer,) in desk.rows("responses/exports", "response")] == HONEST
    desk.build()


def test_anonymous_labels_are_different_people(desk: Desk) -> None:
    take(desk, row("Anonymous learner"), row("anonymous learner 2"), row("Anonymous Learner (3)"), row("Anon Smith"))
    assert [key for (key,) in desk.rows("responses/exports", "actor_key")] == [
        "anonymous:North / Harbour|Anonymous learner",
        "anonymous:North / Harbour|anonymous learner 2",
        "anonymous:North / Harbour|Anonymous Learner (3)",
        "name:North / Harbour|Anon Smith",
    ]


def test_card_numbers_that_repeat_across_lessons_do_not_collide_and_equal_rows_are_two(desk: Desk) -> None:
    report = take(desk, row(lesson="1"), row(lesson="2"), row(lesson="2"), row(lesson="2", learner="Bob"))
    assert report.changes["new answers"] == 4
    ids = [id for (id,) in desk.rows("responses/exports", "response_id")]
    assert len(set(ids)) == 4
    desk.build()


def test_each_answer_is_new_once_whatever_the_order_of_the_file(desk: Desk) -> None:
    take(desk, row(), row(lesson="2"))
    later = take(desk, row(lesson="3"), row(lesson="2"), row(), valid_from=date(2026, 3, 20))
    assert later.changes == {"new answers": 1, "already stored": 2, "without an answer": 0}
    desk.build()
    again = take(desk, row(lesson="3"), row(lesson="2"), row())
    assert (again.changes["new answers"], again.batch_id) == (0, None)
    twice = take(desk, row(), row(), dry_run=True)
    assert twice.changes == {"new answers": 1, "already stored": 1, "without an answer": 0}


def test_other_cohorts_have_other_people(desk: Desk) -> None:
    take(desk, row())
    assert take(desk, row(), cohort="North / Hill").changes["new answers"] == 1
    by_column = sheet(("Ann Hill", "Card 2 (form): How?", "1", "Well", "North", "Harbour"),
                      head=["Learner", "Card", "Lesson Number", "Response", "Group", "Team"])  # fmt: skip
    assert desk.take("responses", by_column).changes["already stored"] == 1


def test_bad_rows_are_refused_with_line_and_reason(desk: Desk) -> None:
    report = take(desk, row(learner=""), row(card="", lesson=""), row(answer="a\x00b"), row())
    assert refusals(report) == [
        (2, "names no learner"),
        (3, "has neither a lesson number nor a card"),
        (4, "holds a NUL character"),
    ]
    assert report.changes["new answers"] == 1


@pytest.mark.slow
def test_a_large_export_lands_in_pieces_and_adds_up(desk: Desk) -> None:
    rows = "".join(f"Learner {n % 500},Card {n % 9} (form): Q,form,{n // 4500},,,answer {n}\n" for n in range(120_000))
    report = desk.take("responses", ",".join(HEAD) + "\n" + rows, cohort="North")
    assert report.changes["new answers"] == 120_000
    lake = open_lake(desk.settings)
    assert [segment.lines for segment in lake.landing.segments(EXPORTS)] == [50_000, 50_000, 20_000]
    desk.build()
