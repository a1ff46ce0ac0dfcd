"""What the strict routes refused, kept for some days so that a person can see it, and send it in again.

Number and size are limited for each credential and in total, so refused requests cannot fill the disk.
Does not live here: what is refused and why (``xapi/``), the command (``commands``).
"""

from dataclasses import dataclass

from analytics_platform.collector.store.connection import Connection
from analytics_platform.collector.store.writes import Refused

LONGEST = 256 << 10  # bytes of a body that is kept whole
_OF_ONE = 1000  # of one credential
_TOGETHER = 64 << 20  # bytes
_DAY = 86_400_000_000


@dataclass(frozen=True)
class Kept:
    """A refused request. ``size`` is that of the body as it came; a longer one is kept by its beginning."""

    place: int
    at: int
    size: int
    refused: Refused

    @property
    def is_whole(self) -> bool:
        return self.size == len(self.refused.body)


def keep_refused(connection: Connection, refused: Refused, now: int) -> None:
    place = connection.rows("select coalesce(max(seq), 0) from refused")[0][0] + 1
    kept = refused.body if len(refused.body) <= LONGEST else refused.body[:2000]
    connection.run(
        "insert into refused (seq, at, owner, method, path, content_type, status, rule, reason, size, body)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [place, now, refused.owner, refused.method, refused.path, refused.content_type[:200],
         refused.status, refused.rule, refused.reason[:500], len(refused.body), kept],
    )  # fmt: skip
    if place % 100 == 0:
        tidy(connection, refused.owner)


def tidy(connection: Connection, owner: str) -> None:
    """Leave out the oldest of a credential that has too many, and the oldest of all when they take too much room."""
    oldest = connection.rows(
        f"select seq from refused where owner = ? order by seq desc limit 1 offset {_OF_ONE}", [owner]
    )
    if oldest:
        connection.run("delete from refused where owner = ? and seq <= ?", [owner, oldest[0][0]])
    room = 0
    for seq, size in connection.rows("select seq, length(body) from refused order by seq desc"):
        room += size
        if room > _TOGETHER:
            connection.run("delete from refused where seq <= ?", [seq])
            return


def forget_refused(connection: Connection, days: float, now: int) -> int:
    """Delete what is older than some days; how many."""
    with connection.transaction():
        return connection.run("delete from refused where at < ?", [now - int(days * _DAY)])


def list_refused(connection: Connection, owner: str | None = None, limit: int = 50) -> list[Kept]:
    """The newest first."""
    where, values = ("", []) if owner is None else ("where owner = ?", [owner])
    rows = connection.rows(f"{_SELECT} {where} order by seq desc limit ?", [*values, limit])
    return [_kept(*row) for row in rows]


def find_refused(connection: Connection, place: int) -> Kept | None:
    rows = connection.rows(f"{_SELECT} where seq = ?", [place])
    return _kept(*rows[0]) if rows else None


def drop_refused(connection: Connection, place: int) -> None:
    with connection.transaction():
        connection.run("delete from refused where seq = ?", [place])


_SELECT = "select seq, at, size, owner, method, path, content_type, status, rule, reason, body from refused"


def _kept(
    seq: int, at: int, size: int, owner: str, method: str, path: str, kind: str, status: int, rule: str, reason: str,
    body: bytes,
) -> Kept:  # fmt: skip
    return Kept(seq, at, size, Refused(owner, method, path, kind, status, rule, reason, bytes(body)))
