"""The collector's queue as a source of the pump, and the process that pumps it.

A batch is landed, then the place in the queue is remembered: a crash between the two repeats one batch, whose lines the
ledger counts as duplicates. One process ships at a time. Does not live here: landing and trying again (``lake/pump``).
"""

import os
import signal
from collections.abc import Callable, Generator
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from analytics_platform.collector.limits import Limits
from analytics_platform.collector.store.connection import Connection, Database
from analytics_platform.collector.store.databases import open_database
from analytics_platform.collector.store.erasing import erase_new
from analytics_platform.collector.store.queue import LINES, STATEMENTS, lag, mark_shipped, next_waiting
from analytics_platform.collector.store.repeats import repeats_by_table
from analytics_platform.lake import open_lake
from analytics_platform.lake.pump import Batch, Pump, Sink
from analytics_platform.lake.pump_status import Lag, StatusFile
from analytics_platform.pubsub.publishing import TopicSink
from analytics_platform.settings import Settings

if TYPE_CHECKING:
    from multiprocessing import connection

    from analytics_platform.lake.erased import Erasures
    from analytics_platform.lake.landing import Landing
    from analytics_platform.lake.recognised import ByTable

ORIGIN = "collector"


class QueueSource:
    """What the collector accepted and landing does not have yet: statements first, then other lines."""

    name = "collector"

    def __init__(
        self,
        database: Database,
        most_bytes: int,
        pause: float = 5.0,
        erasures: "Erasures | None" = None,
        tell_repeats: "Callable[[ByTable], None] | None" = None,
    ) -> None:
        self.pause = pause
        self._database = database
        self._most_bytes = most_bytes
        self._erasures = erasures
        self._tell_repeats = tell_repeats
        self._told: ByTable = {}
        self._connection: Connection | None = None

    def batches(self) -> Generator[Batch, None, None]:
        """Batches of some megabytes; none while another process is at it."""
        with self._database.alone("shipping") as mine:
            if not mine:
                return
            self._connection = self._database.connect()
            # Who writes waits while a place is remembered; a forgotten one is a repeated batch.
            self._connection.commit_without_fsync()
            try:
                erased = self._erasures.read() if self._erasures else None
                for queue in (STATEMENTS, LINES):
                    if erased:
                        erase_new(self._connection, erased)
                    while (batch := self._next(self._connection, queue)) is not None:
                        yield batch
                self._tell(repeats_by_table(self._connection))
            finally:
                self._connection.close()
                self._connection = None

    def _next(self, connection: Connection, queue: str) -> Batch | None:
        from analytics_platform.contracts import TABLES
        from analytics_platform.lake.landing import RawLine

        waiting = next_waiting(connection, queue, self._most_bytes)
        if not waiting:
            return None
        lines: dict[str, list[RawLine]] = {}
        for line in waiting:
            lines.setdefault(line.path, []).append(RawLine(line.payload, line.received, line.problem))
        tables = [(TABLES[path], lines[path]) for path in sorted(lines)]
        return Batch(tables, ORIGIN, (queue, waiting[-1].place))

    def _tell(self, repeats: "ByTable") -> None:
        if self._tell_repeats and repeats != self._told:
            self._tell_repeats(repeats)
            self._told = repeats

    def note(self, position: Any) -> None:
        if self._connection is not None:
            mark_shipped(self._connection, *position)

    def is_full(self) -> bool:
        """A line is about a kilobyte; the exact size is looked at when shipping."""
        return (self.lag().lines or 0) << 10 >= self._most_bytes

    def lag(self) -> Lag:
        connection = self._database.connect()
        try:
            return Lag(*lag(connection))
        finally:
            connection.close()


def queue_source(settings: Settings) -> QueueSource:
    from analytics_platform.lake.recognised import Recognised

    limits, lake = Limits.from_settings(settings), open_lake(settings)
    door = sha256(str(settings.collector_store).encode()).hexdigest()[:16]
    return QueueSource(
        open_database(settings.collector_store),
        limits.ship_bytes,
        limits.ship_seconds,
        lake.erasures,
        partial(Recognised(lake.store).write, door),
    )


def sink_of(settings: Settings) -> Sink:
    """Landing, or the topic from which a pump elsewhere lands."""
    return TopicSink.of(settings) or open_lake(settings).landing


def ship(database: Database, landing: "Landing", most_bytes: int, ended: Callable[[], bool] = lambda: False) -> int:
    """Ship everything that waits, until ``ended``; the number of lines. 0 as well when another process is at it."""
    return Pump(QueueSource(database, most_bytes), landing).once(ended)


def ship_now(settings: Settings) -> str:
    """Ship what waits, once, and say in words what is next."""
    from analytics_platform.contracts import TABLES

    source, lake = queue_source(settings), open_lake(settings)
    sink = sink_of(settings)
    try:
        shipped = Pump(source, sink, StatusFile.of(settings.home)).once()
    finally:
        if isinstance(sink, TopicSink):
            sink.close()
    if left := source.lag().lines:
        return f"{left:,} lines wait: a running collector ships them within {source.pause:g} seconds."
    days = sorted({day for table in TABLES.values() for day in lake.ledger.reopened(table, lake.landing)})
    lines = "1 line" if shipped == 1 else f"{shipped:,} lines"
    if not days:
        return f"{lines} shipped; every day is built from all its lines."
    wait = "1 day waits" if len(days) == 1 else f"{len(days):,} days wait"
    return (
        f"{lines} shipped. {wait} to be built: the running platform (make dev) builds them"
        f" by itself, or run: analytics-platform materialize --from {days[0]} --to {days[-1]}"
    )


def ship_forever(settings: Settings, parent: "connection.Connection") -> None:
    """The shipping process: every few seconds or megabytes, until its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    # Answering comes first, what waits is safe. At 15 two busy cores left it a third of what it needs to keep up.
    os.nice(5)
    Pump(queue_source(settings), sink_of(settings), StatusFile.of(settings.home)).forever(parent.poll)
