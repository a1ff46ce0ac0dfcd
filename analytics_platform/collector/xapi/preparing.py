"""From a statement as sent to a statement as stored: checked, its id, authority and version assigned, its marks taken.

``Prepared`` is all that the store needs; after it nobody parses the statement again until it is read.
Does not live here: the rules (``statements``), making ids unique (``store/``).
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from analytics_platform.collector.errors import Invalid, TooLarge
from analytics_platform.collector.exact import dumps
from analytics_platform.collector.xapi import statements
from analytics_platform.collector.xapi.comparison import ASSIGNED, fingerprint
from analytics_platform.collector.xapi.marks import Marks, marks_of
from analytics_platform.collector.xapi.primitives import moment
from analytics_platform.collector.xapi.versions import Spoken, version_of

MAX_STATEMENT = 1 << 20  # the lake reads no larger one
TIMELESS, VOIDED, VOIDING, ATTACHED = 1, 2, 4, 8
VOIDING_ALL = 16  # it voids whosever statement its target is
GONE = 32  # its text is no longer in the store (``store/retention``)


@dataclass(slots=True)
class Prepared:
    """A checked statement on its way to the store. ``body`` is its JSON without ``stored``.

    The store says at which place it comes to lie, and whose it is.
    """

    id: str
    key: bytes
    fingerprint: bytes
    body: str
    marks: Marks
    flags: int
    target: str | None = None  # the statement that it refers to
    files: Sequence[str] = ()  # sha2 of attachments whose bytes must come along
    given: bool = True  # whether the id came with the statement; one made here is at no other place
    names: int = 0  # of its properties, in the text that it was taken from
    place: int = 0
    owner: str = ""


def key_of(name: str) -> bytes:
    """The bytes of an id, as the store keeps it."""
    return bytes.fromhex(name.replace("-", ""))


_VARIANT = {digit: "89ab"[number & 3] for number, digit in enumerate("0123456789abcdef")}


def new_id() -> str:
    """A UUID whose first 48 bits are the time: those made together lie together in the index of the store.

    The rest is chance, as much of it as 74 bits hold, and the form is that of version 4, which every client knows.
    """
    at, chance = f"{time.time_ns() // 1_000_000:012x}", _chance()
    return f"{at[:8]}-{at[8:]}-4{chance[:3]}-{_VARIANT[chance[3]]}{chance[4:7]}-{chance[7:19]}"


_drawn: list[str] = []
os.register_at_fork(after_in_child=_drawn.clear)


def _chance() -> str:
    """20 random digits. Asking the kernel for each id cost more than the rest of it."""
    while True:
        try:
            return _drawn.pop()
        except IndexError:
            many = os.urandom(5120).hex()
            _drawn.extend(many[start : start + 20] for start in range(0, len(many), 20))


def assemble(core: bytes, statement_id: str, authority: bytes, version: str) -> str:
    """The body to store: what is assigned, then what came. ``authority`` is JSON.

    The authority is who sent it, whatever it says: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.9.s3.b3
    """
    if len(core) > MAX_STATEMENT:
        raise TooLarge(f"The statement is larger than {MAX_STATEMENT} bytes.")
    return f'{{"id":"{statement_id}","authority":{authority.decode()},"version":"{version}",{core[1:].decode()}'


def unwrapped(value: Any, spoken: Spoken = Spoken.ONE) -> Any:
    """The statement in an envelope of older 7taps exports, with the envelope's time if it has none of its own.

    In files also the statement in a document of Learning Locker's database.
    """
    if type(value) is not dict:
        return value
    if spoken is Spoken.UNSAID and "actor" not in value and type(value.get("statement")) is dict:
        return value["statement"]
    if value.get("event_type") == "xapi_statement" and type(value.get("data")) is dict:
        inner: dict[str, Any] = value["data"]
        if "timestamp" not in inner and value.get("timestamp") is not None:
            inner["timestamp"] = _envelope_time(value["timestamp"])
        return inner
    return value


def _envelope_time(value: Any) -> Any:
    """The time of an envelope as a statement writes it: a text stays, a number is seconds or milliseconds."""
    if type(value) not in (int, float):
        return value
    seconds = value if abs(value) < 100_000_000_000 else value / 1000  # as seconds that would be the year 5138
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        raise Invalid("is no time that exists", "timestamp") from None


def prepare(
    value: Any, authority: dict[str, Any], statement_id: str | None = None, spoken: Spoken = Spoken.ONE
) -> Prepared:
    """Check a parsed statement and make it ready; raises Invalid with the path of the first broken rule."""
    statement = unwrapped(value, spoken)
    statements.check(statement, spoken)
    own = statement.pop("id", None)
    given = statement_id is not None or own is not None
    statement_id = chosen_id(own, statement_id)
    version = version_of(statement, spoken)
    if is_in_utc(version):
        _to_utc(statement)
    for name in ASSIGNED:
        statement.pop(name, None)
    lists(statement)
    core = dumps(statement)
    body = assemble(core, statement_id, orjson.dumps(authority), version)
    flags = 0 if "timestamp" in statement else TIMELESS
    target = statement["object"]["id"].lower() if statement["object"].get("objectType") == "StatementRef" else None
    if target is not None and statement["verb"]["id"] == statements.VOIDED:
        flags |= VOIDING
    files = [file["sha2"].lower() for file in attachments(statement)]
    if files:
        flags |= ATTACHED
    marks = marks_of(statement, authority)
    return Prepared(statement_id, key_of(statement_id), fingerprint(core), body, marks, flags, target, files, given)


def is_in_utc(version: str) -> bool:
    """Whether the times of a statement are stored in UTC: xAPI 2.0 (IEEE 9274.1.1, 4.2.7) wants it, 1.0.x as sent."""
    return version.startswith("2.")


def _to_utc(statement: dict[str, Any]) -> None:
    written = statement.get("timestamp")
    if written is not None and written[-1] not in "Zz":
        statement["timestamp"] = moment(written).isoformat().replace("+00:00", "Z")
    if statement["object"].get("objectType") == "SubStatement":
        _to_utc(statement["object"])


def chosen_id(own: str | None, asked: str | None) -> str:
    """The id of a statement: its own, that of the request, or a new one."""
    if asked is None:
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.1.s2.b1
        return new_id() if own is None else own.lower()
    if own is not None and own.lower() != asked:
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.1.s3.b3
        raise Invalid("is not the statementId of the request", "id")
    return asked


def attachments(statement: dict[str, Any]) -> list[dict[str, Any]]:
    """The attachments that a statement and its SubStatement declare."""
    own = statement.get("attachments", [])
    if statement["object"].get("objectType") == "SubStatement":
        return [*own, *statement["object"].get("attachments", [])]
    return list(own)


def lists(statement: dict[str, Any]) -> None:
    """Context activities are returned as arrays: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.6.2.s4.b4"""
    places = statement.get("context", {}).get("contextActivities")
    if places:
        for name, value in places.items():
            if type(value) is dict:
                places[name] = [value]
    if statement["object"].get("objectType") == "SubStatement":
        lists(statement["object"])
