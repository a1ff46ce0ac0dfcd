"""Events in memory, encoded, in the order in which they came; bounded by number and by bytes."""

import threading
from collections import deque
from typing import NamedTuple


class Event(NamedTuple):
    """One event: the collector's path for its kind, and its JSON."""

    path: str
    body: bytes


class Buffer:
    """A bounded queue. Putting never waits for more than another thread's putting."""

    def __init__(self, most_events: int, most_bytes: int) -> None:
        self._most_events, self._most_bytes = most_events, most_bytes
        self._lock = threading.Lock()
        self._events: deque[Event] = deque()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._events)

    def put(self, event: Event) -> bool:
        """False when it is full: what is there already is kept, the new event is not."""
        size = len(event.body)
        with self._lock:
            if len(self._events) >= self._most_events or self._bytes + size > self._most_bytes:
                return False
            self._events.append(event)
            self._bytes += size
        return True

    def take(self, most: int) -> list[Event]:
        """The oldest events, out of the buffer."""
        with self._lock:
            taken = [self._events.popleft() for _ in range(min(most, len(self._events)))]
            self._bytes -= sum(len(event.body) for event in taken)
        return taken
