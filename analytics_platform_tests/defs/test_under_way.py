"""What a run builds is asked for by nobody else, and a run whose process is gone holds nothing up."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from analytics_platform.defs.assemble import definitions
from analytics_platform.defs.days import RANGE_END, RANGE_START
from analytics_platform.defs.lost_runs import PROCESS, end_lost_runs, server_since, this_process
from analytics_platform.defs.under_way import days_under_way
from analytics_platform.lake.lake import Lake
from analytics_platform.settings import Settings
from analytics_platform_tests.lines import DAY, NOON, STATEMENTS, land, statement

STARTED, FAILURE = dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE
WAITING = dg.DagsterRunStatus.NOT_STARTED  # as QUEUED, which needs a code location


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def run(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, job: str = "daily", **tags: str) -> dg.DagsterRun:
    return instance.add_run(dg.DagsterRun(job, status=status, tags=tags))


def days(first: object, last: object) -> dict[str, str]:
    return {RANGE_START: str(first), RANGE_END: str(last)}


@pytest.mark.parametrize("status", [WAITING, STARTED])
def test_a_day_that_a_run_builds_is_asked_for_when_that_has_ended(
    settings: Settings, lake: Lake, instance: dg.DagsterInstance, status: dg.DagsterRunStatus
) -> None:
    sensor = definitions(settings).resolve_sensor_def("reopened_days")

    def tick() -> dg.SensorResult:
        with dg.build_sensor_context(instance=instance) as context:
            return sensor.evaluate_tick(context)  # type: ignore[return-value]

    land(lake, "xapi/statements", statement("a"))
    (request,) = tick().run_requests or []
    asked = run(instance, status, **request.tags)
    lake.build(STATEMENTS, [DAY])  # the run has come so far: the day waits in another state now
    assert not tick().run_requests
    land(lake, "xapi/statements", statement("b"), at=NOON + timedelta(days=1))
    (other,) = tick().run_requests or []
    assert other.tags[RANGE_START] == "2026-03-11"
    instance.report_run_failed(asked)
    (again,) = tick().run_requests or []
    assert (again.tags[RANGE_START], again.tags[RANGE_END]) == ("2026-03-10", "2026-03-11")


def test_only_whole_runs_of_the_jobs_count(instance: dg.DagsterInstance) -> None:
    run(instance, STARTED, **days("2026-03-01", "2026-03-02"))
    run(instance, STARTED, job="insights", **days("2026-03-05", "2026-03-05"))
    run(instance, FAILURE, **days("2026-03-06", "2026-03-06"))
    key = frozenset({dg.AssetKey(["marts", "users"])})
    instance.add_run(dg.DagsterRun("daily", status=STARTED, tags=days("2026-03-07", "2026-03-07"), asset_selection=key))
    assert {str(day) for day in days_under_way(instance, ("daily",))} == {"2026-03-01", "2026-03-02"}
    run(instance, WAITING)
    assert datetime.now(UTC).date() in days_under_way(instance, ("daily",))


def test_a_run_whose_process_is_gone_is_ended_and_no_other(instance: dg.DagsterInstance) -> None:
    mine = run(instance, STARTED, **{PROCESS: this_process()})
    elsewhere = run(instance, STARTED, **{PROCESS: "another machine:1:1"})
    launched = run(instance, STARTED)
    said = "from analytics_platform.defs.lost_runs import this_process; print(this_process())"
    gone = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout.strip()
    lost = run(instance, STARTED, **{PROCESS: gone})
    assert end_lost_runs(instance) == [lost.run_id]
    assert end_lost_runs(instance, servers_are_new=True) == [launched.run_id]
    statuses = {run.run_id: run.status for run in instance.get_runs()}
    assert statuses == {mine.run_id: STARTED, elsewhere.run_id: STARTED, launched.run_id: FAILURE, lost.run_id: FAILURE}


def test_a_run_dies_with_the_code_server_that_started_it(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    """As when a container is started anew; what still says something lives, and so does what the new one started."""
    assert server_since(tmp_path) is None
    assert server_since(tmp_path) is None
    by_a_server = {".dagster/grpc_info": "{}"}
    before, talking = (run(instance, STARTED, **by_a_server) for _ in range(2))
    other, after = run(instance, STARTED), run(instance, STARTED, **by_a_server)
    now = datetime.now(UTC)
    for one, at in ((before, 10), (talking, 10), (other, 10), (after, -1)):
        said_at(instance, one, now - timedelta(minutes=at), dg.DagsterEvent("PIPELINE_START", one.job_name))
    said_at(instance, talking, now)
    (tmp_path / "code_server.json").write_text('{"process": "here:1:1", "since": null}')
    since = server_since(tmp_path)
    assert since is not None
    assert since == server_since(tmp_path)
    assert end_lost_runs(instance, server_since=since) == [before.run_id]
    assert end_lost_runs(instance, server_since=since) == []


def said_at(instance: dg.DagsterInstance, one: dg.DagsterRun, at: datetime, event: Any = None) -> None:
    """A line of a run's log as its process would have sent it."""
    entry = dg.EventLogEntry(None, 10, "said", one.run_id, at.timestamp(), job_name=one.job_name, dagster_event=event)
    instance.handle_new_event(entry)


def test_a_killed_run_is_under_way_until_dagster_has_started_it_again(instance: dg.DagsterInstance) -> None:
    run(instance, FAILURE, **days(DAY, DAY))
    assert days_under_way(instance, ("daily",)) == set()
    killed = run(instance, FAILURE, **days(DAY, DAY), **{"dagster/will_retry": "true"})
    assert days_under_way(instance, ("daily",)) == {DAY}
    instance.add_run_tags(killed.run_id, {"dagster/auto_retry_run_id": "another"})
    assert days_under_way(instance, ("daily",)) == set()
