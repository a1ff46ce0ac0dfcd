"""nocodb/conversations: one row per conversation, as NocoDB mirrors the chatbot builder's table.

Does not live here: who talks when (``chat``), the exchanges (``messages``).
"""

from collections import Counter

import numpy as np

from analytics_platform.simulator.batch import Batch, Facts, Pieces
from analytics_platform.simulator.chat import CONVERSATIONS, draw_talk, edits, other_id, who
from analytics_platform.simulator.chat_words import talk_words
from analytics_platform.simulator.organisation import Organisation
from analytics_platform.simulator.texts import Catalogue, Ints, iso_time, joined, number, uuid, whole_seconds


def draw_conversations(organisation: Organisation, day: int) -> Batch:
    """The conversations of one day; a third of them is edited later, when the builder has written a summary."""
    talk, rng = draw_talk(organisation, day), organisation.plan.rng("conversations", day)
    words, rows = talk_words(), np.arange(len(talk), dtype=np.int64)
    language = organisation.people.language[talk.person]
    edited = edits(organisation, day, rng, talk.began, 0.3)

    def pieces(claimed: Ints) -> Pieces:
        return {
            "open": "{",
            "id": joined('"id":"', uuid(talk.id), '",'),
            "created": joined('"created_at":"', iso_time(claimed), '",'),
            "mirrored": joined('"CreatedAt":"', whole_seconds(claimed), '",'),
            "updated": '"UpdatedAt":null,',
            **who(organisation, talk, rows),
            "name": Catalogue.of(words.names, talk.topic * 3 + language),
            "summary": '"summary":null,',
            "count": '"dialogue_count":0,',
            "rest": '"mode":"chat","status":"normal","from_source":"api","invoke_from":"web-app",'
            '"system_instruction":"","system_instruction_tokens":0,"is_deleted":0}',
        }

    return Batch(
        table=CONVERSATIONS,
        person=talk.person.astype(np.int32),
        happened=talk.began,
        claims=np.ones(len(talk), np.bool_),
        named=np.ones(len(talk), np.bool_),
        group=rows,
        pieces=pieces,
        variants={
            "missing_id": lambda _: {"id": ""},
            "impossible_time": lambda _: {"id": other_id(talk.id), "created": '"created_at":"yesterday",'},
            "edited": lambda _: {
                "updated": joined('"UpdatedAt":"', whole_seconds(edited), '",'),
                "summary": Catalogue.of(words.summaries, talk.topic),
                "count": joined('"dialogue_count":', number(talk.exchanges), ","),
            },
        },
        edited=edited,
        facts=lambda _event_time: Facts(Counter({"chat.conversations": len(talk)})),
    )
