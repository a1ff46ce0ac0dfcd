"""Many writes in one transaction: ids looked up together, rows written together, one fsync for all.

Writes are checked one after another, against what is stored and the writes before them; then all is written.
Does not live here: StatementRef's consequences (``references``), documents (``documents``).
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from analytics_platform.collector.errors import Refusal
from analytics_platform.collector.store import references
from analytics_platform.collector.store.connection import Connection, Row, chosen, insert
from analytics_platform.collector.store.documents import change_document, delete_documents
from analytics_platform.collector.store.ids import add_ids, place_of_id, places_of_ids
from analytics_platform.collector.store.references import owner_of
from analytics_platform.collector.store.refused import keep_refused
from analytics_platform.collector.store.repeats import count_repeats
from analytics_platform.collector.store.writes import (
    ChangeDocument,
    KeepRefused,
    Line,
    Outcome,
    StoreLines,
    StoreStatements,
    Verdict,
    Write,
    refused_statement,
)
from analytics_platform.collector.xapi.comparison import same
from analytics_platform.collector.xapi.preparing import VOIDING, VOIDING_ALL, Prepared, key_of

log = logging.getLogger(__name__)

_WAITED_FOR = 60_000_000  # microseconds that a clock may be behind the newest statement


@dataclass
class _Group:
    """What one transaction will write."""

    now: int
    next_statement: int
    next_line: int
    known: dict[bytes, bytes]  # a statement's key -> its fingerprint
    known_lines: set[tuple[str, str]]
    new: dict[bytes, Prepared] = field(default_factory=dict)
    lines: list[Row] = field(default_factory=list)
    line_ids: list[Row] = field(default_factory=list)
    files: list[Row] = field(default_factory=list)
    file_owners: list[Row] = field(default_factory=list)
    repeats: Counter[str] = field(default_factory=Counter)  # by path
    steps_back: bool = False  # the clock is behind the newest statement by too much to wait for it


_GOOD = {Verdict.STORED, Verdict.SAME}
REASONS = {
    Verdict.CONFLICT: "the id is stored with other content",
    Verdict.FORBIDDEN: "it voids a statement of another credential, which needs the scope void_all",
}


def perform(connection: Connection, writes: Sequence[Write], now: int) -> list[Outcome]:
    """Do writes in one transaction. A refused one gives its Refusal as outcome and leaves nothing behind."""
    with connection.transaction():
        group = _open_group(connection, writes, now)
        outcomes: list[Outcome] = []
        for write in writes:
            try:
                outcomes.append(_judge(connection, group, write))
            except Refusal as refusal:
                outcomes.append(refusal)
        _write(connection, group)
    return outcomes


def _open_group(connection: Connection, writes: Sequence[Write], now: int) -> _Group:
    last = connection.rows("select seq, stored from statements order by seq desc limit 1") or [(0, 0)]
    ids = [s.key for w in writes if isinstance(w, StoreStatements) for s in w.statements if s.given]
    places = places_of_ids(connection, ids)
    stored = chosen(connection, "select id, fingerprint from statements where seq in", list(places.values()))
    known = {bytes(key): bytes(fingerprint) for key, fingerprint in stored}
    lines = [line for write in writes if isinstance(write, StoreLines) for line in write.lines if line.id is not None]
    wanted = {line.id for line in lines}
    found = set(chosen(connection, "select path, id from event_ids where id in", sorted(w for w in wanted if w)))
    next_line = 0
    if any(
        isinstance(write, StoreLines) or (isinstance(write, StoreStatements) and not write.whole) for write in writes
    ):
        # Shipped lines are deleted, so the place of the last one is also kept in shipped.
        row = connection.rows(
            "select coalesce(max(seq), 0) from (select max(seq) as seq from lines"
            " union all select seq from shipped where queue in ('lines', 'erased_lines')) as places"
        )[0]
        next_line = row[0] + 1
    at, steps_back = _time_of_storing(now, last[0][1])
    # The newest statements may have been erased: their places are not given again.
    shipped = connection.rows("select coalesce(max(seq), 0) from shipped where queue in ('statements', 'erased')")[0][0]
    return _Group(at, max(last[0][0], shipped) + 1, next_line, known, found, steps_back=steps_back)


def _time_of_storing(now: int, newest: int) -> tuple[int, bool]:
    """The time that new statements get, and whether it is earlier than the newest one's.

    A clock that is set back a little is waited for: since= must not miss a statement. After one that ran ahead, time
    would stand still for as long as it had been ahead: then the time steps back, once, and readers are told where.
    """
    if now >= newest:
        return now, False
    return (newest, False) if newest - now <= _WAITED_FOR else (now, True)


def _judge(connection: Connection, group: _Group, write: Write) -> Outcome:
    if isinstance(write, StoreStatements):
        return _judge_statements(connection, group, write)
    if isinstance(write, StoreLines):
        taken = [_take_line(group, line) for line in write.lines]
        group.repeats.update(line.path for line, new in zip(write.lines, taken, strict=True) if not new)
        return taken
    if isinstance(write, ChangeDocument):
        change_document(connection, write, group.now)
    elif isinstance(write, KeepRefused):
        keep_refused(connection, write.refused, group.now)
    else:
        delete_documents(connection, write)
    return None


def _judge_statements(connection: Connection, group: _Group, write: StoreStatements) -> list[Verdict]:
    verdicts, fresh = _compare(connection, group, write.statements)
    # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.2.s2.b5
    if write.whole and Verdict.CONFLICT in verdicts:
        return verdicts
    if any(statement.flags & VOIDING for statement in fresh.values()):
        _forbid(connection, group, write, verdicts, fresh)
    for statement in fresh.values():
        statement.place, statement.owner = group.next_statement, write.owner
        group.next_statement += 1
    group.new.update(fresh)
    group.repeats["xapi/statements"] += verdicts.count(Verdict.SAME)
    if fresh:
        group.files.extend((file.sha2, file.content_type, file.content) for file in write.attachments)
        group.file_owners.extend((file.sha2, write.owner, file.content_type) for file in write.attachments)
    for line in write.refused:
        _take_line(group, line)
    if not set(verdicts) <= _GOOD:
        for statement, verdict in zip(write.statements, verdicts, strict=True):
            if verdict in REASONS:
                _take_line(group, refused_statement(statement.body.encode(), REASONS[verdict]))
    return verdicts


def _forbid(
    connection: Connection,
    group: _Group,
    write: StoreStatements,
    verdicts: list[Verdict],
    fresh: dict[bytes, Prepared],
) -> None:
    """Voiding what somebody else stored needs a right of its own.

    https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.3.2.s2.b7
    """
    for number, statement in enumerate(write.statements):
        if fresh.get(statement.key) is not statement or not statement.flags & VOIDING:
            continue
        if write.void_all:
            statement.flags |= VOIDING_ALL
        elif owner_of(connection, group.new, key_of(statement.target or "")) not in (None, write.owner):
            if write.whole:
                raise Refusal(403, "This credential may not void a statement of another one: that needs void_all.")
            verdicts[number] = Verdict.FORBIDDEN
            del fresh[statement.key]


def _compare(
    connection: Connection, group: _Group, statements: list[Prepared]
) -> tuple[list[Verdict], dict[bytes, Prepared]]:
    """What is to become of each statement, and those that are new by their keys."""
    fresh = {statement.key: statement for statement in statements}
    if len(fresh) == len(statements) and fresh.keys().isdisjoint(group.known) and fresh.keys().isdisjoint(group.new):
        return [Verdict.STORED] * len(statements), fresh  # almost always
    verdicts: list[Verdict] = []
    fresh = {}
    for statement in statements:
        twin = fresh.get(statement.key) or group.new.get(statement.key)
        there = group.known.get(statement.key) if twin is None else twin.fingerprint
        if there is None:
            verdicts.append(Verdict.STORED)
            fresh[statement.key] = statement
        elif there == statement.fingerprint or _same(connection, twin, statement):
            verdicts.append(Verdict.SAME)
        else:
            verdicts.append(Verdict.CONFLICT)
    return verdicts, fresh


def _same(connection: Connection, twin: Prepared | None, statement: Prepared) -> bool:
    """Whether a statement is the one with its id: ``twin``, or that which is stored."""
    if twin is not None:
        body = twin.body
    else:
        place = place_of_id(connection, statement.key)
        body = connection.rows("select body from statements where seq = ?", [place or 0])[0][0]
    return bool(body) and same(orjson.loads(body), orjson.loads(statement.body))


def _take_line(group: _Group, line: Line) -> bool:
    if line.id is not None:
        key = (line.path, line.id)
        if key in group.known_lines:
            return False
        group.known_lines.add(key)
        group.line_ids.append(key)
    group.lines.append((group.next_line, line.path, group.now, len(line.payload), line.payload, line.problem))
    group.next_line += 1
    return True


def _write(connection: Connection, group: _Group) -> None:
    if group.new:
        new, now = list(group.new.values()), group.now
        if group.steps_back:
            log.warning(
                "The newest statement is stored in the future: a clock ran ahead. From place %d on the real time counts"
                " again; who asks with since= for what is new asks from this time on.",
                new[0].place,
            )
            connection.run("insert into clock_steps (seq) values (?)", [new[0].place])
        found = references.resolve(connection, group.new)
        rows = [(s.place, s.key, s.fingerprint, now, s.owner, s.flags, len(s.body), s.body) for s in new]
        insert(connection, "statements", "seq, id, fingerprint, stored, owner, flags, size, body", rows)
        given, made = ([(s.key, s.place) for s in new if s.given is asked] for asked in (True, False))
        add_ids(connection, given, made)
        found.write(connection)
    if group.files:
        files = list({row[0]: row for row in group.files}.values())
        insert(connection, "attachments", "sha2, content_type, content", files, "on conflict do nothing")
        owners = list({row[:2]: row for row in group.file_owners}.values())
        insert(connection, "attachment_owners", "sha2, owner, content_type", owners, "on conflict do nothing")
    if repeats := +group.repeats:
        count_repeats(connection, repeats, group.now)
    if group.lines:
        insert(connection, "lines", "seq, path, received, size, payload, problem", group.lines)
        insert(connection, "event_ids", "path, id", group.line_ids)
