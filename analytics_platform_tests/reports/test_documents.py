"""Periodic reports on marts made by hand: periods, numbers worked out by hand, no data, rules, forms, files."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest

from analytics_platform.errors import ReportError
from analytics_platform.lake.lake import Lake
from analytics_platform.reports.documents import forms
from analytics_platform.reports.documents.building import compose
from analytics_platform.reports.documents.document import (
    KINDS,
    NO_DATA,
    Document,
    Figure,
    Section,
    Table,
    change,
    shown,
)
from analytics_platform.reports.documents.periods import Period, parse, period_of
from analytics_platform.reports.documents.report_files import made_from, write_reports
from analytics_platform.reports.documents.rules import RULES, advise
from analytics_platform.settings import Settings
from analytics_platform.warehouse.publishing import publish
from analytics_platform_tests.lines import STATEMENTS, land, statement

WEEK = parse("2026-W11")  # 9 to 15 March
MARTS = {
    "user_activities": "source text, person_id text, local_day date, day date",
    "lesson_progress": "person_id text, lesson_id text, started_local_day date, completed_local_day date",
    "lessons": "lesson_id text, lesson_number text, lesson_name text, position bigint, first_seen_at timestamptz",
    "cohort_daily_progress": "cohort text, local_day date, lesson_id text, position bigint, roster_size bigint,"
    " completed bigint, partial bigint, not_started bigint",
    "user_responses": "answer_id text, person_id text, local_day date, theme text, sentiment text, is_flagged boolean,"
    " safety_tier text",
    "conversations": "conversation_id text, person_id text, first_local_day date, is_handed_over boolean,"
    " language text",
    "exchanges": "conversation_id text, local_day date, model_id text, currency text, total_price decimal(18, 6),"
    " is_regenerated boolean, has_error boolean, latency_seconds double, query_tokens bigint, answer_tokens bigint",
    "lesson_dropoff": "lesson_id text, lesson_number text, lesson_name text, place bigint, question text,"
    " people_reached bigint, people_lost bigint",
    "at_risk_learners": "person_id text, cohort text, days_silent bigint, as_of_day date",
    "video_views": "video_id text, play_time_seconds double, local_day date",
    "safety_flags": "answer_id text, rule text, tier text, local_day date",
    "weekly_themes": "source text, week text, week_start date, theme text, texts bigint, people bigint,"
    " people_before double, change double, phrases text, fewest_people bigint, sampled_share double",
}
Rows = Sequence[dict[str, Any]]


def put(settings: Settings, **marts: Rows) -> None:
    """Publish these marts; one that is not named is there without rows, ``absent=("kpis",)`` leaves some out."""
    settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    settings.warehouse_file.unlink(missing_ok=True)
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        for mart, columns in MARTS.items():
            connection.execute(f"create table {mart} ({columns})")
            for row in marts.get(mart, ()):
                marks = ", ".join("?" for _ in row)
                connection.execute(f"insert into {mart} ({', '.join(row)}) values ({marks})", list(row.values()))
    publish(settings, "by hand", datetime(2026, 3, 20, tzinfo=UTC), lambda _line: None)


def march(day: int) -> date:
    return date(2026, 3, day)


def active(person: str, *days: int, source: str = "xapi") -> Rows:
    return [{"source": source, "person_id": person, "local_day": march(d), "day": march(d)} for d in days]


def one(settings: Settings, kind: str, period: Period = WEEK, failed: Sequence[str] = ()) -> Document:
    (document,) = compose(settings, [kind], period, failed)
    return document


def section(document: Document, title: str) -> Section:
    return next(part for part in document.sections if part.title == title)


def figure(document: Document, title: str, name: str) -> Figure:
    return next(found for found in section(document, title).figures if found.name == name)


def table(document: Document, name: str) -> Table:
    return next(found for found in document.tables if found.name == name)


@pytest.mark.parametrize(
    ("key", "first", "last", "before"),
    [
        ("2026-03-01", "2026-03-01", "2026-03-01", "2026-02-28"),
        ("2026-W01", "2025-12-29", "2026-01-04", "2025-W52"),  # its ISO year is not that of its Monday
        ("2026-W53", "2026-12-28", "2027-01-03", "2026-W52"),
        ("2024-02", "2024-02-01", "2024-02-29", "2024-01"),
    ],
)
def test_periods(key: str, first: str, last: str, before: str) -> None:
    period = parse(key)
    assert (str(period.first), str(period.last), period.before.key, period.key) == (first, last, before, key)
    assert period_of(period.grain, period.last) == period


@pytest.mark.parametrize("key", ["2026-W54", "2026-13", "2026-02-30", "March", "2026-W1", "../../etc"])
def test_what_is_no_period(key: str) -> None:
    with pytest.raises(ReportError, match="is no period"):
        parse(key)


def test_grave_flags_of_answers_and_chats_are_counted_and_told_once_each(settings: Settings) -> None:
    told = [("a1", "suicide-en", "critical", 9), ("a1", "despair-en", "high", 9), ("m1", "chat", "high", 10),
            ("m2", "chat", "medium", 10), ("m3", "chat", "critical", 16)]  # fmt: skip
    flags = [
        dict(zip(("answer_id", "rule", "tier", "local_day"), (*row[:3], march(row[3])), strict=True)) for row in told
    ]
    put(settings, user_activities=active("a", 9, 16), safety_flags=flags)
    document = one(settings, "executive")
    assert [row[1] for row in table(document, "safety").rows] == [1, 2, 1]
    assert any(advice.fired.startswith("2 answers and messages") for advice in document.advice)


def test_numbers_and_their_change_by_hand(settings: Settings) -> None:
    put(
        settings,
        user_activities=[*active("a", 1, 3, 9, 10), *active("b", 2, 8), *active("c", 15), *active("c", 16)],
        lessons=[{"lesson_id": "l1", "lesson_number": "1", "lesson_name": "Sleep", "position": 1}],
        lesson_progress=[
            {"person_id": "a", "lesson_id": "l1", "started_local_day": march(9), "completed_local_day": march(10)},
            {"person_id": "b", "lesson_id": "l1", "started_local_day": march(3), "completed_local_day": march(4)},
            {"person_id": "c", "lesson_id": "l1", "started_local_day": march(15), "completed_local_day": march(16)},
        ],
        conversations=[
            {"conversation_id": f"c{n}", "person_id": "a", "first_local_day": march(d), "is_handed_over": h}
            for n, (d, h) in enumerate([(9, True), (10, False), (11, False), (15, False), (2, False)])
        ],
    )
    document = one(settings, "executive")
    people = figure(document, "Key figures", "Active people")
    assert (people.value, people.before, change(people)) == (2, 2, "±0, before 2")  # a and c; a and b
    done = figure(document, "Key figures", "Started lessons that were completed")
    assert (done.value, done.of, done.before) == (
        0.5,  # of a and c, who started in the week, a completed by its end
        "1 of 2 lessons (one person, one lesson) started in the period",
        1.0,
    )
    held = figure(document, "Key figures", "Contained (not handed to a person)")
    assert (held.value, held.of, change(held)) == (0.75, "3 of 4 conversations", "−25.0 points, before 100.0 %")
    assert [row[:2] for row in table(document, "activity_by_day").rows] == [
        (march(9), 1), (march(10), 1), (march(11), 0), (march(12), 0), (march(13), 0), (march(14), 0), (march(15), 1)
    ]  # fmt: skip


def test_no_data_is_said_and_is_never_zero_percent(settings: Settings) -> None:
    put(settings, user_activities=active("a", 1, 31))
    document = one(settings, "executive")
    done = figure(document, "Key figures", "Started lessons that were completed")
    assert (done.value, done.why) == (None, "no lesson was started")
    assert section(document, "Scores").missing == "No data: the published snapshot has no mart kpis yet."
    assert section(document, "Incidents").missing
    for form in (forms.markdown(document), forms.html(document).rpartition("</script>")[2]):
        assert "no data" in form
        assert not re.search(r"\b0(\.0)? %", form)
    assert shown(None, "share") == NO_DATA
    assert one(settings, "technical").advice == ()


def test_nothing_is_compared_with_a_period_that_the_data_does_not_cover(settings: Settings) -> None:
    put(settings, user_activities=[*active("a", 5, 10)])  # the week before begins on the 2nd
    document = one(settings, "executive")
    assert figure(document, "Key figures", "Active people").before is None
    assert section(document, "Key figures").notes == (
        "There is no whole week before this one, so nothing is compared.",
    )


def test_the_reader_is_warned_first(settings: Settings) -> None:
    put(settings, user_activities=active("a", 10))
    document = one(settings, "learning", failed=["unique_users of marts/users"])
    assert document.warnings == (
        "The data failed a blocking check: unique_users of marts/users. Numbers may be wrong or old.",
        "The published data ends on 2026-03-10 (UTC): this period is not complete.",
    )
    text = forms.markdown(document)
    assert text.index("failed a blocking check") < text.index("## ")
    page = forms.html(document)
    assert page.index("failed a blocking check") < page.index("<h2>")


def test_cost_stays_in_its_currency_and_repeated_answers_count_once(settings: Settings) -> None:
    def exchange(day: int, currency: str, price: float, **more: Any) -> dict[str, Any]:
        return {"conversation_id": "c1", "local_day": march(day), "model_id": "m", "currency": currency,
                "total_price": price, "is_regenerated": False, "has_error": False, "latency_seconds": 1.0,
                **more}  # fmt: skip

    put(
        settings,
        user_activities=active("a", 1, 15),
        conversations=[
            {"conversation_id": "c1", "person_id": "a", "first_local_day": march(9), "is_handed_over": False}
        ],
        exchanges=[
            exchange(9, "USD", 0.25), exchange(9, "USD", 0.5, is_regenerated=True), exchange(10, "THB", 7),
            exchange(10, "THB", 1, has_error=True, latency_seconds=9.0), exchange(3, "USD", 2),
        ],
    )  # fmt: skip
    document = one(settings, "conversations")
    assert table(document, "cost").rows == (("THB", 8.0, 2, 1, 8.0, 0), ("USD", 0.75, 2, 1, 0.75, 2.0))
    assert figure(document, "Totals", "Exchanges").value == 3
    errors = figure(document, "Totals", "Exchanges with an error")
    assert (errors.value, errors.of) == (pytest.approx(1 / 3), "1 of 3 exchanges")
    ((model, messages, _, failed, rate, timed, mean, p95, _),) = table(document, "models").rows
    assert (model, messages, failed, rate, timed, mean, p95) == ("m", 4, 1, 0.25, 4, 3.0, 9.0)


def test_small_cells_are_not_shown(settings: Settings) -> None:
    def answer(n: int, theme: str) -> dict[str, Any]:
        return {"answer_id": f"{theme}{n}", "person_id": f"p{n}", "local_day": march(9), "theme": theme,
                "sentiment": "positive", "is_flagged": False}  # fmt: skip

    put(
        settings,
        user_activities=active("a", 1, 15),
        user_responses=[*(answer(n, "sleep") for n in range(5)), *(answer(n, "grief") for n in range(4))],
        at_risk_learners=[{"person_id": "p", "cohort": "North", "days_silent": 8, "as_of_day": march(15)}],
    )
    document = one(settings, "learning")
    assert [row[0] for row in table(document, "themes").rows] == ["sleep"]
    assert section(document, "What they write about").notes == ("1 themes of fewer than 5 people are not shown.",)
    assert table(document, "at_risk").rows == (("North", "< 5", 8),)
    assert "grief" not in forms.markdown(document)


def test_the_ledger_is_told_with_missing_days(settings: Settings, lake: Lake) -> None:
    put(settings, user_activities=active("a", 1, 12))
    for day in (9, 10, 12):
        at = datetime(2026, 3, day, 12, tzinfo=UTC)
        land(lake, "xapi/statements", *(statement(f"{day}-{n}") for n in range(40)), {"no": "statement"}, at=at)
        lake.build(STATEMENTS, [at.date()])
    document = one(settings, "technical")
    source, days, missing, received, stored, duplicate, quarantined, *_, balances = table(document, "intake").rows[0]
    assert (source, days, missing, balances) == ("xapi/statements", 3, 1, "yes")
    assert (received, stored, duplicate, quarantined) == (123, 120, 0, 3)
    never_used = table(document, "intake").rows[1]
    assert never_used[1:7] == (0, None, None, None, None, None)
    assert [advice.fired for advice in document.advice] == [
        "1 days of sources are not built.",
        "3 of 123 lines of xapi/statements are in quarantine (2.4 %).",
    ]


@pytest.mark.parametrize(
    ("numbers", "fired"),
    [
        ({"active": 16, "active_before": 20}, "Active people fell by 20 % or more, from at least 20."),
        ({"active": 17, "active_before": 20}, None),
        ({"active": 1, "active_before": 19}, None),
        ({"active": 1, "active_before": None}, None),
        ({"at_risk": 4, "started_people": 20}, "20 % or more of at least 20 people who have started are at risk."),
        ({"grave_flags": 0}, None),
    ],
)
def test_rules_say_with_which_numbers_they_fired(numbers: dict[str, Any], fired: str | None) -> None:
    advice, checked = advise(numbers, "people")
    assert [found.rule for found in advice] == ([fired] if fired else [])
    assert checked == len(RULES["people"])
    assert all(str(value) in found.fired for found in advice for value in numbers.values())


def test_what_comes_from_outside_stays_text(settings: Settings) -> None:
    evil = '<script>alert(1)</script> | *bold* =cmd"'
    put(
        settings,
        user_activities=active("a", 1, 15),
        lesson_dropoff=[{"lesson_id": "l", "lesson_number": evil, "place": 1, "question": evil, "people_reached": 30,
                         "people_lost": 20}],
        at_risk_learners=[{"person_id": f"p{n}", "cohort": "=1+1", "days_silent": 8, "as_of_day": march(15)}
                          for n in range(5)],
    )  # fmt: skip
    document = one(settings, "learning")
    page = forms.html(document)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    text = forms.markdown(document)
    assert r"\| \*bold\*" in text
    assert "<script>" not in text
    rows = list(csv.reader(io.StringIO(forms.sheet(table(document, "at_risk")).removeprefix("\ufeff"))))
    assert rows == [["cohort", "people", "longest"], ["'=1+1", "5", "8"]]


def test_the_same_marts_give_the_same_bytes_and_the_files_are_listed(settings: Settings) -> None:
    put(settings, user_activities=[*active("a", 9, 10), *active("b", 15)])
    first = write_reports(settings, KINDS, WEEK)
    bytes_before = {file: file.read_bytes() for written in first for file in written.folder.glob("report.*")}
    assert len(bytes_before) == 8
    put(settings, user_activities=[*active("a", 9, 10), *active("b", 15)])
    write_reports(settings, KINDS, WEEK)
    assert {file: file.read_bytes() for file in bytes_before} == bytes_before
    assert made_from(settings, "executive", WEEK) == "20260320T000000000000Z"
    assert made_from(settings, "executive", WEEK.before) is None
    write_reports(settings, ["learning"], parse("2026-03"))
    listed = (settings.reports_folder / "index.html").read_text("utf-8")
    assert listed.index('href="learning/2026-03/report.html"') < listed.index('href="learning/2026-W11/report.html"')
    links = re.findall(r'href="([^"]+)"', listed)
    assert len(links) > 8
    assert all((settings.reports_folder / link).exists() for link in links)
    page = (settings.reports_folder / "executive" / "2026-W11" / "report.html").read_text("utf-8")
    assert 'id="chart-activity_by_day"' in page
    assert not re.findall(r"\b(?:src|href)=", re.sub(r"<script.*?</script>", "", page, flags=re.S))  # all is inside


def test_a_kind_that_is_none(settings: Settings) -> None:
    with pytest.raises(ReportError, match=r"There is no report weather. Known: executive"):
        compose(settings, ["weather"], WEEK, [])


def test_themes_of_the_weeks_that_begin_in_a_period(settings: Settings) -> None:
    theme = {"source": "chats", "theme": "pricing", "texts": 9, "people": 7, "people_before": 4.0, "change": 3.0}
    shared = {"phrases": "price|big plan", "fewest_people": 5, "sampled_share": 1.0}
    weeks = ((2, "2026-W10"), (9, "2026-W11"), (16, "2026-W12"))
    put(settings, weekly_themes=[theme | shared | {"week": week, "week_start": march(day)} for day, week in weeks])
    section = next(part for part in one(settings, "conversations").sections if part.title == "Themes")
    assert section.tables[0].rows == (("2026-W11", "chats", "pricing", 9, 7, 4.0, 3.0, "price, big plan"),)
    assert "at least 5 people" in section.tables[0].note
    month = one(settings, "conversations", parse("2026-03"))
    assert len(next(part for part in month.sections if part.title == "Themes").tables[0].rows) == 3
    day = one(settings, "conversations", parse("2026-03-10"))
    assert "Themes" not in {part.title for part in day.sections}
