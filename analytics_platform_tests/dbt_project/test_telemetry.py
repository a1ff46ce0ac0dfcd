"""Marts of telemetry from hand-written events, each number worked out by hand; an idle hour is no data."""

import shutil
from datetime import date

import pytest

from analytics_platform.lake import open_lake
from analytics_platform.lake.day_files import day_files
from analytics_platform.settings import Settings
from analytics_platform.upkeep.settling import settle, waiting
from analytics_platform.warehouse import built


def event(number, time, kind, who="ann", **more):
    return {
        "event_id": f"e{number}",
        "event_time": f"{time}+00",
        "kind": kind,
        "actor_key": f"user:{who}" if who else None,
        **more,
    }


def request(number, time, took, status=200, endpoint="/api/lessons", **more):
    return event(number, time, "api_request", endpoint=endpoint, status_code=status, response_ms=took, **more)


EVENTS = [
    # 20 requests of 10, 20 … 200 ms in the hour of ten: by nearest rank p50 is the 10th, p95 the 19th. Two fail.
    *(request(i, f"2026-03-01 10:{i:02}:00", 10.0 * i, 500 if i in (3, 7) else 200) for i in range(1, 21)),
    request(30, "2026-03-01 11:00:00", None, 404, "/api/chat?x=1"),
    request(31, "2026-03-01 11:00:01", 5.0, 200, "/api/chat"),
    event(40, "2026-03-01 10:00:00", "cognitive_process", process_kind="memory", processing_ms=1000.0, success=True),
    event(41, "2026-03-01 10:00:00", "cognitive_process", process_kind="memory", processing_ms=3000.0, success=False),
    event(42, "2026-03-01 10:00:00", "cognitive_process", process_kind="memory", input_tokens=7, output_tokens=2),
    event(50, "2026-03-01 10:00:00", "system_metrics", None, cpu=70.0, memory=50.0, response_ms=90.0),
    event(51, "2026-03-01 10:30:00", "system_metrics", None, cpu=85.0, memory=None, active_sessions=4),
    event(60, "2026-03-01 10:00:30", "error", error_type="TypeError", context='{"page": "lesson"}'),
    event(61, "2026-03-02 09:00:00", "error", "ben", error_type="TypeError", context='{"page": "lesson"}'),
    event(62, "2026-03-02 09:00:00", "error", None),
    # 23:30 in UTC is the next day in Berlin.
    event(70, "2026-03-02 23:30:00", "action", "cat", session_id="s", action="open"),
    event(71, "2026-03-02 23:30:04", "action", "cat", session_id="s", action="open"),
    event(72, "2026-03-02 23:30:31", "action", "cat", session_id="s", action="open"),
    event(73, "2026-03-02 23:40:00", "action", "dan", session_id="t", action="open"),
    # One session id of two people is two visits.
    event(80, "2026-03-04 09:00:00", "action", "cat", session_id="1", action="open"),
    event(81, "2026-03-04 09:00:01", "action", "dan", session_id="1", action="open"),
]


MARTS = "+kpis +app_minutes +api_performance +ai_performance +errors +user_engagement_daily"


@pytest.fixture(scope="module")
def warehouse(make_warehouse):
    warehouse = make_warehouse(platform_timezone="Europe/Berlin")
    warehouse.put("telemetry/events", EVENTS)
    warehouse.build(select=MARTS)
    return warehouse


def test_percentiles_are_of_nearest_rank(warehouse):
    assert warehouse.rows("""
        select grain, endpoint, requests, errors, client_errors, error_rate, timed_requests, avg_ms, p50_ms, p95_ms,
            max_ms
        from api_performance where day = '2026-03-01' order by all
    """) == [
        ("day", "/api/chat", 2, 0, 1, 0.0, 1, 5.0, 5.0, 5.0, 5.0),
        ("day", "/api/lessons", 20, 2, 0, 0.1, 20, 105.0, 100.0, 190.0, 200.0),
        ("hour", "/api/chat", 2, 0, 1, 0.0, 1, 5.0, 5.0, 5.0, 5.0),
        ("hour", "/api/lessons", 20, 2, 0, 0.1, 20, 105.0, 100.0, 190.0, 200.0),
    ]


