"""What the evening message says: which lessons, who is where, flagged answers, quotes, insights. Pure.

Everything is computed from the facts, and what cannot be computed is absent. Does not live here: sentences
(``wording``), forms (``markdown``, ``page``, ``sheet``).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from analytics_platform.reports.names import Privacy, shown
from analytics_platform.reports.progress_data import Facts, Rows, day_before

Tone = Literal["celebratory", "encouraging", "supportive"]
QUOTES, LONGER_THAN, LONGEST = 5, 20, 400
TIERS = ("critical", "high", "medium")
FEWEST_LOST, LEAST_DROP = 3, 0.05  # people, and share of those who reached it, before a card is worth a word


@dataclass(frozen=True)
class LessonState:
    """One lesson for the cohort at the end of the day; the three lists are the roster."""

    lesson_id: str
    number: str | None
    name: str | None
    due_on: date | None
    completed: Rows
    partial: Rows
    not_started: Rows
    completed_before: int  # at the end of the day before
    on_time: int | None  # of the roster, once the day is due

    @property
    def size(self) -> int:
        return len(self.completed) + len(self.partial) + len(self.not_started)

    @property
    def title(self) -> str:
        number, name = self.number or "", self.name or ""
        if number:
            return f"Lesson {number}: {name}" if name else f"Lesson {number}"
        return name or self.lesson_id


@dataclass(frozen=True)
class Answer:
    """One answer to show; ``by`` is empty where names may not be shown."""

    by: str
    lesson: str
    question: str
    words: str
    tier: str = ""
    rules: str = ""
    person_id: str = ""


@dataclass(frozen=True)
class Drop:
    """The card at which most people of a lesson stopped, over all cohorts."""

    place: int
    question: str
    lost: int
    reached: int


@dataclass(frozen=True)
class Message:
    """All that is said. ``main`` is None before the cohort has begun anything."""

    cohort: str
    day: date
    privacy: Privacy
    size: int
    counted: int | None
    main: LessonState | None
    others: tuple[LessonState, ...]
    tone: Tone | None
    flagged: tuple[Answer, ...]
    quotes: tuple[Answer, ...]
    active: int  # members who started, completed or answered today
    finished_today: int  # completions today, of any lesson
    finished_before: int  # completions of the day before
    feelings: Mapping[str, int]  # free answers of today by sentiment
    themes: Mapping[str, int]  # free answers of today by theme, unknown left out
    drop: Drop | None
    silent: int
    silent_as_of: date | None
    next_title: str | None
    last_day: str | None


def compose(facts: Facts, privacy: Privacy) -> Message:
    """Decide everything that the message says."""
    states = {lesson: _state(facts, lesson) for lesson in _lessons_of_the_day(facts)}
    main = _main_lesson(facts)
    lead = states.pop(main, None) if main else None
    finished = Counter(row["completed_local_day"] for row in facts.progress)
    silent_days = {row["as_of_day"] for row in facts.silent}
    free = [row for row in facts.answers if row["sentiment"] is not None]
    return Message(
        cohort=facts.cohort,
        day=facts.day,
        privacy=privacy,
        size=len(facts.members),
        counted=facts.counted,
        main=lead,
        others=tuple(states.values()),
        tone=tone(len(lead.completed), lead.size) if lead else None,
        flagged=_flagged(facts, privacy),
        quotes=_quotes(facts, privacy),
        active=len(_active(facts)),
        finished_today=finished[facts.day],
        finished_before=finished[day_before(facts)],
        feelings=Counter(row["sentiment"] for row in free),
        themes=Counter(row["theme"] for row in free if row["theme"] not in (None, "unknown")),
        drop=_drop(facts, main),
        silent=len({row["person_id"] for row in facts.silent}),
        silent_as_of=max(silent_days, default=None),
        next_title=_next_title(facts, main),
        last_day=facts.last_day,
    )


def tone(completed: int, size: int) -> Tone | None:
    """> 70 % completed is celebratory, > 40 % encouraging, else supportive; without a roster there is no share."""
    if not size:
        return None
    share = completed / size
    return "celebratory" if share > 0.7 else "encouraging" if share > 0.4 else "supportive"


def _active(facts: Facts) -> set[str]:
    return {row["person_id"] for row in facts.progress if _moved(facts, row)} | {
        row["person_id"] for row in facts.answered
    }


def _moved(facts: Facts, row: Mapping[str, Any]) -> bool:
    return facts.day in (row["started_local_day"], row["completed_local_day"])


def _main_lesson(facts: Facts) -> str | None:
    """What is due today; else the next due of those begun; else where most moved today; else the furthest begun."""
    begun = {row["lesson_id"] for row in facts.progress}
    moved = Counter(row["lesson_id"] for row in facts.progress if _moved(facts, row))
    due = [row for row in facts.lessons if row["due_on"] and row["due_on"] >= facts.day]
    today = [row for row in due if row["due_on"] == facts.day]
    coming = sorted((row for row in due if row["lesson_id"] in begun), key=lambda row: (row["due_on"], row["position"]))
    # max keeps the first of equals, so the lessons stand from the last to the first.
    furthest = [row for row in reversed(facts.lessons) if row["lesson_id"] in begun]
    furthest = [max(furthest, key=lambda row: moved[row["lesson_id"]])] if furthest else []
    chosen = today[-1:] or coming[:1] or furthest
    return chosen[0]["lesson_id"] if chosen else None


def _lessons_of_the_day(facts: Facts) -> list[str]:
    """The main lesson and every lesson with activity today, in the order of the course."""
    touched = {row["lesson_id"] for row in facts.answered if row["lesson_id"]} | {
        row["lesson_id"]
        for row in facts.progress
        if facts.day in (row["started_local_day"], row["completed_local_day"])
    }
    main = _main_lesson(facts)
    places = {row["lesson_id"]: row["position"] for row in facts.lessons}
    known = {row["lesson_id"] for row in facts.progress} | places.keys()
    wanted = (touched | ({main} if main else set())) & known
    return sorted(wanted, key=lambda lesson: (places.get(lesson, len(places) + 1), lesson))


def _state(facts: Facts, lesson: str) -> LessonState:
    rows = {row["person_id"]: row for row in facts.progress if row["lesson_id"] == lesson}
    known = next((row for row in facts.lessons if row["lesson_id"] == lesson), None) or next(iter(rows.values()))
    by_status: dict[str | None, Rows] = {"completed": [], "partial": [], None: []}
    for member in facts.members:
        by_status[rows[member["person_id"]]["status"] if member["person_id"] in rows else None].append(member)
    due = known["due_on"]
    done = [row["completed_local_day"] for row in rows.values() if row["status"] == "completed"]
    return LessonState(
        lesson_id=lesson,
        number=known["lesson_number"],
        name=known["lesson_name"],
        due_on=due,
        completed=by_status["completed"],
        partial=by_status["partial"],
        not_started=by_status[None],
        completed_before=sum(day < facts.day for day in done),
        on_time=sum(day <= due for day in done) if due and due <= facts.day else None,
    )


def _flagged(facts: Facts, privacy: Privacy) -> tuple[Answer, ...]:
    """The gravest first; an unknown tier counts as the gravest, so that nothing slips down the list."""
    flagged = [row for row in facts.answers if row["is_flagged"]]
    grave = {tier: place for place, tier in enumerate(TIERS)}
    flagged.sort(key=lambda row: (grave.get(row["safety_tier"], -1), row["answer_id"]))
    return tuple(_answer(row, privacy) for row in flagged)


def _quotes(facts: Facts, privacy: Privacy) -> tuple[Answer, ...]:
    """Five answers of five people: longer than 20 characters, none flagged, growth and gratitude first."""
    flagged_people = {row["person_id"] for row in facts.answers if row["is_flagged"]}
    fitting = [
        row
        for row in facts.answers
        if not row["is_flagged"] and LONGER_THAN < len((row["words"] or "").strip()) <= LONGEST
        and row["person_id"] not in flagged_people and row["sentiment"] != "negative"
    ]  # fmt: skip
    fitting.sort(key=_worth)
    chosen: dict[str, dict[str, Any]] = {}
    said: set[str] = set()
    for row in fitting:
        if row["person_id"] not in chosen and row["words"] not in said:
            chosen[row["person_id"]] = row
            said.add(row["words"])
    return tuple(_answer(row, privacy) for row in list(chosen.values())[:QUOTES])


def _worth(row: Mapping[str, Any]) -> tuple[Any, ...]:
    kinds = (row["positives"] or "").split("|") if row["positives"] else []
    return (
        "growth" not in kinds,
        -len(kinds),
        {"positive": 0, "mixed": 1}.get(row["sentiment"], 2),
        -min(len(row["words"]), 120),  # a whole thought rather than a fragment
        row["answer_id"],
    )


def _answer(row: Mapping[str, Any], privacy: Privacy) -> Answer:
    number, name = row["lesson_number"], row["lesson_name"]
    unnumbered = f"“{name}”" if name else "an activity outside the lesson map"
    return Answer(
        by=shown(row["full_name"], privacy),
        lesson=f"lesson {number}" if number else unnumbered,
        question=row["question"] or "",
        words=(row["words"] or "").strip(),
        tier=row["safety_tier"] or "",
        rules=row["safety_rules"] or "",
        person_id=row["person_id"],
    )


def _drop(facts: Facts, lesson: str | None) -> Drop | None:
    cards = [row for row in facts.dropoff if row["lesson_id"] == lesson and row["people_lost"] >= FEWEST_LOST]
    cards = [row for row in cards if row["drop_off"] >= LEAST_DROP]
    worst = max(cards, key=lambda row: (row["drop_off"], -row["place"]), default=None)
    if worst is None:
        return None
    return Drop(worst["place"], worst["question"] or "", worst["people_lost"], worst["people_reached"])


def _next_title(facts: Facts, lesson: str | None) -> str | None:
    """The lesson after the main one; the first one when nothing has begun; None at the end of the course."""
    ids = [row["lesson_id"] for row in facts.lessons]
    after: Sequence[dict[str, Any]] = facts.lessons[ids.index(lesson) + 1 :] if lesson in ids else facts.lessons
    if not after:
        return None
    number, name = after[0]["lesson_number"], after[0]["lesson_name"]
    return ", ".join(part for part in (f"lesson {number}" if number else "", name) if part) or None
