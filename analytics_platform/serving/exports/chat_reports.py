"""The reports of chats that belong to the days of a run: each day, and the weeks and months that are over with it.

Does not live here: what a report says (``reports/documents``), writing it (``chat_lake``, ``mongodb``).
"""

from collections.abc import Iterator, Sequence
from datetime import date

from analytics_platform.reports.documents.building import compose
from analytics_platform.reports.documents.document import Document
from analytics_platform.reports.documents.periods import GRAINS, Period, period_of
from analytics_platform.settings import Settings

FOLDERS = {"day": "daily", "week": "weekly", "month": "monthly"}


def reported_periods(days: Sequence[date], last_day: date | None) -> list[Period]:
    """Periods that hold one of these days and that the data covers to their end; a day of the run is told anyhow."""
    found = {(grain, period_of(grain, day)) for day in days for grain in GRAINS}
    over = [period for grain, period in found if grain == "day" or (last_day is not None and period.last <= last_day)]
    return sorted(over, key=lambda period: (GRAINS.index(period.grain), period.first))


def chat_reports(settings: Settings, periods: Sequence[Period]) -> Iterator[Document]:
    for period in periods:
        yield from compose(settings, ["conversations"], period, ())
