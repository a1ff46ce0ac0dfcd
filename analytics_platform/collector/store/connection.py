"""The few things that the store asks of a database, and SQLite's way of doing them.

Rows are written many at a time by one statement: Python's SQLite gives the interpreter lock away for each step, and
taking it back 500 times beside a busy event loop cost more than the writing. Does not live here: any table.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from analytics_platform.collector.errors import StoreUnavailable
from analytics_platform.collector.store.schema import SCHEMA

Row = tuple[Any, ...]
# Statements come in lengths that are powers of two, so that prepared ones are found again.
_MOST_VALUES = 8192
_MOST_CHOSEN = 512


class Connection(Protocol):
    """A connection of one thread. Placeholders are question marks."""

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]: ...

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Execute and say how many rows changed."""

    def transaction(self) -> Any:
        """A context: all of it or nothing, on disk when it ends, one at a time over all processes."""

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
    done = 0
    while done < len(rows):
        size = min(_MOST_VALUES // width, len(rows) - done)
        size = 1 << (size.bit_length() - 1)
        values = [value for row in rows[done : done + size] for value in row]
        connection.run(f"insert into {table} ({columns}) values {', '.join([one] * size)} {tail}", values)
        done += size


def chosen(connection: Connection, sql: str, values: Sequence[Any]) -> Iterator[Row]:
    """Rows of a query that ends in ``in``, for any number of values; the last one is repeated to a usual length."""
    for start in range(0, len(values), _MOST_CHOSEN):
        some = list(values[start : start + _MOST_CHOSEN])
        some += some[-1:] * ((1 << (len(some) - 1).bit_length()) - len(some))
        yield from connection.rows(f"{sql} ({', '.join('?' * len(some))})", some)


class SqliteConnection:
    """One connection in WAL mode; a commit is on disk (synchronous=FULL)."""

    def __init__(self, file: Path) -> None:
        try:
            self._connection = sqlite3.connect(
                file, isolation_level=None, timeout=10, cached_statements=256, check_same_thread=False
            )
            self._connection.execute("pragma journal_mode = wal")
            self._connection.execute("pragma synchronous = full")
            self._connection.execute("pragma cache_size = -32000")
            self._connection.execute("pragma wal_autocheckpoint = 4000")
            self._connection.execute("pragma journal_size_limit = 67108864")
        except sqlite3.Error as error:
            raise StoreUnavailable(f"The collector's store {file} cannot be opened: {error}.") from error

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise StoreUnavailable(f"The collector's store cannot be read: {error}.") from error

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        try:
            return self._connection.execute(sql, values).rowcount
        except sqlite3.Error as error:
            raise StoreUnavailable(f"The collector's store cannot be written: {error}.") from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.run("begin immediate")
        try:
            yield
            self.run("commit")
        except BaseException:
            if self._connection.in_transaction:
                with suppress(sqlite3.Error):  # the first error says more, and the connection is opened anew
                    self._connection.execute("rollback")
            raise

    def close(self) -> None:
        self._connection.close()


class SqliteDatabase:
    """A SQLite file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        connection = self.connect()
        for statement in SCHEMA.split(";"):
            connection.run(statement.format(bytes="blob", place="integer", place_only="without rowid"))
        connection.close()

    @property
    def name(self) -> str:
        return "sqlite"

    def connect(self) -> SqliteConnection:
        return SqliteConnection(self._file)

    @contextmanager
    def alone(self, purpose: str) -> Iterator[bool]:
        import fcntl

        with self._file.with_suffix(f".{purpose}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def open_database(address: str) -> Database:
    """The store at a postgresql:// URL or a path."""
    if address.startswith(("postgresql://", "postgres://")):
        from analytics_platform.collector.store.postgres import PostgresDatabase

        return PostgresDatabase(address)
    return SqliteDatabase(Path(address))
