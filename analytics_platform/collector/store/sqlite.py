"""SQLite behind the few questions: the embedded store, a file in WAL mode.

Does not live here: the tables (``schema``), PostgreSQL (``postgres``).
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from analytics_platform.collector.errors import StoreUnavailable
from analytics_platform.collector.store.connection import Row
from analytics_platform.collector.store.migration import migrate
from analytics_platform.collector.store.schema import SCHEMA

_PAGE = 8192  # half the calls into the kernel that pages of 4 kB need, and less room lost in each
_CHECKPOINT = 16 << 20  # bytes of the write-ahead log
_MARKS = "select 1 from sqlite_master where type = 'table' and name = 'marks'"
_PROBLEM = "select 1 from pragma_table_info('lines') where name = 'problem'"

# Python takes bytes for a type of ours and looks long for what it may be in SQL; a bytearray it knows.
sqlite3.register_adapter(bytes, bytearray)


class SqliteConnection:
    """One connection in WAL mode; a commit is on disk (synchronous=FULL)."""

    def __init__(self, file: Path) -> None:
        try:
            self._connection = sqlite3.connect(
                file, isolation_level=None, timeout=10, cached_statements=256, check_same_thread=False
            )
            self._connection.execute(f"pragma page_size = {_PAGE}")  # of a new file; an older one keeps its own
            self._connection.execute("pragma journal_mode = wal")
            self._connection.execute("pragma synchronous = full")
            self._connection.execute("pragma cache_size = -32000")
            page = self._connection.execute("pragma page_size").fetchone()[0]
            self._connection.execute(f"pragma wal_autocheckpoint = {_CHECKPOINT // page}")
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

    def hurry(self) -> None:
        self.run("pragma synchronous = normal")

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
        migrate(connection, _MARKS, _PROBLEM)
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
