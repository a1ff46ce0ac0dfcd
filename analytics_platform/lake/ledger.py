"""The ledger: per source, table and day, received = stored + duplicate + quarantined.

``ledger/<source>/<table>/day=YYYY-MM-DD.json`` also names the segments that the day was built from, so that anybody
can see which days have new ones. ``received`` is counted from landing's segment names, the other three from what was
written: they can disagree, and the asset check says when they do.
"""

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

import orjson

from analytics_platform.contracts import Table
from analytics_platform.lake.landing import Landing
from analytics_platform.lake.store import Store


@dataclass(frozen=True)
class Entry:
    """What became of the lines of one day. ``superseded`` is the part of ``duplicate`` that was an older version.

    ``before_first_day`` counts lines that claim a time before the first partition, and are dated by their receipt.
    """

    source: str
    table: str
    day: date
    received: int
    stored: int
    duplicate: int
    superseded: int
    quarantined: int
    reasons: dict[str, int] = field(default_factory=dict)
    segments: tuple[str, ...] = ()
    before_first_day: int = 0

    @property
    def balances(self) -> bool:
        return self.received == self.stored + self.duplicate + self.quarantined


class Ledger:
    """The ledger of one lake."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, entry: Entry) -> None:
        with self._store.workspace() as folder:
            file = folder / "entry.json"
            file.write_bytes(orjson.dumps(asdict(entry), option=orjson.OPT_INDENT_2))
            self._store.publish(file, _key(entry.source, entry.table, entry.day))

    def read(self, table: Table, day: date) -> Entry | None:
        """The entry of a day; NULL when the day was never materialised."""
        content = self._store.read(_key(table.source, table.name, day))
        return None if content is None else _entry(content)

    def days(self, table: Table) -> list[date]:
        """The days with an entry, sorted."""
        keys = self._store.keys(f"ledger/{table.path}")
        return [date.fromisoformat(key.rpartition("day=")[2].removesuffix(".json")) for key in keys]

    def entries(self, table: Table) -> list[Entry]:
        found = (self.read(table, day) for day in self.days(table))
        return [entry for entry in found if entry is not None]

    def entries_between(self, table: Table, first: date, last: date, days_before: int) -> list[Entry]:
        """Entries from some days before the first to the last day; no listing, so its cost is that of the days."""
        days = [first + timedelta(days=number) for number in range(-days_before, (last - first).days + 1)]
        return [entry for day in days if (entry := self.read(table, day)) is not None]

    def reopened(self, table: Table, landing: Landing) -> list[date]:
        """Days whose landing differs from what they were built from: new segments, or (in a folder) some taken away."""
        if landing.inbox.is_kept:
            return landing.inbox.days(table)
        landed: dict[date, set[str]] = {}
        for segment in landing.segments(table):
            landed.setdefault(segment.day, set()).add(segment.name)
        built = {entry.day: set(entry.segments) for entry in self.entries(table)}
        return sorted(day for day in landed.keys() | built.keys() if landed.get(day, set()) != built.get(day, set()))


def _key(source: str, table: str, day: date) -> str:
    return f"ledger/{source}/{table}/day={day}.json"


def _entry(content: bytes) -> Entry:
    values = orjson.loads(content)
    return Entry(**{**values, "day": date.fromisoformat(values["day"]), "segments": tuple(values["segments"])})