def test_a_run_that_does_not_say_how_it_ended_is_in_no_rate(warehouse):
    assert warehouse.rows("""
        select process_kind, runs, succeeded, failed, success_rate, timed_runs, avg_ms, p50_ms, p95_ms, input_tokens
        from ai_performance where grain = 'hour'
    """) == [("memory", 3, 1, 1, 0.5, 2, 2000.0, 1000.0, 3000.0, 7)]


def test_an_idle_hour_has_no_data(warehouse):
    assert warehouse.rows("""
        select count(*), count(*) filter (where has_data), count(error_rate), count(events)
        from system_health where grain = 'hour' and day = '2026-03-01'
    """) == [(24, 2, 2, 2)]
    assert warehouse.rows("""
        select engagement, system_health, ai_performance, active_users from kpis
        where grain = 'hour' and started_at = '2026-03-01 03:00:00+00'
    """) == [(None, None, None, None)]


def test_health_is_of_requests_and_readings(warehouse):
    assert warehouse.rows("""
        select samples, cpu_avg, cpu_max, memory_avg, disk_max, requests, errors, error_rate, p95_ms, error_events,
            reported_response_ms_avg, active_sessions_max
        from system_health where started_at = '2026-03-01 10:00:00+00'
    """) == [(2, 77.5, 85.0, 50.0, None, 20, 2, 0.1, 190.0, 1, 90.0, 4)]


def test_a_minute_counts_as_the_real_time_window_does(warehouse):
    assert warehouse.rows("""
        select strftime(started_at, '%H:%M:%S'), events, active_users, requests, errors, error_rate, avg_ms, p95_ms,
            runs, success_rate, ai_avg_ms
        from app_minutes
        where day = '2026-03-01' and (events > 1 or errors = 1) order by started_at
    """) == [
        ("10:00:00", 5, 1, 0, 0, None, None, None, 3, 0.5, 2000.0),
        ("10:03:00", 1, 1, 1, 1, 1.0, 30.0, 30.0, 0, None, None),
        ("10:07:00", 1, 1, 1, 1, 1.0, 70.0, 70.0, 0, None, None),
        ("11:00:00", 2, 1, 2, 0, 0.0, 5.0, 5.0, 0, None, None),
    ]
    # Twenty minutes with a request each, and 10:00, 10:30, 11:00: others have no row.
    assert warehouse.rows("select count(*), sum(events) from app_minutes where day = '2026-03-01'") == [(23, 28)]


def test_scores_are_weighted_means_of_their_parts(warehouse):
    # Of ten o'clock: 10 % errors are worse than 5 %, so 0 (weight 2); 190 ms are better than 300, so 1; the load of
    # 85 % lies half way from 70 to 100, so 0.5: 100 · (0 + 1 + 0.5) / 4. AI: 0.5 (weight 2), and p95 of 3000 ms lies
    # between 1000 and 10000: 7/9: 100 · (1 + 7/9) / 3. Ann's visit has no action: 0.
    ((engagement, health, ai),) = warehouse.rows("""
        select engagement, system_health, ai_performance from kpis
        where grain = 'hour' and started_at = '2026-03-01 10:00:00+00'
    """)
    assert (engagement, health) == (0.0, 37.5)
    assert ai == pytest.approx(100 * (1 + 7 / 9) / 3)
    # Half past eleven on the 2nd: one of two sessions is engaged, 2 actions a session of 5: 100 · (0.5 + 0.4) / 2.
    # Nothing else came: no health, no AI.
    assert warehouse.rows("""
        select engagement, system_health, ai_performance, sessions, engaged_sessions, actions_per_session
        from kpis where started_at = '2026-03-02 23:00:00+00'
    """) == [(45.0, None, None, 2, 1, 2.0)]
    assert warehouse.rows("""
        select sessions, engaged_sessions, actions from kpis where started_at = '2026-03-04 09:00:00+00'
    """) == [(2, 0, 2)]


