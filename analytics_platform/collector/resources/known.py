"""What is known of an activity or an agent: what the newest statements say of it.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.5 (activities), #2.4 (agents)
It is computed from the stored statements at each request, so it always agrees with them.
"""

from typing import Any

import orjson

from analytics_platform.collector.store.connection import Connection
from analytics_platform.collector.store.statement_queries import latest_bodies
from analytics_platform.collector.xapi.agents import IDENTIFIERS, identity
from analytics_platform.collector.xapi.marks import ACTIVITY, AGENT, mark


def activity_definition(connection: Connection, activity_id: str, owner: str | None = None) -> dict[str, Any]:
    """The merged definition; newer statements win, language by language. An owner knows what its own say."""
    return _merged(activity_id, latest_bodies(connection, mark(ACTIVITY, activity_id), owner))


class Definitions:
    """Definitions for one answer. Their cost is bounded: activities beyond it keep the definitions they came with."""

    _ACTIVITIES, _BYTES = 1000, 16 << 20

    def __init__(self, connection: Connection, owner: str | None) -> None:
        self._connection, self._owner = connection, owner
        self._known: dict[str, dict[str, Any]] = {}
        self._read = 0

    def __call__(self, activity_id: str) -> dict[str, Any]:
        if activity_id not in self._known:
            if len(self._known) >= self._ACTIVITIES or self._read >= self._BYTES:
                return {}
            bodies = latest_bodies(self._connection, mark(ACTIVITY, activity_id), self._owner)
            self._read += sum(map(len, bodies))
            self._known[activity_id] = _merged(activity_id, bodies)
        return self._known[activity_id]


def _merged(activity_id: str, bodies: list[str]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for body in reversed(bodies):
        target = orjson.loads(body)["object"]
        if target.get("id") == activity_id:
            for name, value in target.get("definition", {}).items():
                both = isinstance(value, dict) and isinstance(merged.get(name), dict)
                merged[name] = {**merged[name], **value} if both else value
    return merged


def person(connection: Connection, agent: dict[str, Any]) -> dict[str, Any]:
    """The Person Object of an agent: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.4.s5

    One identifier is one person here: who is who is joined in the marts, never merged at the door.
    """
    wanted = identity(agent)
    names = [agent["name"]] if "name" in agent else []
    for body in latest_bodies(connection, mark(AGENT, wanted or ""), None):
        statement = orjson.loads(body)
        for value in (statement["actor"], statement["object"]):
            if "name" in value and identity_or_none(value) == wanted and value["name"] not in names:
                names.append(value["name"])
    found: dict[str, Any] = {"objectType": "Person"}
    if names:
        found["name"] = names
    return found | {name: [agent[name]] for name in IDENTIFIERS if name in agent}


def identity_or_none(value: dict[str, Any]) -> str | None:
    """The identity of what may be no agent at all."""
    return identity(value) if any(name in value for name in IDENTIFIERS) else None
