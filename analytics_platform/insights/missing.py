"""Which days have series, and which were materialised and have none: what a run that died has left.

Cheap enough for a sensor.
"""

from collections.abc import Sequence
from datetime import date

from analytics_platform.contracts import INSIGHTS, TABLES
from analytics_platform.lake import open_lake
from analytics_platform.lake.workbench import days_of
from analytics_platform.settings import Settings


def days_without_series(settings: Settings) -> list[date]:
    lake = open_lake(settings)
    built = {day for table in TABLES.values() for day in lake.ledger.days(table)}
    return sorted(built - set(days_of(lake, INSIGHTS["insights/series"])))


def newest_day(settings: Settings, days: Sequence[date]) -> date:
    """The newest day with series, or of these: what forecasts and chances are made from, whatever day was asked for."""
    return max([*days, *days_of(open_lake(settings), INSIGHTS["insights/series"])])
