"""SQLite behind the few questions: the embedded store, a file in WAL mode.

Does not live here: the tables (``schema``), PostgreSQL (``postgres``).
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

from analytics_platform.collector.errors import StoreUnavailable
from analytics_platform.collector.store.connection import Connection, Row
from analytics_platform.collector.store.migration import migrate
from analytics_platform.collector.store.schema import SCHEMA

_PAGE = 8192  # half the calls into the kernel that pages of 4 kB need, and less room lost in each
_CHECKPOINT = 16 << 20  # bytes of the write-ahead log
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

    def commit_without_fsync(self) -> None:
        self.run("pragma synchronous = normal")

    def close(self) -> None:
        self._connection.close()


class _Catalogue:
    words: ClassVar[dict[str, str]] = {"bytes": "blob", "place": "integer", "place_only": "without rowid"}

    @staticmethod
    def has(connection: Connection, table: str, column: str = "") -> bool:
        return bool(connection.rows("select 1 from pragma_table_info(?) where ? in ('', name)", [table, column]))

    @staticmethod
    def is_key(connection: Connection, table: str, column: str) -> bool:
        return bool(connection.rows("select 1 from pragma_table_info(?) where name = ? and pk > 0", [table, column]))


class SqliteDatabase:
    """A SQLite file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _keep_to_oneself(file)
        connection = self.connect()
        for statement in SCHEMA.split(";"):
            connection.run(statement.format(**_Catalogue.words))
        migrate(connection, _Catalogue)
        connection.close()

    @property
    def name(self) -> str:
        return "sqlite"

    def connect(self) -> SqliteConnection:
        return SqliteConnection(self._file)

    @contextmanager
    def alone(self, purpose: str) -> Iterator[bool]:
        import fcntl

        file = self._file.with_suffix(f".{purpose}.lock")
        with open(file, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def _keep_to_oneself(file: Path) -> None:
    """Learners' answers and secrets' hashes: nobody but this account reads the store. Its log files take its mode."""
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        for part in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
            if part.exists() and part.stat().st_uid == os.getuid() and part.stat().st_mode & 0o077:
                part.chmod(0o600)
    except OSError as error:
        raise StoreUnavailable(f"The collector's store {file} cannot be opened: {error.strerror}.") from error
