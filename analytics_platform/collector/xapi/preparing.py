"""From a statement as sent to a statement as stored: checked, its id, authority and version assigned, its marks taken.

``Prepared`` is all that the store needs; after it nobody parses the statement again until it is read.
Does not live here: the rules (``statements``), making ids unique (``store/``).
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import orjson

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.xapi import statements
from analytics_platform.collector.xapi.comparison import ASSIGNED, fingerprint
from analytics_platform.collector.xapi.marks import marks_of

MAX_STATEMENT = 1 << 20  # the lake reads no larger one
TIMELESS, VOIDED, VOIDING, ATTACHED = 1, 2, 4, 8


@dataclass(slots=True)
class Prepared:
    """A checked statement on its way to the store. ``body`` is its JSON without ``stored``."""

    id: str
    fingerprint: bytes
    body: str
    marks: set[int]
    flags: int
    target: str | None  # the statement that it refers to
    files: list[str] = field(default_factory=list)  # sha2 of attachments whose bytes must come along


def unwrapped(value: Any) -> Any:
    """The statement in an envelope of older 7taps exports, with the envelope's time if it has none of its own."""
    if type(value) is dict and value.get("event_type") == "xapi_statement" and type(value.get("data")) is dict:
        inner: dict[str, Any] = value["data"]
        if "timestamp" not in inner and type(value.get("timestamp")) is str:
            inner["timestamp"] = value["timestamp"]
        return inner
    return value


def prepare(value: Any, authority: dict[str, Any], statement_id: str | None = None) -> Prepared:
    """Check a parsed statement and make it ready; raises Invalid with the path of the first broken rule."""
    statement = unwrapped(value)
    statements.check(statement)
    own = statement.pop("id", None)
    if statement_id is None:
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.1.s2.b1
        statement_id = str(uuid4()) if own is None else own.lower()
    elif own is not None and own.lower() != statement_id:
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.1.s3.b3
        raise Invalid("is not the statementId of the request", "id")
    version = statement.get(
        "version", "1.0.0"
    )  # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.10.s3.b3
    for name in ASSIGNED:
        statement.pop(name, None)
    _lists(statement)
    core = orjson.dumps(statement)
    if len(core) > MAX_STATEMENT:
        raise Invalid(f"The statement is larger than {MAX_STATEMENT} bytes.")
    flags = 0 if "timestamp" in statement else TIMELESS
    target = statement["object"]["id"].lower() if statement["object"].get("objectType") == "StatementRef" else None
    if target is not None and statement["verb"]["id"] == statements.VOIDED:
        flags |= VOIDING
    files = [file["sha2"].lower() for file in attachments(statement)]
    if files:
        flags |= ATTACHED
    # The authority is who sent it, whatever it says: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.9.s3.b3
    assigned = orjson.dumps({"id": statement_id, "authority": authority, "version": version})
    body = (assigned[:-1] + b"," + core[1:]).decode()
    return Prepared(statement_id, fingerprint(core), body, marks_of(statement, authority), flags, target, files)


def attachments(statement: dict[str, Any]) -> list[dict[str, Any]]:
    """The attachments that a statement and its SubStatement declare."""
    own = statement.get("attachments", [])
    if statement["object"].get("objectType") == "SubStatement":
        return [*own, *statement["object"].get("attachments", [])]
    return list(own)


def _lists(statement: dict[str, Any]) -> None:
    """Context activities are returned as arrays: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.6.2.s4.b4"""
    places = statement.get("context", {}).get("contextActivities")
    if places:
        for name, value in places.items():
            if type(value) is dict:
                places[name] = [value]
    if statement["object"].get("objectType") == "SubStatement":
        _lists(statement["object"])
