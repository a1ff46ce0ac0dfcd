"""Many works in one transaction: ids looked up together, rows written together, one fsync for all.

Works are judged one after another against what is stored and what was judged before them; then everything is written.
Does not live here: StatementRef's consequences (``references``), documents (``documents``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from analytics_platform.collector.errors import Refusal
from analytics_platform.collector.store import references
from analytics_platform.collector.store.connection import Connection, Row, chosen, insert
from analytics_platform.collector.store.documents import change_document, delete_documents
from analytics_platform.collector.store.ids import add_ids, place_of_id, places_of_ids
from analytics_platform.collector.store.works import (
    ChangeDocument,
    Line,
    Outcome,
    StoreLines,
    StoreStatements,
    Verdict,
    Work,
    refused_statement,
)
from analytics_platform.collector.xapi.comparison import same
from analytics_platform.collector.xapi.preparing import Prepared


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


def perform(connection: Connection, works: Sequence[Work], now: int) -> list[Outcome]:
    """Do works in one transaction. A refused work gives its Refusal as outcome and leaves nothing behind."""
    with connection.transaction():
        group = _open_group(connection, works, now)
        outcomes: list[Outcome] = []
        for work in works:
            try:
                outcomes.append(_judge(connection, group, work))
            except Refusal as refusal:
                outcomes.append(refusal)
        _write(connection, group)
    return outcomes


def _open_group(connection: Connection, works: Sequence[Work], now: int) -> _Group:
    last = connection.rows("select seq, stored from statements order by seq desc limit 1") or [(0, 0)]
    ids = [s.key for w in works if isinstance(w, StoreStatements) for s in w.statements if s.given]
    places = places_of_ids(connection, ids)
    stored = chosen(connection, "select id, fingerprint from statements where seq in", list(places.values()))
    known = {bytes(key): bytes(fingerprint) for key, fingerprint in stored}
    lines = [line for work in works if isinstance(work, StoreLines) for line in work.lines if line.id is not None]
    wanted = {line.id for line in lines}
    found = set(chosen(connection, "select path, id from event_ids where id in", sorted(w for w in wanted if w)))
    next_line = 0
    if any(isinstance(work, StoreLines) or (isinstance(work, StoreStatements) and not work.whole) for work in works):
        # Shipped lines are deleted, so the place of the last one is also kept in shipped.
        row = connection.rows(
            "select coalesce(max(seq), 0) from (select max(seq) as seq from lines"
            " union all select seq from shipped where queue = 'lines') as places"
        )[0]
        next_line = row[0] + 1
    # Stored time never runs backwards, also when a clock does: since= must not miss a statement.
    return _Group(max(now, last[0][1]), last[0][0] + 1, next_line, known, found)


def _judge(connection: Connection, group: _Group, work: Work) -> Outcome:
    if isinstance(work, StoreStatements):
        return _judge_statements(connection, group, work)
    if isinstance(work, StoreLines):
        return [_take_line(group, line) for line in work.lines]
    if isinstance(work, ChangeDocument):
        change_document(connection, work, group.now)
    else:
        delete_documents(connection, work)
    return None


def _judge_statements(connection: Connection, group: _Group, work: StoreStatements) -> list[Verdict]:
    verdicts, fresh = _compare(connection, group, work.statements)
    # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.2.s2.b5
    if work.whole and Verdict.CONFLICT in verdicts:
        return verdicts
    for statement in fresh.values():
        statement.place, statement.owner = group.next_statement, work.owner
        group.next_statement += 1
    group.new.update(fresh)
    if fresh:
        group.files.extend((file.sha2, file.content_type, file.content) for file in work.attachments)
    for line in work.refused:
        _take_line(group, line)
    if Verdict.CONFLICT in verdicts:
        for statement, verdict in zip(work.statements, verdicts, strict=True):
            if verdict is Verdict.CONFLICT:
                _take_line(group, refused_statement(statement.body.encode(), "the id is stored with other content"))
    return verdicts


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
    return same(orjson.loads(body), orjson.loads(statement.body))


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
        found = references.resolve(connection, group.new)
        rows = [(s.place, s.key, s.fingerprint, now, s.owner, s.flags, len(s.body), s.body) for s in new]
        insert(connection, "statements", "seq, id, fingerprint, stored, owner, flags, size, body", rows)
        given, made = ([(s.key, s.place) for s in new if s.given is asked] for asked in (True, False))
        add_ids(connection, given, made)
        found.write(connection)
    if group.files:
        files = list({row[0]: row for row in group.files}.values())
        insert(connection, "attachments", "sha2, content_type, content", files, "on conflict do nothing")
    if group.lines:
        insert(connection, "lines", "seq, path, received, size, payload, problem", group.lines)
        insert(connection, "event_ids", "path, id", group.line_ids)
