"""The periods of reports: a local day, an ISO week (of its ISO year), a month. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from analytics_platform.errors import ReportError

Grain = Literal["day", "week", "month"]
GRAINS: tuple[Grain, ...] = get_args(Grain)


@dataclass(frozen=True)
class Period:
    """Whole days, both ends included."""

    grain: Grain
    first: date
    last: date

    @property
    def key(self) -> str:
        """2026-03-10, 2026-W11 or 2026-03."""
        if self.grain == "day":
            return str(self.first)
        if self.grain == "month":
            return f"{self.first:%Y-%m}"
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02}"

    @property
    def title(self) -> str:
        if self.grain == "day":
            return f"{self.first:%A}, {self.first.day} {self.first:%B %Y}"
        if self.grain == "month":
            return f"{self.first:%B %Y}"
        year, week, _ = self.first.isocalendar()
        return f"week {week} of {year} ({self.first} to {self.last})"

    @property
    def before(self) -> "Period":
        return period_of(self.grain, self.first - timedelta(days=1))

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def period_of(grain: Grain, day: date) -> Period:
    """The period that a day lies in."""
    if grain == "day":
        return Period("day", day, day)
    if grain == "week":
        monday = day - timedelta(days=day.weekday())
        return Period("week", monday, monday + timedelta(days=6))
    first = day.replace(day=1)
    return Period("month", first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def parse(key: str) -> Period:
    """A period from its key."""
    try:
        if re.fullmatch(r"\d{4}-W\d{2}", key):
            return period_of("week", date.fromisoformat(f"{key}-1"))
        if re.fullmatch(r"\d{4}-\d{2}", key):
            return period_of("month", date.fromisoformat(f"{key}-01"))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", key):
            return period_of("day", date.fromisoformat(key))
    except ValueError:
        pass
    raise ReportError(f"{key!r} is no period: write a day as 2026-03-10, an ISO week as 2026-W11, a month as 2026-03.")
