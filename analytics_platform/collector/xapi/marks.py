"""What a statement can be found by, as 64-bit numbers: one index of (mark, place) serves every filter.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.3.s1
Does not live here: the index (``store/``), reading the parameters of a request (``statement_query``).
"""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from analytics_platform.collector.xapi.agents import identities
from analytics_platform.collector.xapi.statements import PLACES

# An agent as actor or object, an agent anywhere, the same for activities; verb, registration, statement referred to.
AGENT, ANY_AGENT, ACTIVITY, ANY_ACTIVITY, VERB, REGISTRATION, TARGET = "a", "A", "o", "O", "v", "r", "s"


@lru_cache(maxsize=1 << 15)
def mark(kind: str, value: str) -> int:
    """Agents, verbs and activities repeat, so their marks are remembered."""
    return int.from_bytes(blake2b(f"{kind}:{value}".encode(), digest_size=8).digest(), "big", signed=True)


def target_mark(statement_id: str) -> int:
    """The mark of the statements that refer to this one. Ids do not repeat, so none is remembered."""
    return mark.__wrapped__(TARGET, statement_id)


def marks_of(statement: dict[str, Any]) -> set[int]:
    """Every mark of a stored statement but that of its target."""
    found = {mark(VERB, statement["verb"]["id"])}
    _direct(statement, found)
    _anywhere(statement, found)
    for agent in identities(statement["authority"]):
        found.add(mark(ANY_AGENT, agent))
    registration = statement.get("context", {}).get("registration")
    if registration is not None:
        found.add(mark.__wrapped__(REGISTRATION, registration.lower()))
    return found


def _direct(statement: dict[str, Any], found: set[int]) -> None:
    for agent in identities(statement["actor"]):
        found.add(mark(AGENT, agent))
    target = statement["object"]
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        found.add(mark(ACTIVITY, target["id"]))
    elif kind in ("Agent", "Group"):
        for agent in identities(target):
            found.add(mark(AGENT, agent))


def _anywhere(statement: dict[str, Any], found: set[int]) -> None:
    """Table rows 7 and 8: context, and the same within a SubStatement."""
    target, context = statement["object"], statement.get("context", {})
    kind = target.get("objectType", "Activity")
    for agent in _agents(statement["actor"], target if kind in ("Agent", "Group") else None, context):
        found.add(mark(ANY_AGENT, agent))
    if kind == "Activity":
        found.add(mark(ANY_ACTIVITY, target["id"]))
    places = context.get("contextActivities")
    if places:
        for place in PLACES:
            for activity in _listed(places.get(place, ())):
                found.add(mark(ANY_ACTIVITY, activity["id"]))
    if kind == "SubStatement":
        _anywhere(target, found)


def _agents(*holders: dict[str, Any] | None) -> Iterator[str]:
    actor, target, context = holders
    for who in (actor, target, context and context.get("instructor"), context and context.get("team")):
        if who:
            yield from identities(who)


def _listed(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else (value,)
