"""Which days have series, which were materialised and have none (what a run that died has left), and the newest whole.

Cheap enough for a sensor.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics_platform.contracts import INSIGHTS, TABLES
from analytics_platform.lake import open_lake
from analytics_platform.lake.workbench import days_of
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse


def days_without_series(settings: Settings) -> list[date]:
    lake = open_lake(settings)
    built = {day for table in TABLES.values() for day in lake.ledger.days(table)}
    return sorted(built - set(days_of(lake, INSIGHTS["insights/series"])))


def newest_day(settings: Settings, days: Sequence[date]) -> date:
    """The newest day with series, or of these, that was over everywhere when the snapshot was published.

    What forecasts, chances and themes are made from, whatever day was asked for: of half a day they would say that
    people fell silent.
    """
    newest = max([*days, *days_of(open_lake(settings), INSIGHTS["insights/series"])])
    snapshot = open_warehouse(settings).current()
    return newest if snapshot is None else min(newest, last_whole_day(snapshot.published_at, settings))


def last_whole_day(published_at: str, settings: Settings) -> date:
    """The last day that was over at a moment, in UTC and in the organisation's zone."""
    moment = datetime.fromisoformat(published_at)
    begun = min(moment.astimezone(zone).date() for zone in (UTC, ZoneInfo(settings.platform_timezone)))
    return begun - timedelta(days=1)
