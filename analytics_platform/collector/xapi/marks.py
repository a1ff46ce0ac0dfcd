"""What a statement can be found by, as 64-bit numbers: one index of (mark, place) serves every filter.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.3.s1
Agents, activities and verbs repeat, so their marks are remembered. Does not live here: the index (``store/``),
reading the parameters of a request (``statement_query``).
"""

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from analytics_platform.collector.xapi.agents import identities
from analytics_platform.collector.xapi.statements import PLACES

# An agent as actor or object, an agent anywhere, the same for activities; verb and registration.
AGENT, ANY_AGENT, ACTIVITY, ANY_ACTIVITY, VERB, REGISTRATION = "a", "A", "o", "O", "v", "r"


def mark(kind: str, value: str) -> int:
    """The mark of one value."""
    return int.from_bytes(blake2b(f"{kind}:{value}".encode(), digest_size=8).digest(), "big", signed=True)


def _remembered(*kinds: str) -> Callable[[str], tuple[int, ...]]:
    return lru_cache(maxsize=1 << 14)(lambda value: tuple(mark(kind, value) for kind in kinds))


_direct_agent, _any_agent = _remembered(AGENT, ANY_AGENT), _remembered(ANY_AGENT)
_direct_activity, _any_activity = _remembered(ACTIVITY, ANY_ACTIVITY), _remembered(ANY_ACTIVITY)
_verb, _registration = _remembered(VERB), _remembered(REGISTRATION)


def marks_of(statement: dict[str, Any], authority: dict[str, Any]) -> set[int]:
    """Every mark of a statement but that of its target."""
    found = set(_verb(statement["verb"]["id"]))
    _collect(statement, found, _direct_agent, _direct_activity)
    for agent in identities(authority):
        found.update(_any_agent(agent))
    registration = statement.get("context", {}).get("registration")
    if registration is not None:
        found.update(_registration(registration.lower()))
    return found


def _collect(
    statement: dict[str, Any],
    found: set[int],
    agent_marks: Callable[[str], tuple[int, ...]],
    activity_marks: Callable[[str], tuple[int, ...]],
) -> None:
    """Actor and object count directly; context, and a SubStatement, only for the broad filters (table rows 7 and 8)."""
    for agent in identities(statement["actor"]):
        found.update(agent_marks(agent))
    target = statement["object"]
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        found.update(activity_marks(target["id"]))
    elif kind in ("Agent", "Group"):
        for agent in identities(target):
            found.update(agent_marks(agent))
    elif kind == "SubStatement":
        _collect(target, found, _any_agent, _any_activity)
    context = statement.get("context")
    if context is None:
        return
    for name in ("instructor", "team"):
        if name in context:
            for agent in identities(context[name]):
                found.update(_any_agent(agent))
    places = context.get("contextActivities")
    if places:
        for place in PLACES:
            for activity in places.get(place, ()):
                found.update(_any_activity(activity["id"]))
