"""The inbox: which segments of landing no day was built from yet, on stores where walking over all of landing costs.

A year of one collector is six million segments, six thousand listings a look, and the sensor looks every minute. So a
segment is announced before it is published, as an empty file ``inbox/<source>/<table>/day=YYYY-MM-DD/<segment>``, and
the build that took it in takes the announcement away. Whoever dies in between leaves an announcement too many, never
one too few: its day is looked at once more. A local folder is walked instead; files put there by hand are seen too.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta

from analytics_platform.contracts import Table
from analytics_platform.lake.store import Store

FORGOTTEN = timedelta(days=1)  # an announcement whose segment never came is dropped after that


class Inbox:
    """The announcements of one lake."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def is_kept(self) -> bool:
        """False where landing itself is walked."""
        return not self._store.lists_for_free

    def announce(self, table: Table, day: date, segment: str) -> None:
        if self.is_kept:
            self._store.touch(_key(table, day, segment))

    def days(self, table: Table) -> list[date]:
        """The days with announced segments, sorted."""
        keys = self._store.keys(f"inbox/{table.path}/")
        return sorted({date.fromisoformat(key.rpartition("/day=")[2].partition("/")[0]) for key in keys})

    def tidy(self, table: Table, days: Collection[date]) -> None:
        """Forget the announcements of these days that came to nothing."""
        if self.is_kept:
            for day in set(days) & set(self.days(table)):
                self.take_away(table, day, ())

    def take_away(self, table: Table, day: date, segments: Iterable[str]) -> None:
        """Forget the announcements of segments that a day was built from, and those that came to nothing."""
        if not self.is_kept:
            return
        taken, old = set(segments), f"{datetime.now(UTC) - FORGOTTEN:%Y%m%dT%H%M%S}"
        for key in self._store.keys(f"inbox/{table.path}/day={day}"):
            name = key.rpartition("/")[2]
            if name in taken or name < old:
                self._store.delete(key)


def _key(table: Table, day: date, segment: str) -> str:
    return f"inbox/{table.path}/day={day}/{segment}"
