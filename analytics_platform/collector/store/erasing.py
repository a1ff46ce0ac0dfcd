"""Taking erased people out of the store: statements, documents, lines that wait, refused requests, attachments.

A statement by somebody erased, or about them as an agent, goes with its id and its attachments; where another's
statement only mentions them (instructor, team, an address in a text) the mention is hidden and the statement stays.
What it can be found by (postings) forgets them too. Does not live here: whom a statement is about
(``lake/subjects``), files of the home (``privacy/``).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson

from analytics_platform.collector.exact import dumps, loads
from analytics_platform.collector.store.connection import Connection, Row, chosen
from analytics_platform.collector.store.queue import LINES, STATEMENTS, mark_shipped, shipped_place
from analytics_platform.collector.xapi.marks import AGENT, OTHER_AGENT, foreign, mark
from analytics_platform.collector.xapi.preparing import attachments
from analytics_platform.lake.erased import Erased
from analytics_platform.lake.scrubbing import hide, without

_AT_ONCE = 1000
_WITH_TEXT = "body <> ''"  # of what the store need not keep the text is gone already
# The place of a statement that is gone is never given again: landing would not look there, and postings still name it.
KEEP_PLACES = (
    "insert into shipped (queue, seq) select 'erased', coalesce(max(seq), 0) from statements where true"
    " on conflict (queue) do update set"
    " seq = case when excluded.seq > shipped.seq then excluded.seq else shipped.seq end"
)


@dataclass
class Taken:
    """How much of each kind is gone (``hidden``: statements of others that mention less)."""

    statements: int = 0
    hidden: int = 0
    documents: int = 0
    lines: int = 0
    refused: int = 0
    attachments: int = 0

    @property
    def total(self) -> int:
        return self.statements + self.hidden + self.documents + self.lines + self.refused + self.attachments


def erase(connection: Connection, erased: Erased, agents: Iterable[str] = (), dry_run: bool = False) -> Taken:
    """Take everybody on the list out. ``agents`` are identities as the store's index knows them, where they are known.

    Each portion is a transaction of its own: intake goes on in between, and whoever is killed starts again.
    """
    taken = Taken()
    if not erased:
        return taken
    _rows_of(connection, erased, taken, 0, 0, dry_run)
    _documents(connection, erased, taken, dry_run)
    for rows in _portions(connection, "refused", "body, reason"):
        gone = [seq for seq, body, reason in rows if _said(bytes(body), erased) or hide(reason, erased) != reason]
        taken.refused += len(gone)
        _delete(connection, "refused", "seq", gone, dry_run)
    if not dry_run:
        marks = [mark(kind, agent) for agent in agents for kind in (AGENT, OTHER_AGENT)]
        for one in (*marks, *foreign(marks)):
            connection.run("delete from postings where mark = ?", [one])
    return taken


def erase_new(connection: Connection, erased: Erased) -> Taken:
    """The same of what has come since the last look, before it is shipped."""
    taken = Taken()
    places = {queue: shipped_place(connection, f"erased_{queue}") for queue in (STATEMENTS, LINES)}
    newest = {queue: connection.rows(f"select coalesce(max(seq), 0) from {queue}")[0][0] for queue in places}
    if any(newest[queue] > places[queue] for queue in places):
        _rows_of(connection, erased, taken, places[STATEMENTS], places[LINES], dry_run=False)
        for queue, place in newest.items():
            mark_shipped(connection, f"erased_{queue}", max(place, places[queue]))
    return taken


def _rows_of(connection: Connection, erased: Erased, taken: Taken, statements: int, lines: int, dry_run: bool) -> None:
    """What lies behind two places."""
    files: set[str] = set()
    for rows in _portions(connection, "statements", "body", statements, _WITH_TEXT):
        _statements(connection, rows, erased, taken, files, dry_run)
    _attachments(connection, files, taken, dry_run)
    for rows in _portions(connection, "lines", "path, payload", lines):
        gone = [seq for seq, path, payload in rows if _line_is_about(path, bytes(payload), erased)]
        taken.lines += len(gone)
        _delete(connection, "lines", "seq", gone, dry_run)


def identities_of(connection: Connection, erased: Erased) -> set[str]:
    """The identities of erased people as the index was made from them; asked for before they are gone."""
    from analytics_platform.collector.xapi.agents import identity
    from analytics_platform.lake.subjects import agent_ids, is_agent

    found: set[str] = set()

    def look(value: object) -> None:
        if isinstance(value, dict):
            known = identity(value) if is_agent(value) else None
            if known is not None and any(map(erased.holds, agent_ids(value))):
                found.add(known)
            for one in value.values():
                look(one)
        elif isinstance(value, list):
            for one in value:
                look(one)

    for rows in _portions(connection, "statements", "body", condition=_WITH_TEXT):
        for _, body in rows:
            look(loads(body.encode()))
    return found


def vacuum(connection: Connection, kind: str) -> None:
    """Give freed pages back, so that no byte of what was deleted stays in the file; SQLite's log is emptied too."""
    connection.run("vacuum")
    if kind == "sqlite":
        connection.rows("pragma wal_checkpoint(truncate)")


