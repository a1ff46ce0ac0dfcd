"""Rows of imported files and sources, as short as tests want them."""

from typing import Any

Row = dict[str, Any]
SHARED = "https://courses.example.org"


def roster(batch: str, *members: tuple[str, str | None, str], on: str = "2026-03-01") -> list[Row]:
    """Members as (name, e-mail, cohort), of one file."""
    return [
        {
            "row_id": f"{batch}-{line}",
            "batch_id": batch,
            "file_line": line,
            "valid_from": on,
            "event_time": f"{on} 00:00+00",
            "full_name": name,
            "email": email,
            "cohort": cohort,
        }
        for line, (name, email, cohort) in enumerate(members, 2)
    ]


def links(batch: str, *pairs: tuple[str, str]) -> list[Row]:
    return [
        {
            "row_id": f"{batch}-{line}",
            "batch_id": batch,
            "file_line": line,
            "valid_from": "2026-03-01",
            "event_time": "2026-03-01 00:00+00",
            "identifier_a": one,
            "identifier_b": other,
        }
        for line, (one, other) in enumerate(pairs, 2)
    ]


def lesson_map(batch: str, valid_from: str, *lessons: tuple[str, str, str | None]) -> list[Row]:
    """Lessons as (number, name, url), of one map."""
    return [
        {
            "row_id": f"{batch}-{position}",
            "batch_id": batch,
            "file_line": position + 1,
            "valid_from": valid_from,
            "event_time": "2026-03-01 00:00+00",
            "position": position,
            "lesson_number": number,
            "name": name,
            "url": url,
        }
        for position, (number, name, url) in enumerate(lessons, 1)
    ]


def due(batch: str, valid_from: str, *dates: tuple[str, str | None, str]) -> list[Row]:
    """Due dates as (lesson number, cohort, day), of one map."""
    return [
        {
            "row_id": f"{batch}-due-{line}",
            "batch_id": batch,
            "file_line": line,
            "valid_from": valid_from,
            "event_time": "2026-03-01 00:00+00",
            "lesson_number": number,
            "cohort": cohort,
            "due_on": day,
        }
        for line, (number, cohort, day) in enumerate(dates, 2)
    ]


def export(number: int, learner: str, lesson: str, question: str, response: str, kind: str = "form") -> Row:
    """An answer of an export of cohort North, made and imported on 2026-03-20."""
    anonymous = learner.lower().startswith("anonymous")
    return {
        "response_id": f"r{number}",
        "batch_id": "b1",
        "file_line": number,
        "event_time": "2026-03-20 12:00+00",
        "exported_on": "2026-03-20",
        "actor_key": f"{'anonymous' if anonymous else 'name'}:North|{learner}",
        "learner": learner,
        "cohort": "North",
        "lesson_number": lesson,
        "card_number": "1",
        "card_type": kind,
        "question": question,
        "response": response,
    }


def statement(
    number: int,
    time: str,
    who: str,
    verb: str = "answered",
    lesson: str = "sleep",
    card: str | None = None,
    **more: Any,
) -> Row:
    """A statement by an actor_key on a card (``quiz/7``) of a lesson, or on the lesson itself."""
    kind, card_id = card.split("/") if card else (None, None)
    url = f"{SHARED}/{lesson}"
    return {
        "statement_id": f"s{number}",
        "event_time": f"{time}+00",
        "actor_key": who,
        "verb": verb,
        "object_type": "Activity",
        "object_id": f"{url}/{card}" if card else url,
        "lesson_url": url if card else None,
        "card_type": kind,
        "card_id": card_id,
        "object_name": f"What about {card}?" if card else "A lesson",
        **more,
    }
