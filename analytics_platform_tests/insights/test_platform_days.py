"""The platform's own numbers of a day: how late lines came, by hand."""

from datetime import UTC, date, datetime, timedelta

from analytics_platform.insights.platform_days import ledger_days
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.landing import RawLine
from analytics_platform_tests.lines import STATEMENTS, raw, statement

DAYS = [date(2026, 3, 10), date(2026, 3, 11)]


def test_the_lag_of_a_day_is_that_of_what_came_live(lake: Lake) -> None:
    """10 March came with an import of May; 11 March live after 30 s, but for one line that a phone kept for a week."""

    def came(id: str, at: datetime, after: timedelta) -> None:
        line = statement(id, timestamp=at.isoformat())
        lake.landing.append(STATEMENTS, [RawLine(raw(line), at + after)], "test")

    first, second = (datetime(2026, 3, day, 12, tzinfo=UTC) for day in (10, 11))
    came("a", first, timedelta(days=60))
    came("b", second, timedelta(seconds=30))
    came("c", second, timedelta(days=7))
    lake.build(STATEMENTS, DAYS)
    rows = ledger_days(lake, DAYS).to_pylist()
    assert [(row["day"], row["received"], row["lag_p95_seconds"]) for row in rows] == [
        (DAYS[0], 1, None), (DAYS[1], 2, 30.0),
    ]  # fmt: skip
