"""How much landing does not have yet, and pushing back before it is too much.

From a quarter of the bound on the writer pauses after each group, the longer the more waits: the shipping process gets
the time that it lacks. What would pass the bound is not accepted until some is shipped. Lines are counted four times a
second, and what is stored in between is added: only other collectors of the same store can pass the bound, by what they
store within that time.
Does not live here: what waits (``queue``), shipping it (``shipping``).
"""

import time

from analytics_platform.collector.store.connection import Connection
from analytics_platform.collector.store.queue import waiting_lines

_LOOK = 0.25  # seconds between two counts
_LONGEST_PAUSE = 0.1


class Backlog:
    """Belongs to the writer's thread; ``has_room`` may be asked by any."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._looked = 0.0
        self.lines = 0
        self.pressed = False  # something was turned away, and much waits still: it is counted though nothing comes

    def has_room(self, lines: int) -> bool:
        """Whether so many more may be taken in; one large load is, where nothing waits."""
        if self.lines + lines <= self._most or not self.lines:
            return True
        self.pressed = True
        return False

    def add(self, lines: int) -> None:
        """So many more were stored."""
        self.lines += lines

    def look(self, connection: Connection) -> None:
        """Count again, if the last count is old."""
        if time.monotonic() - self._looked >= _LOOK:
            self.lines = waiting_lines(connection)
            self._looked = time.monotonic()
            self.pressed = self.pressed and self.lines > self._most // 2

    @property
    def pause(self) -> float:
        """Seconds to leave to the shipping process after a group."""
        above = self.lines / self._most - 0.25
        return min(_LONGEST_PAUSE, _LONGEST_PAUSE * above / 0.75) if above > 0 else 0.0
