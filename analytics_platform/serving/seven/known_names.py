"""The names of one kind of value, and those that may stand in a text. Made once for the rows of a snapshot. Pure.

An organisation has many people: a text is compared with the names that share letters with it, not with all of them.
Does not live here: which kinds there are, and which of the near names is meant (``values``).
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from analytics_platform.serving.seven.wording import EMPTY, tidy, vocabulary

Row = Mapping[str, object]
_OF_CHATS = ("intent", "topic")
LETTERS, SHARED = 3, 3
"""Letters are compared by three. A third of a name's threes must stand in the text: a typing error changes a few."""


class KnownNames:
    """Of each name the ids of the values that it names, and the values of each part of a name."""

    def __init__(self, kind: str, rows: Sequence[Row], key: str, columns: Sequence[str]) -> None:
        self.ids: dict[str, list[str]] = {}
        for row in rows:
            for column in columns:
                for name in _names_of(kind, str(row[column])) if row.get(column) else ():
                    ids = self.ids.setdefault(name, [])
                    if str(row[key]) not in ids:
                        ids.append(str(row[key]))
        self.parts: dict[str, dict[str, str]] = {}
        places: dict[str, list[int]] = {}
        for place, (name, ids) in enumerate(self.ids.items()):
            for part in _parts(kind, name):
                self.parts.setdefault(part, {}).update(dict.fromkeys(ids, name))
            for letters in _threes(name):
                places.setdefault(letters, []).append(place)
        self._names = list(self.ids)
        self._places = {letters: np.array(found) for letters, found in places.items()}
        self._needed = np.array([max(1, len(_threes(name)) // SHARED) for name in self._names])

    def near(self, text: str) -> dict[str, list[str]]:
        """The names that may stand in the text, written well or nearly; those of fewer than three letters never do."""
        found = [self._places[letters] for letters in _threes(text) if letters in self._places]
        if not found:
            return {}
        shared = np.bincount(np.concatenate(found), minlength=len(self._names))
        return {(name := self._names[place]): self.ids[name] for place in np.flatnonzero(shared >= self._needed)}


class _Same:
    """Rows that are equal to themselves alone, so that they can be a key without being compared."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows

    def __hash__(self) -> int:
        return id(self.rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.rows is other.rows


def known_names(kind: str, rows: Sequence[Row], key: str, columns: tuple[str, ...]) -> KnownNames:
    return _known_names(kind, _Same(rows), key, columns)


@lru_cache(maxsize=64)
def _known_names(kind: str, same: _Same, key: str, columns: tuple[str, ...]) -> KnownNames:
    return KnownNames(kind, same.rows, key, columns)


def _threes(text: str) -> set[str]:
    return {text[start : start + LETTERS] for start in range(len(text) - LETTERS + 1)}


def _names_of(kind: str, value: str) -> list[str]:
    """Topics and intents are common words: what means something else names none; they have a plural."""
    name = _plain(value)
    if kind == "cohort" and " / " in name:
        return [name, name.replace(" / ", " ")]
    if kind not in _OF_CHATS:
        return [name]
    name = name.replace("_", " ")
    return [] if {name, f"{name}s"} & vocabulary() or name == "unknown" else [name, f"{name}s"]


def _plain(name: str) -> str:
    """A name as people type it: no emoji, no marks at its ends."""
    return re.sub(r"[^\w\s/@.'-]", "", tidy(name)).strip(" -/.")


def _parts(kind: str, name: str) -> list[str]:
    """A team, a first name, "the sleep lesson", "the video about sleep"."""
    if kind == "cohort":
        return [part.strip() for part in name.split("/") if len(part.strip()) >= 3]
    if kind == "video":
        last = re.split(r"[/=]", name.rstrip("/"))[-1]
        return [re.sub(r"^(?:video|vid|v)[-_ ]", "", last).replace("-", " ").replace("_", " ")]
    if kind == "person" and "@" not in name:
        return [part for part in name.split() if len(part) >= 3]
    if kind == "model":  # the family or the size: "haiku", "gpt-4o"
        words = name.split("-")
        parts = {"-".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)}
        return sorted(part for part in parts if len(part) >= 3 and not part[0].isdigit() and part not in vocabulary())
    if kind == "app":
        return [name.removeprefix("app-").replace("-", " ")]
    if kind == "lesson":
        return [word for word in name.split() if len(word) >= 4 and word not in EMPTY]
    return []
