"""Which day insights are made as of: the newest that was over when the snapshot was published."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics_platform.insights.missing import last_whole_day, newest_day
from analytics_platform.settings import Settings
from analytics_platform_tests.semantics.organisation import marts
from analytics_platform_tests.semantics.snapshot import put


@pytest.mark.parametrize(
    ("published_at", "zone", "expected"),
    [
        ("2026-03-10T01:19:00+00:00", "UTC", date(2026, 3, 9)),
        ("2026-03-10T23:59:00+00:00", "Asia/Bangkok", date(2026, 3, 9)),  # the 11th there, the 10th in UTC
        ("2026-03-10T03:00:00+00:00", "America/New_York", date(2026, 3, 8)),  # the 9th there
        ("2026-03-10T01:19:00+07:00", "UTC", date(2026, 3, 8)),  # the 9th in UTC
    ],
)
def test_a_day_is_whole_when_it_is_over_in_utc_and_in_the_organisation(
    settings: Settings, published_at: str, zone: str, expected: date
) -> None:
    assert last_whole_day(published_at, settings.model_copy(update={"platform_timezone": zone})) == expected


def test_insights_are_not_made_as_of_a_day_that_has_just_begun(settings: Settings) -> None:
    put(settings, **marts())
    today = datetime.now(UTC).date()
    assert newest_day(settings, [today, today - timedelta(days=30)]) < today
    assert newest_day(settings, [date(2026, 3, 9)]) == date(2026, 3, 9)
