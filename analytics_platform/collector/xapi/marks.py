"""Marks, the index terms of a statement, as 64-bit hashes: one index of (mark, place) serves every filter.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.3.s1
An actor or object has one mark, a mention elsewhere another; related_agents and related_activities ask for both.
Does not live here: the index (``store/``), reading the parameters of a request (``statement_query``).
"""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from analytics_platform.collector.xapi.agents import identities
from analytics_platform.collector.xapi.statements import PLACES

# An agent as actor or object, an agent elsewhere, the same for activities; verb and registration.
AGENT, OTHER_AGENT, ACTIVITY, OTHER_ACTIVITY, VERB, REGISTRATION = "a", "A", "o", "O", "v", "r"

Marks = tuple[int, ...]
_REMEMBERED = 300  # characters; longer values are not worth the memory


def mark(kind: str, value: str) -> int:
    """The mark of one value."""
    return _remembered(kind, value) if len(value) <= _REMEMBERED else _mark(kind, value)


def _mark(kind: str, value: str) -> int:
    return int.from_bytes(blake2b(f"{kind}:{value}".encode(), digest_size=8).digest(), "big", signed=True)


_remembered = lru_cache(maxsize=1 << 14)(_mark)


_FOREIGN = 0x5A5A_5A5A_5A5A_5A5A


def foreign(marks: Iterable[int]) -> Marks:
    """Marks that a statement has by referring to somebody else's; only who may read everything asks for these."""
    return tuple(mark ^ _FOREIGN for mark in marks)


def marks_of(statement: dict[str, Any], authority: dict[str, Any]) -> Marks:
    """Every mark of a statement but that of its target."""
    return (
        *verb_marks(statement["verb"]),
        *agent_marks(statement["actor"]),
        *object_marks(statement["object"]),
        *context_marks(statement.get("context", {})),
        *agent_marks(authority, OTHER_AGENT),
    )


def verb_marks(verb: dict[str, Any]) -> Marks:
    return (mark(VERB, verb["id"]),)


def agent_marks(value: dict[str, Any], kind: str = AGENT) -> Marks:
    return tuple(mark(kind, known) for known in identities(value))


def object_marks(value: dict[str, Any], agent: str = AGENT, activity: str = ACTIVITY) -> Marks:
    """What is within a SubStatement counts for the broad filters only (rows 7 and 8 of the table)."""
    kind = value.get("objectType", "Activity")
    if kind == "Activity":
        return (mark(activity, value["id"]),)
    if kind in ("Agent", "Group"):
        return agent_marks(value, agent)
    if kind != "SubStatement":
        return ()
    inner = value.get("context", {})
    return (
        *agent_marks(value["actor"], OTHER_AGENT),
        *object_marks(value["object"], OTHER_AGENT, OTHER_ACTIVITY),
        *_mentioned(inner),
    )


def context_marks(context: dict[str, Any]) -> Marks:
    registration = context.get("registration")
    own = () if registration is None else (mark(REGISTRATION, registration.lower()),)
    return (*own, *_mentioned(context))


def _mentioned(context: dict[str, Any]) -> Marks:
    mentioned = [context[name] for name in ("instructor", "team") if name in context]
    mentioned += [item["agent"] for item in context.get("contextAgents", ())]
    mentioned += [item["group"] for item in context.get("contextGroups", ())]
    agents = [known for agent in mentioned for known in identities(agent)]
    places = context.get("contextActivities", {})
    activities = [activity["id"] for place in PLACES for activity in places.get(place, ())]
    return (*(mark(OTHER_AGENT, known) for known in agents), *(mark(OTHER_ACTIVITY, name) for name in activities))
