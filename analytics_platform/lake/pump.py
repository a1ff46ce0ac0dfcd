"""The pump: every way into landing but the simulator's. A source gives batches, the pump lands them one by one.

A batch is landed first, then its source notes the position behind it. A crash between the two lands the batch again,
and the lake counts its lines as duplicates: each line is landed at least once and stored once. Does not live here:
where lines come from (the collector's queue, ``connectors/``), what a pump says of itself (``pump_status``).
"""

import logging
import random
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from analytics_platform.lake.pump_status import Lag, PumpStatus, StatusFile

if TYPE_CHECKING:
    from analytics_platform.contracts import Table
    from analytics_platform.lake.landing import RawLine

log = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0  # seconds between two tries of a source that fails
LOOK = 0.5  # seconds between two looks at whether a source is full
STATUS_SECONDS = 10.0  # an idle pump says that it is alive this often


@dataclass(frozen=True)
class Batch:
    """Lines of one or several tables, and the position behind them, which only their source can read."""

    lines: "Sequence[tuple[Table, Sequence[RawLine]]]"
    origin: str
    position: Any = None


class Source(Protocol):
    """Where lines come from. ``pause`` is the time in seconds between two looks for more."""

    name: str
    pause: float

    def batches(self) -> Generator[Batch, None, Any]:
        """What waits now, in order. Closed by the pump, also in the middle."""

    def note(self, position: Any) -> None:
        """Landing has everything up to this position: never give it again."""

    def is_full(self) -> bool:
        """Whether so much waits that the pause ends early."""

    def lag(self) -> Lag: ...


class Sink(Protocol):
    """Where lines go: landing, and for what goes outside another system."""

    def append(self, table: "Table", lines: "Sequence[RawLine]", origin: str) -> object: ...


class Pump:
    """Moves one source's lines into landing, or another sink. Without a status file it keeps no figures."""

    def __init__(self, source: Source, landing: Sink, status_file: StatusFile | None = None) -> None:
        self._source = source
        self._landing = landing
        self._file = status_file
        self.status = status_file.read(source.name) if status_file else PumpStatus(source.name)
        self._written = 0.0

    def once(self, ended: Callable[[], bool] = lambda: False) -> int:
        """Land everything that waits, until ``ended``; the number of lines."""
        landed = 0
        try:
            with closing(self._source.batches()) as batches:
                while not ended() and (batch := next(batches, None)) is not None:
                    for table, lines in batch.lines:
                        self._landing.append(table, lines, batch.origin)
                    self._source.note(batch.position)
                    count = sum(len(lines) for _, lines in batch.lines)
                    landed += count
                    self.status = self.status.landed(count)
                    self._tell(idle=True)
        except Exception as error:
            self.status = self.status.failed(told(error))
            self._tell()
            raise
        self.status = self.status.well()
        self._tell(idle=not landed)
        return landed

    def forever(self, wait: Callable[[float], bool]) -> None:
        """Pump until ``wait`` says so. What fails for a while is tried again, ever more seldom, up to once a minute."""
        failures, last = 0, 0.0
        while not wait(min(LOOK, self._source.pause)):
            pause = self._source.pause if not failures else backoff(self._source.pause, failures)
            if time.monotonic() - last < pause and (failures or not self._is_full()):
                continue
            last = time.monotonic()
            try:
                self.once(lambda: wait(0))
            except temporary() as error:
                if not failures:
                    log.error("The pump %s stands still, its lines wait: %s.", self._source.name, told(error))
                failures += 1
            else:
                if failures:
                    log.warning("The pump %s runs again.", self._source.name)
                failures = 0

    def _is_full(self) -> bool:
        try:
            return self._source.is_full()
        except temporary():
            return False  # the next look for lines says what is wrong

    def _tell(self, idle: bool = False) -> None:
        """Write the figures; between two that say nothing new some seconds pass."""
        if self._file is None or (idle and time.monotonic() - self._written < STATUS_SECONDS):
            return
        self._written = time.monotonic()
        try:
            lag = self._source.lag()
        except temporary():
            lag = Lag()
        self.status = self.status.lagging(lag)
        self._file.write(self.status)


def backoff(pause: float, failures: int, longest: float = LONGEST_PAUSE) -> float:
    """Seconds before the next try: twice as long each time up to a limit, never the same for two at once."""
    return min(longest, pause * 2.0 ** min(failures - 1, 12)) * random.uniform(0.75, 1.0)  # noqa: S311


def temporary() -> tuple[type[Exception], ...]:
    """What may pass by itself: disks, networks, locks. Imported late: a process that only serves needs no DuckDB."""
    import duckdb
    import pyarrow as pa

    from analytics_platform.errors import PlatformError

    return PlatformError, OSError, duckdb.Error, pa.ArrowException


def told(error: BaseException) -> str:
    """What failed, without words that may quote a line."""
    from analytics_platform.errors import PlatformError

    if isinstance(error, OSError) and error.strerror:
        return f"{type(error).__name__}, {error.strerror}"
    return str(error) if isinstance(error, PlatformError) else type(error).__name__
