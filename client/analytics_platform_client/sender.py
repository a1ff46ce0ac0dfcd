"""The thread that sends: what is in the buffer every second, what is on disk when the collector is back.

It lives in one process. What it cannot send goes to disk at once, so that memory stays small while the collector is
away. Does not live here: what an event is (``client``), one request (``http``).
"""

import logging
import random
import threading
import time
from collections.abc import Sequence

from analytics_platform_client.buffer import Buffer, Event
from analytics_platform_client.http import Connection, Verdict, by_path
from analytics_platform_client.spill import Spill, read

LOG = logging.getLogger("analytics_platform_client")
BATCH, FIRST_WAIT, LONGEST_WAIT = 500, 0.5, 60.0


class Sender:
    """Sends a buffer's events, and counts what became of them."""

    def __init__(self, buffer: Buffer, spill: Spill, connection: Connection, every_seconds: float) -> None:
        self._buffer, self._spill, self._connection = buffer, spill, connection
        self._every = every_seconds
        self._wake, self._stop = threading.Event(), threading.Event()
        self._one_at_a_time = threading.Lock()
        self._wait, self._not_before = 0.0, 0.0
        self.counts: dict[str, int] = {"sent": 0, "refused": 0, "spilled": 0, "lost": 0}
        self.thread = threading.Thread(target=self._run, name="analytics-client", daemon=True)

    def wake(self) -> None:
        self._wake.set()

    def close(self, seconds: float) -> None:
        """Send for so long, keep the rest on disk."""
        self._stop.set()
        self._wake.set()
        deadline = time.monotonic() + seconds
        if self.thread.is_alive():
            self.thread.join(seconds)
        if not self._one_at_a_time.acquire(timeout=max(0.0, deadline - time.monotonic())):
            self._keep(self._drained())  # it is in the middle of a request: its events are its own
            return
        try:
            while len(self._buffer) and time.monotonic() < deadline and self._send(self._buffer.take(BATCH)):
                pass
            self._keep(self._drained())
            self._connection.close()
        finally:
            self._one_at_a_time.release()

    def flush(self) -> None:
        """One round, now."""
        with self._one_at_a_time:
            self._round()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(self._every)
            self._wake.clear()
            if self._stop.is_set():
                break
            try:
                self.flush()
            except Exception:  # the host must not be told by a thread that died
                LOG.exception("A round of sending failed; the next one goes on.")
        with self._one_at_a_time:  # close() may have given up waiting for a request of this thread
            self._connection.close()

    def _round(self) -> None:
        if time.monotonic() < self._not_before:
            if len(self._buffer) >= BATCH:
                self._keep(self._drained())
            return
        while len(self._buffer):
            if not self._send(self._buffer.take(BATCH)):
                self._keep(self._drained())
                return
        while not self._stop.is_set():
            claimed = self._spill.claim()
            if claimed is None:
                return
            events = read(claimed)
            if not self._send(events):
                claimed.unlink(missing_ok=True)  # what was left of it has been kept anew
                return
            claimed.unlink(missing_ok=True)

    def _send(self, events: Sequence[Event]) -> bool:
        """False when the collector is away; what it did not take is on disk then."""
        portions = list(by_path(events))
        while portions:
            path, held = portions.pop(0)
            answer = self._connection.send(path, held)
            if answer.verdict is Verdict.taken:
                self.counts["sent"] += len(held)
                self._wait = 0.0
            elif answer.verdict is Verdict.refused:
                if len(held) == 1:
                    self.counts["refused"] += 1
                    LOG.warning("The collector refused an event of %s: %s", path, answer.said)
                else:  # one bad event refuses all: halves find it
                    half = len(held) // 2
                    portions[:0] = [(path, held[:half]), (path, held[half:])]
            else:
                self._back_off(answer.wait_seconds, answer.said)
                self._keep([event for _, some in [(path, held), *portions] for event in some])
                return False
        return True

    def _back_off(self, asked: float, said: str) -> None:
        if not self._wait:
            LOG.warning("The collector cannot be reached: %s. Events are kept and sent later.", said)
        self._wait = min(max(2 * self._wait, FIRST_WAIT), LONGEST_WAIT)
        self._not_before = time.monotonic() + max(asked, self._wait * random.uniform(0.7, 1.0))  # noqa: S311

    def _keep(self, events: list[Event]) -> None:
        if not events:
            return
        kept = self._spill.keep(events)
        self.counts["spilled" if kept else "lost"] += len(events)
        self.counts["lost"] += self._spill.make_room()

    def _drained(self) -> list[Event]:
        return self._buffer.take(len(self._buffer))
