"""What to simulate: how many people, from when, for how long, how much, and where the planted events lie.

Lives here: the frozen plan and its streams of random numbers. Each stream is named by seed, day and purpose, so any
day can be made alone and the same seed gives the same bytes. Does not live here: any text or event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np

from analytics_platform.contracts import TABLES
from analytics_platform.errors import SettingsError

DAY = 86_400_000_000  # microseconds
SECOND = 1_000_000
MOST_DAYS, MOST_PEOPLE = 60, 2000  # beyond, the truth leaves single people out

# Share of each table in lines_per_day. An exchange outnumbers its conversation about five to one.
MIX: Mapping[str, float] = {
    "xapi/statements": 0.45,
    "video/events": 0.35,
    "telemetry/events": 0.12,
    "nocodb/messages": 0.067,
    "nocodb/conversations": 0.013,
}

# Numbers of the streams; never renumber one, or every demo changes.
STREAMS = (
    "people",
    "course",
    "presence",
    "statements",
    "views",
    "profile",
    "video",
    "talk",
    "messages",
    "telemetry",
    "planting",
    "conversations",
    "files",
)


@dataclass(frozen=True)
class Plan:
    """A simulation. With ``lines_per_day`` unset the volume follows from the people who are active.

    ``lines_per_day`` counts events of all tables in ``mix`` together; repeats and broken lines (2 %) come on top, and
    the lessons that people take are never left out, so few lines with many people give more than was asked for.
    """

    start: date
    people: int = 300
    days: int = 30
    seed: int = 7
    lines_per_day: int | None = None
    mix: Mapping[str, float] = field(default_factory=lambda: dict(MIX))

    def __post_init__(self) -> None:
        if self.people < 1 or self.days < 1 or self.seed < 0:
            raise SettingsError("A simulation needs people >= 1, days >= 1 and seed >= 0.")
        if self.lines_per_day is not None and self.lines_per_day < 1:
            raise SettingsError(f"lines_per_day is {self.lines_per_day}; give 1 or more, or leave it out.")
        unknown = sorted(set(self.mix) - set(TABLES))
        if unknown or not sum(self.mix.values()) > 0 or min(self.mix.values()) < 0:
            raise SettingsError(f"The mix {dict(self.mix)} must give shares to some of {', '.join(TABLES)}.")

    def rng(self, stream: str, day: int = -1) -> np.random.Generator:
        """The random numbers of one purpose on one day (-1: of the whole simulation)."""
        entropy = [self.seed, day + 1, STREAMS.index(stream)]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy)))

    def date(self, day: int) -> date:
        return self.start + timedelta(days=day)

    def midnight(self, day: int) -> int:
        """The start of a day in microseconds since 1970."""
        return (self.date(day) - date(1970, 1, 1)).days * DAY

    def includes(self, table: str) -> bool:
        return self.mix.get(table, 0) > 0

    def asked(self, table: str) -> int | None:
        """Events asked for in a table and day; None when the volume follows from the people."""
        if self.lines_per_day is None:
            return None
        return round(self.lines_per_day * self.mix.get(table, 0) / sum(self.mix.values()))

    @property
    def resent_day(self) -> int | None:
        """The day on which every connector delivers the events of 08 to 11 o'clock twice; none of fewer than three."""
        return self.days // 3 if self.days >= 3 else None

    @property
    def incident_day(self) -> int:
        """The day of the API incident, from 13 to 15 o'clock."""
        return self.days * 3 // 5


def moment(micros: int) -> datetime:
    """Microseconds since 1970 as a time in UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
