"""How much landing does not have yet, and pushing back before it is too much.

From a quarter of the bound on the writer pauses after each group, the longer the more waits: the shipping process gets
the time that it lacks. At the bound nothing more is accepted until some of it is shipped. The count is taken four times
a second, so the bound may be passed by what is stored within that time.
Does not live here: what waits (``queue``), shipping it (``shipping``).
"""

import time

from analytics_platform.collector.store.connection import Connection
from analytics_platform.collector.store.queue import waiting_lines

_LOOK = 0.25  # seconds between two counts
_LONGEST_PAUSE = 0.1


class Backlog:
    """Belongs to the writer's thread; ``full`` may be asked by any."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._looked = 0.0
        self.lines = 0

    @property
    def full(self) -> bool:
        return self.lines >= self._most

    def look(self, connection: Connection) -> None:
        """Count again, if the last count is old."""
        if time.monotonic() - self._looked >= _LOOK:
            self.lines = waiting_lines(connection)
            self._looked = time.monotonic()

    @property
    def pause(self) -> float:
        """Seconds to leave to the shipping process after a group."""
        above = self.lines / self._most - 0.25
        return min(_LONGEST_PAUSE, _LONGEST_PAUSE * above / 0.75) if above > 0 else 0.0
