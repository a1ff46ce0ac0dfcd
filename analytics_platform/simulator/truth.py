"""What is true of a simulation: expected fate of every line, and the answers that analyses must find.

Gathered day by day while events are made, never read back from landing. ``to_json`` gives the whole of it.
Does not live here: deciding anything.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analytics_platform.simulator.batch import Facts
from analytics_platform.simulator.organisation import Organisation
from analytics_platform.simulator.planting import Tally
from analytics_platform.simulator.texts import Ints
from analytics_platform.simulator.truth_document import document
from analytics_platform.simulator.viewing import ViewCounts


@dataclass(frozen=True)
class DayTable:
    """What one table of one day adds."""

    table: str
    day: int
    tally: Tally
    facts: Facts
    people: Ints  # who did something


@dataclass
class Truth:
    """Truth of a whole simulation; ``add`` takes the days in their order."""

    organisation: Organisation
    tallies: dict[str, dict[str, Tally]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    planted: list[dict[str, Any]] = field(default_factory=list)
    viewing: ViewCounts | None = None
    last_day: Ints = field(init=False)  # of each person; -1: no event at all
    active: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.last_day = np.full(self.organisation.people.count, -1, np.int64)

    def add(self, day: int, tables: list[DayTable]) -> None:
        plan, there = self.organisation.plan, np.zeros(self.organisation.people.count, np.bool_)
        date = str(plan.date(day))
        for part in tables:
            self.tallies.setdefault(part.table, {})[date] = part.tally
            self.counts.update(part.facts.counts)
            self.planted += [{"day": date, **answer} for answer in part.facts.planted]
            if part.facts.viewing is not None:
                self.viewing = part.facts.viewing if self.viewing is None else self.viewing + part.facts.viewing
            there[part.people] = True
        self.last_day[there] = day
        self.active[date] = int(there.sum())

    @property
    def lines(self) -> int:
        return sum(tally.lines for days in self.tallies.values() for tally in days.values())

    def as_dict(self) -> dict[str, Any]:
        return document(self)

    def to_json(self) -> str:
        text = json.dumps(self.as_dict(), ensure_ascii=False, indent=1, sort_keys=True)
        # Numbers of one list stand on one line: the file is read by people too.
        return re.sub(r"\[[\d\s,]+\]", lambda found: " ".join(found[0].split()), text) + "\n"
