"""What a StatementRef causes: voiding, and that a filter which finds its target finds the referring statement, too.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.3.s3 (filters),
https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.3.2.s2.b3 (voiding)
The reference may arrive before its target: then it is resolved when the target arrives.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from analytics_platform.collector.store.connection import Connection, Row, chosen, insert
from analytics_platform.collector.store.ids import place_of_id
from analytics_platform.collector.store.postings import Postings
from analytics_platform.collector.xapi.marks import Marks, foreign, marks_of
from analytics_platform.collector.xapi.preparing import VOIDED, VOIDING, VOIDING_ALL, Prepared, key_of

_LONGEST_CHAIN = 16
# One statement may mention ten thousand agents, and a thousand may refer to it: what follows of it is bounded.
_INHERITED = 200  # marks
_HANDED_UP = 50_000  # marks times references


@dataclass
class Findable:
    """Rows of the tables postings and refs."""

    postings: Postings = field(default_factory=Postings)
    refs: list[Row] = field(default_factory=list)

    def write(self, connection: Connection) -> None:
        self.postings.write(connection)
        insert(connection, "refs", "target, seq", self.refs)


def resolve(connection: Connection, new: Mapping[bytes, Prepared]) -> Findable:
    """How new statements, by their keys, are found, and what follows for those that are stored already."""
    waiting = _waiting(connection, new)
    found = Findable()
    looked_up: dict[bytes, _Target | None] = {}
    for key, statement in new.items():
        marks = statement.marks
        if statement.target is not None:
            target = key_of(statement.target)
            found.refs.append((target, statement.place))
            marks = (*marks, *_inherited(connection, new, looked_up, target, statement.owner))
            if statement.flags & VOIDING:
                _void(connection, new, statement, target)
        found.postings.add(statement.place, marks)
        if key in waiting:
            _add_to_stored(connection, found, statement, marks, waiting[key])
    return found


def _waiting(connection: Connection, new: Mapping[bytes, Prepared]) -> dict[bytes, list[int]]:
    """Stored statements that refer to new ones: their places by the new one's key."""
    waiting: dict[bytes, list[int]] = {}
    if not connection.rows("select 1 from refs limit 1"):
        return waiting  # most sources never refer to a statement
    for target, place in chosen(connection, "select target, seq from refs where target in", list(new)):
        waiting.setdefault(bytes(target), []).append(place)
    return waiting


def owner_of(connection: Connection, new: Mapping[bytes, Prepared], key: bytes) -> str | None:
    """Who stored a statement, if it is here."""
    if key in new:
        return new[key].owner
    rows = connection.rows("select owner from statements where seq = ?", [place_of_id(connection, key) or 0])
    return rows[0][0] if rows else None


_Target = tuple[Marks, str, bytes | None]  # marks, owner, and what it refers to itself


def _target(connection: Connection, new: Mapping[bytes, Prepared], key: bytes) -> _Target | None:
    here = new.get(key)
    if here is not None:
        return here.marks[:_INHERITED], here.owner, None if here.target is None else key_of(here.target)
    place = place_of_id(connection, key)
    rows = connection.rows("select body, owner from statements where seq = ?", [place or 0])
    if not rows or not rows[0][0]:
        return None
    statement = orjson.loads(rows[0][0])
    inner = statement["object"]
    following = key_of(inner["id"]) if inner.get("objectType") == "StatementRef" else None
    return marks_of(statement, statement["authority"])[:_INHERITED], rows[0][1], following


def _inherited(
    connection: Connection,
    new: Mapping[bytes, Prepared],
    looked_up: dict[bytes, _Target | None],
    target: bytes,
    owner: str,
) -> Marks:
    """The marks of a target, and of its target, as far as they are here.

    From the first statement on that is somebody else's they are foreign: who sees only its own is not told by a filter
    what it may not read.
    """
    marks: dict[int, None] = {}
    seen: set[bytes] = set()
    following: bytes | None = target
    is_foreign = False
    while following is not None and following not in seen and len(seen) < _LONGEST_CHAIN and len(marks) < _INHERITED:
        seen.add(following)
        if following not in looked_up:
            looked_up[following] = _target(connection, new, following)
        here = looked_up[following]
        if here is None:
            break
        its, whose, following = here
        is_foreign = is_foreign or whose != owner
        marks.update(dict.fromkeys(foreign(its) if is_foreign else its))
    return tuple(marks)[:_INHERITED]


def _void(connection: Connection, new: Mapping[bytes, Prepared], statement: Prepared, target: bytes) -> None:
    """A voiding statement is never voided itself."""
    here = new.get(target)
    any_owner = bool(statement.flags & VOIDING_ALL)
    if here is not None:
        if not here.flags & VOIDING and (any_owner or here.owner == statement.owner):
            here.flags |= VOIDED
        return
    place = place_of_id(connection, target)
    whose, values = ("", []) if any_owner else ("and owner = ?", [statement.owner])
    connection.run(
        f"update statements set flags = flags | {VOIDED} where seq = ? and flags & {VOIDING} = 0 {whose}",
        [place or 0, *values],
    )


def _add_to_stored(
    connection: Connection, found: Findable, statement: Prepared, marks: Marks, referring: list[int]
) -> None:
    """A target has come after what refers to it: the references, and theirs, are found by its marks from now on."""
    level, seen = list(referring), set(referring)
    own, others = marks[:_INHERITED], foreign(marks[:_INHERITED])
    left = _HANDED_UP
    for depth in range(_LONGEST_CHAIN):
        sql = "select seq, id, flags, owner from statements where seq in"
        rows = list(dict.fromkeys(chosen(connection, sql, level)))
        if depth == 0 and not statement.flags & VOIDING:
            voiding = [row for row in rows if row[2] & VOIDING]
            if any(row[2] & VOIDING_ALL or row[3] == statement.owner for row in voiding):
                statement.flags |= VOIDED
        for row in rows:
            found.postings.add_to_stored(row[0], own if row[3] == statement.owner else others)
            left -= len(own)
            if left <= 0:
                return
        above = chosen(connection, "select seq from refs where target in", [bytes(row[1]) for row in rows])
        level = sorted({row[0] for row in above} - seen)
        seen.update(level)
        if not level:
            return
