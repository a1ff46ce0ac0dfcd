"""Days of each asset and the lag of each source, from listings alone: no file of a day is opened.

Does not live here: what waits at each step (``waiting``), runs and checks (``defs.recent``).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime

from analytics_platform.contracts import LAKE_TABLES, TABLES
from analytics_platform.lake import open_lake
from analytics_platform.lake.day_files import day_files, day_of, table_of
from analytics_platform.lake.ranges import days_in
from analytics_platform.settings import Settings
from analytics_platform.warehouse.built import read_built

_WRITTEN = re.compile(r"(\d{8}T\d{6})\d*Z-")
MARTS = "marts"
# Each of their days is written, also one without a line: a gap is a day that was never built. The others have gaps by
# their nature: a day without answers has no labels.
WITHOUT_GAPS = {*TABLES, "insights/series"}


@dataclass(frozen=True)
class AssetDays:
    """``missing`` days lie between the first and the last; None where gaps are usual."""

    asset: str
    days: int
    first: str | None
    last: str | None
    missing: int | None


@dataclass(frozen=True)
class Lag:
    """How far a source is behind: when its newest lines were landed, and their number that no lake day holds yet.

    ``last_day`` is its newest day with lines. ``uncounted_files`` are further ones, whose names do not say how many.
    """

    source: str
    landed_at: str | None
    hours: float | None
    last_day: str | None
    unbuilt_lines: int
    uncounted_files: int


def asset_days(settings: Settings) -> list[AssetDays]:
    """Every table of the lake that has a day, and the marts, whose days are those of the snapshot."""
    lake = open_lake(settings)
    there: dict[str, set[date]] = {}
    for key in day_files(lake.store):
        there.setdefault(table_of(key), set()).add(day_of(key))
    for path, table in TABLES.items():
        there[path] = set(lake.ledger.days(table))
    there[MARTS] = {day_of(key) for key in read_built(settings).marks}
    return [_asset(path, there[path]) for path in (*LAKE_TABLES, MARTS) if there.get(path) or path in TABLES]


def source_lags(settings: Settings, now: datetime) -> list[Lag]:
    """Files that people bring have no lag: they come when they come."""
    lake, found = open_lake(settings), []
    for path, table in TABLES.items():
        segments = lake.landing.segments(table)
        reopened = set(lake.ledger.reopened(table, lake.landing))
        known: set[str] = set()
        for day in reopened:
            entry = lake.ledger.read(table, day)
            known.update(entry.segments if entry else ())
        new = [segment.lines for segment in segments if segment.day in reopened and segment.name not in known]
        landed = max((at for segment in segments if (at := _written(segment.name))), default=None)
        hours = None if landed is None else round((now - landed).total_seconds() / 3600, 2)
        last_day = max((segment.day for segment in segments), default=None)
        counts = (sum(filter(None, new)), new.count(None))
        found.append(
            Lag(path, landed.isoformat() if landed else None, hours, str(last_day) if last_day else None, *counts)
        )
    return found


def _asset(path: str, days: Collection[date]) -> AssetDays:
    if not days:
        return AssetDays(path, 0, None, None, None)
    first, last = min(days), max(days)
    missing = len(days_in([(first, last)])) - len(days) if path in WITHOUT_GAPS else None
    return AssetDays(path, len(days), str(first), str(last), missing)


def _written(name: str) -> datetime | None:
    """When a segment was written, by its name; None for a file that somebody put there."""
    found = _WRITTEN.match(name)
    return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if found else None
