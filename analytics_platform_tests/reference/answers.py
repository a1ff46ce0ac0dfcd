"""Answers and questions: user_responses, questions, first_tries, question_difficulty.

Lives here: what an answer says and what a question's answers come to. Does not live here: how a response is judged
(``interactions``), labels of free texts (``enrichment/``).
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from statistics import mean, median
from typing import Any

from analytics_platform_tests.reference.landed import Json
from analytics_platform_tests.reference.lessons import Lessons
from analytics_platform_tests.reference.progress import naming, share
from analytics_platform_tests.reference.statements import Statement
from analytics_platform_tests.reference.world import World

Row = dict[str, Any]
Question = tuple[str | None, str | None]  # lesson url before the map, and card number or activity
CHOOSING = ("choice", "true-false", "sequencing", "matching", "performance")
LISTED = ("choice", "sequencing", "matching", "performance")
FACES = ("😞", "😕", "😐", "🙂", "😀")


def response_type(card: str | None, interaction: str | None, choices: list[str]) -> str:
    if choices:
        return "multi-choice"
    by_card = {"rate": "rating", "submit-media": "media", "poll": "choice", "quiz": "choice"}
    if card in by_card:
        return by_card[card]
    if interaction in CHOOSING:
        return "choice"
    return {"likert": "rating", "numeric": "number"}.get(interaction or "", "text")


def choices(card: str | None, interaction: str | None, response: str | None) -> list[str]:
    """The choices of an answer that names several; no other answer is split."""
    if response is None:
        return []
    if card in ("poll", "quiz"):
        pieces = re.split(r" \| |\[,\]", response)
    elif card is None and interaction in LISTED:
        pieces = response.split("[,]")
    else:
        return []
    return pieces if len(pieces) > 1 else []


def rating(kind: str, response: str | None) -> tuple[float | None, str | None]:
    """Stars counted, digits read, five faces as 1 to 5; and what was written beside it."""
    if kind != "rating" or response is None:
        return None, None
    said, _, comment = response.partition(" — ")
    said = said.strip()
    if said and set(said) <= {"⭐", "\ufe0f"}:
        value: float | None = float(said.count("⭐"))
    elif said in FACES:
        value = float(1 + FACES.index(said))
    else:
        value = float(said) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", said) else None
    return value, comment.strip() or None


def user_responses(world: World, lessons: Lessons) -> Iterator[Row]:
    answers = [one for one in world.statements if one.is_answer]
    said = defaultdict(list)  # the statements that say the same, in the order of time
    for one in answers:
        said[same(world, one.actor, lessons.place(one.counts_for), one.name, one.response)].append(one.id)
    both = set()
    for event in sorted(world.exports, key=lambda one: (one.payload["file_line"], one.id)):
        row = event.payload
        lesson = exported_lesson(lessons, row)
        twins = said[same(world, row["actor_key"], lesson, row.get("question"), row.get("response"))]
        if lesson is not None and twins:
            both.add(twins.pop(0))
        else:
            yield exported(world, lessons, row, event.day, lesson)
    for one in answers:
        yield answered(world, lessons, one, "both" if one.id in both else "xapi")


def same(world: World, actor: str, lesson: str | None, question: str | None, response: str | None) -> tuple[Any, ...]:
    """What is equal for an answer in a statement and in an export: spaces and case apart."""
    return (world.people[actor].id, lesson, *(" ".join((text or "").split()).lower() for text in (question, response)))


def answered(world: World, lessons: Lessons, one: Statement, source: str) -> Row:
    person, local = world.people[one.actor], world.local(one.at)
    lesson = lessons.place(one.counts_for)
    _, number, name = lessons.names_on(lesson, local.date()) if lesson else (None, None, None)
    listed = choices(one.card_type, one.interaction_type, one.words)
    kind = response_type(one.card_type, one.interaction_type, listed)
    stars, comment = rating(kind, one.words)
    return {
        "answer_id": one.id,
        "source": source,
        "day": one.day,
        "local_day": local.date(),
        "local_hour": local.hour,
        "responded_at": one.at,
        "received_at": one.event.received_at,
        "clock_skewed": one.event.clock_skewed,
        "actor_key": one.actor,
        "person_id": person.id,
        "full_name": person.full_name,
        "cohort": person.cohort,
        "lesson_id": lesson,
        "lesson_number": number,
        "lesson_name": name,
        "question_id": one.question,
        "card_id": one.card_number,
        "card_type": one.card_type,
        "interaction_type": one.interaction_type,
        "question": one.name,
        "response_type": kind,
        "response": one.words,
        "sent_response": one.response,
        "choices": listed,
        "rating": stars,
        "rating_comment": comment,
        "is_correct": one.is_correct,
        "score_scaled": one.score,
        "duration_seconds": one.seconds,
    }


def exported_lesson(lessons: Lessons, row: Json) -> str | None:
    """The lesson that the number meant on the day of the export."""
    day = date.fromisoformat(row["exported_on"])
    held = [lines for first, lines in lessons.maps if first <= day] or [lines for _, lines in lessons.maps[:1]]
    return next((line.lesson for line in held[-1] if line.number == row.get("lesson_number")), None) if held else None


def exported(world: World, lessons: Lessons, row: Json, day: date, lesson: str | None) -> Row:
    person, card = world.people[row["actor_key"]], row.get("card_type")
    names = lessons.names_on(lesson, date.fromisoformat(row["exported_on"])) if lesson else (None, None, None)
    listed = choices(card, None, row.get("response"))
    kind = response_type(card, None, listed)
    stars, comment = rating(kind, row.get("response"))
    nothing = ("local_day", "local_hour", "responded_at", "received_at", "clock_skewed", "question_id")
    nothing += ("card_id", "interaction_type", "is_correct", "score_scaled", "duration_seconds")
    return dict.fromkeys(nothing) | {
        "answer_id": row["response_id"],
        "source": "export",
        "day": day,
        "actor_key": row["actor_key"],
        "person_id": person.id,
        "full_name": person.full_name,
        "cohort": person.cohort,
        "lesson_id": lesson,
        "lesson_number": names[1],
        "lesson_name": names[2],
        "card_type": card,
        "question": row.get("question"),
        "response_type": kind,
        "response": row.get("response"),
        "sent_response": row.get("response"),
        "choices": listed,
        "rating": stars,
        "rating_comment": comment,
    }


def by_question(world: World) -> dict[Question, list[Statement]]:
    found = defaultdict(list)
    for one in world.statements:
        if one.is_question:
            found[one.question].append(one)
    return found


def about(lessons: Lessons, ones: list[Statement]) -> Row:
    """What the mart's rows of a question have in common: each by the latest statement."""
    lesson = lessons.place(ones[-1].counts_for)
    texts = [one.name for one in ones if one.name is not None]
    return {
        "question_id": ones[-1].question,
        "lesson_id": lesson,
        "lesson_number": naming(lessons, lesson)["lesson_number"] if lesson else None,
        "card_id": ones[-1].card_number,
        "activity_id": ones[-1].object_url,
        "question": texts[-1] if texts else None,
    }


