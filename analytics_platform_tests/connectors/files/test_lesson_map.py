"""Lesson maps: numbers as text, urls that repeat or lack, due dates by cohort, and maps that follow each other."""

from datetime import date
from typing import Any

import pytest

from analytics_platform.connectors.files.kinds.lesson_map import due_date
from analytics_platform.contracts import Table
from analytics_platform.lake.landing import Landing

from .conftest import Desk, refusals

HEAD = "Lesson Number,Lesson name,URL\n"
FIRST = "0a,Welcome,https://c.example.org/a/\n01,Sleep,\n1,Focus,https://c.example.org/a\n"


def test_numbers_are_text_and_urls_may_lack_or_repeat(desk: Desk) -> None:
    report = desk.take("lesson-map", HEAD + FIRST + "Lesson 2,,\n,Nameless,\n0a,Again,\n", valid_from=date(2026, 3, 1))
    assert refusals(report) == [(6, "has no lesson number"), (7, "repeats the lesson number of line 2")]
    assert desk.rows("lessons/map", "position, lesson_number, name, url, valid_from::varchar") == [
        (1, "0a", "Welcome", "https://c.example.org/a", "2026-03-01"),
        (2, "01", "Sleep", None, "2026-03-01"),
        (3, "1", "Focus", "https://c.example.org/a", "2026-03-01"),
        (4, "2", None, None, "2026-03-01"),
    ]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Lesson,Url", ("1", None, "u")),
        ("Lesson,Lesson Number,Url", ("0b", "1", "u")),
        ("No,Lesson,Link", ("1", "0b", "u")),
        ("number;title;url", ("1", "0b", "u")),
    ],
)
def test_lesson_alone_is_the_number(desk: Desk, header: str, expected: tuple[str | None, ...]) -> None:
    values = "1,0b,u" if header.count(",") + header.count(";") == 2 else "1,u"
    desk.take("lesson-map", f"{header}\n{values}\n".replace(",", ";" if ";" in header else ","))
    assert desk.rows("lessons/map", "lesson_number, name, url") == [expected]


def test_due_dates_by_cohort(desk: Desk) -> None:
    head = "Number,Name,Due,Due North / Harbour,Due date: Siam / Lotus\n"
    rows = "1,A,2026-03-31,,31.3.2026\n2,B,,2026-04-01 00:00:00,3/4/2026\n3,C,,4/13/2026,soon\n"
    report = desk.take("lesson-map", head + rows)
    assert refusals(report) == [
        (3, "Siam / Lotus due date cannot be read for certain; write it as 2026-03-31"),
        (4, "Siam / Lotus due date cannot be read for certain; write it as 2026-03-31"),
    ]
    assert desk.rows("lessons/due_dates", "lesson_number, cohort, due_on::varchar") == [
        ("1", None, "2026-03-31"),
        ("1", "Siam / Lotus", "2026-03-31"),
        ("2", "North / Harbour", "2026-04-01"),
        ("3", "North / Harbour", "2026-04-13"),
    ]
    assert len(desk.rows("lessons/map", "1")) == 3
    assert desk.take("lesson-map", head + rows).batch_id is None
    moved = desk.take("lesson-map", head + rows.replace("2026-04-01", "2026-04-02"), dry_run=True)
    assert moved.details == ("changed: 2 (due dates)",)


@pytest.mark.parametrize("written", ["3/4/2026", "2026-02-30", "32.1.2026", "soon", "46112"])
def test_a_date_that_may_be_another_is_none(written: str) -> None:
    assert due_date(written) is None


def test_a_map_holds_until_the_next_and_the_same_again_changes_nothing(desk: Desk) -> None:
    march, april = date(2026, 3, 1), date(2026, 4, 1)
    desk.take("lesson-map", HEAD + FIRST, valid_from=march)
    assert desk.take("lesson-map", HEAD + FIRST, valid_from=april).batch_id is None  # still in force in April
    renumbered = HEAD + FIRST.replace("01,Sleep", "02,Sleep").replace("Focus", "Attention")
    report = desk.take("lesson-map", renumbered, valid_from=april)
    assert report.changes == {"new lessons": 1, "changed lessons": 1, "dropped lessons": 1, "unchanged": 1}
    assert report.details == ("new: 02 Sleep", "changed: 1 (name)", "dropped: 01")
    assert desk.take("lesson-map", HEAD + FIRST, valid_from=march).batch_id is None  # March is as it was
    corrected = desk.take("lesson-map", HEAD + FIRST.replace("Welcome", "Hello"), valid_from=march)
    assert corrected.changes["changed lessons"] == 1
    assert desk.take("lesson-map", renumbered, valid_from=april).batch_id is None


def test_due_dates_of_an_unfinished_import_do_not_count(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    landed = Landing.append
    head = "Number,Due\n1,2026-03-31\n"

    def dies(landing: Landing, table: Table, *rest: Any) -> object:
        if table.path == "lessons/map":
            raise KeyboardInterrupt
        return landed(landing, table, *rest)

    monkeypatch.setattr(Landing, "append", dies)
    with pytest.raises(KeyboardInterrupt):
        desk.take("lesson-map", head)
    monkeypatch.undo()
    assert desk.take("lesson-map", head).changes["new lessons"] == 1
    assert desk.take("lesson-map", head).batch_id is None
