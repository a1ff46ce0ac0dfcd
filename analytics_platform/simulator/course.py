"""Who takes which lesson on which day and how far: known before any statement is made.

Lives here: the plan of progress, the lesson at which people stop, and who gives the answers that must be found again.
Does not live here: the lessons themselves (``lessons``), statements (``statements``).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics_platform.simulator.lessons import lessons
from analytics_platform.simulator.people import People
from analytics_platform.simulator.texts import Ints
from analytics_platform.simulator.words import LANGUAGES

DROP_LESSON = 6
DROP_AFTER_CARD = 5  # the next card asks for five sentences
DROP_SHARE = 0.35
_LEAVES_COURSE = 0.02  # at any lesson


@dataclass(frozen=True)
class Course:
    """[person, lesson]: the day on which it is taken (plan.days: never) and the number of cards reached."""

    started: Ints
    reached: Ints
    planted: list[dict[str, Any]]  # who gives a planted answer to which card


def plan_course(people: People) -> Course:
    plan, catalogue = people.plan, lessons()
    rng = plan.rng("course")
    shape = (people.count, len(catalogue.urls))
    pace = rng.uniform(0.85, 1.15, (people.count, 1))
    gap = max(2.0, plan.days / (shape[1] - 0.5))  # the course lasts to the end: its last days are no thin ones
    started = people.joined[:, None] + np.floor(np.arange(shape[1]) * gap * pace).astype(np.int64)
    started = _after_weekend(started, plan.start.weekday(), rng.random(shape) < 0.7)
    reached = np.broadcast_to(catalogue.sizes, shape).copy()
    # A few leave the course in the midst of a lesson, at any card.
    leaving = np.cumsum(rng.random(shape) < _LEAVES_COURSE, axis=1)
    part = 1 + np.floor(rng.random(shape) * (catalogue.sizes - 1)).astype(np.int64)
    leaves_here = (leaving == 1) & (np.diff(leaving, axis=1, prepend=0) == 1)
    gone = (leaving > 0) & ~leaves_here
    stops_here = rng.random(people.count) < DROP_SHARE
    reached[stops_here, DROP_LESSON] = DROP_AFTER_CARD
    # Who falls silent does so in the midst of the last lesson taken.
    gone |= started >= people.stops[:, None]
    silent = people.stops < plan.days
    taken = (~gone & (started < plan.days)).sum(axis=1)
    last = (taken - 1).clip(0)
    leaves_here[silent, last[silent]] = True
    reached = np.where(leaves_here, np.minimum(part, reached), reached)
    started = np.where(gone | (started >= plan.days), plan.days, started)
    return Course(started, reached, _give_answers(people, started, reached, rng))


def _after_weekend(started: Ints, weekday: int, moved: Any) -> Ints:
    """Most lessons that fall on a weekend are taken on Monday; their order stays."""
    weekdays = (started + weekday) % 7
    shift = np.where(moved & (weekdays >= 5), 7 - weekdays, 0)
    return np.maximum.accumulate(started + shift, axis=1)


def _give_answers(people: People, started: Ints, reached: Ints, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Give each planted answer to some people's form cards; one more round for every 300 people."""
    catalogue = lessons()
    form = [i for i, kind in enumerate(catalogue.card_types) if kind == "form"]
    lesson_of = np.searchsorted(catalogue.first_card, form, side="right") - 1
    place = np.array(form) - catalogue.first_card[lesson_of]
    given: list[dict[str, Any]] = []
    used: set[tuple[int, int]] = set()
    for _ in range(max(1, people.count // 300)):
        for answer in catalogue.planted:
            speaks = people.language == LANGUAGES.index(answer["language"])
            for _attempt in range(20):
                person, which = int(rng.integers(people.count)), int(rng.integers(len(form)))
                lesson = lesson_of[which]
                there = started[person, lesson] < people.plan.days and reached[person, lesson] > place[which]
                if there and (speaks[person] or not speaks.any()) and (person, which) not in used:
                    used.add((person, which))
                    given.append(answer | {"person": person, "card": form[which]})
                    break
    return given
