"""The sensor asks once for what waits and again for what failed, the schedule asks for yesterday."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from analytics_platform.defs.assemble import definitions
from analytics_platform.defs.days import RANGE_END, RANGE_START
from analytics_platform.lake.lake import Lake
from analytics_platform.settings import Settings
from analytics_platform_tests.lines import NOON, land, statement


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def test_the_sensor_asks_for_days_with_new_lines_once_for_each_state(
    settings: Settings, lake: Lake, instance: dg.DagsterInstance
) -> None:
    defs = definitions(settings)
    sensor = defs.resolve_sensor_def("reopened_days")

    def asked() -> list[dg.RunRequest]:
        with dg.build_sensor_context(instance=instance) as context:
            return list(sensor.evaluate_tick(context).run_requests or [])

    assert asked() == []
    land(lake, "xapi/statements", statement("a"))
    land(lake, "xapi/statements", statement("b"), at=NOON + timedelta(days=1))
    (first,) = asked()
    assert (first.tags[RANGE_START], first.tags[RANGE_END]) == ("2026-03-10", "2026-03-11")
    assert first.tags["dagster/priority"] == "-1"  # what a person launches goes first
    assert asked()[0].run_key == first.run_key
    land(lake, "xapi/statements", statement("c"))
    assert asked()[0].run_key != first.run_key
    land(lake, "xapi/statements", statement("d"), at=NOON + timedelta(days=5))  # one run for days that are near
    land(lake, "xapi/statements", statement("e"), at=NOON + timedelta(days=21))
    spans = [(request.tags[RANGE_START], request.tags[RANGE_END]) for request in asked()]
    assert spans == [("2026-03-10", "2026-03-15"), ("2026-03-31", "2026-03-31")]


def test_a_failed_run_is_asked_for_again_twice_and_then_the_sensor_says_that_it_gave_up(
    settings: Settings, lake: Lake, instance: dg.DagsterInstance
) -> None:
    sensor = definitions(settings).resolve_sensor_def("reopened_days")
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
    land(lake, "xapi/statements", statement("a"))
    keys = []
    for _ in range(3):
        with dg.build_sensor_context(instance=instance) as context:
            (request,) = sensor.evaluate_tick(context).run_requests or []
        keys.append(request.run_key)
        instance.add_run(dg.DagsterRun("daily", status=dg.DagsterRunStatus.FAILURE, tags=request.tags))
    assert len(set(keys)) == 3
    with dg.build_sensor_context(instance=instance) as context:
        tick = sensor.evaluate_tick(context)
    assert not tick.run_requests
    assert tick.skip_message is not None
    assert tick.skip_message.startswith("Gave up on 2026-03-10 after 3 failed runs each.")
    land(lake, "xapi/statements", statement("b"))  # another state, so it asks again
    with dg.build_sensor_context(instance=instance) as context:
        assert sensor.evaluate_tick(context).run_requests


def test_the_schedule_asks_for_yesterday_unless_a_run_builds_it(settings: Settings) -> None:
    defs = definitions(settings)
    schedule = defs.resolve_schedule_def("daily_at_0030_utc")
    at = datetime(2026, 3, 11, 0, 30, tzinfo=UTC)
    repository, tags = defs.get_repository_def(), {RANGE_START: "2026-03-09", RANGE_END: "2026-03-10"}

    def asked(instance: dg.DagsterInstance) -> list[str | None]:
        with dg.build_schedule_context(instance, at, repository_def=repository) as context:
            return [request.partition_key for request in schedule.evaluate_tick(context).run_requests or []]

    with dg.instance_for_test() as instance:  # a schedule wants one that is kept on disk
        assert asked(instance) == ["2026-03-10"]
        instance.add_run(dg.DagsterRun("daily", status=dg.DagsterRunStatus.STARTED, tags=tags))
        assert asked(instance) == []


@pytest.mark.parametrize("first", ["schedule", "sensor"])
def test_a_schedule_and_a_sensor_that_look_in_the_same_second_ask_once(
    settings: Settings, lake: Lake, first: str
) -> None:
    """Neither sees a run yet, because Dagster makes it after both have answered."""
    defs = definitions(settings)
    land(lake, "xapi/statements", statement("a"))  # of 10 March
    at, repository = datetime(2026, 3, 11, 0, 30, tzinfo=UTC), defs.get_repository_def()

    def schedule(instance: dg.DagsterInstance) -> list[dg.RunRequest]:
        with dg.build_schedule_context(instance, at, repository_def=repository) as context:
            return list(defs.resolve_schedule_def("daily_at_0030_utc").evaluate_tick(context).run_requests or [])

    def sensor(instance: dg.DagsterInstance) -> list[dg.RunRequest]:
        with dg.build_sensor_context(instance=instance) as context:
            return list(defs.resolve_sensor_def("reopened_days").evaluate_tick(context).run_requests or [])

    one, other = (schedule, sensor) if first == "schedule" else (sensor, schedule)
    with dg.instance_for_test() as instance:
        assert len(one(instance)) == 1
        assert other(instance) == []
        assert len(one(instance)) == 1  # its own asking keeps nobody from asking again: the key is the same
