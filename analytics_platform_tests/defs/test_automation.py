"""The sensor asks once for what is new, the schedule asks for yesterday, and ranges are runs."""

from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest

from analytics_platform.defs.assemble import definitions
from analytics_platform.defs.automation import ranges
from analytics_platform.defs.days import RANGE_END, RANGE_START
from analytics_platform.lake.days import Lake
from analytics_platform.settings import Settings
from analytics_platform_tests.lines import NOON, land, statement


def day(n: int) -> date:
    return date(2026, 3, n)


@pytest.mark.parametrize(
    ("days", "expected"),
    [([], []), ([1], [(1, 1)]), ([1, 2, 3], [(1, 3)]), ([1, 3, 4, 9], [(1, 1), (3, 4), (9, 9)])],
)
def test_neighbouring_days_are_one_range(days: list[int], expected: list[tuple[int, int]]) -> None:
    assert list(ranges([day(n) for n in days])) == [(day(a), day(b)) for a, b in expected]


def test_the_sensor_asks_for_days_with_new_lines_once_for_each_state(settings: Settings, lake: Lake) -> None:
    defs = definitions(settings)
    sensor = defs.resolve_sensor_def("reopened_days")

    def asked() -> list[dg.RunRequest]:
        with dg.build_sensor_context() as context:
            return list(sensor.evaluate_tick(context).run_requests or [])

    assert asked() == []
    land(lake, "xapi/statements", statement("a"))
    land(lake, "xapi/statements", statement("b"), at=NOON + timedelta(days=1))
    (first,) = asked()
    assert (first.tags[RANGE_START], first.tags[RANGE_END]) == ("2026-03-10", "2026-03-11")
    assert asked()[0].run_key == first.run_key
    land(lake, "xapi/statements", statement("c"))
    assert asked()[0].run_key != first.run_key


def test_the_schedule_asks_for_yesterday(settings: Settings) -> None:
    defs = definitions(settings)
    schedule = defs.resolve_schedule_def("daily_at_0030_utc")
    at = datetime(2026, 3, 11, 0, 30, tzinfo=UTC)
    with dg.build_schedule_context(scheduled_execution_time=at, repository_def=defs.get_repository_def()) as context:
        (request,) = schedule.evaluate_tick(context).run_requests or []
    assert request.partition_key == "2026-03-10"
