"""What GET asks of the statements: one by id, a page by filters, what is known of an agent or activity.

A page walks the index of the rarest mark and asks the others row by row, newest place first.
Does not live here: the parameters of a request and the formats (``xapi/``).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from analytics_platform.collector.store.connection import Connection, Row, chosen
from analytics_platform.collector.store.works import Attachment
from analytics_platform.collector.xapi.preparing import TIMELESS, VOIDED

_COUNTED = 5000  # marks are counted up to here when the rarest is looked for
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PAGE_BYTES = 8 << 20


@dataclass(frozen=True)
class StoredStatement:
    """A statement as it lies in the store."""

    place: int
    stored: int
    flags: int
    body: str

    @property
    def voided(self) -> bool:
        return bool(self.flags & VOIDED)

    @property
    def json(self) -> str:
        """The statement with what was assigned when it was stored.

        Without a time of its own it happened when it was stored:
        https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.7.s3.b3
        """
        at = written(self.stored)
        timestamp = f'"timestamp":"{at}",' if self.flags & TIMELESS else ""
        return f'{{"stored":"{at}",{timestamp}{self.body[1:]}'


@dataclass(frozen=True)
class PageQuery:
    """Which statements. ``marks`` must all be there; ``after`` is the place where the page before ended."""

    marks: tuple[int, ...] = ()
    owner: str | None = None
    since: int | None = None
    until: int | None = None
    ascending: bool = False
    after: int | None = None
    limit: int = 100


def written(micros: int) -> str:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#4.5.s1: UTC, finer than milliseconds"""
    return (_EPOCH + timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def statement_by_id(connection: Connection, name: str, owner: str | None) -> StoredStatement | None:
    """A statement, voided or not; an owner sees only its own."""
    rows = connection.rows(
        "select seq, stored, flags, body, owner from statements where id = ?", [bytes.fromhex(name.replace("-", ""))]
    )
    if not rows or (owner is not None and rows[0][4] != owner):
        return None
    return StoredStatement(*rows[0][:4])


def page(connection: Connection, query: PageQuery) -> tuple[list[StoredStatement], bool]:
    """Statements up to the limit, or to some bytes, and whether there are more. Voided ones are not among them.

    https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.4.s1
    """
    marks = _rarest_first(connection, query.marks)
    order, beyond = ("asc", ">") if query.ascending else ("desc", "<")
    source, place, where, values = "statements s", "s.seq", [f"s.flags & {VOIDED} = 0"], list[Any]()
    if marks:
        source, place = "marks m join statements s on s.seq = m.seq", "m.seq"
        where.append("m.mark = ?")
        values.append(marks[0])
    for mark in marks[1:]:
        where.append("exists (select 1 from marks o where o.mark = ? and o.seq = s.seq)")
        values.append(mark)
    if query.owner is not None:
        where.append("s.owner = ?")
        values.append(query.owner)
    for edge, condition in ((query.after, beyond), *_time_edges(connection, query)):
        if edge is not None:
            where.append(f"{place} {condition} ?")
            values.append(edge)
    sql = f"select s.seq, s.size from {source} where {' and '.join(where)} order by {place} {order} limit ?"
    places: list[int] = []
    total = 0
    for seq, size in connection.rows(sql, [*values, query.limit + 1]):
        total += size
        if places and total > PAGE_BYTES:
            return _statements(connection, places), True
        places.append(seq)
    return _statements(connection, places[: query.limit]), len(places) > query.limit


def _statements(connection: Connection, places: list[int]) -> list[StoredStatement]:
    rows = chosen(connection, "select seq, stored, flags, body from statements where seq in", places)
    found = {row[0]: StoredStatement(*row) for row in rows}
    return [found[place] for place in places]


def _time_edges(connection: Connection, query: PageQuery) -> list[tuple[int | None, str]]:
    """since and until as places: stored time grows with the place."""
    edges: list[tuple[int | None, str]] = []
    for micros, condition in ((query.since, ">"), (query.until, "<=")):
        if micros is not None:
            row = connection.rows(
                "select seq from statements where stored <= ? order by stored desc, seq desc limit 1", [micros]
            )
            edges.append((row[0][0] if row else 0, condition))
    return edges


def _rarest_first(connection: Connection, marks: tuple[int, ...]) -> list[int]:
    if len(marks) < 2:
        return list(marks)
    counted = [
        (
            connection.rows(
                f"select count(*) from (select 1 from marks where mark = ? limit {_COUNTED}) as counted", [mark]
            )[0][0],
            mark,
        )
        for mark in marks
    ]
    return [mark for _, mark in sorted(counted)]


def latest_bodies(connection: Connection, mark: int, limit: int = 50) -> list[str]:
    """The newest statements with a mark: what is known of an agent or activity is what they say."""
    rows: list[Row] = connection.rows(
        "select s.body from marks m join statements s on s.seq = m.seq where m.mark = ? order by m.seq desc limit ?",
        [mark, limit],
    )
    return [row[0] for row in rows]


def attachments(connection: Connection, hashes: list[str]) -> list[Attachment]:
    rows = chosen(connection, "select sha2, content_type, content from attachments where sha2 in", hashes)
    return [Attachment(sha2, content_type, bytes(content)) for sha2, content_type, content in rows]
