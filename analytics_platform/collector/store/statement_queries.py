"""What GET asks of the statements: one by id, a page by filters, what is known of an agent or activity.

A page is found epoch by epoch, newest first: the places of the rarest filter, intersected with those of the others.
Does not live here: the parameters of a request and the formats (``xapi/``).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from analytics_platform.collector.store.connection import Connection, Row, chosen
from analytics_platform.collector.store.ids import place_of_id
from analytics_platform.collector.store.postings import how_often, places_of
from analytics_platform.collector.store.schema import EPOCH_BITS
from analytics_platform.collector.xapi.marks import Marks
from analytics_platform.collector.xapi.multipart import Attachment
from analytics_platform.collector.xapi.preparing import GONE, TIMELESS, VOIDED, key_of

_EPOCHS = 256  # looked at by one query
_AT_ONCE = 256  # places asked for by one query
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
    def gone(self) -> bool:
        return bool(self.flags & GONE)

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
    """Which statements. Of each of ``marks`` one must be there; ``after`` is where the page before ended."""

    marks: tuple[Marks, ...] = ()
    owner: str | None = None
    since: int | None = None
    until: int | None = None
    ascending: bool = False
    after: int | None = None
    limit: int = 100


@lru_cache(maxsize=64)  # what was stored together has the same time
def written(micros: int) -> str:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#4.5.s1: UTC, finer than milliseconds"""
    return (_EPOCH + timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def statement_by_id(connection: Connection, name: str, owner: str | None) -> StoredStatement | None:
    """A statement, voided or not, and without a text if that is gone; an owner sees only its own."""
    place = place_of_id(connection, key_of(name))
    rows = connection.rows("select seq, stored, flags, body, owner from statements where seq = ?", [place or 0])
    if not rows or (owner is not None and rows[0][4] != owner):
        return None
    return StoredStatement(*rows[0][:4])


def page(connection: Connection, query: PageQuery) -> tuple[list[StoredStatement], bool]:
    """Statements up to the limit, or to some bytes, and whether there are more; no voided and no gone ones.

    https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.4.s1
    """
    low, high = _bounds(connection, query)
    rows = _marked(connection, query, low, high) if query.marks else _unmarked(connection, query, low, high)
    places: list[int] = []
    total = 0
    for seq, size in rows:
        total += size
        if places and total > PAGE_BYTES:
            return _statements(connection, places), True
        places.append(seq)
    return _statements(connection, places[: query.limit]), len(places) > query.limit


def _unmarked(connection: Connection, query: PageQuery, low: int, high: int) -> list[Row]:
    where, values = _conditions(query)
    return connection.rows(
        f"select s.seq, s.size from statements s where s.seq between ? and ? and {where}"
        f" order by s.seq {_order(query)} limit ?",
        [low, high, *values, query.limit + 1],
    )


def _marked(connection: Connection, query: PageQuery, low: int, high: int) -> list[Row]:
    """Walk the epochs, one at first, then more at once, until the page is full."""
    filters = _rarest_first(connection, query.marks, high)
    epochs = list(range(low >> EPOCH_BITS, (high >> EPOCH_BITS) + 1))
    if not query.ascending:
        epochs.reverse()
    found: list[Row] = []
    start, width = 0, 1
    while start < len(epochs) and len(found) <= query.limit:
        places = _common(connection, filters, epochs[start : start + width])
        wanted = sorted((place for place in places if low <= place <= high), reverse=not query.ascending)
        found += _allowed(connection, query, wanted, query.limit + 1 - len(found))
        start, width = start + width, min(_EPOCHS, width * 4)
    return found


def _common(connection: Connection, filters: list[Marks], epochs: list[int]) -> set[int]:
    """The places in some epochs that every filter has."""
    first, *others = filters
    places = places_of(connection, first, epochs)
    for other in others:
        more = places_of(connection, other, list(places))
        places = {epoch: both for epoch in more if (both := places[epoch] & more[epoch])}
    return set().union(*places.values())


def _allowed(connection: Connection, query: PageQuery, places: list[int], most: int) -> list[Row]:
    """Of some places in order, the first that may be shown: (seq, size)."""
    where, values = _conditions(query)
    found: list[Row] = []
    for start in range(0, len(places), _AT_ONCE):
        some = places[start : start + _AT_ONCE]
        rows = connection.rows(
            f"select s.seq, s.size from statements s where s.seq in ({', '.join('?' * len(some))}) and {where}"
            f" order by s.seq {_order(query)} limit ?",
            [*some, *values, most - len(found)],
        )
        found += rows
        if len(found) >= most:
            break
    return found


def _order(query: PageQuery) -> str:
    return "asc" if query.ascending else "desc"


def _conditions(query: PageQuery) -> tuple[str, list[Any]]:
    where, values = f"s.flags & {VOIDED | GONE} = 0", list[Any]()
    for condition, value in (
        ("s.owner = ?", query.owner),
        ("s.stored > ?", query.since),
        ("s.stored <= ?", query.until),
    ):
        if value is not None:
            where, values = f"{where} and {condition}", [*values, value]
    return where, values


def _bounds(connection: Connection, query: PageQuery) -> tuple[int, int]:
    """The lowest and highest place that may be on the page. Stored time grows with the place, but for clock steps."""
    low = first = _first_kept(connection)
    high = connection.rows("select coalesce(max(seq), 0) from statements")[0][0]
    if query.since is not None or query.until is not None:
        stretches = _stretches(connection, high)
        if query.since is not None:
            ends = [(_last_until(connection, query.since, *stretch), stretch[1]) for stretch in stretches]
            low = max(first, min((place + 1 for place, end in ends if place < end), default=high + 1))
        if query.until is not None:
            high = max(_last_until(connection, query.until, *stretch) for stretch in stretches)
    if query.after is not None:
        low, high = (max(low, query.after + 1), high) if query.ascending else (low, min(high, query.after - 1))
    return low, high


def _first_kept(connection: Connection) -> int:
    """Before this place the texts of all statements are gone (``retention``)."""
    rows = connection.rows("select seq from shipped where queue in ('kept_first', 'kept_from') order by queue limit 1")
    return int(rows[0][0]) + 1 if rows else 1


def _stretches(connection: Connection, high: int) -> list[tuple[int, int]]:
    """First and last places of the stretches within which stored time grows; nearly always there is one."""
    starts = [1, *(row[0] for row in connection.rows("select seq from clock_steps order by seq"))]
    return list(zip(starts, [*(start - 1 for start in starts[1:]), high], strict=True))


def _last_until(connection: Connection, micros: int, first: int, last: int) -> int:
    """The last place of a stretch that was stored by some time; the one before it if there is none.

    Halving takes no index, which every statement would pay for.
    """
    low, high = first - 1, last
    while low < high:
        middle = (low + high + 1) // 2
        ((place, stored),) = connection.rows(
            "select seq, stored from statements where seq >= ? order by seq limit 1", [middle]
        )
        low, high = (place, high) if stored <= micros else (low, middle - 1)
    return low


def _rarest_first(connection: Connection, filters: tuple[Marks, ...], high: int) -> list[Marks]:
    """By how often they are among the newest: what the rarest has is asked of the others."""
    if len(filters) < 2:
        return list(filters)
    newest = high >> EPOCH_BITS
    counts = {marks: how_often(connection, marks, (newest, newest - 1)) for marks in filters}
    return sorted(filters, key=lambda marks: counts[marks])


def _statements(connection: Connection, places: list[int]) -> list[StoredStatement]:
    rows = chosen(connection, "select seq, stored, flags, body from statements where seq in", places)
    found = {row[0]: StoredStatement(*row) for row in rows}
    return [found[place] for place in places]


def latest_bodies(connection: Connection, mark: int, owner: str | None, limit: int = 50) -> list[str]:
    """The newest statements with a mark: what is known of an agent or activity is what they say."""
    query = PageQuery(marks=((mark,),), owner=owner, limit=limit)
    return [statement.body for statement in page(connection, query)[0]]


def attachments(connection: Connection, hashes: list[str], owner: str | None) -> list[Attachment]:
    """Attachments by their hashes. Who sees only its own gets what it has sent: a hash alone is no right to read."""
    if owner is not None:
        sql = "select sha2, content_type from attachment_owners where owner = ? and sha2 in"
        types: dict[str, str] = dict(chosen(connection, sql, hashes, [owner]))
        hashes = sorted(types)
    rows = chosen(connection, "select sha2, content_type, content from attachments where sha2 in", hashes)
    return [
        Attachment(sha2, content_type if owner is None else types[sha2], bytes(content))
        for sha2, content_type, content in rows
    ]
