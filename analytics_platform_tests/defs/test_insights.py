"""Insights from a published snapshot: series, the planted incident, marts in the snapshot anew, and no endless loop."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from analytics_platform.contracts import INSIGHTS
from analytics_platform.defs.assemble import definitions
from analytics_platform.defs.insights import days_to_look_at, published_version
from analytics_platform.defs.running import run_days
from analytics_platform.insights.gathering import gather
from analytics_platform.insights.missing import days_without_series
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import lake_key
from analytics_platform.lake.workbench import workbench, write_day
from analytics_platform.settings import Settings
from analytics_platform.warehouse.publishing import current
from analytics_platform.warehouse.reader import Reader
from analytics_platform_tests.organisation import Organisation


def ask(organisation: Organisation, sql: str) -> list[tuple[Any, ...]]:
    with Reader(organisation.settings) as reader:
        return [tuple(row.values()) for row in reader.query(sql).to_pylist()]


def test_every_declared_mart_was_read_and_the_snapshot_holds_the_series(organisation: Organisation) -> None:
    assert organisation.succeeded, organisation.said
    with dg.DagsterInstance.from_config(str(organisation.settings.dagster_home)) as instance:
        (run,) = instance.get_run_records(dg.RunsFilter(job_name="insights"))
        events = instance.all_logs(run.dagster_run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
        checks = [event.dagster_event.asset_check_evaluation_data for event in events if event.dagster_event]
        assert published_version(instance, run.dagster_run.run_id) is None
    assert [check.description for check in checks if check.check_name == "every_declared_mart_was_read"] == [
        "Every mart was read."
    ]
    assert all(check.passed for check in checks)
    assert days_without_series(organisation.settings) == []
    sources = {source for (source,) in ask(organisation, "select distinct source from metric_series")}
    assert sources == {"xapi", "nocodb", "video", "telemetry", "platform"}


def test_series_say_what_the_marts_say(organisation: Organisation) -> None:
    series = "select cast(sum(value) as bigint) from metric_series where grain = 'day' and series_id = "
    marts = {
        "answers": "select count(*) from user_responses where day is not null",
        "exchanges": "select count(*) from exchanges where not is_regenerated",
        "api_requests": "select sum(requests) from api_performance where grain = 'day'",
    }
    for name, counted in marts.items():
        assert ask(organisation, f"{series}'{name}'") == [(int(ask(organisation, counted)[0][0]),)], name
    # What the hours of a day add up to is the day.
    assert ask(
        organisation,
        """
        select count(*) from (
            select day, sum(value) filter (where grain = 'hour') as hours,
                sum(value) filter (where grain = 'day') as days
            from metric_series where series_id = 'api_requests' group by day
        ) where hours is distinct from days
        """,
    ) == [(0,)]


def test_later_days_that_are_others_now_are_written_too(changing: Settings, organisation: Organisation) -> None:
    lake, table, days = open_lake(changing), INSIGHTS["insights/series"], organisation.days
    ours, later = days[3], days[9]
    files = {day: changing.home / lake_key(table, day) for day in days}
    before = {day: file.read_bytes() for day, file in files.items()}
    with workbench(lake) as (connection, folder):
        write_day(connection, lake, folder, table, later, f"from read_parquet('{files[days[2]]}')")
    unchanged = {day: file.stat().st_mtime_ns for day, file in files.items() if day not in (ours, later)}
    done = gather(changing, [ours])
    assert sorted(done.points) == [ours, later]
    assert {day: file.read_bytes() for day, file in files.items()} == before
    assert {day: files[day].stat().st_mtime_ns for day in unchanged} == unchanged
    with workbench(lake) as (connection, folder):
        write_day(connection, lake, folder, table, later, f"from read_parquet('{files[days[2]]}')")
    with dg.DagsterInstance.ephemeral() as instance:  # a run of the one day may write the other
        said: list[str] = []
        assert run_days(changing, [ours], said.append, instance, ["insights/series"], "insights"), said
    assert {day: file.read_bytes() for day, file in files.items()} == before


def test_the_planted_incident_is_found_on_its_day(organisation: Organisation) -> None:
    planted = organisation.truth["api"]["incident"]
    day = planted["day"]
    found = ask(
        organisation,
        f"""
        select metric, direction, nature from incidents
        where day = date '{day}' and dimension is null and grain = 'hour'
            and metric in ('response_p95_ms', 'api_mean_ms', 'api_errors', 'api_error_rate')
        """,
    )
    assert found
    assert {(direction, nature) for _, direction, nature in found} == {("up", "behaviour")}


def test_what_cannot_be_told_abstains_with_a_reason(organisation: Organisation) -> None:
    ((people, reason),) = ask(organisation, "select person_id, reason from learner_risk where is_latest")
    assert people is None
    assert reason.startswith("history is short: ")
    assert ask(organisation, "select count(*) from forecasts where (step = 0) <> (reason is not null)") == [(0,)]


def test_a_run_of_insights_asks_for_nothing_and_a_run_that_published_asks_once(
    organisation: Organisation,
) -> None:
    defs = definitions(organisation.settings)
    sensor = defs.resolve_sensor_def("new_snapshot")
    asked = {}
    with dg.DagsterInstance.from_config(str(organisation.settings.dagster_home)) as instance:
        for job in ("daily", "insights"):
            (record,) = instance.get_run_records(dg.RunsFilter(job_name=job))
            run = record.dagster_run
            events = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.RUN_SUCCESS)
            context = dg.build_run_status_sensor_context(
                sensor_name="new_snapshot",
                dagster_event=events[-1].dagster_event,
                dagster_instance=instance,
                dagster_run=run,
            )
            asked[job] = sensor(context)
    request = asked["daily"]
    assert isinstance(request, dg.RunRequest)
    assert str(request.run_key).startswith("insights:")
    assert days_to_look_at(request.tags, []) == (organisation.days[0], organisation.days[-1])
    assert isinstance(asked["insights"], dg.SkipReason)


@pytest.mark.proof
def test_a_day_again_changes_nothing(organisation: Organisation, tmp_path: Path) -> None:
    shutil.copytree(organisation.settings.home, tmp_path / "home", symlinks=True)
    changing = replace(
        organisation, settings=organisation.settings.model_copy(update={"platform_home": tmp_path / "home"})
    )
    tables = {"metric_series": "series_id, grain, started_at", "incidents": "incident_id", "forecasts": "forecast_id"}
    before = {table: ask(changing, f"select * from {table} order by {key}") for table, key in tables.items()}
    snapshot = current(changing.settings)
    with dg.DagsterInstance.ephemeral(tempdir=str(tmp_path)) as instance:
        assert run_days(changing.settings, [changing.days[-1]], changing.said.append, instance, job_name="insights")
    assert current(changing.settings) != snapshot
    assert {table: ask(changing, f"select * from {table} order by {key}") for table, key in tables.items()} == before
