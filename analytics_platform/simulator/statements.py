"""xapi/statements: the course, another learning system and video statements of a day, chained into one batch.

Does not live here: what each of them says (``course_statements``, ``other_system``, ``profile``).
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics_platform.contracts import TABLES
from analytics_platform.simulator import verbs
from analytics_platform.simulator.batch import Batch, Facts, Pieces
from analytics_platform.simulator.blocks import DURATIONS, Block, chain
from analytics_platform.simulator.course_statements import course_block, course_facts, repetition_block
from analytics_platform.simulator.files import sample
from analytics_platform.simulator.organisation import Organisation
from analytics_platform.simulator.other_system import other_system_block
from analytics_platform.simulator.plan import MOST_PEOPLE
from analytics_platform.simulator.profile import STATEMENTS_PER_VIEW, profile_block
from analytics_platform.simulator.texts import (
    Catalogue,
    Ints,
    identifiers,
    iso_time,
    optional,
    others,
    uuid,
    uuid_texts,
)
from analytics_platform.simulator.viewing import ViewCounts, draw_views

TABLE = TABLES["xapi/statements"]
_VIDEO_SHARE, _OTHER_SHARE, _REPETITION_SHARE = 0.08, 0.15, 0.05


def draw_statements(organisation: Organisation, day: int) -> Batch:
    """The statements of one day."""
    plan, rng = organisation.plan, organisation.plan.rng("statements", day)
    course, planted = course_block(organisation, day, rng)
    asked = plan.asked(TABLE.path)
    if asked is None:
        asked = round(
            (len(course) + len(organisation.present(day))) / (1 - _VIDEO_SHARE - _OTHER_SHARE - _REPETITION_SHARE)
        )
    rest = max(0, asked - len(course))
    viewed, other = (min(rest, round(asked * share)) for share in (_VIDEO_SHARE, _OTHER_SHARE))
    views = draw_views(
        plan.rng("profile", day),
        organisation.people,
        organisation.present(day),
        plan.midnight(day),
        round(viewed / STATEMENTS_PER_VIEW),
    )
    profile = profile_block(views)
    other = min(other, max(0, rest - len(profile)))
    again = repetition_block(organisation, day, rng, max(0, rest - len(profile) - other))
    other_block = other_system_block(organisation, day, rng, max(0, rest - len(profile) - len(again)))
    block = chain([course, again, other_block, profile])
    ids = identifiers(rng, len(block))
    told = course_facts(organisation, course, sample(organisation)) if plan.people <= MOST_PEOPLE else Facts()
    known, count = np.unique(block.actor), organisation.people.count
    told.actors = {"course": known[known < count], "mbox": known[known >= count] - count}
    return _batch(organisation, block, ids, planted, replace(told, viewing=ViewCounts.of(views)))


def _batch(
    organisation: Organisation, block: Block, ids: NDArray[np.uint8], planted: dict[int, int], told: Facts
) -> Batch:
    actor = Catalogue.of(organisation.people.actors, block.actor)

    def pieces(claimed: Ints) -> Pieces:
        envelope = ('"event_type":"xapi_statement","timestamp":"', iso_time(claimed), '","data":{')
        return {
            "open": "{",
            "envelope": optional(block.wrapped, *envelope),
            "id": '"id":"',
            "id_value": uuid(ids),
            "id_end": '",',
            "actor": actor,
            "verb": Catalogue.of(verbs.PIECES, block.verb),
            "object": block.object,
            "result": block.result,
            "duration": Catalogue.of(DURATIONS, block.duration),
            "time": optional(block.claims, '"timestamp":"', iso_time(claimed), '",'),
            "version": '"version":"1.0.3"',
            "envelope_end": optional(block.wrapped, "}"),
            "close": "}",
        }

    def facts(_event_time: Ints) -> Facts:
        texts = uuid_texts(ids[list(planted)]).to_pylist() if planted else []
        found = [
            {"statement_id": text, **organisation.course.planted[number]}
            for text, number in zip(texts, planted.values(), strict=True)
        ]
        return replace(told, planted=found)

    other_ids = uuid(others(ids))  # a broken copy is another statement
    return Batch(
        table=TABLE,
        person=block.person,
        happened=block.happened,
        claims=block.claims,
        named=np.ones(len(block), np.bool_),
        group=block.group,
        pieces=pieces,
        variants={
            "missing_id": lambda _: {"id": "", "id_value": "", "id_end": ""},
            "missing_actor": lambda _: {
                "id_value": other_ids,
                "actor": '"actor":{"objectType":"Agent","name":"Unknown"},',
            },
            "missing_verb": lambda _: {"id_value": other_ids, "verb": '"verb":{"display":{"en-US":"answered"}},'},
            "missing_object": lambda _: {"id_value": other_ids, "object": '"object":{"objectType":"Activity"},'},
            "impossible_time": lambda _: {"id_value": other_ids, "time": '"timestamp":"2026-13-45T25:61:00Z",'},
            "conflict": lambda _: {"verb": '"verb":{"id":"http://adlnet.gov/expapi/verbs/interacted"},'},
        },
        facts=facts,
    )
