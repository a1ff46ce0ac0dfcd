"""Facts that questions are about (``facts.toml``): answers, conversations, views … and what is known of each. Pure.

Does not live here: reading a question (``clauses``, ``composing``), SQL (``made``).
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Measure:
    """A number of each row. ``unit``: seconds, share, money or nothing."""

    name: str
    words: re.Pattern[str]
    expression: str
    unit: str


@dataclass(frozen=True, eq=False)
class Fact:
    """One kind of thing. ``flags``, ``counts``, ``shares`` and ``totals``: name → words and SQL."""

    name: str
    said: str
    source: str
    where: str
    names: re.Pattern[str]
    may: re.Pattern[str]
    person: str
    day: str
    at: str
    lists: tuple[str, ...]
    count: str
    values: Mapping[str, str]
    by: Mapping[str, str]
    units: Mapping[str, str]
    flags: Mapping[str, tuple[str, re.Pattern[str]]]
    measures: tuple[Measure, ...]
    counts: Mapping[str, tuple[re.Pattern[str], str]]
    shares: Mapping[str, tuple[re.Pattern[str], str]]
    totals: Mapping[str, tuple[re.Pattern[str], str]]
    peaks: Mapping[str, str]
    also: str  # said beside its number
    categories: Mapping[str, str]  # columns whose values are words beside the column's name
    known: Mapping[str, str]  # columns whose values are words of their own
    scopes: tuple[str, ...]  # flags that a share is never of
    is_loose: bool  # only ``loosely`` asks of it
    grain: str  # its rows are weeks or days of that length
    each: str  # what one row is of
    on_roster: str  # the condition that its person is on the roster
    is_table: bool  # it is shown in rows, and never counted

    @property
    def has_hours(self) -> bool:
        return bool(self.at) or "hour" in self.by


def whole(pattern: str) -> re.Pattern[str]:
    """The pattern as whole words; a mark begins with §."""
    return re.compile(rf"(?<![\w§])(?:{pattern})(?!\w)")


@lru_cache(maxsize=1)
def facts() -> dict[str, Fact]:
    return {name: fact for name, fact in all_facts().items() if not fact.is_loose}


@lru_cache(maxsize=1)
def all_facts() -> dict[str, Fact]:
    text = (Path(__file__).parent / "facts.toml").read_text(encoding="utf-8")
    return {name: _fact(name, known) for name, known in tomllib.loads(text).items()}


def _fact(name: str, known: Mapping[str, Any]) -> Fact:
    person = known.get("person", "")
    said = {chapter: known.get(chapter, {}) for chapter in ("flags", "counts", "shares", "totals")}
    return Fact(
        name=name,
        said=known["said"],
        source=known["from"],
        where=known.get("where", ""),
        names=whole("|".join(sorted(known["names"], key=len, reverse=True))),
        may=whole("|".join(known["may"].split())),
        person=person,
        day=known.get("day", ""),
        at=known.get("at", ""),
        lists=tuple(known["lists"].split(", ")),
        count=known.get("count", "count(*)"),
        values=known.get("values", {}),
        by=known["by"],
        units={**known.get("units", {}), **({"person": person} if person else {})},
        flags={flag: (sql, whole(words)) for flag, (sql, words) in said["flags"].items()},
        on_roster=f"{person} in (select person_id from users where is_on_roster)" if person else "",
        measures=tuple(
            Measure(one, whole(words), sql, unit) for one, (words, sql, unit) in known.get("measures", {}).items()
        ),
        counts={one: (whole(words), sql) for one, (words, sql) in said["counts"].items()},
        shares={one: (whole(words), sql) for one, (words, sql) in said["shares"].items()},
        totals={one: (whole(words), sql) for one, (words, sql) in said["totals"].items()},
        peaks=known.get("peaks", {}),
        also=known.get("also", ""),
        is_table=known.get("only") == "rows",
        categories=known.get("categories", {}),
        known=known.get("known", {}),
        scopes=tuple(known.get("scopes", ())),
        is_loose=known.get("loose", False),
        grain=known.get("grain", ""),
        each=known.get("each", ""),
    )
