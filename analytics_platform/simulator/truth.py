"""What is true of a simulation: expected fate of every line, and the answers that analyses must find.

Gathered day by day while events are made, never read back from landing.
Does not live here: deciding anything, the file (``truth_document``).
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analytics_platform.simulator.batch import Facts
from analytics_platform.simulator.files import Files
from analytics_platform.simulator.organisation import Organisation
from analytics_platform.simulator.planting import Tally
from analytics_platform.simulator.texts import Ints
from analytics_platform.simulator.viewing import ViewCounts

# What a table knows people by; statements say it themselves.
_KIND = {"nocodb/conversations": "chat", "nocodb/messages": "chat", "video/events": "user", "telemetry/events": "user"}


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
    last_seen: dict[str, Ints] = field(init=False)  # the same under each kind of identifier
    active: dict[str, int] = field(default_factory=dict)
    answers: list[tuple[int, int, int]] = field(default_factory=list)
    completions: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        never = np.full(self.organisation.people.count, -1, np.int64)
        self.last_day = never.copy()
        self.last_seen = {kind: never.copy() for kind in ("course", "mbox", "chat", "user")}

    def add(self, day: int, tables: list[DayTable]) -> None:
        plan, there = self.organisation.plan, np.zeros(self.organisation.people.count, np.bool_)
        date = str(plan.date(day))
        for part in tables:
            self.tallies.setdefault(part.table, {})[date] = part.tally
            self.counts.update(part.facts.counts)
            self.planted += [{"day": date, **answer} for answer in part.facts.planted]
            self.answers += part.facts.answers
            self.completions |= part.facts.completions
            if part.facts.viewing is not None:
                self.viewing = part.facts.viewing if self.viewing is None else self.viewing + part.facts.viewing
            there[part.people] = True
            for kind, people in (part.facts.actors or {_KIND[part.table]: part.people}).items():
                self.last_seen[kind][people] = day
        self.last_day[there] = day
        self.active[date] = int(there.sum())

    @property
    def files(self) -> Files:
        """The files that fit what was simulated; its export is empty of names where there were too many people."""
        return Files(self.organisation, self.answers)

    @property
    def lines(self) -> int:
        return sum(tally.lines for days in self.tallies.values() for tally in days.values())
