"""PostgreSQL behind the same few questions, for several collectors that share one store.

Writers take turns by an advisory lock, so that places are visible in their order. psycopg is an extra: it is imported
when such a store is opened.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar
from zlib import crc32

from analytics_platform.collector.errors import StoreUnavailable
from analytics_platform.collector.store.connection import Connection, Row
from analytics_platform.collector.store.migration import migrate
from analytics_platform.collector.store.schema import SCHEMA
from analytics_platform.errors import SettingsError

try:
    import psycopg
except ImportError:
    raise SettingsError("COLLECTOR_STORE_URL is a PostgreSQL store: install analytics-platform[postgres].") from None

_WRITING = 7_290_001  # the advisory lock of writing transactions
_SHIPPING = 7_290_002


class PostgresConnection:
    """A connection that commits by itself outside transactions."""

    def __init__(self, url: str) -> None:
        try:
            self._connection = psycopg.connect(url, autocommit=True, connect_timeout=5)
        except psycopg.Error as error:
            raise StoreUnavailable(f"The collector's PostgreSQL store cannot be reached: {_reason(error)}.") from error

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        try:
            found: list[Row] = self._connection.execute(_placed(sql), values).fetchall()
            return found
        except psycopg.Error as error:
            raise StoreUnavailable(f"The collector's PostgreSQL store cannot be read: {_reason(error)}.") from error

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        try:
            return int(self._connection.execute(_placed(sql), values).rowcount)
        except psycopg.Error as error:
            raise StoreUnavailable(f"The collector's PostgreSQL store cannot be written: {_reason(error)}.") from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        try:
            with self._connection.transaction():
                self._connection.execute(f"select pg_advisory_xact_lock({_WRITING})")
                yield
        except psycopg.Error as error:
            raise StoreUnavailable(f"The collector's PostgreSQL store cannot be written: {_reason(error)}.") from error

    def commit_without_fsync(self) -> None:
        self.run("set synchronous_commit = off")

    def close(self) -> None:
        self._connection.close()


class _Catalogue:
    words: ClassVar[dict[str, str]] = {"bytes": "bytea", "place": "bigint", "place_only": ""}

    @staticmethod
    def has(connection: Connection, table: str, column: str = "") -> bool:
        sql = "select 1 from pg_attribute where attrelid = to_regclass(?) and cast(? as text) in ('', attname::text)"
        return bool(connection.rows(f"{sql} and not attisdropped limit 1", [table, column]))

    @staticmethod
    def is_key(connection: Connection, table: str, column: str) -> bool:
        sql = (
            "select 1 from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)"
            " where i.indrelid = to_regclass(?) and i.indisprimary and a.attname = ?"
        )
        return bool(connection.rows(sql, [table, column]))


class PostgresDatabase:
    """A PostgreSQL database; the tables are made in the schema that the URL's search path names."""

    def __init__(self, url: str) -> None:
        self._url = url
        connection = self.connect()
        with connection.transaction():
            for statement in SCHEMA.split(";"):
                connection.run(statement.format(**_Catalogue.words))
        migrate(connection, _Catalogue)
        connection.close()

    @property
    def name(self) -> str:
        return "postgresql"

    def connect(self) -> PostgresConnection:
        return PostgresConnection(self._url)

    @contextmanager
    def alone(self, purpose: str) -> Iterator[bool]:
        connection = self.connect()
        try:
            yield bool(connection.rows(f"select pg_try_advisory_lock({_lock(purpose)})")[0][0])
        finally:
            connection.close()


def _lock(purpose: str) -> int:
    """The advisory lock of a purpose: that of shipping has its old number, others are far from it."""
    return _SHIPPING if purpose == "shipping" else (1 << 40) + crc32(purpose.encode())


def _placed(sql: str) -> Any:
    """Question marks to psycopg's placeholders; no SQL of ours has a percent sign."""
    return sql.replace("?", "%s")


def _reason(error: psycopg.Error) -> str:
    """The server's words without its detail, which may quote a row."""
    return (error.diag.message_primary or type(error).__name__) if error.diag else type(error).__name__