def test_errors_have_a_place_and_a_first_and_last_time(warehouse):
    assert warehouse.rows("""
        select error_type, place, cast(first_seen_at as varchar), cast(last_seen_day as varchar), occurrences,
            days_seen, users
        from errors order by all
    """) == [
        ("TypeError", "lesson", "2026-03-01 10:00:30+00", "2026-03-02", 2, 2, 2),
        ("http_500", "/api/lessons", "2026-03-01 10:03:00+00", "2026-03-01", 2, 1, 1),
        ("unknown", "unknown", "2026-03-02 09:00:00+00", "2026-03-02", 1, 1, 0),
    ]


def test_engagement_is_of_local_days(warehouse):
    # Signs of life at 0, 4 and 31 s: two ten seconds, the last of which counts half.
    assert warehouse.rows("""
        select cast(local_day as varchar), visits, events, actions, engaged_seconds
        from user_engagement_daily where first_at = '2026-03-02 23:30:00+00'
    """) == [("2026-03-03", 1, 3, 3, 15)]


def test_a_day_that_comes_again_alone_changes_nothing_else(warehouse):
    tables = ("api_performance", "system_health", "kpis", "user_engagement_daily", "errors")
    before = {table: warehouse.rows(f"select * from {table} order by all") for table in tables}
    warehouse.build("2026-03-02", select="+kpis +api_performance +errors +user_engagement_daily")
    assert {table: warehouse.rows(f"select * from {table} order by all") for table in tables} == before


def test_daily_rows_outlive_their_events_and_hours_do_not(warehouse):
    """The last test of the file: the first two days lose their events."""
    settings = Settings(platform_home=warehouse.folder, platform_timezone="Europe/Berlin", _env_file=None)
    lake, today, old = open_lake(settings), date(2026, 6, 1), ("2026-03-01", "2026-03-02")  # 90 days before the 3rd
    assert waiting(settings, lake, today) == {date(2026, 3, 1), date(2026, 3, 2)}
    assert list(settle(settings, lake, today)) == [], "no day is kept whose marts are not those of its events"
    rest_here(warehouse, settings)
    built.finish(settings, "a build", day_files(lake.store))
    assert waiting(settings, lake, today) == set()
    before = daily(warehouse)
    for found in settle(settings, lake, today):
        found.remove()
    assert list(settle(settings, lake, today)) == []

    # Upkeep takes the system metrics first, and the next build is of those days.
    left = [event for event in EVENTS if event["event_time"][:10] in old and event["kind"] != "system_metrics"]
    warehouse.put("telemetry/events", left)
    warehouse.build(*old, select=MARTS)
    assert daily(warehouse) == before
    for day in old:
        warehouse.empty("telemetry/events", day)
    warehouse.file.unlink()
    warehouse.file.with_name("steps.duckdb").unlink()
    warehouse.build(select=MARTS)  # from nothing
    after = daily(warehouse)
    # Who has no event left is no user any more; no other row of a person's days is lost.
    assert len(before["user_engagement_daily"]) == 6
    assert after.pop("user_engagement_daily") == [
        row for row in before.pop("user_engagement_daily") if row[0] in ("2026-03-03", "2026-03-04")
    ]
    assert after == before
    assert len(before["kpis"]) == len(before["system_health"]) == 3
    for mart in ("kpis", "system_health", "api_performance", "ai_performance"):
        hours = warehouse.rows(f"select distinct cast(day as varchar) from {mart} where grain = 'hour' order by all")
        assert hours == ([("2026-03-04",)] if mart in ("kpis", "system_health") else [])


def rest_here(warehouse, settings):
    """The built files where the settings look for them: dbt in this process holds its own."""
    settings.warehouse_file.parent.mkdir()
    warehouse.rows("force checkpoint")
    warehouse.rows("force checkpoint steps")
    shutil.copyfile(warehouse.file, settings.warehouse_file)
    shutil.copyfile(warehouse.file.with_name("steps.duckdb"), settings.steps_file)


def daily(warehouse):
    """Each mart's rows of whole days."""
    marts = ("api_performance", "ai_performance", "system_health", "kpis")
    found = {mart: warehouse.rows(f"select * from {mart} where grain = 'day' order by all") for mart in marts}
    found["errors"] = warehouse.rows("select * from errors order by all")
    found["user_engagement_daily"] = warehouse.rows("""
        select cast(local_day as varchar), visits, events, actions, requests, errors, ai_runs, engaged_seconds, first_at
        from user_engagement_daily order by all
    """)
    return found
