"""Open readers of the newest snapshot, lent to one request at a time: opening a file for each costs more than asking.

A reader of an older snapshot is closed when it comes back. At most MOST_AT_ONCE queries run at once; who waits longer
than WAIT_SECONDS is told to come again.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from analytics_platform.serving.api.problems import BUSY, Problem
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.protocol import OpenReader
from analytics_platform.warehouse.publishing import Snapshot

MOST_AT_ONCE, WAIT_SECONDS = 8, 5.0


class Readers:
    """The pool. Its readers may give as many rows as the API ever gives."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings.model_copy(update={"reader_max_rows": settings.api_max_rows + 1})
        self._warehouse = open_warehouse(self.settings)
        self._idle: list[OpenReader] = []
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    def current(self) -> Snapshot | None:
        """What the next reader reads."""
        return self._warehouse.current()

    @contextmanager
    def reader(self) -> Iterator[OpenReader]:
        if not self._places.acquire(timeout=WAIT_SECONDS):
            raise Problem(BUSY, f"{MOST_AT_ONCE} queries run already.", headers={"Retry-After": "5"})
        try:
            reader = self._taken()
            try:
                yield reader
            finally:
                with self._lock:
                    self._idle.append(reader)
        finally:
            self._places.release()

    def _taken(self) -> OpenReader:
        newest = self.current()
        with self._lock:
            old = [r for r in self._idle if newest is None or r.snapshot.version != newest.version]
            self._idle = [r for r in self._idle if r not in old]
            for reader in old:
                reader.close()
            if self._idle:
                return self._idle.pop()
        return self._warehouse.reader()

    def close(self) -> None:
        with self._lock:
            for reader in self._idle:
                reader.close()
            self._idle = []
