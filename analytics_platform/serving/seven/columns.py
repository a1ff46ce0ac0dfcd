"""What stands in the rows of an answer beside what its query gave: names, addresses, the time before, ties. Pure.

Does not live here: asking (``asking``), sentences about rows (``sentences``).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from analytics_platform.semantics import Named, Query
from analytics_platform.serving.seven.reply import Made, Reply
from analytics_platform.serving.seven.values import Rows as Names

TIES = 20


Row = dict[str, Any]


def with_emails(reply: Reply, rows: Names) -> Reply:
    """The addresses that were asked for stand beside the people."""
    key = next((name for name in ("person_id", "person") if reply.rows and name in reply.rows[0]), "")
    if not key or "email" in reply.rows[0]:
        return reply
    known = {row["person_id"]: row.get("email") for row in rows("people")}
    found = tuple({**row, "email": known.get(row[key])} for row in reply.rows)
    return replace(reply, rows=found, columns=tuple(found[0]))


def beside(rows: list[Row], earlier: Sequence[Row], number: str, keys: Sequence[str]) -> list[Row]:
    """The number of the time before stands beside that of now."""
    before = {tuple(row[key] for key in keys): row[number] for row in earlier}
    return [{**row, f"{number}_before": before.get(tuple(row[key] for key in keys))} for row in rows]


def named(rows: list[Row], people: Names) -> list[Row]:
    """Metrics know people by their id and series know lessons by theirs; the roster and the map know their names."""
    if rows and "series_id" in rows[0] and "member" in rows[0]:
        lessons = {row["lesson_id"]: row["lesson_name"] for row in people("lessons")}
        return [{**row, "member": lessons.get(row["member"]) or row["member"]} for row in rows]
    if rows and "lesson_name" in rows[0] and not {"lesson_number", "lesson_id"} & set(rows[0]):
        numbers = {row["lesson_name"]: row["lesson_number"] for row in people("lessons")}
        rows = [{**row, "lesson_number": numbers.get(row["lesson_name"])} for row in rows]
    if not rows or "person" not in rows[0]:
        return rows
    names = {row["person_id"]: row["full_name"] for row in people("people")}
    return [{"full_name": names.get(row["person"]) or row["person"], **row} for row in rows]


def with_ties(question: Query | Named) -> Query | Named:
    """ "Which cohort has most" may be two: some more rows are asked for than the one."""
    wanted_one = isinstance(question, Query) and question.limit == 1
    return replace(question, limit=TIES) if wanted_one else question


def first_place(rows: list[Row], question: Query | Named | Made) -> list[Row]:
    if not isinstance(question, Query) or question.limit != 1:
        return rows
    return [row for row in rows if row[question.metrics[0]] == rows[0][question.metrics[0]]]


def dated(rows: Sequence[Row]) -> tuple[list[Row], str]:
    """The rows of a step of time, and the numbers of what has no day, which is no step."""
    step = next((name for name in ("day", "week", "month") if rows and name in rows[0]), "")
    kept = [row for row in rows if row[step] is not None] if step else []
    if not kept or len(kept) == len(rows):
        return list(rows), ""
    lost = [
        value for row in rows if row[step] is None for value in row.values() if value and not isinstance(value, str)
    ]
    return kept, ", ".join(f"{value:,.6g}" if isinstance(value, float) else f"{value:,}" for value in lost)
