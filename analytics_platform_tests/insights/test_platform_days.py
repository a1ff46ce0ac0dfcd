"""The platform's own numbers of a day: how late lines came, and which checks were red on it, by hand."""

from datetime import UTC, date, datetime, timedelta

from analytics_platform.insights.platform_days import failures, ledger_days
from analytics_platform.lake.checks import Finding
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.landing import RawLine
from analytics_platform.lake.red_days import note
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


def test_a_check_that_was_red_on_a_day_is_known_until_a_later_look_finds_it_well(lake: Lake) -> None:
    def known() -> list[tuple[str, str, str]]:
        found = failures(lake, DAYS[0], DAYS[1])
        return [(f"{datetime.fromtimestamp(one.first, UTC):%d}", one.source, one.check) for one in found]

    well, drifted = Finding(True, "."), Finding(False, ".", days=(DAYS[1],))
    note(lake, STATEMENTS, DAYS, {"schema": well, "schema_drift": drifted})
    assert known() == [("11", "xapi", "schema_drift:statements")]
    note(lake, STATEMENTS, DAYS[:1], {"schema": Finding(False, "."), "schema_drift": well})  # it names no day
    assert known() == [("10", "xapi", "schema:statements"), ("11", "xapi", "schema_drift:statements")]
    note(lake, STATEMENTS, DAYS, {"schema": well, "schema_drift": well})
    assert known() == []
