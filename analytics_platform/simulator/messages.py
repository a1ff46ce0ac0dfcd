"""nocodb/messages: one row per exchange, a question and its answer, as NocoDB mirrors the chatbot builder's table.

Does not live here: who talks when (``chat``), the conversations' own rows (``conversations``).
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics_platform.simulator.batch import Batch, Facts, Pieces
from analytics_platform.simulator.chat import CURRENCIES, MESSAGES, Talk, draw_talk, edits, other_id, who
from analytics_platform.simulator.chat_words import TalkWords, talk_words
from analytics_platform.simulator.organisation import Organisation
from analytics_platform.simulator.plan import SECOND
from analytics_platform.simulator.rhythm import places
from analytics_platform.simulator.texts import (
    Bools,
    Catalogue,
    Ints,
    identifiers,
    iso_time,
    joined,
    member,
    money,
    number,
    optional,
    uuid,
    whole_seconds,
)

# Millionths of the currency for a token of the prompt; one of the answer costs three times as much.
_RATES = np.array([90, 40_000, 3])


@dataclass(frozen=True)
class Exchanges:
    """Columns, one entry for each exchange; questions and answers are places in the catalogue."""

    of: Ints  # the conversation
    ids: NDArray[np.uint8]
    parent: Ints  # -1: none
    again: Bools  # a regenerated answer
    question: Ints
    answer: Ints
    handed: Bools
    failed: Bools
    query_tokens: Ints
    answer_tokens: Ints
    rate: Ints
    latency: NDArray[np.float64]
    happened: Ints
    edited: Ints

    @property
    def price(self) -> Ints:
        return self.rate * (self.query_tokens + 3 * self.answer_tokens)


def draw_messages(organisation: Organisation, day: int) -> Batch:
    """The exchanges of one day."""
    talk, words = draw_talk(organisation, day), talk_words()
    rows = _exchanges(organisation, day, talk, words)
    count = len(rows.of)
    return Batch(
        table=MESSAGES,
        person=talk.person[rows.of].astype(np.int32),
        happened=rows.happened,
        claims=np.ones(count, np.bool_),
        named=np.ones(count, np.bool_),
        group=np.arange(count, dtype=np.int64),
        pieces=lambda claimed: _pieces(organisation, talk, words, rows, claimed),
        variants={
            "missing_id": lambda _: {"id": ""},
            "missing_conversation": lambda _: {"id": other_id(rows.ids), "conversation": ""},
            "impossible_time": lambda _: {"id": other_id(rows.ids), "created": '"created_at":"2026-13-45 25:61:00",'},
            "edited": lambda _: {
                "updated": joined('"UpdatedAt":"', whole_seconds(rows.edited), '",'),
                "status": '"status":"reviewed","error":null,',
            },
        },
        edited=rows.edited,
        facts=lambda _event_time: Facts(_counts(talk, words, rows)),
    )


def _exchanges(organisation: Organisation, day: int, talk: Talk, words: TalkWords) -> Exchanges:
    """Draw what is said: hand-offs, regenerated answers, errors, tokens, later edits."""
    rng = organisation.plan.rng("messages", day)
    of, step = places(talk.exchanges)
    count, language = len(of), organisation.people.language[talk.person[of]]
    slot = talk.topic[of] * 3 + language
    # A regenerated answer is a sibling: the same parent and the same question as the exchange before it.
    again: Bools = (step > 0) & (rng.random(count) < 0.04)
    again[1:] &= ~again[:-1]
    question = words.ask_from[slot] + np.floor(rng.random(count) * words.ask_count[slot]).astype(np.int64)
    question[again] = question[np.flatnonzero(again) - 1]
    answer = words.answer_from[slot] + np.floor(rng.random(count) * words.answer_count[slot]).astype(np.int64)
    handed: Bools = (step == talk.exchanges[of] - 1) & (rng.random(len(talk)) < 0.12)[of]
    failed: Bools = ~handed & (rng.random(count) < 0.02)
    happened = talk.began[of] + (step * 55 * SECOND) % (3000 * SECOND) + step * 1000
    return Exchanges(
        of=of,
        ids=identifiers(rng, count),
        parent=np.where(step > again, np.arange(count, dtype=np.int64) - 1 - again, -1),
        again=again,
        question=question,
        answer=np.select([handed, failed], [words.handoff_from + language, words.nothing], answer),
        handed=handed,
        failed=failed,
        query_tokens=rng.integers(80, 1500, count),
        answer_tokens=np.where(failed, 0, rng.integers(10, 400, count)),
        rate=_RATES[talk.currency[of]],
        latency=np.round(rng.lognormal(0.6, 0.5, count), 3),
        happened=happened,
        # A person reviews an exchange later; what failed is not reviewed.
        edited=np.where(failed, -1, edits(organisation, day, rng, happened, 0.03)),
    )


def _pieces(organisation: Organisation, talk: Talk, words: TalkWords, rows: Exchanges, claimed: Ints) -> Pieces:
    error = np.where(rows.failed, 1 + rows.question % (len(words.statuses) - 1), 0)
    tokens = ('"message_tokens":', number(rows.query_tokens), ',"answer_tokens":', number(rows.answer_tokens), ",")
    prices = ('"message_unit_price":"', money(rows.rate), '","answer_unit_price":"', money(3 * rows.rate))
    return {
        "open": "{",
        "id": joined('"id":"', uuid(rows.ids), '",'),
        "conversation": joined('"conversation_id":"', uuid(talk.id, rows.of), '",'),
        "parent": optional(rows.parent >= 0, '"parent_message_id":"', uuid(rows.ids, rows.parent), '",'),
        "created": joined('"created_at":"', iso_time(claimed), '",'),
        "mirrored": joined('"CreatedAt":"', whole_seconds(claimed), '",'),
        "updated": '"UpdatedAt":null,',
        **who(organisation, talk, rows.of),
        "query": Catalogue.of(words.queries, rows.question),
        "answer": Catalogue.of(words.answers, rows.answer),
        "tokens": joined(*tokens),
        "prices": joined(*prices, '","total_price":"', money(rows.price), '",'),
        "currency": Catalogue.of([member("currency", name) for name in CURRENCIES], talk.currency[rows.of]),
        "latency": joined('"provider_response_latency":', number(rows.latency), ","),
        "status": Catalogue.of(words.statuses, error),
        "rest": '"from_source":"api","invoke_from":"web-app","agent_based":0,"message_metadata":"{}"}',
    }


def _counts(talk: Talk, words: TalkWords, rows: Exchanges) -> Counter[str]:
    counts = Counter({"chat.exchanges": len(rows.of), "chat.regenerated": int(rows.again.sum())})
    counts |= Counter({"chat.failed": int(rows.failed.sum()), "chat.handed_to_a_person": int(rows.handed.sum())})
    for i, name in enumerate(words.topics):
        counts[f"chat_topics.{name}"] = int((talk.topic == i).sum())
    for i, name in enumerate(CURRENCIES):
        counts[f"chat_price_micros.{name}"] = int(rows.price[talk.currency[rows.of] == i].sum())
    return counts
