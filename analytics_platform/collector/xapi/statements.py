"""Statements: the rules, as tables. ``check`` takes a parsed statement and raises Invalid at the first broken rule.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4
Does not live here: batches, ids against the store, attachments' bytes (``resources.statement_bodies``).
"""

from typing import Any

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.xapi import agents
from analytics_platform.collector.xapi.activities import activity
from analytics_platform.collector.xapi.primitives import (
    boolean,
    duration,
    extensions,
    fail_type,
    iri,
    language,
    language_map,
    natural,
    number,
    sha2,
    text,
    time,
    uuid,
)
from analytics_platform.collector.xapi.rules import Rule, items, one_of, properties
from analytics_platform.collector.xapi.versions import NEW_IN_TWO, STATEMENT, Spoken

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
PLACES = ("parent", "grouping", "category", "other")

# https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.3.s3
verb = properties({"id": iri, "display": language_map}, required=("id",))

# https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.4.3.s4
_reference = properties({"objectType": one_of("StatementRef"), "id": uuid}, required=("objectType", "id"))


def _score_in_bounds(value: dict[str, Any]) -> None:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.5.1.s2"""
    if not -1 <= value.get("scaled", 0) <= 1:
        raise Invalid("must lie between -1 and 1", "scaled")
    low, raw, high = value.get("min"), value.get("raw"), value.get("max")
    if low is not None and high is not None and low >= high:
        raise Invalid("must be less than max", "min")
    if raw is not None and ((low is not None and raw < low) or (high is not None and raw > high)):
        raise Invalid("must lie between min and max", "raw")


_score = properties({"scaled": number, "raw": number, "min": number, "max": number}, extra=_score_in_bounds)

# https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.5.s2
result = properties(
    {
        "score": _score,
        "success": boolean,
        "completion": boolean,
        "response": text,
        "duration": duration,
        "extensions": extensions,
    }
)

_activities = items(activity)


def _one_or_many(value: Any) -> None:
    """An activity, or an array of them: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.6.2.s4"""
    if type(value) is list:
        _activities(value)
    else:
        activity(value)


# https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.6.s3
_CONTEXT: dict[str, Rule] = {
    "registration": uuid,
    "instructor": agents.actor,
    "team": agents.group,
    "contextActivities": properties(dict.fromkeys(PLACES, _one_or_many)),
    "revision": text,
    "platform": text,
    "language": language,
    "statement": _reference,
    "extensions": extensions,
}


def _related(kind: str, name: str, rule: Rule) -> Rule:
    """Agents or groups that have to do with a statement (xAPI 2.0, IEEE 9274.1.1, 4.2.2.5)."""
    table = {"objectType": one_of(kind), name: rule, "relevantTypes": items(iri, least=1)}
    return items(properties(table, required=("objectType", name)))


def _of_two(_value: Any) -> None:
    raise Invalid("belongs to xAPI 2.0: send X-Experience-API-Version: 2.0.0 with it")


context: dict[Spoken, Rule] = {
    Spoken.ONE: properties(_CONTEXT | dict.fromkeys(NEW_IN_TWO, _of_two)),
    Spoken.TWO: properties(
        _CONTEXT
        | {
            "contextAgents": _related("contextAgent", "agent", agents.agent),
            "contextGroups": _related("contextGroup", "group", agents.group),
        }
    ),
}


def _signed_as_octets(value: dict[str, Any]) -> None:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.6.s4.b1"""
    if value["usageType"] == SIGNATURE and value["contentType"] != "application/octet-stream":
        raise Invalid("must be application/octet-stream for a signature", "contentType")


# https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.11.s2
_attachment = properties(
    {
        "usageType": iri,
        "display": language_map,
        "description": language_map,
        "contentType": text,
        "length": natural,
        "sha2": sha2,
        "fileUrl": iri,
    },
    required=("usageType", "display", "contentType", "length", "sha2"),
    extra=_signed_as_octets,
)


def _version(spoken: Spoken) -> Rule:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.10.s3"""
    words = "1.0 or 1.0.x" + (", 2.0 or 2.0.x" if spoken is Spoken.TWO else " in a request of xAPI 1.0.x")

    def rule(value: Any) -> None:
        if type(value) is not str or not STATEMENT[spoken](value):
            raise fail_type(value, words)

    return rule


version = {spoken: _version(spoken) for spoken in STATEMENT}


def _consistent(value: dict[str, Any]) -> None:
    """Rules between the parts of a statement."""
    target = value["object"].get("objectType", "Activity")
    context = value.get("context")
    if context is not None and target != "Activity":
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.6.s4.b1 and b2
        for name in ("revision", "platform"):
            if name in context:
                raise Invalid("must not be used unless the object is an activity", "context", name)
    if value["verb"]["id"] == VOIDED and target != "StatementRef":
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.3.2.s2.b1
        raise Invalid("must be StatementRef when the verb is voided", "object", "objectType")


_OBJECTS: dict[str, Rule] = {
    "Activity": activity,
    "Agent": agents.agent,
    "Group": agents.group,
    "StatementRef": _reference,
}


def _object_of(kinds: dict[str, Rule]) -> Rule:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.4: an activity unless it says otherwise"""

    def check(value: Any) -> None:
        if type(value) is not dict:
            raise fail_type(value, "an object")
        kind = value.get("objectType", "Activity")
        rule = kinds.get(kind) if type(kind) is str else None
        if rule is None:
            raise Invalid(f"must be one of {', '.join(kinds)}", "objectType")
        rule(value)

    return check


_REQUIRED = ("actor", "verb", "object")  # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.2.s2.b3


def _statement(spoken: Spoken) -> Rule:
    shared: dict[str, Rule] = {
        "actor": agents.actor,
        "verb": verb,
        "result": result,
        "context": context[spoken],
        "timestamp": time,
        "attachments": items(_attachment),
    }
    # No id, stored, version, authority, and none within another: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.4.3.s8
    inner = properties(
        shared | {"objectType": one_of("SubStatement"), "object": _object_of(_OBJECTS)},
        required=_REQUIRED,
        extra=_consistent,
    )
    own = {"id": uuid, "stored": time, "authority": agents.authority, "version": version[spoken]}
    return properties(
        shared | own | {"object": _object_of(_OBJECTS | {"SubStatement": inner})}, required=_REQUIRED, extra=_consistent
    )


_RULES = {spoken: _statement(spoken) for spoken in STATEMENT}


def check(value: Any, spoken: Spoken = Spoken.ONE) -> None:
    """Raises Invalid at the first broken rule of the version that is spoken."""
    _RULES.get(spoken, _RULES[Spoken.TWO])(value)
