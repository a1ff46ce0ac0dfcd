"""The last hour from landing: by hand, with repeats and late lines, by fixed minutes, and without data."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from analytics_platform.contracts import TABLES
from analytics_platform.insights.live import LiveWindow
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.landing import RawLine

NOW = datetime(2026, 3, 10, 0, 20, 30, tzinfo=UTC)  # the window begins before midnight


@pytest.fixture
def now() -> datetime:
    """Landing names a segment by the time of writing, so a window over it lies at the real time."""
    return datetime.now(UTC)


@pytest.fixture
def window(lake: Lake) -> Iterator[LiveWindow]:
    made = LiveWindow(lake)
    yield made
    made.close()


def land(lake: Lake, path: str, now: datetime, *events: dict[str, Any]) -> None:
    time_name = "timestamp" if path == "telemetry/events" else "event_timestamp"
    lines = []
    for event in events:
        ago = event.pop("ago")
        body = event | {time_name: (now - timedelta(seconds=ago)).isoformat()}
        lines.append(RawLine(orjson.dumps(body), now))
    lake.landing.append(TABLES[path], lines, "test")


def test_an_hour_without_events_has_no_data(window: LiveWindow, now: datetime) -> None:
    told = window.ask(now)
    assert not told.has_data
    assert len(told.minutes) == 60
    assert (told.error_rate, told.response_ms_avg, told.events_per_minute, told.ai_success_rate) == (None,) * 4
    assert {minute.error_rate for minute in told.minutes} == {None}


def test_numbers_by_hand_repeats_once_and_only_the_last_hour(window: LiveWindow, lake: Lake, now: datetime) -> None:
    request = {"event_type": "api-request", "status_code": 200}
    land(
        lake,
        "telemetry/events",
        now,
        *({**request, "event_id": f"r{i}", "user_id": f"u{i % 3}", "response_time": 10.0 * i, "ago": 1}
          for i in range(1, 21)),
        {**request, "event_id": "r20", "response_time": 200.0, "ago": 1},  # a repeat
        {**request, "event_id": "old", "response_time": 9e9, "ago": 3700},
        {"event_type": "api-request", "event_id": "failed", "status_code": 503, "response_time": 200.0, "ago": 1},
        {"event_type": "cognitive-process", "event_id": "a", "membrane_type": "memory", "processing_time": 100,
         "success": True, "ago": 120},
        {"event_type": "cognitive-process", "event_id": "b", "membrane_type": "memory", "processing_time": 300,
         "success": False, "ago": 120},
        {"event_type": "cognitive-process", "event_id": "c", "membrane_type": "grammar", "processing_time": 200,
         "ago": 120},
        {"event_type": "error", "event_id": "e", "ago": 120},
    )  # fmt: skip
    told = window.ask(now)
    assert (told.events, told.requests, told.errors, told.active_users) == (25, 21, 1, 3)
    assert told.error_rate == pytest.approx(1 / 21)
    assert told.response_ms_avg == pytest.approx((2100 + 200) / 21)
    assert told.response_ms_p95 == 200.0  # the 20th of 21
    assert (told.ai_runs, told.ai_ms_avg, told.ai_success_rate) == (3, 200.0, 0.5)
    assert told.process_shares == {"grammar": pytest.approx(1 / 3), "memory": pytest.approx(2 / 3)}
    assert sum(minute.events for minute in told.minutes) == 25
    assert told.minutes[0].at == told.first
    assert told.minutes[-1].at == now.replace(second=0, microsecond=0)


def test_new_segments_are_taken_in_and_old_events_leave(window: LiveWindow, lake: Lake, now: datetime) -> None:
    land(lake, "telemetry/events", now, {"event_type": "action", "event_id": "1", "user_id": "ann", "ago": 600})
    assert window.ask(now).events == 1
    land(lake, "telemetry/events", now, {"event_type": "action", "event_id": "2", "user_id": "ben", "ago": 5})
    land(lake, "telemetry/events", now, {"event_type": "action", "event_id": "1", "user_id": "ann", "ago": 600})
    assert (window.ask(now).events, window.ask(now).active_users) == (2, 2)
    later = window.ask(now + timedelta(minutes=55))
    assert (later.events, later.active_users) == (1, 1)


def test_viewers_are_those_who_play(window: LiveWindow, lake: Lake, now: datetime) -> None:
    def seen(viewer: str, kind: str, ago: int, video: str = "v") -> dict[str, Any]:
        return {
            "event_id": f"{viewer}{ago}{kind}",
            "video_id": video,
            "user_id": viewer,
            "event_type": kind,
            "ago": ago,
        }

    land(
        lake,
        "video/events",
        now,
        seen("plays", "PLAY", 100),
        seen("paused", "PLAY", 100),
        seen("paused", "PAUSE", 50),
        seen("back", "PAUSE", 100),
        seen("back", "PLAY", 50),
        seen("stalled", "PLAY", 301),
        seen("seconds", "VIEW_SEGMENT_END", 1, "w"),
    )
    assert window.ask(now).viewers == {"v": 2, "w": 1}


def test_the_window_reaches_over_midnight(lake: Lake) -> None:
    lines = [
        RawLine(orjson.dumps({"event_type": "action", "event_id": str(n), "timestamp": at.isoformat()}), NOW)
        for n, at in enumerate((NOW - timedelta(minutes=40), NOW))
    ]
    lake.landing.append(TABLES["telemetry/events"], lines, "test")
    window = LiveWindow(lake)
    assert window.ask(NOW).events == 2
    window.close()


def test_numbers_are_the_same_however_the_events_came_in(lake: Lake, now: datetime) -> None:
    """In one segment, or in many with repeats between them: the hour is kept, not counted anew."""
    events = [
        {"event_type": "api-request", "event_id": str(n), "user_id": f"u{n * 7 % 13}", "status_code": 500 + n % 3 - 1,
         "response_time": float(n * 37 % 101), "ago": 5 + n * 29 % 3500}
        for n in range(120)
    ]  # fmt: skip
    piecewise, at_once = LiveWindow(lake), LiveWindow(lake)
    for start in range(0, 120, 40):
        land(lake, "telemetry/events", now, *map(dict, events[max(0, start - 20) : start + 40]))
        told = piecewise.ask(now)
    assert told == at_once.ask(now)
    assert told.events == 120
    assert told.response_ms_p95 == sorted(float(n * 37 % 101) for n in range(120))[113]  # the 114th of 120
    piecewise.close()
    at_once.close()


def test_an_event_ahead_of_the_clock_waits_for_its_time(window: LiveWindow, lake: Lake, now: datetime) -> None:
    land(lake, "telemetry/events", now, {"event_type": "action", "event_id": "1", "user_id": "ann", "ago": -90})
    assert not window.ask(now).has_data
    told = window.ask(now + timedelta(seconds=91))
    assert (told.events, told.active_users) == (1, 1)
