"""From the store to landing, in order: a segment is written, then the place is remembered.

A crash between the two repeats one shipment, whose lines the ledger counts as duplicates; nothing is left out.
One process ships at a time. Does not live here: landing's files (``lake/landing``).
"""

import logging
import threading
import time

import duckdb
import pyarrow as pa

from analytics_platform.collector.limits import Limits
from analytics_platform.collector.metrics import Metrics
from analytics_platform.collector.store.connection import Connection, Database
from analytics_platform.collector.store.queue import LINES, STATEMENTS, Waiting, mark_shipped, next_waiting
from analytics_platform.contracts import TABLES
from analytics_platform.errors import PlatformError
from analytics_platform.lake.landing import Landing, RawLine

log = logging.getLogger(__name__)

ORIGIN = "collector"
_FAILURES = (PlatformError, OSError, duckdb.Error, pa.ArrowException)


def ship(database: Database, landing: Landing, most_bytes: int) -> int:
    """Ship everything that waits; returns the number of lines. 0 as well when another process is at it."""
    shipped = 0
    with database.alone("shipping") as mine:
        if not mine:
            return 0
        connection = database.connect()
        try:
            for queue in (STATEMENTS, LINES):
                while waiting := next_waiting(connection, queue, most_bytes):
                    _ship_some(connection, landing, queue, waiting)
                    shipped += len(waiting)
        finally:
            connection.close()
    return shipped


def _ship_some(connection: Connection, landing: Landing, queue: str, waiting: list[Waiting]) -> None:
    for path in sorted({line.path for line in waiting}):
        lines = [RawLine(line.payload, line.received) for line in waiting if line.path == path]
        landing.append(TABLES[path], lines, ORIGIN)
    mark_shipped(connection, queue, waiting[-1].place)


class Shipper:
    """Ships every few seconds or megabytes, on a thread of the server. A failure is logged and tried again."""

    def __init__(self, database: Database, landing: Landing, limits: Limits, metrics: Metrics) -> None:
        self._database = database
        self._landing = landing
        self._limits = limits
        self._metrics = metrics
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="collector-shipper", daemon=True)
        self._failing = False

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Stop after the shipment under way; what waits is shipped by the next start."""
        self._stop.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        last_time, last_lines = time.monotonic(), 0
        while not self._stop.wait(min(0.5, self._limits.ship_seconds)):
            # A line is about a kilobyte; the exact size is looked at when shipping.
            many = (self._metrics.lines_stored - last_lines) << 10 >= self._limits.ship_bytes
            if not many and time.monotonic() - last_time < self._limits.ship_seconds:
                continue
            last_time, last_lines = time.monotonic(), self._metrics.lines_stored
            self._once()

    def _once(self) -> None:
        try:
            self._metrics.shipped_lines += ship(self._database, self._landing, self._limits.ship_bytes)
        except _FAILURES as error:
            self._metrics.failed_shipments += 1
            if not self._failing:
                log.error("Accepted lines wait in the store, landing cannot be written: %s.", _kind(error))
            self._failing = True
        else:
            if self._failing:
                log.warning("Landing can be written again.")
            self._failing = False


def _kind(error: BaseException) -> str:
    """What failed, without words that may quote a line."""
    if isinstance(error, OSError) and error.strerror:
        return f"{type(error).__name__}, {error.strerror}"
    return str(error) if isinstance(error, PlatformError) else type(error).__name__