def questions(world: World, lessons: Lessons) -> Iterator[Row]:
    for ones in by_question(world).values():
        lesson, card = lessons.place(ones[-1].counts_for), ones[-1].card_number
        if card and lesson:
            there = [one for (_, where), one in lessons.progress.items() if where == lesson]
            reached = sum(one.furthest is not None and one.furthest >= int(card) for one in there)
        else:
            reached = len({world.people[one.actor].id for one in ones})
        kinds = [one.interaction_type for one in ones if one.interaction_type]
        interaction, card_type = kinds[-1] if kinds else None, ones[-1].card_type
        yield about(lessons, ones) | {
            "lesson_url": ones[-1].lesson,
            "card_type": card_type,
            "interaction_type": interaction,
            "is_opinion": card_type in ("poll", "rate", "form", "submit-media") or interaction == "likert",
            "people_reached": reached,
            "people_answered": len({world.people[one.actor].id for one in ones if one.is_answer}),
            "answers": sum(one.is_answer for one in ones),
            "first_seen_at": ones[0].at,
            "last_seen_at": ones[-1].at,
        }


@dataclass(frozen=True)
class Tries:
    """A person's attempts at a question that has a right answer, in the order of time."""

    person: str
    question: Question
    statements: list[Statement]

    @property
    def is_first_right(self) -> bool:
        return self.statements[0].is_correct is True

    @property
    def until_right(self) -> int | None:
        return next((n for n, one in enumerate(self.statements, 1) if one.is_correct), None)


def tries(world: World) -> list[Tries]:
    found = defaultdict(list)
    for one in world.statements:
        if one.is_correct is not None:
            found[world.people[one.actor].id, one.question].append(one)
    return [Tries(person, question, ones) for (person, question), ones in found.items()]


def first_tries(world: World, lessons: Lessons) -> Iterator[Row]:
    every = by_question(world)
    for one in tries(world):
        person, first = world.people[one.person], one.statements[0]
        yield about(lessons, every[one.question]) | {
            "person_id": person.id,
            "full_name": person.full_name,
            "cohort": person.cohort,
            "first_tried_at": first.at,
            "first_tried_local_day": world.local_day(first.at),
            "is_first_right": one.is_first_right,
            "attempts": len(one.statements),
            "attempts_to_right": one.until_right,
        }


def question_difficulty(world: World, lessons: Lessons) -> Iterator[Row]:
    every, by_one, in_lesson = by_question(world), defaultdict(list), defaultdict(list)
    for one in tries(world):
        by_one[one.question].append(one)
        in_lesson[one.person, lessons.place(one.question[0])].append(one)
    for question, ones in by_one.items():
        pairs = []
        for one in ones:
            others = [other for other in in_lesson[one.person, lessons.place(question[0])] if other is not one]
            if others:
                pairs.append((float(one.is_first_right), mean(other.is_first_right for other in others)))
        right = [one.until_right for one in ones if one.until_right]
        yield about(lessons, every[question]) | {
            "people_attempted": len(ones),
            "people_right_at_first": sum(one.is_first_right for one in ones),
            "people_right": len(right),
            "attempts": sum(len(one.statements) for one in ones),
            "first_try_correct": share(sum(one.is_first_right for one in ones), len(ones)),
            "attempts_to_right": float(median(right)) if right else None,
            "people_compared": len(pairs),
            "discrimination": correlation(pairs),
        }


def correlation(pairs: list[tuple[float, float]]) -> float | None:
    """Pearson's, which with one side 0 or 1 is the point-biserial; None under three or without spread."""
    if len(pairs) < 3:
        return None
    x, y = mean(one for one, _ in pairs), mean(other for _, other in pairs)
    xx, yy = sum((one - x) ** 2 for one, _ in pairs), sum((other - y) ** 2 for _, other in pairs)
    xy = sum((one - x) * (other - y) for one, other in pairs)
    return float(xy / (xx * yy) ** 0.5) if xx > 1e-12 and yy > 1e-12 else None
