"""Which statement has which id. Clients' ids are random, and random keys are written all over an index:
at a million statements a batch of 500 touched 500 pages.

So an id is first written into a small table (``ids_new``). Each transaction that adds ids also moves some of them to
the large table (``ids``), in the order of the keys, starting again at the end: ids moved together touch neighbouring
pages. Ids made here begin with the time and go to the large table at once. Writers take turns, so looking in both keeps
ids unique.
Does not live here: the statements themselves (``statement_queries``, ``transaction``).
"""

from collections.abc import Iterable, Sequence
from math import isqrt

from analytics_platform.collector.store.connection import Connection, Row, chosen, insert

_WAITING = 1 << 16  # most ids in the small table, more or less


def places_of_ids(connection: Connection, keys: Sequence[bytes]) -> dict[bytes, int]:
    """The places of those ids that are stored."""
    if not keys:
        return {}
    found = {bytes(key): place for key, place in chosen(connection, "select id, seq from ids_new where id in", keys)}
    return found | {bytes(key): place for key, place in chosen(connection, "select id, seq from ids where id in", keys)}


def place_of_id(connection: Connection, key: bytes) -> int | None:
    return places_of_ids(connection, [key]).get(key)


def add_ids(connection: Connection, given: Iterable[Row], made: Iterable[Row]) -> None:
    """New ids with their places, by whether a client gave them; none of them is stored already."""
    insert(connection, "ids", "id, seq", sorted(made))
    rows = sorted(given)
    if rows:
        insert(connection, "ids_new", "id, seq", rows)
        _move_some(connection, len(rows), max(place for _, place in rows))


def _move_some(connection: Connection, added: int, place: int) -> None:
    (last, waiting), *_ = connection.rows("select last, waiting from ids_moved") or [(b"", 0)]
    waiting += added
    # As few pages as can be: those of the small table, and those of the large one that some ids lie on.
    if waiting > min(_WAITING, isqrt(2 * added * place)):
        last, many = bytes(last), 2 * added
        ends = connection.rows("select id from ids_new where id > ? order by id limit 1 offset ?", [last, many - 1])
        end = bytes(ends[0][0]) if ends else b"\xff" * 16
        connection.run("insert into ids (id, seq) select id, seq from ids_new where id > ? and id <= ?", [last, end])
        waiting -= connection.run("delete from ids_new where id > ? and id <= ?", [last, end])
        last = end if ends else b""
    if not connection.run("update ids_moved set last = ?, waiting = ?", [bytes(last), waiting]):
        connection.run("insert into ids_moved (last, waiting) values (?, ?)", [bytes(last), waiting])
