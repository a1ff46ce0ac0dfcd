"""What a person sees of the way from landing to the snapshot: days there, missing and waiting at each step.

``analytics-platform status`` prints it, ``doctor`` and an asset check say what waits. Does not live here: finding what
waits (``waiting``).
"""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from analytics_platform.contracts import TABLES
from analytics_platform.lake import open_lake
from analytics_platform.lake.day_files import day_of
from analytics_platform.lake.notes import Notes
from analytics_platform.lake.ranges import days_in
from analytics_platform.operations.waiting import waiting_steps
from analytics_platform.settings import Settings
from analytics_platform.warehouse.built import read_built
from analytics_platform.warehouse.engine import open_warehouse

MATERIALIZE = "analytics-platform materialize"


@dataclass(frozen=True)
class Step:
    """Days of one step. ``missing`` days of a lake table lie between its first and last and were never built; a day
    without a line has no labels and no marts, so other steps miss none.
    """

    step: str
    days: int | None
    missing: int | None
    waiting: int
    first_waiting: str | None
    last_waiting: str | None


@dataclass(frozen=True)
class Status:
    """All steps, and what readers see now."""

    steps: list[Step]
    snapshot: str | None
    published_at: str | None
    age_hours: float | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def status(settings: Settings, now: datetime | None = None) -> Status:
    at = now or datetime.now(UTC)
    lake, waiting = open_lake(settings), waiting_steps(settings, at.date())
    there: dict[str, set[date]] = {
        "labels": {date.fromisoformat(day) for day in Notes(lake.store, "labels").read()},
        "marts": {day_of(key) for key in read_built(settings).marks},
    }
    steps = [_step(f"lake {path}", set(lake.ledger.days(table)), ()) for path, table in TABLES.items()]
    steps += [_step(step, there.get(step), days) for step, days in waiting.items()]
    snapshot = open_warehouse(settings).current()
    if snapshot is None:
        return Status(steps, None, None, None)
    age = (at - datetime.fromisoformat(snapshot.published_at)).total_seconds() / 3600
    return Status(steps, snapshot.version, snapshot.published_at, round(age, 2))


def table(found: Status) -> str:
    """The status as plain text."""
    head = ("step", "days", "missing", "waiting", "from", "to")
    rows = [tuple("" if value is None else str(value) for value in asdict(step).values()) for step in found.steps]
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    lines = [
        "  ".join(
            cell.rjust(width) if 0 < place < 4 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    ]
    shown = f"version {found.snapshot}, {found.age_hours:.1f} hours old" if found.snapshot else "nothing yet"
    return "\n".join([*lines, f"published: {shown}"])


def what_waits(settings: Settings, today: date | None = None) -> list[str]:
    """A sentence for each step at which days wait; none when everything is published."""
    return [
        f"{len(days)} {'day waits' if len(days) == 1 else 'days wait'} at {step} ({_span(days)})"
        for step, days in waiting_steps(settings, today).items()
        if days
    ]


def _step(step: str, there: "set[date] | None", waiting: "dict[date, list[str]] | tuple[()]") -> Step:
    of_table = there if step.startswith("lake ") else None
    missing = len(set(days_in([(min(of_table), max(of_table))])) - of_table) if of_table else None
    days = sorted(waiting)
    first, last = (str(days[0]), str(days[-1])) if days else (None, None)
    return Step(step, None if there is None else len(there), missing, len(days), first, last)


def _span(days: "dict[date, list[str]]") -> str:
    first, last = min(days), max(days)
    return str(first) if first == last else f"{first} to {last}"
