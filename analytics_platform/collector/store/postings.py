"""The inverted index, from mark to places: written in groups, read by one epoch or many at once.

A group of 2,000 statements has some 12,000 marks, fewer than half of them distinct. Each distinct mark is one row with
its places packed, because the rows of this index were the larger part of a statement's cost.
Does not live here: what a mark is (``xapi/marks``), the statements at the places (``statement_queries``).
"""

import sys
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence

from analytics_platform.collector.store.connection import Connection, Row, insert
from analytics_platform.collector.store.schema import EPOCH_BITS

_WITHIN = (1 << EPOCH_BITS) - 1


class Postings:
    """Gathers what a transaction writes."""

    def __init__(self) -> None:
        self._epochs: defaultdict[int, defaultdict[int, bytearray]] = defaultdict(lambda: defaultdict(bytearray))
        self._first: int | None = None
        self._to_stored: list[Row] = []

    def add(self, place: int, marks: Iterable[int]) -> None:
        """A new statement's marks; places grow from call to call."""
        if self._first is None:
            self._first = place
        packed, two = self._epochs[place >> EPOCH_BITS], _two_bytes(place)
        for mark in marks:
            packed[mark] += two

    def add_to_stored(self, place: int, marks: Iterable[int]) -> None:
        """More marks of a stored statement: rows of their own, which no group's row can be in the way of."""
        self._to_stored += [(place >> EPOCH_BITS, mark, -place, _two_bytes(place)) for mark in set(marks)]

    def write(self, connection: Connection) -> None:
        """``first`` tells the rows of one group from those of another: no two begin at the same place."""
        rows: list[Row] = [
            (epoch, mark, self._first, marks[mark]) for epoch, marks in self._epochs.items() for mark in sorted(marks)
        ]
        insert(connection, "postings", "epoch, mark, first, places", rows)
        insert(connection, "postings", "epoch, mark, first, places", self._to_stored, "on conflict do nothing")


def places_of(connection: Connection, marks: Sequence[int], epochs: Sequence[int]) -> dict[int, set[int]]:
    """The places of any of some marks, by epoch; epochs without one are left out."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    if epochs:
        sql = (
            f"select epoch, places from postings where epoch in ({', '.join('?' * len(epochs))})"
            f" and mark in ({', '.join('?' * len(marks))})"
        )
        for epoch, packed in connection.rows(sql, [*epochs, *marks]):
            found[epoch].update(_unpacked(epoch, packed))
    return found


def how_often(connection: Connection, marks: Sequence[int], epochs: Sequence[int]) -> int:
    """How many places some marks have in some epochs."""
    sql = (
        f"select coalesce(sum(length(places)), 0) from postings where epoch in ({', '.join('?' * len(epochs))})"
        f" and mark in ({', '.join('?' * len(marks))})"
    )
    return int(connection.rows(sql, [*epochs, *marks])[0][0]) >> 1


def _two_bytes(place: int) -> bytes:
    return (place & _WITHIN).to_bytes(2, "little")


def _unpacked(epoch: int, packed: bytes) -> Iterable[int]:
    within = array("H", bytes(packed))
    if sys.byteorder == "big":
        within.byteswap()
    start = epoch << EPOCH_BITS
    return [start + place for place in within]
