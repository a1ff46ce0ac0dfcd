"""From the store to landing, in order: a segment is written, then the place is remembered.

A crash between the two repeats one shipment, whose lines the ledger counts as duplicates; nothing is left out.
One process ships at a time. Does not live here: landing's files (``lake/landing``).
"""

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from analytics_platform.collector.errors import StoreUnavailable
from analytics_platform.collector.limits import Limits
from analytics_platform.collector.store.connection import Connection, Database, open_database
from analytics_platform.collector.store.queue import LINES, STATEMENTS, Waiting, lag, mark_shipped, next_waiting
from analytics_platform.errors import PlatformError
from analytics_platform.settings import Settings

if TYPE_CHECKING:
    from multiprocessing import connection

    from analytics_platform.lake.landing import Landing

log = logging.getLogger(__name__)

ORIGIN = "collector"


def open_landing(settings: Settings) -> "Landing":
    """The landing of the settings' lake. DuckDB and Arrow come with it: the serving process does without them."""
    from analytics_platform.lake.landing import Landing
    from analytics_platform.lake.store import open_store

    return Landing(open_store(settings.lake_root, settings.home / "scratch"), settings.platform_first_day)


def ship(database: Database, landing: "Landing", most_bytes: int, ended: Callable[[], bool] = lambda: False) -> int:
    """Ship everything that waits, until ``ended``; the number of lines. 0 as well when another process is at it."""
    shipped = 0
    with database.alone("shipping") as mine:
        if not mine:
            return 0
        connection = database.connect()
        connection.hurry()  # who writes waits while a place is remembered; a forgotten one is a repeated shipment
        try:
            for queue in (STATEMENTS, LINES):
                while not ended() and (waiting := next_waiting(connection, queue, most_bytes)):
                    _ship_some(connection, landing, queue, waiting)
                    shipped += len(waiting)
        finally:
            connection.close()
    return shipped


def _ship_some(connection: Connection, landing: "Landing", queue: str, waiting: list[Waiting]) -> None:
    from analytics_platform.contracts import TABLES
    from analytics_platform.lake.landing import RawLine

    for path in sorted({line.path for line in waiting}):
        lines = [RawLine(line.payload, line.received, line.problem) for line in waiting if line.path == path]
        landing.append(TABLES[path], lines, ORIGIN)
    mark_shipped(connection, queue, waiting[-1].place)


def ship_forever(settings: Settings, parent: "connection.Connection") -> None:
    """The shipping process: every few seconds or megabytes, until its parent is gone. Failures are tried again."""
    import duckdb
    import pyarrow as pa

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    # Answering comes first, what waits is safe. At 15 two busy cores left it a third of what it needs to keep up.
    os.nice(5)
    limits, database, landing = (
        Limits.from_settings(settings),
        open_database(settings.collector_store),
        open_landing(settings),
    )
    failing, last = False, time.monotonic()
    while not parent.poll(min(0.5, limits.ship_seconds)):
        if time.monotonic() - last < limits.ship_seconds and not _many_wait(database, limits.ship_bytes):
            continue
        last = time.monotonic()
        try:
            ship(database, landing, limits.ship_bytes, parent.poll)
        except (PlatformError, OSError, duckdb.Error, pa.ArrowException) as error:
            if not failing:
                log.error("Accepted lines wait in the store, landing cannot be written: %s.", _kind(error))
            failing = True
        else:
            if failing:
                log.warning("Landing can be written again.")
            failing = False


def _many_wait(database: Database, most_bytes: int) -> bool:
    """A line is about a kilobyte; the exact size is looked at when shipping."""
    try:
        connection = database.connect()
        try:
            return lag(connection)[0] << 10 >= most_bytes
        finally:
            connection.close()
    except StoreUnavailable:
        return False


class Shipper:
    """Keeps the shipping process running. It is apart because parsing lines beside the event loop doubled latencies."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._context = multiprocessing.get_context("spawn")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="collector-shipper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stop after the shipment under way; what waits is shipped by the next start."""
        self._stop.set()
        self._thread.join(timeout=30)

    def _keep(self) -> None:
        while not self._stop.is_set():
            mine, its = self._context.Pipe()
            process = self._context.Process(target=ship_forever, args=(self._settings, its), daemon=True)
            process.start()
            its.close()
            while not self._stop.wait(0.2) and process.is_alive():
                pass
            mine.close()  # the process sees the end of the pipe, also when this one was killed
            process.join(timeout=20)
            if not self._stop.is_set():
                log.error("The shipping process ended with %s; it is started again.", process.exitcode)
                self._stop.wait(2)


def _kind(error: BaseException) -> str:
    """What failed, without words that may quote a line."""
    if isinstance(error, OSError) and error.strerror:
        return f"{type(error).__name__}, {error.strerror}"
    return str(error) if isinstance(error, PlatformError) else type(error).__name__
