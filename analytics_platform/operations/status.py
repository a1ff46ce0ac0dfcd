"""What a person sees of the way from landing to the snapshot: days there, missing and waiting, lags, and the disk.

``analytics-platform status`` prints it (``commands.status``, which adds runs, checks and alerts), ``doctor`` and an
asset check say what waits. Does not live here: finding what waits (``waiting``).
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from analytics_platform.operations.assets import AssetDays, Lag, asset_days, source_lags
from analytics_platform.operations.disk import Disk, disk_of
from analytics_platform.operations.waiting import waiting_steps
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse

MATERIALIZE = "analytics-platform materialize"


@dataclass(frozen=True)
class Step:
    """The days that wait at one step."""

    step: str
    waiting: int
    first_waiting: str | None
    last_waiting: str | None


@dataclass(frozen=True)
class Published:
    """What readers see now."""

    snapshot: str
    published_at: str
    age_hours: float
    marts: int
    rows: int
    first_day: str | None
    last_day: str | None


@dataclass(frozen=True)
class Status:
    """All steps, sources and assets. ``published`` is None where nothing is."""

    steps: list[Step]
    sources: list[Lag]
    assets: list[AssetDays]
    published: Published | None
    disk: Disk

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def status(settings: Settings, now: datetime | None = None) -> Status:
    at = now or datetime.now(UTC)
    steps = [_step(step, days) for step, days in waiting_steps(settings, at.date()).items()]
    return Status(steps, source_lags(settings, at), asset_days(settings), _published(settings, at), disk_of(settings))


def what_waits(settings: Settings, today: date | None = None, apart: Collection[date] = ()) -> list[str]:
    """A sentence for each step at which days wait, but for some days; none when everything is published."""
    found = {step: {d: names for d, names in days.items() if d not in apart}
             for step, days in waiting_steps(settings, today).items()}  # fmt: skip
    return [
        f"{len(days)} {'day waits' if len(days) == 1 else 'days wait'} at {step} ({_span(days)})"
        for step, days in found.items()
        if days
    ]


def _published(settings: Settings, at: datetime) -> Published | None:
    snapshot = open_warehouse(settings).current()
    if snapshot is None:
        return None
    hours = (at - datetime.fromisoformat(snapshot.published_at)).total_seconds() / 3600
    rows = snapshot.rows
    return Published(
        snapshot.version,
        snapshot.published_at,
        round(hours, 2),
        len(rows),
        sum(rows.values()),
        snapshot.first_day,
        snapshot.last_day,
    )


def _step(step: str, waiting: "dict[date, list[str]]") -> Step:
    days = sorted(waiting)
    first, last = (str(days[0]), str(days[-1])) if days else (None, None)
    return Step(step, len(days), first, last)


def _span(days: "dict[date, list[str]]") -> str:
    first, last = min(days), max(days)
    return str(first) if first == last else f"{first} to {last}"
