"""A published snapshot made by hand: the marts that reports read, with the rows that a test is about."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from analytics_platform.settings import Settings
from analytics_platform.warehouse.publishing import publish

COHORT, DAY = "North / Harbour", date(2026, 3, 10)
MARTS: Mapping[str, str] = {
    "users": "person_id text, full_name text, cohort text, is_on_roster boolean",
    "lessons": "lesson_id text, lesson_number text, lesson_name text, position bigint, first_seen_at timestamptz",
    "lesson_progress": "person_id text, lesson_id text, lesson_number text, lesson_name text, position bigint,"
    " started_local_day date, completed_local_day date, due_on date",
    "cohort_daily_progress": "cohort text, local_day date, lesson_id text, roster_size bigint, due_on date",
    "user_responses": "answer_id text, person_id text, full_name text, lesson_id text, lesson_number text,"
    " lesson_name text, question text, local_day date, day date, response_type text, response text,"
    " rating_comment text, sentiment text, theme text, positives text, safety_tier text, safety_rules text,"
    " is_flagged boolean",
    "lesson_dropoff": "lesson_id text, lesson_number text, lesson_name text, place bigint, question text,"
    " people_reached bigint, people_lost bigint, drop_off double",
    "at_risk_learners": "person_id text, as_of_day date",
}
Rows = Sequence[Mapping[str, Any]]


def put(settings: Settings, **marts: Rows) -> None:
    """Publish a snapshot with these rows; columns that a row leaves out are NULL."""
    settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    settings.warehouse_file.unlink(missing_ok=True)
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        for mart, columns in MARTS.items():
            connection.execute(f"create table {mart} ({columns})")
            for row in marts.get(mart, ()):
                names, marks = ", ".join(row), ", ".join("?" for _ in row)
                connection.execute(f"insert into {mart} ({names}) values ({marks})", list(row.values()))
    publish(settings, "by hand", datetime.now(UTC), lambda _line: None)


def member(person: str, name: str | None = None, **more: Any) -> dict[str, Any]:
    return {"person_id": person, "full_name": name, "cohort": COHORT, "is_on_roster": True} | more


def lesson(number: str, position: int | None, name: str = "") -> dict[str, Any]:
    return {"lesson_id": f"l{number}", "lesson_number": number, "lesson_name": name or f"Name {number}",
            "position": position}  # fmt: skip


def progress(person: str, number: str, started: int, completed: int | None = None, **more: Any) -> dict[str, Any]:
    """Started and completed on days of March 2026."""
    known = lesson(number, int(number) if number.isdecimal() else 1)
    days = {"started_local_day": date(2026, 3, started), "completed_local_day": completed and date(2026, 3, completed)}
    return {"person_id": person, **known, **days, **more}


def answer(id: str, person: str, words: str, name: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "answer_id": id,
        "person_id": person,
        "full_name": name,
        "lesson_id": "l1",
        "lesson_number": "1",
        "lesson_name": "Name 1",
        "question": "How?",
        "local_day": DAY,
        "day": DAY,
        "response_type": "text",
        "response": words,
        "sentiment": "neutral",
        "theme": "unknown",
        "is_flagged": False,
    } | more
