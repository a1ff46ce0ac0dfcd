"""Conversations with the chatbot: exchanges, conversations, model_usage, user_conversations.

Lives here: counting them. Does not live here: labels (``enrichment/``) and the marts that are made of them.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from analytics_platform_tests.reference.landed import Json, OfEvent, flag, number, part, text
from analytics_platform_tests.reference.periods import average, rank
from analytics_platform_tests.reference.progress import share
from analytics_platform_tests.reference.world import World, actor_of

Row = dict[str, Any]
HANDOFF = "#AGENT"
NO_PARENT = (None, "", "00000000-0000-0000-0000-000000000000")


@dataclass(frozen=True)
class Chatted(OfEvent):
    """One exchange, or one conversation's own row."""

    @cached_property
    def actor(self) -> str | None:
        return actor_of("nocodb", self.facts)

    @cached_property
    def inputs(self) -> Json:
        """JSON, or JSON as a text inside JSON."""
        told = self.facts.get("inputs")
        if isinstance(told, str):
            try:
                told = json.loads(told)
            except ValueError:
                told = None
        return told if isinstance(told, dict) else {}

    def text(self, name: str) -> str | None:
        return text(self.facts.get(name))

    @property
    def parent(self) -> str | None:
        told = self.text("parent_message_id")
        return None if told in NO_PARENT else told

    @property
    def language(self) -> str | None:
        return text(part(self.inputs, "language"))

    @property
    def has_error(self) -> bool:
        return bool((self.text("error") or "").strip()) or self.text("status") == "error"

    @property
    def hands_over(self) -> bool:
        return HANDOFF in (self.text("answer") or "")

    @property
    def price(self) -> Decimal | None:
        try:
            told = self.text("total_price")
            return None if told is None else Decimal(told).quantize(Decimal("1e-9"))
        except InvalidOperation:
            return None


def exchanged(world: World) -> list[Chatted]:
    return [Chatted(event) for event in world.messages]


def regenerated(ones: Iterable[Chatted]) -> set[str]:
    """Further answers to a query that was answered before."""
    answered: set[tuple[str | None, str]] = set()
    found = set()
    for one in ones:
        if one.parent:
            key = (one.text("conversation_id"), one.parent)
            if key in answered:
                found.add(one.event.id)
            answered.add(key)
    return found


def added(values: Iterable[Any]) -> Any:
    """The sum of what was told; None where nothing was."""
    known = [value for value in values if value is not None]
    return sum(known[1:], known[0]) if known else None


def tokens(ones: list[Chatted]) -> Row:
    return {
        "query_tokens": added(number(one.facts.get("message_tokens")) for one in ones),
        "answer_tokens": added(number(one.facts.get("answer_tokens")) for one in ones),
    }


def only(values: Iterable[str | None]) -> str | None:
    """The one value that was told; None for none or several."""
    known = {value for value in values if value is not None}
    return known.pop() if len(known) == 1 else None


def exchanges(world: World) -> Iterator[Row]:
    again = regenerated(exchanged(world))
    for one in exchanged(world):
        yield (
            tokens([one])
            | world.who(one.actor)
            | {
                "message_id": one.event.id,
                "conversation_id": one.text("conversation_id"),
                "parent_message_id": one.parent,
                "day": one.event.day,
                "local_day": world.local_day(one.at),
                "exchanged_at": one.at,
                "app_id": one.text("app_id"),
                "model_provider": one.text("model_provider"),
                "model_id": one.text("model_id"),
                "language": one.language,
                "tier": text(part(one.inputs, "tier")),
                "status": one.text("status"),
                "total_price": one.price,
                "currency": one.text("currency"),
                "latency_seconds": number(one.facts.get("provider_response_latency")),
                "is_agent_based": flag(one.facts.get("agent_based")),
                "is_regenerated": one.event.id in again,
                "has_error": one.has_error,
                "is_handed_over": one.hands_over,
            }
        )


def conversations(world: World) -> Iterator[Row]:
    own = {event.id: Chatted(event) for event in world.conversations}
    talks, again = defaultdict(list), regenerated(exchanged(world))
    for one in exchanged(world):
        talks[one.text("conversation_id")].append(one)
    for id in {*own, *talks}:
        row, talk = own.get(id), talks.get(id, [])
        if row and flag(row.facts.get("is_deleted")):
            continue
        every = sorted([*talk, *([row] if row else [])], key=lambda one: one.at)
        currencies = {one.text("currency") for one in talk if one.text("currency")}
        languages = {one.language for one in every if one.language}
        actor = (row.actor if row else None) or next((one.actor for one in talk if one.actor), None)
        yield (
            tokens(talk)
            | world.who(actor)
            | {
                "conversation_id": id,
                "app_id": (row.text("app_id") if row else None) or next((one.text("app_id") for one in talk), None),
                "mode": row.text("mode") if row else None,
                "status": row.text("status") if row else None,
                "is_row_received": row is not None,
                "first_at": every[0].at,
                "last_at": every[-1].at,
                "first_local_day": world.local_day(every[0].at),
                "message_count": len(talk),
                "exchange_count": sum(one.event.id not in again for one in talk),
                "error_count": sum(one.has_error for one in talk),
                "is_handed_over": any(one.hands_over for one in talk),
                "total_price": added(one.price for one in talk if one.text("currency"))
                if len(currencies) < 2
                else None,
                "currency": only(currencies),
                "language": only(languages),
                "is_multilingual": len(languages) > 1,
            }
        )


def _counted(ones: list[Chatted], again: set[str]) -> Row:
    return tokens(ones) | {
        "messages": len(ones),
        "exchanges": sum(one.event.id not in again for one in ones),
        "conversations": len({one.text("conversation_id") for one in ones}),
        "errors": sum(one.has_error for one in ones),
        "handoffs": sum(one.hands_over for one in ones),
        # A price of no currency is no money.
        "total_price": added(one.price for one in ones if one.text("currency")),
    }


def model_usage(world: World) -> Iterator[Row]:
    found, again = defaultdict(list), regenerated(exchanged(world))
    for one in exchanged(world):
        named = [one.text(name) or "unknown" for name in ("model_provider", "model_id", "app_id")]
        found[one.event.day, *named, one.text("currency") or "none"].append(one)
    for (day, provider, model, app, currency), ones in found.items():
        took = [value for one in ones if (value := number(one.facts.get("provider_response_latency"))) is not None]
        counted = _counted(ones, again)
        yield counted | {
            "day": day,
            "model_provider": provider,
            "model_id": model,
            "app_id": app,
            "currency": currency,
            "regenerations": counted["messages"] - counted["exchanges"],
            "users": len({one.actor for one in ones if one.actor}),
            "error_rate": share(counted["errors"], len(ones)),
            "timed_messages": len(took),
            "avg_latency_seconds": average(took),
            "p50_latency_seconds": rank(took, 50),
            "p95_latency_seconds": rank(took, 95),
        }


def user_conversations(world: World) -> Iterator[Row]:
    found, again = defaultdict(list), regenerated(exchanged(world))
    for one in exchanged(world):
        if one.actor:
            found[world.people[one.actor].id, world.local_day(one.at), one.text("currency") or "none"].append(one)
    for (who, day, currency), ones in found.items():
        yield _counted(ones, again) | {
            "person_id": who,
            "local_day": day,
            "currency": currency,
            "models": len({one.text("model_id") for one in ones if one.text("model_id")}),
        }
