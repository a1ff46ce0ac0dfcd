"""What landing does not have yet: statements and other lines after the place that was shipped last.

Does not live here: writing to landing (``shipping``).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from analytics_platform.collector.store.connection import Connection
from analytics_platform.collector.store.statement_queries import written

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AT_ONCE = 500  # sizes looked at by one query
_MOST = 20_000  # lines of one shipment
STATEMENTS, LINES = "statements", "lines"


@dataclass(frozen=True)
class Waiting:
    """A line that waits. ``received`` is its time of receipt, ``problem`` why it was refused, if it was."""

    place: int
    path: str
    received: datetime
    payload: bytes
    problem: str | None = None


def shipped_place(connection: Connection, queue: str) -> int:
    rows = connection.rows("select seq from shipped where queue = ?", [queue])
    return int(rows[0][0]) if rows else 0


def next_waiting(connection: Connection, queue: str, most_bytes: int) -> list[Waiting]:
    """The lines after the last shipped place, in order, up to some bytes (at least one line)."""
    place = shipped_place(connection, queue)
    last = last_within(connection, queue, place, most_bytes)
    if last == place:
        return []
    return _statements(connection, place, last) if queue == STATEMENTS else _lines(connection, place, last)


def last_within(connection: Connection, queue: str, place: int, most_bytes: int) -> int:
    """The last place whose line still fits. Sizes lie among the lines, so few are asked for that do not fit."""
    last, total = place, 0
    for _ in range(_MOST // _AT_ONCE):
        sizes = connection.rows(f"select seq, size from {queue} where seq > ? order by seq limit {_AT_ONCE}", [last])
        for seq, size in sizes:
            total += size
            if total > most_bytes and last != place:
                return last
            last = seq
        if len(sizes) < _AT_ONCE:
            break
    return last


def _statements(connection: Connection, after: int, last: int) -> list[Waiting]:
    rows = connection.rows(
        "select seq, stored, body from statements where seq > ? and seq <= ? order by seq", [after, last]
    )
    return [Waiting(seq, "xapi/statements", _moment(stored), shipped_text(stored, body)) for seq, stored, body in rows]


def shipped_text(stored: int, body: str) -> bytes:
    """With ``stored``, without a timestamp that nobody claimed: the lake counts the time of receipt for those."""
    return f'{{"stored":"{written(stored)}",{body[1:]}'.encode()


def _lines(connection: Connection, after: int, last: int) -> list[Waiting]:
    rows = connection.rows(
        "select seq, path, received, payload, problem from lines where seq > ? and seq <= ? order by seq", [after, last]
    )
    return [
        Waiting(seq, path, _moment(received), bytes(payload), problem) for seq, path, received, payload, problem in rows
    ]


def mark_shipped(connection: Connection, queue: str, place: int) -> None:
    """Landing has everything up to a place. Statements stay, for GET; other lines are not needed any more."""
    with connection.transaction():
        connection.run(
            "insert into shipped (queue, seq) values (?, ?) on conflict (queue) do update set seq = excluded.seq",
            [queue, place],
        )
        if queue == LINES:
            connection.run("delete from lines where seq <= ?", [place])


def waiting_lines(connection: Connection) -> int:
    """How many lines wait."""
    count = 0
    for table in (STATEMENTS, LINES):
        last = connection.rows(f"select coalesce(max(seq), 0) from {table}")[0][0]
        count += max(0, last - shipped_place(connection, table))
    return count


def lag(connection: Connection) -> tuple[int, float]:
    """How many lines wait, and for how many seconds the oldest one does."""
    oldest = None
    for table, column in ((STATEMENTS, "stored"), (LINES, "received")):
        place = shipped_place(connection, table)
        first = connection.rows(f"select {column} from {table} where seq > ? order by seq limit 1", [place])
        if first:
            oldest = min(first[0][0], oldest or first[0][0])
    waited = (datetime.now(UTC) - _moment(oldest)).total_seconds() if oldest is not None else 0.0
    return waiting_lines(connection), max(0.0, waited)


@lru_cache(maxsize=64)  # what was stored together has the same time
def _moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)
