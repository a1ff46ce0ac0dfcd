"""Who was erased: a list of keyed hashes of identifiers, so that later deliveries of the same people are erased too.

``erased/<id of the key>.json`` in the lake. An identifier is written as in the marts (``mbox:…``, ``account:…|…``,
``chat:…``, ``user:…``), and for what hangs on a person ``conversation:…`` and ``session:…``. The key is PRIVACY_KEY, or
a file below PLATFORM_HOME that the first erasure makes; older keys stand behind the newest one, so that it can be
changed. Does not live here: finding people in raw lines (``subjects``), taking them out of landing (``scrubbing``).
"""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import orjson

from analytics_platform.errors import LakeError
from analytics_platform.lake.parse_sql import quote_text
from analytics_platform.lake.store import Store

FOLDER = "erased"


@dataclass(frozen=True)
class Erased:
    """The list as it is now. ``needles`` are plain words of the person, known during an erasure only."""

    lists: tuple[tuple[str, frozenset[str]], ...]  # a key, and the hashes that were made with it
    needles: tuple[str, ...] = ()
    _known: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)

    def __bool__(self) -> bool:
        return any(hashes for _, hashes in self.lists)

    def holds(self, identifier: str) -> bool:
        """Whether an identifier is on the list."""
        found = self._known.get(identifier)
        if found is None:
            if len(self._known) > 1 << 18:
                self._known.clear()
            found = any(hashed(key, identifier) in hashes for key, hashes in self.lists)
            self._known[identifier] = found
        return found

    def holds_sql(self, identifier: str) -> str:
        """The same as SQL over an expression."""
        normal = f"lower(trim({identifier}))"
        return " or ".join(
            f"sha256({quote_text(key)} || sha256({quote_text(key)} || {normal}))"
            f" in ({', '.join(map(quote_text, sorted(hashes)))})"
            for key, hashes in self.lists
            if hashes
        )

    @cached_property
    def lowered(self) -> tuple[str, ...]:
        return tuple(needle.lower() for needle in self.needles)


@dataclass(frozen=True)
class Erasures:
    """Reads and extends the list. ``given`` is PRIVACY_KEY: keys with commas, the newest first; else ``key_file``."""

    store: Store
    key_file: Path
    given: str = ""

    def read(self, needles: tuple[str, ...] = ()) -> Erased:
        """The list, empty while nobody was erased. A list whose key is not at hand stops whoever parses."""
        names = self.store.keys(FOLDER)
        if not names:
            return Erased((), needles)
        keys = {_name(key): key for key in self._keys()}
        lists = []
        for name in names:
            own = name.rpartition("/")[2].removesuffix(".json")
            if own not in keys:
                raise LakeError(
                    f"The list of erased people {name} was made with a key that is not at hand, so their lines could"
                    f" come back. Set PRIVACY_KEY to the key of the machine that erased them ({self.key_file} there)."
                )
            lists.append((keys[own], frozenset(orjson.loads(self.store.read(name) or b"[]"))))
        return Erased(tuple(lists), needles)

    def add(self, identifiers: Iterable[str]) -> None:
        """Put identifiers on the list, as hashes with the newest key."""
        key = self.newest_key()
        name = f"{FOLDER}/{_name(key)}.json"
        before = set(orjson.loads(self.store.read(name) or b"[]"))
        after = before | {hashed(key, identifier) for identifier in identifiers}
        with self.store.workspace() as folder:
            file = folder / "erased.json"
            file.write_bytes(orjson.dumps(sorted(after)))
            self.store.publish(file, name)

    def newest_key(self) -> str:
        """The key of new hashes; made when there is none."""
        keys = self._keys()
        if keys:
            return keys[0]
        self.key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self.key_file.with_name(f".{self.key_file.name}.draft")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32) + "\n", "utf-8")
        draft.replace(self.key_file)
        return self._keys()[0]

    def _keys(self) -> list[str]:
        said = self.given or (self.key_file.read_text("utf-8") if self.key_file.exists() else "")
        return [key.strip() for key in said.replace("\n", ",").split(",") if key.strip()]


def hashed(key: str, identifier: str) -> str:
    """Keyed twice, so that no hash can be continued; DuckDB can make the same."""
    inner = sha256(f"{key}{identifier.strip().lower()}".encode()).hexdigest()
    return sha256(f"{key}{inner}".encode()).hexdigest()


def _name(key: str) -> str:
    return hmac.new(key.encode(), b"name of the key", sha256).hexdigest()[:12]
