"""How long the store keeps statements that landing has: up to an age, up to a size, oldest first.

A statement's text is deleted; its id, fingerprint and owner stay. So the same statement sent again is still a
duplicate, another one with its id is still a conflict, and the right to void it is still checked. The postings of an
epoch are deleted once the texts of all its statements are. Statements that landing or a forwarding target does not have
yet stay, and so do those with attachments, whose bytes are nowhere else. Freed room in the file is used again.
Does not live here: when it is done (``server``), documents, which stay until somebody deletes them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from analytics_platform.collector.store.connection import Connection, insert
from analytics_platform.collector.store.queue import STATEMENTS, mark_shipped, shipped_place
from analytics_platform.collector.store.schema import EPOCH_BITS
from analytics_platform.collector.xapi.preparing import ATTACHED, GONE

_AT_ONCE = 2000
_DAY = 86_400_000_000
_LOOKED, _FIRST = "kept_from", "kept_first"  # up to where was looked; the place before the first one that stayed


@dataclass(frozen=True)
class Keep:
    """The limits; 0 is none. ``forwarded`` are the queues that must have a statement besides landing."""

    days: float = 0
    megabytes: int = 0
    forwarded: tuple[str, ...] = ()

    @property
    def is_limited(self) -> bool:
        return self.days > 0 or self.megabytes > 0


def forget_statements(connection: Connection, keep: Keep, now: int, ended: Callable[[], bool] = lambda: False) -> int:
    """Take out what is past the limits, until ``ended``; how many statements. Intake goes on between two portions."""
    if not keep.is_limited:
        return 0
    bound = min(shipped_place(connection, queue) for queue in (STATEMENTS, *keep.forwarded))
    place = shipped_place(connection, _LOOKED)
    before = now - int(keep.days * _DAY) if keep.days else None
    above = _size(connection, place) - (keep.megabytes << 20) if keep.megabytes else 0
    count = 0
    while not ended():
        began = time.monotonic()
        rows = connection.rows(
            f"select seq, stored, size, flags from statements where seq > ? and seq <= ? order by seq limit {_AT_ONCE}",
            [place, bound],
        )
        last, goes = place, 0
        for seq, stored, size, flags in rows:
            if not (above > 0 or (before is not None and stored < before)):
                break
            above, last, goes = above - size, seq, goes + (not flags & (ATTACHED | GONE))
        if last == place:
            return count
        with connection.transaction():
            _empty(connection, place, last)
            _forget_epochs(connection, place, last)
        mark_shipped(connection, _LOOKED, last)
        stayed = next((seq for seq, _, _, flags in rows if seq <= last and flags & ATTACHED), None)
        if stayed is not None and not connection.rows("select 1 from shipped where queue = ?", [_FIRST]):
            mark_shipped(connection, _FIRST, stayed - 1)
        place, count = last, count + goes
        time.sleep(min(0.5, time.monotonic() - began))  # the writer has its turn
    return count


def _empty(connection: Connection, after: int, last: int) -> None:
    """Take the texts of a stretch. Deleted and written anew: shortened rows would leave SQLite's pages nearly empty."""
    stretch = f"from statements where seq > ? and seq <= ? and flags & {ATTACHED | GONE} = 0"
    kept = connection.rows(
        f"select seq, id, fingerprint, stored, owner, flags | {GONE}, 0, '' {stretch} order by seq", [after, last]
    )
    connection.run(f"delete {stretch}", [after, last])
    insert(connection, "statements", "seq, id, fingerprint, stored, owner, flags, size, body", kept)


def _size(connection: Connection, after: int) -> int:
    return int(connection.rows("select coalesce(sum(size), 0) from statements where seq > ?", [after])[0][0])


def _forget_epochs(connection: Connection, after: int, last: int) -> None:
    """What the statements of whole epochs are found by; an epoch with one that stays is left as it is."""
    for epoch in range(after >> EPOCH_BITS, (last + 1) >> EPOCH_BITS):
        first, end = epoch << EPOCH_BITS, (epoch + 1) << EPOCH_BITS
        stays = f"select 1 from statements where seq >= ? and seq < ? and flags & {GONE} = 0 limit 1"
        if not connection.rows(stays, [first, end]):
            connection.run("delete from postings where epoch = ?", [epoch])
