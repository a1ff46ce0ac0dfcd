"""Days that were materialised and have no series: what a run that died has left. Cheap enough for a sensor."""

from datetime import date

from analytics_platform.contracts import INSIGHTS, TABLES
from analytics_platform.lake import open_lake
from analytics_platform.lake.workbench import days_of
from analytics_platform.settings import Settings


def days_without_series(settings: Settings) -> list[date]:
    lake = open_lake(settings)
    built = {day for table in TABLES.values() for day in lake.ledger.days(table)}
    return sorted(built - set(days_of(lake, INSIGHTS["insights/series"])))
