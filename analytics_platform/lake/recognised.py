"""Duplicates that a collector recognised before landing: they become no lines, so the collector reports their number.

``recognised/<door>.json`` holds them by table and UTC day of receipt; each collector store (``<door>``) has its own
file. The ledger's sums are of lines in landing, so these stand beside them.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date

import orjson

from analytics_platform.lake.store import Store

_FOLDER = "recognised"
ByTable = Mapping[str, Mapping[str, int]]  # table, day, repeats


class Recognised:
    """The repeats of all doors of one lake."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, door: str, repeats: ByTable) -> None:
        with self._store.workspace() as folder:
            file = folder / "recognised.json"
            file.write_bytes(orjson.dumps(repeats, option=orjson.OPT_SORT_KEYS))
            self._store.publish(file, f"{_FOLDER}/{door}.json")

    def read(self) -> dict[tuple[str, date], int]:
        found: Counter[tuple[str, date]] = Counter()
        for key in self._store.keys(f"{_FOLDER}/"):
            for path, days in orjson.loads(self._store.read(key) or b"{}").items():
                found.update({(path, date.fromisoformat(day)): repeats for day, repeats in days.items()})
        return dict(found)
