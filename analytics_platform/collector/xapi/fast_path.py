"""Statements taken apart into the bytes of their parts, so that a part that was seen before is not checked again.

The same actors, verbs, activities and contexts come again and again. A cache maps a part's bytes to the result of
checking it: its JSON as stored, and its marks. Equal bytes get equal verdicts, so no check is lost. A part that is not
in the cache is parsed and checked by ``statements``. Any other statement takes the full path through ``prepare``, which
also words every error: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4
Does not live here: any rule, batches (``resources.statement_bodies``).
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec
import orjson
from msgspec import UNSET, Raw, UnsetType

from analytics_platform.collector import exact
from analytics_platform.collector.errors import Invalid, NotJson
from analytics_platform.collector.exact import names_in
from analytics_platform.collector.xapi import agents, statements
from analytics_platform.collector.xapi.activities import activity
from analytics_platform.collector.xapi.comparison import fingerprint
from analytics_platform.collector.xapi.marks import (
    OTHER_AGENT,
    Marks,
    agent_marks,
    context_marks,
    object_marks,
    verb_marks,
)
from analytics_platform.collector.xapi.preparing import (
    TIMELESS,
    Prepared,
    assemble,
    chosen_id,
    is_in_utc,
    key_of,
    lists,
)
from analytics_platform.collector.xapi.primitives import time, uuid
from analytics_platform.collector.xapi.versions import STATEMENT, Spoken, may_need_two, unnamed

_LONGEST = 2048  # bytes of a part that is remembered
_TOGETHER = 8 << 20  # bytes remembered of one kind of part; then it begins anew


class StatementParts(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One statement, its parts as they were sent."""

    actor: Raw
    verb: Raw
    object: Raw
    id: str | UnsetType = UNSET
    result: Raw | UnsetType = UNSET
    context: Raw | UnsetType = UNSET
    timestamp: str | UnsetType = UNSET
    stored: str | UnsetType = UNSET
    authority: Raw | UnsetType = UNSET
    version: str | UnsetType = UNSET
    attachments: Raw | UnsetType = UNSET


class NotOnFastPath(Exception):
    """This statement takes the full path."""


_Known = tuple[bytes, Marks, int]  # what checking a part gave: its JSON as it is stored, its marks, its names

_single, _several = msgspec.json.Decoder(StatementParts), msgspec.json.Decoder(list[StatementParts])
_object_of_any = msgspec.json.Decoder(dict[str, Raw])


def split_batch(body: bytes) -> list[StatementParts] | None:
    """The statements of a body that is an array of them; None if it is anything else."""
    several: list[StatementParts] | None = _decoded(_several, body)
    return several


def is_object(body: bytes) -> bool:
    """Whether a body is one JSON object, on however many lines."""
    return _decoded(_object_of_any, body) is not None


def split_statement(body: bytes) -> StatementParts | None:
    """The statement that a body is; None if it is anything else, or none."""
    single: StatementParts | None = _decoded(_single, body)
    return single


def _decoded(decoder: "msgspec.json.Decoder[Any]", body: bytes) -> Any:
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def prepare_parts(
    parts: StatementParts, authority: dict[str, Any], statement_id: str | None = None, spoken: Spoken = Spoken.ONE
) -> Prepared:
    """Check and prepare a statement; raises NotOnFastPath for one that takes the full path, broken ones among them."""
    if parts.attachments is not UNSET:
        raise NotOnFastPath
    try:
        rules = spoken if spoken in STATEMENT else Spoken.TWO
        core, marks, names = _core(parts, _context[rules])
        own = parts.id if parts.id is not UNSET else None
        if own is not None:
            uuid(own)
        if parts.stored is not UNSET:
            time(parts.stored)
        if parts.authority is not UNSET:
            _authority[bytes(parts.authority)]
        version = _version(parts, spoken, rules)
        if is_in_utc(version) and parts.timestamp is not UNSET and parts.timestamp[-1] != "Z":
            raise NotOnFastPath
        name = chosen_id(own, statement_id)
        assigned, its_marks = _assigned(orjson.dumps(authority))
        body = assemble(core, name, assigned, version)
    except Invalid:
        raise NotOnFastPath from None
    flags = TIMELESS if parts.timestamp is UNSET else 0
    given = own is not None or statement_id is not None
    return Prepared(name, key_of(name), fingerprint(core), body, marks + its_marks, flags, given=given, names=names)


