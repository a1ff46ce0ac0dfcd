"""Statements of the course as 7taps sends them: lessons launched, cards answered and answered again, few completions.

An account, no time on most, success for any opinion. Does not live here: how far people get (``course``).
"""

import numpy as np
from numpy.typing import NDArray

from analytics_platform.simulator import verbs
from analytics_platform.simulator.batch import Facts
from analytics_platform.simulator.blocks import NO_RESULT, Block, durations
from analytics_platform.simulator.lessons import lessons
from analytics_platform.simulator.organisation import Organisation
from analytics_platform.simulator.plan import SECOND
from analytics_platform.simulator.rhythm import LATEST, places, times_of_day
from analytics_platform.simulator.texts import Catalogue, Ints


def course_block(organisation: Organisation, day: int, rng: np.random.Generator) -> tuple[Block, dict[int, int]]:
    """The lessons that people take today, card by card; and the rows that hold planted answers (row -> which)."""
    catalogue, course = lessons(), organisation.course
    person, lesson = np.nonzero(course.started == day)
    done = course.reached[person, lesson] == catalogue.sizes[lesson]
    signals = done & (rng.random(len(person)) < 0.25)
    taking, step = places(course.reached[person, lesson] + 1 + signals)
    is_launch, is_completion = step == 0, step == (course.reached[person, lesson] + 1)[taking]
    card = np.where(is_launch | is_completion, -1, catalogue.first_card[lesson[taking]] + step - 1)
    began = times_of_day(rng, len(person), LATEST - 1200 * SECOND)[taking]
    pause = (step * 40 * SECOND) + (rng.random(len(step)) * 30 * SECOND).astype(np.int64)
    who = person[taking]
    launch = np.where(rng.random(len(who)) < 0.5, verbs.number_of("launched"), verbs.number_of("experienced"))
    verb = np.select([is_launch, is_completion], [launch, verbs.number_of("completed")], verbs.number_of("answered"))
    result = _answer(organisation, who, card.clip(0), rng)
    planted = _give_planted(organisation, who, card, result)
    completion = len(catalogue.results)  # the text after the catalogue's
    result = np.select([is_launch, is_completion], [completion + 1, completion], result)
    claims = rng.random(len(who)) < 0.25
    objects = np.where(
        card < 0, 2 * catalogue.cards + lesson[taking], card + catalogue.cards * (rng.random(len(who)) < 0.3)
    )
    block = Block(
        person=who.astype(np.int32),
        happened=organisation.plan.midnight(day) + began + pause,
        claims=claims,
        wrapped=(card >= 0) & ~claims & (rng.random(len(who)) < 0.04),
        group=np.arange(len(who), dtype=np.int64),
        actor=who.astype(np.int64),
        verb=verbs.shown(rng, verb, 0.6),
        object=Catalogue.of(catalogue.objects, objects),
        result=Catalogue.of([*catalogue.results, '"result":{"completion":true', ""], result),
        duration=np.where(is_launch, NO_RESULT, durations(rng, len(who), 0.06)),
    )
    return block, planted


def course_facts(organisation: Organisation, course: Block, members: list[int]) -> Facts:
    """What files must fit: the answers of some people, and when who reached the last card of a lesson."""
    catalogue, facts = lessons(), Facts()
    who, card = course.person.astype(np.int64), course.object.index
    is_card = card < 2 * catalogue.cards
    card = card % catalogue.cards
    told = np.flatnonzero(is_card & np.isin(who, members))
    facts.answers = list(zip(who[told].tolist(), card[told].tolist(), course.result.index[told].tolist(), strict=True))
    lesson = np.searchsorted(catalogue.first_card, card, side="right") - 1
    last = np.flatnonzero(is_card & (card == catalogue.first_card[lesson] + catalogue.sizes[lesson] - 1))
    times = course.happened[last].tolist()
    facts.completions = dict(zip(zip(who[last].tolist(), lesson[last].tolist(), strict=True), times, strict=True))
    return facts


def repetition_block(organisation: Organisation, day: int, rng: np.random.Generator, count: int) -> Block:
    """Cards answered again, each one reached before: what is true of progress stays true."""
    catalogue, course = lessons(), organisation.course
    lessons_taken = (course.started <= day).sum(axis=1)
    pool = organisation.present(day)
    pool = pool[lessons_taken[pool] > 0]
    count = count if len(pool) else 0
    who = pool[rng.integers(0, max(1, len(pool)), count)]
    lesson = np.floor(rng.random(count) * lessons_taken[who]).astype(np.int64)
    card = catalogue.first_card[lesson] + np.floor(rng.random(count) * course.reached[who, lesson]).astype(np.int64)
    claims = rng.random(count) < 0.25
    return Block(
        person=who.astype(np.int32),
        happened=organisation.plan.midnight(day) + times_of_day(rng, count),
        claims=claims,
        wrapped=~claims & (rng.random(count) < 0.04),
        group=np.arange(count, dtype=np.int64),
        actor=who.astype(np.int64),
        verb=verbs.shown(rng, np.full(count, verbs.number_of("answered")), 0.6),
        object=Catalogue.of(catalogue.objects, card + catalogue.cards * (rng.random(count) < 0.3)),
        result=Catalogue.of(catalogue.results, _answer(organisation, who, card, rng)),
        duration=durations(rng, count, 0.06),
    )


def _answer(organisation: Organisation, who: NDArray[np.int64], card: Ints, rng: np.random.Generator) -> Ints:
    catalogue = lessons()
    language = organisation.people.language[who]
    first, end = catalogue.answers_from[card, language], catalogue.answers_to[card, language]
    return first + np.floor(rng.random(len(who)) * (end - first)).astype(np.int64)


def _give_planted(organisation: Organisation, who: NDArray[np.int64], card: Ints, result: Ints) -> dict[int, int]:
    """Put today's planted answers into ``result``."""
    rows: dict[int, int] = {}
    for number, answer in enumerate(organisation.course.planted):
        for row in np.flatnonzero((who == answer["person"]) & (card == answer["card"])):
            result[row] = answer["result"]
            rows[int(row)] = number
    return rows
