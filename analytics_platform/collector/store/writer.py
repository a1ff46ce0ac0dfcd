"""The one writer: a thread that takes what is waiting, does it in one transaction, and then answers everybody.

While one group is on its way to disk the next one gathers, so many small requests share an fsync. The queue is bounded:
a write that does not fit is answered with 503 and Retry-After. When the store cannot write, the group fails, and the
next group tries again.
Does not live here: what a write does (``transaction``).
"""

import asyncio
import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import cast

from analytics_platform.collector.errors import Overloaded, Refusal, StoreUnavailable
from analytics_platform.collector.metrics import Metrics
from analytics_platform.collector.store.backlog import Backlog
from analytics_platform.collector.store.connection import Connection, Database
from analytics_platform.collector.store.transaction import perform
from analytics_platform.collector.store.writes import (
    ChangeDocument,
    DeleteDocuments,
    KeepRefused,
    Outcome,
    StoreLines,
    StoreStatements,
    Verdict,
    Write,
)

log = logging.getLogger(__name__)

_GROUP = 4000  # lines of one transaction
_PAUSE = 0.5  # seconds after a failure: a full disk is not asked a thousand times a second


@dataclass(slots=True)
class _Waiting:
    write: Write
    answer: "asyncio.Future[Outcome]"


class Writer:
    """Belongs to one event loop; ``do`` is called on it."""

    def __init__(self, database: Database, queue: int, unshipped: int, metrics: Metrics) -> None:
        self._database = database
        self._most = queue
        self.backlog = Backlog(unshipped)
        self._metrics = metrics
        self._queue: deque[_Waiting] = deque()
        self._lines = 0
        self._wake = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="collector-writer", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self.failing: str | None = None  # why the last group failed

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def waiting(self) -> int:
        return self._lines

    async def store(self, write: StoreStatements) -> list[Verdict]:
        """Store statements and wait until they are on disk."""
        return cast("list[Verdict]", await self._do(write))

    async def take(self, write: StoreLines) -> list[bool]:
        """Take in lines and wait until they are on disk; says of each whether it is new."""
        return cast("list[bool]", await self._do(write))

    async def change(self, write: ChangeDocument | DeleteDocuments) -> None:
        """Change documents and wait until they are on disk; raises the Refusal of the change."""
        await self._do(write)

    def note(self, write: KeepRefused) -> None:
        """Write down what nobody waits for; under pressure it is left out."""
        if self.alive and self._lines + write.size <= self._most // 2:
            waiting = _Waiting(write, asyncio.get_running_loop().create_future())
            with self._wake:
                self._queue.append(waiting)
                self._lines += write.size
                self._wake.notify()

    async def _do(self, write: Write) -> Outcome:
        if not self.alive:
            raise Overloaded("The store's writer has stopped; see the collector's log.")
        if self._lines and self._lines + write.size > self._most:
            self._metrics.turned_away += 1
            raise Overloaded("More is arriving than the disk can take; nothing was stored.", seconds=1)
        if _ships(write) and not self.backlog.has_room(self._lines + write.size):
            self._metrics.turned_away += 1
            with self._wake:
                self._wake.notify()  # it counts again what waits, though nothing comes
            raise Overloaded("Landing is too far behind; nothing was stored.", seconds=5)
        waiting = _Waiting(write, asyncio.get_running_loop().create_future())
        with self._wake:
            self._queue.append(waiting)
            self._lines += write.size
            self._wake.notify()
        outcome = await waiting.answer
        if isinstance(outcome, Exception):
            try:
                raise outcome
            finally:
                # The error's traceback holds this frame: with the error in it, what is refused would stay in memory
                # until the collector of cycles comes, which is seldom.
                del outcome, waiting, write
        return outcome

    def close(self) -> None:
        """Finish what is waiting, then stop."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        connection: Connection | None = None
        while (group := self._next_group()) is not None:
            outcomes = _all_refused(group, "The store's writer has stopped; see the collector's log.")
            try:
                began = time.monotonic()
                if connection is None:
                    connection = self._database.connect()
                self.backlog.look(connection)
                if not group:
                    continue
                outcomes = _perform(connection, group)
                repeats = sum(_repeats(outcome) for outcome in outcomes)
                self._metrics.repeats += repeats
                self.backlog.add(sum(item.write.size for item in group if _ships(item.write)) - repeats)
                self._metrics.committed(sum(item.write.size for item in group), time.monotonic() - began)
                self._recovered()
            except StoreUnavailable as error:
                self._failed(error)
                outcomes = _all_refused(group, "The store cannot write now; nothing was stored.")
                if connection is not None:
                    connection.close()
                    connection = None
                time.sleep(_PAUSE)
            finally:
                self._answer(group, outcomes)
            if self.backlog.pause:
                time.sleep(self.backlog.pause)
        if connection is not None:
            connection.close()

    def _next_group(self) -> list[_Waiting] | None:
        """What waits; None at the end, nothing when it is time to look at a full backlog again."""
        with self._wake:
            while not self._queue:
                if self._closing:
                    return None
                self._wake.wait(timeout=0.3 if self.backlog.pressed else None)
                if not self._queue and self.backlog.pressed:
                    return []
            group, lines = [self._queue.popleft()], 0
            lines = group[0].write.size
            while self._queue and lines + self._queue[0].write.size <= _GROUP:
                group.append(self._queue.popleft())
                lines += group[-1].write.size
            return group

    def _answer(self, group: list[_Waiting], outcomes: list[Outcome]) -> None:
        with self._wake:
            self._lines -= sum(item.write.size for item in group)

        def resolve() -> None:
            for item, outcome in zip(group, outcomes, strict=True):
                if not item.answer.done():  # its client may have gone
                    item.answer.set_result(outcome)

        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(resolve)

    def _failed(self, error: StoreUnavailable) -> None:
        self._metrics.failed_commits += 1
        if self.failing is None:
            log.error("Nothing is acknowledged until the store can write again. %s", error)
        self.failing = str(error)

    def _recovered(self) -> None:
        if self.failing is not None:
            log.warning("The store can write again.")
            self.failing = None


def _perform(connection: Connection, group: list[_Waiting]) -> list[Outcome]:
    """What becomes of each. One that cannot be done, which is a defect of ours, stops neither others nor the door."""
    try:
        return perform(connection, [item.write for item in group], time.time_ns() // 1000)
    except StoreUnavailable:
        raise
    except Exception:
        if len(group) > 1:
            return [outcome for item in group for outcome in _perform(connection, [item])]
        log.exception("A %s could not be done, and stored nothing.", type(group[0].write).__name__)
        return [Refusal(500, "The collector failed at this, and its log says how; nothing was stored.")]


def _ships(write: Write) -> bool:
    """Whether it becomes lines of landing."""
    return isinstance(write, (StoreStatements, StoreLines))


def _repeats(outcome: Outcome) -> int:
    """Statements and events that were there already: no line of landing comes of them."""
    return outcome.count(Verdict.SAME) + outcome.count(False) if isinstance(outcome, list) else 0  # type: ignore[arg-type]


def _all_refused(group: list[_Waiting], why: str) -> list[Outcome]:
    """An error for each: one for all would gather the tracebacks of all."""
    return [Overloaded(why, seconds=5) for _ in group]
