"""Column names as people write them, and the field that each means.

A name is compared in words: case, punctuation and camel case do not matter, so "E-mail address", "eMail" and
``email`` are one. Does not live here: reading the file (``sheets``).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics_platform.errors import FileRefused

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Field:
    """One field of a kind of file and its accepted spellings, the surest first.

    ``open_ended`` takes every column that begins with a spelling, as ``Due North``: the rest of the name says of whom.
    """

    name: str
    spellings: tuple[str, ...]
    open_ended: bool = False


@dataclass(frozen=True)
class Columns:
    """Which column of a file holds which field; ``open_ended`` has (place, rest of the name) instead."""

    places: Mapping[str, int]
    open_ended: Mapping[str, tuple[tuple[int, str], ...]]
    unknown: tuple[str, ...]

    @property
    def known(self) -> int:
        return len(self.places) + sum(map(len, self.open_ended.values()))


def words_of(header: str) -> str:
    return _NO_WORD.sub(" ", _CAMEL.sub(" ", header.strip())).strip().lower()


def find_columns(header: Sequence[str], fields: Sequence[Field]) -> Columns:
    """Give each column the field it means; of two columns for one field the surer spelling wins, then the first."""
    written = [words_of(name) for name in header]
    places: dict[str, int] = {}
    # Spelling by spelling, so that "Lesson" is the number only where no column says "Lesson number".
    for rank in range(max(len(field.spellings) for field in fields)):
        for field in fields:
            if field.name in places or rank >= len(field.spellings) or field.open_ended:
                continue
            for place, words in enumerate(written):
                if words == field.spellings[rank] and place not in places.values():
                    places[field.name] = place
                    break
    taken = set(places.values())
    open_ended: dict[str, tuple[tuple[int, str], ...]] = {}
    for field in fields:
        if field.open_ended:
            found = {
                place: rest
                for place, name in enumerate(header)
                if place not in taken and (rest := _rest(name, field.spellings)) is not None
            }
            open_ended[field.name] = tuple(found.items())
            taken |= found.keys()
    unknown = tuple(name.strip() or f"(column {n + 1})" for n, name in enumerate(header) if n not in taken)
    return Columns(places, open_ended, tuple(name for name in unknown if not name.startswith("(column")))


def _rest(header: str, spellings: Sequence[str]) -> str | None:
    """What follows a spelling in a header, as it was written; None when it begins otherwise."""
    for spelling in spellings:
        found = re.match(rf"\s*{spelling.replace(' ', '[ _-]')}\b[\s:_-]*", header, flags=re.IGNORECASE)
        if found:
            return header[found.end() :].strip(" ()[]")
    return None


def demand(columns: Columns, fields: Sequence[Field], one_of: Sequence[str], file: str, header: Sequence[str]) -> None:
    """Refuse a file that has none of some fields, with the spellings that would have done."""
    if any(name in columns.places for name in one_of):
        return
    spelled = {field.name: field.spellings for field in fields}
    accepted = "; ".join(f"{name.replace('_', ' ')}: {', '.join(spelled[name])}" for name in one_of)
    seen = ", ".join(name.strip() for name in header if name.strip()) or "nothing"
    raise FileRefused(
        f"{file} has no column for {' or '.join(name.replace('_', ' ') for name in one_of)}. Its header reads: {seen}."
        f" Name a column with one of these (case and punctuation do not matter): {accepted}."
    )