def _portions(
    connection: Connection, table: str, columns: str, last: int = 0, condition: str = "true"
) -> Iterator[list[Row]]:
    while True:
        rows = connection.rows(
            f"select seq, {columns} from {table} where seq > ? and {condition} order by seq limit {_AT_ONCE}", [last]
        )
        if not rows:
            return
        last = rows[-1][0]
        yield rows


def _statements(
    connection: Connection, rows: list[Row], erased: Erased, taken: Taken, files: set[str], dry_run: bool
) -> None:
    gone: list[int] = []
    changed: list[tuple[str, int]] = []
    for seq, body in rows:
        statement = loads(body.encode())
        after = without("xapi/statements", statement, erased)
        if after is None:
            gone.append(seq)
            files |= {file["sha2"].lower() for file in attachments(statement)}
        elif after is not statement:
            changed.append((dumps(after).decode(), seq))
    taken.statements += len(gone)
    taken.hidden += len(changed)
    if dry_run or not (gone or changed):
        return
    with connection.transaction():
        connection.run(KEEP_PLACES)
        for body, seq in changed:
            connection.run("update statements set body = ?, size = ? where seq = ?", [body, len(body.encode()), seq])
        keys = [bytes(key) for (key,) in chosen(connection, "select id from statements where seq in", gone)]
        for table in ("ids", "ids_new"):
            for key in keys:
                connection.run(f"delete from {table} where id = ?", [key])
        for seq in gone:
            connection.run("delete from refs where seq = ?", [seq])
            connection.run("delete from statements where seq = ?", [seq])


def _attachments(connection: Connection, files: set[str], taken: Taken, dry_run: bool) -> None:
    """Bytes that no statement names any more."""
    for sha2 in sorted(files):
        if not dry_run and connection.rows("select 1 from statements where body like ? limit 1", [f"%{sha2}%"]):
            continue
        taken.attachments += len(connection.rows("select 1 from attachments where sha2 = ?", [sha2]))
        for table in ("attachments", "attachment_owners"):
            _delete(connection, table, "sha2", [sha2], dry_run)


def _documents(connection: Connection, erased: Erased, taken: Taken, dry_run: bool) -> None:
    """Whole documents: those of an agent who is erased, and any whose name or content speaks of them."""
    keys = "kind, activity, agent, registration, name, owner"
    for *key, content in connection.rows(f"select {keys}, content from documents"):
        agent = str(key[2])
        normal = agent.replace("mbox:mailto:", "mbox:", 1)
        about = agent and (erased.holds(normal) or erased.holds(normal.replace("/|", "|", 1)))
        if about or _said(bytes(content), erased) or hide(str(key[4]), erased) != key[4]:
            taken.documents += 1
            if not dry_run:
                where = " and ".join(f"{name} = ?" for name in keys.split(", "))
                connection.run(f"delete from documents where {where}", key)


def _line_is_about(path: str, payload: bytes, erased: Erased) -> bool:
    try:
        value = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return _said(payload, erased)
    return _said(payload, erased) or (isinstance(value, dict) and without(path, value, erased) is not value)


def _said(content: bytes, erased: Erased) -> bool:
    words = content.decode(errors="replace")
    return hide(words, erased) != words


def _delete(connection: Connection, table: str, column: str, values: list[int] | list[str], dry_run: bool) -> None:
    if dry_run or not values:
        return
    with connection.transaction():
        for value in values:
            connection.run(f"delete from {table} where {column} = ?", [value])
