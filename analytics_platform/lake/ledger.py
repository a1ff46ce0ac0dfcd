"""The ledger: per source, table and day, received = stored + duplicate + quarantined.

``ledger/<source>/<table>/day=YYYY-MM-DD.json`` also names the segments that the day was built from, so that anybody
can see which days have new ones. ``received`` is counted from landing's segment names, the other three from what was
written: they can disagree, and the asset check says when they do.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

import orjson

from analytics_platform.contracts import Table
from analytics_platform.lake.landing import Landing
from analytics_platform.lake.notes import digest
from analytics_platform.lake.store import AT_ONCE, Store


@dataclass(frozen=True)
class Entry:
    """What became of the lines of one day. ``superseded`` is the part of ``duplicate`` that was an older version.

    ``before_first_day`` counts lines that claim a time before the first partition, and are dated by their receipt.
    ``recipe`` is the contract's by which the rows were made.
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
    recipe: str = ""

    @property
    def refused(self) -> int:
        """Quarantined for a fault of the line; those of erased people have none."""
        return self.quarantined - self.reasons.get("erased", 0)

    @property
    def balances(self) -> bool:
        return self.received == self.stored + self.duplicate + self.quarantined


class Ledger:
    """The ledger of one lake."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, *entries: Entry) -> None:
        """Write entries; many at once, because most of the time is waiting for the disk or the object store."""
        with self._store.workspace() as folder, ThreadPoolExecutor(min(AT_ONCE, len(entries) or 1)) as pool:

            def publish(entry: Entry) -> None:
                file = folder / f"{entry.day}.json"
                file.write_bytes(orjson.dumps(asdict(entry), option=orjson.OPT_INDENT_2))
                self._store.publish(file, _key(entry.source, entry.table, entry.day))

            list(pool.map(publish, entries))

    def read(self, table: Table, day: date) -> Entry | None:
        """The entry of a day; None when the day was never materialised."""
        content = self._store.read(_key(table.source, table.name, day))
        return None if content is None else _entry(content)

    def days(self, table: Table) -> list[date]:
        """The days with an entry, sorted."""
        keys = self._store.keys(f"ledger/{table.path}")
        return [_day(key) for key in keys]

    def entries(self, table: Table) -> list[Entry]:
        found = (self.read(table, day) for day in self.days(table))
        return [entry for entry in found if entry is not None]

    def entries_between(self, table: Table, first: date, last: date, days_before: int) -> list[Entry]:
        """Entries from some days before the first to the last day; no listing, so its cost is that of the days."""
        days = [first + timedelta(days=number) for number in range(-days_before, (last - first).days + 1)]
        return [entry for day in days if (entry := self.read(table, day)) is not None]

    def reopened(self, table: Table, landing: Landing) -> list[date]:
        """Days that were built from another landing or by another contract: new segments, some taken away, an update.

        An object store announces new segments only: after an update its days are materialised by hand.
        """
        if landing.inbox.is_kept:
            return landing.inbox.days(table)
        landed: dict[date, list[str]] = {}
        for segment in landing.segments(table):
            landed.setdefault(segment.day, []).append(segment.name)
        built, nothing = self._built_from(table), _digest([], "")
        return sorted(
            day
            for day in landed.keys() | built.keys()
            if _digest(landed.get(day, []), table.recipe) != built.get(day, nothing)
        )

    def _built_from(self, table: Table) -> dict[date, str]:
        """What each day was built from, as one digest. Entries that did not change since the last look are not opened.

        The file beside the ledger only saves time: it may be deleted, and one that is lost or old costs a look.
        """
        marks, cache = self._store.marks(f"ledger/{table.path}/"), f"ledger_digests/{table.path}.json"
        known = orjson.loads(self._store.read(cache) or b"{}")
        digests = {key: [mark, known[key][1]] for key, mark in marks.items() if known.get(key, [""])[0] == mark}
        for key in marks.keys() - digests.keys():
            content = self._store.read(key)
            if content is not None:
                entry = _entry(content)
                digests[key] = [marks[key], _digest(entry.segments, entry.recipe)]
        if digests != known:
            with self._store.workspace() as folder:
                file = folder / "digests.json"
                file.write_bytes(orjson.dumps(digests))
                self._store.publish(file, cache)
        return {_day(key): found for key, (_, found) in digests.items()}


def _key(source: str, table: str, day: date) -> str:
    return f"ledger/{source}/{table}/day={day}.json"


def _digest(segments: Iterable[str], recipe: str) -> str:
    """What a day is built from; a day without a line is the same by every contract."""
    names = list(segments)
    return digest([*names, f"by {recipe}"] if names else [])


def _day(key: str) -> date:
    return date.fromisoformat(key.rpartition("day=")[2].removesuffix(".json"))


def _entry(content: bytes) -> Entry:
    values = orjson.loads(content)
    return Entry(**{**values, "day": date.fromisoformat(values["day"]), "segments": tuple(values["segments"])})
