"""The evening message as CSV: a row for each member and lesson, flagged answer and quote. Pure.

A value that a spreadsheet would take for a formula gets an apostrophe in front
(https://owasp.org/www-community/attacks/CSV_Injection).
"""

import csv
import io
from collections.abc import Iterator

from analytics_platform.reports.names import shown
from analytics_platform.reports.progress import Answer, LessonState, Message

COLUMNS = ("date", "cohort", "kind", "lesson", "name", "status", "due_on", "tier", "rules", "question", "text")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def defuse(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def render(message: Message) -> str:
    """CSV with the byte-order mark that Excel wants for UTF-8."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    shared = {"date": str(message.day), "cohort": message.cohort}
    for row in _rows(message):
        writer.writerow({name: defuse(value) for name, value in {**shared, **row}.items()})
    return "\ufeff" + out.getvalue()


def _rows(message: Message) -> Iterator[dict[str, str]]:
    for answer in message.flagged:
        yield {"kind": "flagged", "tier": answer.tier, "rules": answer.rules, **_answer(answer)}
    for state in (*((message.main,) if message.main else ()), *message.others):
        yield from _members(message, state)
    for answer in message.quotes:
        yield {"kind": "quote", **_answer(answer)}


def _members(message: Message, state: LessonState) -> Iterator[dict[str, str]]:
    for status, members in (
        ("completed", state.completed),
        ("partial", state.partial),
        ("not started", state.not_started),
    ):
        for member in members:
            name = shown(member["full_name"], message.privacy) or member["person_id"][:8]
            due_on = str(state.due_on or "")
            yield {"kind": "progress", "lesson": state.title, "name": name, "status": status, "due_on": due_on}


def _answer(answer: Answer) -> dict[str, str]:
    name = answer.by or answer.person_id[:8]
    return {"lesson": answer.lesson, "name": name, "question": answer.question, "text": answer.words}