def _version(parts: StatementParts, spoken: Spoken, rules: Spoken) -> str:
    if parts.version is not UNSET:
        statements.version[rules](parts.version)
        return parts.version
    if spoken is Spoken.UNSAID and parts.context is not UNSET and may_need_two(bytes(parts.context)):
        raise NotOnFastPath
    return unnamed(spoken)


def _core(parts: StatementParts, known_context: "_Remembering") -> tuple[bytes, Marks, int]:
    """The JSON of a statement without what an LRS assigns, its marks, and how many names its text has."""
    actor, by_actor, in_actor = _actor[bytes(parts.actor)]
    verb, by_verb, in_verb = _verb[bytes(parts.verb)]
    target, by_object, in_object = _object[bytes(parts.object)]
    marks = by_verb + by_actor + by_object
    names = 3 + in_actor + in_verb + in_object
    result = context = timestamp = b""
    if parts.result is not UNSET:
        json, _, in_result = _result[bytes(parts.result)]
        result = b',"result":' + json
        names += 1 + in_result
    if parts.context is not UNSET:
        json, by_context, in_context = known_context[bytes(parts.context)]
        context = b',"context":' + json
        names += 1 + in_context
        marks += by_context
    if parts.timestamp is not UNSET:
        time(parts.timestamp)  # its form leaves nothing to escape
        timestamp = b',"timestamp":"' + parts.timestamp.encode() + b'"'
        names += 1
    for assigned in (parts.id, parts.stored, parts.version):
        names += assigned is not UNSET
    if parts.authority is not UNSET:
        names += 1 + names_in(bytes(parts.authority))
    pieces = (b'{"actor":', actor, b',"verb":', verb, b',"object":', target, result, context, timestamp, b"}")
    return b"".join(pieces), marks, names


def together(parts: StatementParts) -> dict[str, Any]:
    """The parsed statement."""
    values = {name: getattr(parts, name) for name in parts.__struct_fields__}
    found: dict[str, Any] = {}
    for name, value in values.items():
        if value is not UNSET:
            try:
                found[name] = exact.loads(bytes(value)) if isinstance(value, Raw) else value
            except Invalid as error:
                if not isinstance(error, NotJson):
                    error.within(name)
                raise
    return found


def names_of(parts: StatementParts) -> int:
    """How many names the text of a statement has."""
    values = [value for name in parts.__struct_fields__ if (value := getattr(parts, name)) is not UNSET]
    return len(values) + sum(names_in(bytes(value)) for value in values if isinstance(value, Raw))


@lru_cache(maxsize=256)
def _assigned(authority: bytes) -> tuple[bytes, Marks]:
    return authority, agent_marks(orjson.loads(authority), OTHER_AGENT)


class _Remembering(dict[bytes, _Known]):
    """Parts by their bytes. ``check`` gives a part's marks, may change it, or raises Invalid or NotOnFastPath."""

    def __init__(self, check: Callable[[Any], Marks], longest: int = _LONGEST) -> None:
        self._check, self._longest, self._size = check, longest, 0

    def __missing__(self, key: bytes) -> _Known:
        value = exact.loads(key)
        marks = self._check(value)
        json = exact.dumps(value)
        names = names_in(key)
        if json == key:
            json = key  # one text in memory instead of two
        if len(key) <= self._longest:
            self._size += len(key) + len(json) + 300
            if self._size > _TOGETHER:
                self.clear()
                self._size = 0
            self[key] = json, marks, names
        return json, marks, names


def _check_actor(value: Any) -> Marks:
    agents.actor(value)
    return agent_marks(value)


def _check_verb(value: Any) -> Marks:
    statements.verb(value)
    if value["id"] == statements.VOIDED:
        raise NotOnFastPath
    return verb_marks(value)


def _check_object(value: Any) -> Marks:
    if type(value) is not dict or value.get("objectType", "Activity") != "Activity":
        raise NotOnFastPath
    activity(value)
    return object_marks(value)


def _check_context(spoken: Spoken) -> Callable[[Any], Marks]:
    def check(value: Any) -> Marks:
        statements.context[spoken](value)
        lists({"context": value, "object": {}})
        return context_marks(value)

    return check


def _without_marks(rule: Callable[[Any], None]) -> Callable[[Any], Marks]:
    def check(value: Any) -> Marks:
        rule(value)
        return ()

    return check


_actor, _verb = _Remembering(_check_actor), _Remembering(_check_verb)
_object = _Remembering(_check_object)
_context = {spoken: _Remembering(_check_context(spoken)) for spoken in STATEMENT}
# Results are learners' own words: only the short ones come again.
_result = _Remembering(_without_marks(statements.result), longest=200)
_authority = _Remembering(_without_marks(agents.authority))
