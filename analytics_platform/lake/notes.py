"""What a step was built from: for each of its parts (a day, a period, a file) the version of its input.

``built_from/<step>.json`` in the lake. A step notes a version after its result is durable, so whoever is killed in
between does the part again. What waits at a step is the difference between the versions that there are now and the
noted ones. A version is any text that changes when the input does: the mark of a lake file (``day_files``), a digest
of several, the version of a published snapshot.

To give a new step notes: ``Notes(lake.store, "insights").add({str(day): version})`` when the day is written, and
``.differing({str(day): version, ...})`` for the parts that wait. To show them as waiting: add the step to ``STEPS`` in
``operations.waiting``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256

import orjson

from analytics_platform.lake.store import Store

Versions = dict[str, str]


@dataclass(frozen=True)
class Notes:
    """The notes of one step. Two runs that note at once lose a note at most, and its part is then done again."""

    store: Store
    step: str

    def read(self) -> Versions:
        content = self.store.read(self._key)
        return orjson.loads(content) if content else {}

    def add(self, built: Mapping[str, str], gone: Collection[str] = ()) -> None:
        """Note parts that have been built from these versions; forget those that are gone."""
        before = self.read()
        after = {part: version for part, version in {**before, **built}.items() if part not in gone}
        if after != before:
            self.write(after)

    def write(self, versions: Mapping[str, str]) -> None:
        """Replace all notes."""
        with self.store.workspace() as folder:
            file = folder / "notes.json"
            file.write_bytes(orjson.dumps(versions, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2))
            self.store.publish(file, self._key)

    def differing(self, versions: Mapping[str, str]) -> list[str]:
        """The parts whose input is another than the noted one."""
        noted = self.read()
        return sorted(part for part, version in versions.items() if noted.get(part) != version)

    @property
    def _key(self) -> str:
        return f"built_from/{self.step}.json"


def digest(versions: Collection[str]) -> str:
    """Several versions as one."""
    return sha256("\n".join(sorted(versions)).encode()).hexdigest()[:16]
