"""Sources that fell silent or days that were not built, from the ledger: which alerts are due, which are over.

A source of which only history was imported is neither: nobody said that it would send. Pure but for reading the lake.
"""

from datetime import UTC, date, datetime, timedelta

from analytics_platform.alerts import causes
from analytics_platform.alerts.alert import Alert
from analytics_platform.contracts import TABLES
from analytics_platform.lake import open_lake
from analytics_platform.lake.live import live_days
from analytics_platform.settings import Settings

BUILT_BY = 3  # o'clock UTC: the daily run starts at 00:30
LOOKS_BACK = 28  # days
USUAL = 4  # days with lines in the week before the silence, for the silence to be news


def judge(settings: Settings, now: datetime) -> tuple[list[Alert], list[str]]:
    """Alerts of what is stale, and the causes that are well. A source that never sent anything is not stale."""
    lake, today = open_lake(settings), now.astimezone(UTC).date()
    yesterday, stale, well = today - timedelta(days=1), list[Alert](), list[str]()
    for table in TABLES.values():
        entries = {
            entry.day: entry.received
            for entry in lake.ledger.entries_between(table, yesterday, yesterday, LOOKS_BACK)
        }  # fmt: skip
        days = sorted(day for day, received in entries.items() if received)
        late = yesterday not in entries and now.astimezone(UTC).hour >= BUILT_BY
        silence = (max(entries) - days[-1]).days if days else 0  # days that were built and had nothing
        silent = silence >= settings.stale_source_days
        if (late or silent) and days:
            days = live_days(lake, table, days)  # read only now: on most looks nothing is wrong
        if late and days:
            stale.append(causes.not_built(table.path, yesterday, max(entries), settings.ui))
        elif yesterday in entries or not days:
            well.append(f"stale:not_built:{table.path}")
        if silent and _was_usual(days):
            stale.append(causes.silent_source(table.path, days[-1], silence, settings.ui))
        else:
            well.append(f"stale:silent:{table.path}")
    return stale, well


def _was_usual(days: list[date]) -> bool:
    week = days[-1] - timedelta(days=7) if days else date.max
    return sum(day > week for day in days) >= USUAL
