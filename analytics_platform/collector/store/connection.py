"""The few things that the store asks of a database.

Rows are written many at a time by one statement: Python's SQLite gives the interpreter lock away for each step, and
taking it back 500 times beside a busy event loop cost more than the writing.
Does not live here: any table, SQLite's and PostgreSQL's ways (``sqlite``, ``postgres``).
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, Protocol

Row = tuple[Any, ...]
# Statements come in few lengths, so that prepared ones are found again.
_MOST_VALUES = 24_576
_MOST_CHOSEN = 4096


class Connection(Protocol):
    """A connection of one thread. Placeholders are question marks."""

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]: ...

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Execute and say how many rows changed."""

    def transaction(self) -> Any:
        """A context: all of it or nothing, on disk when it ends, one at a time over all processes."""

    def commit_without_fsync(self) -> None:
        """From now on a commit waits for no disk: when the power fails it may be forgotten, though never by halves."""

    def close(self) -> None: ...


class Database(Protocol):
    """Where connections come from."""

    @property
    def name(self) -> str: ...

    def connect(self) -> Connection: ...

    def alone(self, purpose: str) -> Any:
        """A context that one process at a time is in; gives False to the others."""


def insert(connection: Connection, table: str, columns: str, rows: Sequence[Row], tail: str = "") -> None:
    """Insert rows, many by one statement. ``tail`` is an ON CONFLICT clause."""
    width = columns.count(",") + 1
    one = f"({', '.join('?' * width)})"
    most = _MOST_VALUES // width
    for start in range(0, len(rows), most):
        values = list(chain.from_iterable(rows[start : start + most]))
        count = len(values) // width
        length = min(usual_length(count), most)
        values += [None] * ((length - count) * width)  # never read: the limit is before them
        connection.run(
            f"insert into {table} ({columns}) select * from (values {', '.join([one] * length)}) as given"
            f" where true limit ? {tail}",
            [*values, count],
        )


def chosen(connection: Connection, sql: str, values: Sequence[Any], first: Sequence[Any] = ()) -> Iterator[Row]:
    """Rows of a query that ends in ``in``, for any number of values; the last one is repeated to a usual length.

    ``first`` are the values of the question marks before.
    """
    for start in range(0, len(values), _MOST_CHOSEN):
        some = list(values[start : start + _MOST_CHOSEN])
        some += some[-1:] * (usual_length(len(some)) - len(some))
        yield from connection.rows(f"{sql} ({', '.join('?' * len(some))})", [*first, *some])


def usual_length(count: int) -> int:
    """The next of 1, 2, 3, 4, 6, 8, 12, 16, 24 …"""
    power = 1 << (count - 1).bit_length()
    return power * 3 // 4 if count <= power * 3 // 4 and power > 2 else power
