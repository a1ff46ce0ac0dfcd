"""What was told, what waits, what could not be delivered, what has recovered: one SQLite file below PLATFORM_HOME.

Several processes (sensors, the command line) use it at once. Does not live here: whether a message may go now
(``policy``), sending it (``delivering``).
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import orjson

from analytics_platform.alerts.alert import Alert, is_graver
from analytics_platform.alerts.routes import Route

What = Literal["alert", "recovery"]
_CLAIM_ENDS = timedelta(minutes=5)  # a process that died while sending gives its messages back
_SCHEMA = """
create table if not exists causes (
    cause text primary key, kind text, severity text, owner text, title text, alert text, opened_at text,
    last_at text, times integer, episode integer, recovered_at text
);
create table if not exists scopes (cause text, scope text, primary key (cause, scope));
create table if not exists messages (
    id integer primary key, route text, cause text, episode integer, what text, alert text, queued_at text,
    next_at text, tries integer default 0, state text default 'waiting', claimed_at text, error text, sent_at text,
    unique (route, cause, episode, what)
);
create index if not exists waiting on messages (state, route);
create table if not exists marks (name text primary key, value text);
create table if not exists posted (
    report text, period text, cohort text, recipient text, sent_at text, primary key (report, period, cohort, recipient)
);
"""


@dataclass(frozen=True)
class Message:
    """One alert or recovery on its way to one route. ``state``: waiting, sending, sent or undeliverable."""

    id: int
    route: str
    what: What
    alert: Alert
    queued_at: datetime
    next_at: datetime
    tries: int
    state: str
    error: str | None
    sent_at: datetime | None


@dataclass(frozen=True)
class Case:
    """A cause with what is known of it; open while ``recovered_at`` is None."""

    alert: Alert
    opened_at: datetime
    last_at: datetime
    times: int
    recovered_at: datetime | None


class State:
    """The state of alerts of one installation."""

    def __init__(self, home: Path) -> None:
        self.file = home / "alerts" / "alerts.db"
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.connection() as connection:
            connection.executescript(_SCHEMA)

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.file, timeout=30, isolation_level=None)) as connection:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = normal")  # a power cut may send a message twice
            yield connection

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that is alone from its first read on."""
        with self.connection() as connection:
            connection.execute("begin immediate")
            try:
                yield connection
            except BaseException:
                connection.execute("rollback")
                raise
            connection.execute("commit")

    def open(self, alert: Alert, routes: Iterable[Route], now: datetime) -> bool:
        """Note an alert, and queue it where it is news: a cause that was not open, is graver, or has a new scope."""
        with self._changing() as connection:
            row = connection.execute(
                "select severity, episode, recovered_at from causes where cause = ?", [alert.cause]
            ).fetchone()
            severity, episode, recovered = row or (alert.severity, 0, None)
            is_open = row is not None and recovered is None
            added = [_add_scope(connection, alert.cause, scope) for scope in alert.scopes]
            news = not is_open or is_graver(alert.severity, severity) or (alert.tells_each_scope and any(added))
            episode += news
            connection.execute(
                """insert into causes values (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, null)
                on conflict (cause) do update set kind = excluded.kind, severity = excluded.severity,
                    owner = excluded.owner, title = excluded.title, alert = excluded.alert, last_at = excluded.last_at,
                    opened_at = case when ? then opened_at else excluded.opened_at end,
                    times = case when ? then times + 1 else 1 end, episode = excluded.episode, recovered_at = null""",
                [alert.cause, alert.kind, alert.severity, alert.owner, alert.title, _packed(alert), stamp(now),
                 stamp(now), episode, is_open, is_open],
            )  # fmt: skip
            if news:
                _queue(connection, [route.name for route in routes if route.wants(alert)], alert, episode, "alert", now)
        return news

    def recover(self, cause: str, now: datetime, scopes: Sequence[str] | None = None) -> bool:
        """Take scopes of a cause away (None: all); true when it was open and nothing of it is left."""
        with self._changing() as connection:
            row = connection.execute(
                "select alert, episode from causes where cause = ? and recovered_at is null", [cause]
            ).fetchone()
            if row is None:
                return False
            for scope in scopes or ():
                connection.execute("delete from scopes where cause = ? and scope = ?", [cause, scope])
            left = connection.execute("select count(*) from scopes where cause = ?", [cause]).fetchone()[0]
            if scopes is not None and left:
                return False
            connection.execute("delete from scopes where cause = ?", [cause])
            connection.execute("update causes set recovered_at = ? where cause = ?", [stamp(now), cause])
            told = connection.execute(
                "select distinct route from messages where cause = ? and what = 'alert'", [cause]
            ).fetchall()
            _queue(connection, [route for (route,) in told], _unpacked(row[0]), row[1], "recovery", now)
        return True

    def open_causes(self, prefix: str = "") -> list[str]:
        with self.connection() as connection:
            found = connection.execute(
                "select cause from causes where recovered_at is null and substr(cause, 1, ?) = ? order by cause",
                [len(prefix), prefix],
            ).fetchall()
        return [cause for (cause,) in found]

    def scopes(self, cause: str) -> set[str]:
        with self.connection() as connection:
            return {s for (s,) in connection.execute("select scope from scopes where cause = ?", [cause]).fetchall()}

    def known(self, causes: Sequence[str]) -> set[str]:
        """Those that were ever opened."""
        with self.connection() as connection:
            return {
                cause
                for cause in causes
                if connection.execute("select 1 from causes where cause = ?", [cause]).fetchone()
            }

    def cases(self, only_open: bool, limit: int = 200) -> list[Case]:
        with self.connection() as connection:
            found = connection.execute(
                f"""select alert, opened_at, last_at, times, recovered_at from causes
                {"where recovered_at is null" if only_open else ""} order by last_at desc, cause limit ?""",
                [limit],
            ).fetchall()
        return [Case(_unpacked(a), _time(o), _time(at), n, r and _time(r)) for a, o, at, n, r in found]

    def messages(self, states: Sequence[str], route: str | None = None, limit: int = 10_000) -> list[Message]:
        marks = ", ".join("?" for _ in states)
        with self.connection() as connection:
            found = connection.execute(
                f"""select id, route, what, alert, queued_at, next_at, tries, state, error, sent_at from messages
                where state in ({marks}) and (? is null or route = ?) order by id limit ?""",
                [*states, route, route, limit],
            ).fetchall()
        return [Message(i, r, w, _unpacked(a), _time(q), _time(n), t, s, e, x and _time(x))
                for i, r, w, a, q, n, t, s, e, x in found]  # fmt: skip

    def claim(self, messages: Sequence[Message], now: datetime) -> list[Message]:
        """Those that no other process is sending; they are this one's for some minutes."""
        with self._changing() as connection:
            taken = []
            for message in messages:
                cursor = connection.execute(
                    "update messages set state = 'sending', claimed_at = ? where id = ? and state = 'waiting'",
                    [stamp(now), message.id],
                )
                taken += [message] if cursor.rowcount else []
        return taken

    def give_back_abandoned(self, now: datetime) -> None:
        with self._changing() as connection:
            connection.execute(
                "update messages set state = 'waiting' where state = 'sending' and claimed_at < ?",
                [stamp(now - _CLAIM_ENDS)],
            )

    def sent(self, messages: Sequence[Message], now: datetime) -> None:
        with self._changing() as connection:
            for message in messages:
                connection.execute(
                    "update messages set state = 'sent', tries = tries + 1, sent_at = ?, error = null where id = ?",
                    [stamp(now), message.id],
                )

    def failed(self, messages: Sequence[Message], error: str, next_at: datetime | None) -> None:
        """A try that failed; without a next one the message is undeliverable."""
        state = "waiting" if next_at else "undeliverable"
        with self._changing() as connection:
            for message in messages:
                connection.execute(
                    "update messages set state = ?, tries = tries + 1, error = ?, next_at = coalesce(?, next_at)"
                    " where id = ?",
                    [state, error, next_at and stamp(next_at), message.id],
                )

    def retry(self, now: datetime) -> int:
        """Every message that waits or was given up is due now."""
        with self._changing() as connection:
            return connection.execute(
                "update messages set state = 'waiting', tries = 0, next_at = ?"
                " where state = 'undeliverable' or (state = 'waiting' and tries > 0)",
                [stamp(now)],
            ).rowcount

    def sent_since(self, route: str, since: datetime) -> int:
        """Messages that went out as one: those of the same second are one."""
        with self.connection() as connection:
            row = connection.execute(
                "select count(distinct sent_at) from messages where route = ? and state = 'sent' and sent_at > ?",
                [route, stamp(since)],
            ).fetchone()
        return int(row[0])

    def mark(self, name: str) -> str | None:
        with self.connection() as connection:
            row = connection.execute("select value from marks where name = ?", [name]).fetchone()
        return None if row is None else str(row[0])

    def set_mark(self, name: str, value: str) -> None:
        with self._changing() as connection:
            connection.execute("insert or replace into marks values (?, ?)", [name, value])


def stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _packed(alert: Alert) -> str:
    return orjson.dumps(alert.as_dict()).decode()


def _unpacked(text: str) -> Alert:
    values = orjson.loads(text)
    return Alert(**{**values, "scopes": tuple(values["scopes"])})


def _add_scope(connection: sqlite3.Connection, cause: str, scope: str) -> bool:
    return bool(connection.execute("insert or ignore into scopes values (?, ?)", [cause, scope]).rowcount)


def _queue(
    connection: sqlite3.Connection, routes: Sequence[str], alert: Alert, episode: int, what: What, now: datetime
) -> None:
    for route in routes:
        connection.execute(
            "insert or ignore into messages (route, cause, episode, what, alert, queued_at, next_at)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            [route, alert.cause, episode, what, _packed(alert), stamp(now), stamp(now)],
        )
