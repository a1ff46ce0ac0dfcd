"""How much landing does not have yet, and pushing back before it is too much.

Above a quarter of the limit the writer pauses after each group, longer the more lines wait, which leaves CPU time to
the shipping process. A write that would exceed the limit is refused until lines have been shipped. Waiting lines are
counted four times a second, and lines stored in between are added. Only other collectors on the same store can exceed
the limit, by what they store within that quarter of a second.
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
