"""Sessions from hand-written telemetry, each number worked out by hand."""

import pytest


def event(number, time, who="ann", session=None, kind="action", **more):
    return {
        "event_id": f"e{number}",
        "event_time": f"{time}+00",
        "kind": kind,
        "actor_key": f"user:{who}" if who else None,
        "session_id": session,
        **more,
    }


@pytest.fixture(scope="module")
def warehouse(make_warehouse):
    warehouse = make_warehouse()
    events = [
        # Without an id: 30 minutes exactly hold together, 30 minutes and a second do not.
        event(1, "2026-03-01 10:00:00"),
        event(2, "2026-03-01 10:30:00", kind="api_request", status_code=500),
        event(3, "2026-03-01 11:00:01", kind="error"),
        # A given id holds over an hour's pause and over midnight; 404 is no error of the system.
        event(4, "2026-03-01 23:30:00", who="ben", session="x", kind="session_start"),
        event(5, "2026-03-02 00:30:00", who="ben", session="x", kind="api_request", status_code=404),
        # The machine's own metrics are nobody's session.
        event(6, "2026-03-02 00:31:00", who=None, kind="system_metrics"),
    ]
    # One session id of two people, and of somebody not known, is three sessions.
    shared = [
        event(n, f"2026-03-04 10:0{n - 7}:00", who=who, session="1")
        for n, who in enumerate(["dan", "eve", "dan", "eve", None], 7)
    ]
    # A kiosk that is used every 20 minutes for 25 hours from the 5th at noon: cut at midnight into 36 and 40 events.
    kiosk = [
        event(
            100 + i,
            f"2026-03-0{5 + (720 + 20 * i) // 1440} {(720 + 20 * i) % 1440 // 60:02}:{20 * i % 60:02}:00",
            who="kiosk",
        )
        for i in range(76)
    ]
    warehouse.put("telemetry/events", events + shared + kiosk)
    warehouse.build(select="+fact_sessions")
    return warehouse


def test_a_session_ends_after_a_pause_of_more_than_30_minutes(warehouse):
    assert warehouse.rows("""
        select cast(started_at as varchar), duration_seconds, events, actions, requests, errors
        from facts.fact_sessions where actor_key = 'user:ann' order by started_at
    """) == [
        ("2026-03-01 10:00:00+00", 1800.0, 2, 1, 1, 1),
        ("2026-03-01 11:00:01+00", 0.0, 1, 0, 0, 1),
    ]


def test_a_given_session_id_holds_over_midnight_and_belongs_to_the_day_of_its_start(warehouse):
    assert warehouse.rows("""
        select session_id, cast(day as varchar), duration_seconds, events, requests, errors, is_cut
        from facts.fact_sessions where actor_key = 'user:ben'
    """) == [("x", "2026-03-01", 3600.0, 2, 1, 0, False)]


def test_a_session_id_that_two_people_use_is_two_sessions(warehouse):
    assert warehouse.rows("""
        select actor_key, duration_seconds, events from facts.fact_sessions where session_id = '1' order by actor_key
    """) == [("user:dan", 120.0, 2), ("user:eve", 120.0, 2), (None, 0.0, 1)]


def test_what_lasts_longer_than_24_hours_is_cut_at_midnight(warehouse):
    assert warehouse.rows("""
        select cast(started_at as varchar), cast(ended_at as varchar), events, is_cut
        from facts.fact_sessions where actor_key = 'user:kiosk' order by started_at
    """) == [
        ("2026-03-05 12:00:00+00", "2026-03-05 23:40:00+00", 36, True),
        ("2026-03-06 00:00:00+00", "2026-03-06 13:00:00+00", 40, True),
    ]


def test_events_of_nobody_make_no_session(warehouse):
    assert warehouse.rows(
        "select count(*) from facts.fact_sessions where actor_key is null and session_id is null"
    ) == [(0,)]
