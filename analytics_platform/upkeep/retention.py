"""Retention: finds and counts what has passed the time that its kind is kept, and removes it only on request.

A day of a source goes whole, from landing to labels, so that nothing left behind brings it back; marts forget it with
the next build of that day, but telemetry's daily rows stay (``settling``). Does not live here: how long each kind is
kept (``settings``).
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from analytics_platform.alerts.state import State, stamp
from analytics_platform.contracts import CHAT_LABELS, INSIGHTS, MADE, TABLES
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake, lake_key, quarantine_key
from analytics_platform.lake.red_days import red_key
from analytics_platform.lake.store import Store
from analytics_platform.settings import Settings
from analytics_platform.upkeep.old import Old
from analytics_platform.upkeep.settling import TELEMETRY, settle, waiting
from analytics_platform.upkeep.thinning import compact, thin

ORPHAN_AGE = timedelta(days=1)


def find(settings: Settings, now: datetime) -> Iterator[Old]:
    """Everything that may go now."""
    today = now.astimezone(UTC).date()
    yield from _orphans(settings, now)  # first: whoever opens a workspace clears the scratch folder
    lake = open_lake(settings)
    held = waiting(settings, lake, today)
    yield from settle(settings, lake, today)
    yield from _days(lake, today - timedelta(days=settings.keep_event_days), held)
    yield from thin(settings, lake, today, held)
    yield from compact(lake, today)
    yield from _reports(settings, today - timedelta(days=settings.keep_report_days))
    yield from _alerts(settings, now - timedelta(days=settings.keep_alert_days))


def oldest_kept(settings: Settings, now: datetime) -> date:
    """The first day whose events stay."""
    return now.astimezone(UTC).date() - timedelta(days=settings.keep_event_days)


def _days(lake: Lake, cut: date, held: set[date]) -> Iterator[Old]:
    for table in TABLES.values():
        prefixes = [f"{area}/{table.path}" for area in ("landing", "inbox", "keys")]
        keys = {key for prefix in prefixes for key in lake.store.keys(prefix)}
        days = {day for day in map(_day_of, keys) if day} | set(lake.ledger.days(table))
        days -= held if table is TELEMETRY else set()
        for day in sorted(day for day in days if day < cut):
            raw = sorted(key for key in keys if _day_of(key) == day)
            built = [lake_key(table, day), quarantine_key(table, day), f"ledger/{table.path}/day={day}.json"]
            built.append(red_key(table, day))
            gone = [*raw, *(key for key in built if lake.store.exists(key))]
            if gone:
                yield Old("events", f"{table.path} {day}", len(gone), partial(_delete, lake.store, gone))
    for made in (*MADE.values(), *CHAT_LABELS.values(), *INSIGHTS.values()):
        keys = {
            key for key in lake.store.keys(f"lake/{made.path}") if (found := _day_of(key)) and date.min < found < cut
        }
        for key in sorted(keys):
            yield Old("labels and insights", key, 1, partial(lake.store.delete, key))


def _day_of(key: str) -> date | None:
    _, found, rest = key.partition("/day=")
    try:
        return date.fromisoformat(rest[:10]) if found else None
    except ValueError:
        return None


def _delete(store: Store, keys: list[str]) -> None:
    """Landing first: a run in between finds less, never more than the ledger says."""
    for key in keys:
        store.delete(key)


def _reports(settings: Settings, cut: date) -> Iterator[Old]:
    """Reports of a day; those of weeks and months are few and stay."""
    for folder in sorted(settings.reports_folder.glob("*/????-??-??")):
        day = date.fromisoformat(folder.name)
        if day < cut:
            files = sum(file.is_file() for file in folder.rglob("*"))
            name = folder.relative_to(settings.home).as_posix()
            yield Old("daily reports", name, files, partial(shutil.rmtree, folder))


def _alerts(settings: Settings, cut: datetime) -> Iterator[Old]:
    state = State(settings.home)
    with state.connection() as connection:
        old = connection.execute(
            "select count(*) from causes where recovered_at < ? and kind <> 'safety'", [stamp(cut)]
        ).fetchone()[0]

    def remove() -> None:
        with state.connection() as connection:
            connection.execute(
                "delete from messages where cause in (select cause from causes where recovered_at < ?"
                " and kind <> 'safety')",
                [stamp(cut)],
            )
            connection.execute("delete from causes where recovered_at < ? and kind <> 'safety'", [stamp(cut)])

    if old:
        yield Old("alerts", f"recovered before {cut:%Y-%m-%d}", old, remove)


def _orphans(settings: Settings, now: datetime) -> Iterator[Old]:
    """Unfinished files of processes that died: nobody finishes what is a day old."""
    home = settings.home
    places: list[Path] = [
        *(home / "scratch").glob("*"),
        *settings.published_folder.glob(".draft*"),
        *settings.reports_folder.glob("*/*/.*.draft"),
    ]
    for path in sorted(places):
        if now.timestamp() - path.stat().st_mtime > ORPHAN_AGE.total_seconds():
            remove = partial(shutil.rmtree, path) if path.is_dir() else path.unlink
            yield Old("orphans", path.relative_to(home).as_posix(), 1, remove)
