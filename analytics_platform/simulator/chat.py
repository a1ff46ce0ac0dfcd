"""Who talks to the bot, when and about what: the talk of a day, from which both NocoDB tables are drawn.

Drawn once for ``conversations`` and once for ``messages``, from the same random numbers, so that the two tables fit
together however they are made. Does not live here: rows of either table, the words (``words/chat.toml``).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics_platform.contracts import TABLES
from analytics_platform.simulator.chat_words import MODELS, talk_words
from analytics_platform.simulator.organisation import Organisation
from analytics_platform.simulator.plan import SECOND
from analytics_platform.simulator.rhythm import LATEST, spread, times_of_day
from analytics_platform.simulator.texts import Catalogue, Ints, Text, identifiers, joined, others, uuid

CONVERSATIONS, MESSAGES = TABLES["nocodb/conversations"], TABLES["nocodb/messages"]
EXCHANGES_PER_PERSON = 2.6  # that is present
EXCHANGES_PER_CONVERSATION = 5
CURRENCIES = ("THB", "IDR", "USD")


@dataclass(frozen=True)
class Talk:
    """The conversations of a day: columns, one entry for each conversation."""

    person: NDArray[np.int64]
    topic: Ints
    model: Ints
    currency: Ints
    began: Ints
    exchanges: Ints
    id: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.person)


def draw_talk(organisation: Organisation, day: int) -> Talk:
    plan, rng, present = organisation.plan, organisation.plan.rng("talk", day), organisation.present(day)
    messages, conversations = plan.asked(MESSAGES.path), plan.asked(CONVERSATIONS.path)
    if messages is None:
        messages, conversations = round(EXCHANGES_PER_PERSON * len(present)), None
    conversations = conversations or max(1, messages // EXCHANGES_PER_CONVERSATION)
    person = present[rng.integers(0, len(present), conversations)]
    return Talk(
        person=person,
        topic=rng.choice(len(talk_words().topics), conversations),
        model=rng.integers(0, len(MODELS), conversations),
        # The currency follows the language (en USD, th THB, id IDR), and the bill follows the conversation.
        currency=np.array([2, 0, 1])[organisation.people.language[person]],
        began=plan.midnight(day) + times_of_day(rng, conversations, LATEST - 3600 * SECOND),
        exchanges=spread(rng, max(messages, conversations), conversations),
        id=identifiers(rng, conversations),
    )


def who(organisation: Organisation, talk: Talk, of: Ints) -> dict[str, Catalogue]:
    person = talk.person[of]
    return {
        "user": Catalogue.of(organisation.people.chat_pieces, person),
        "model": Catalogue.of(MODELS, talk.model[of]),
        "inputs": Catalogue.of(organisation.people.inputs_pieces, person),
    }


def other_id(ids: NDArray[np.uint8]) -> Text:
    return joined('"id":"', uuid(others(ids)), '",')


def edits(organisation: Organisation, day: int, rng: np.random.Generator, happened: Ints, share: float) -> Ints:
    """When each row is edited (-1: never): within minutes, or on the next simulated day. Whole seconds."""
    plan = organisation.plan
    luck, next_day = rng.random(len(happened)), rng.random(len(happened)) < 0.5
    delay = np.where(next_day & (day + 1 < plan.days), 86_400, 400) * SECOND
    at = np.minimum(happened + delay, np.where(next_day, happened + delay, plan.midnight(day + 1) - 60 * SECOND))
    return np.where(luck < share, at // SECOND * SECOND, -1)
