"""Video and telemetry: ids and times are the caller's, a missing field is named, the lake reads every event."""

from typing import Any

import pytest

from .conftest import Collector

PLAY = {"video_id": "v1", "event_type": "PLAY", "video_time_sec": 1.5, "event_timestamp": "2026-03-01T10:00:00.123456Z"}
GOOD_TRACKS: dict[str, dict[str, Any]] = {
    "action": {"action": "open", "details": {"page": 1}},
    "api-request": {"endpoint": "/a", "method": "get", "status_code": 500, "response_time": 12.5},
    "cognitive-process": {"membrane_type": "memory", "processing_time": 3, "success": True},
    "system-metrics": {"cpu": 12.5},
    "error": {"error_type": "ValueError", "error_message": "bad"},
}


def test_video_events(collector: Collector) -> None:
    client, where = collector.client, "/v1/video/events"
    one = client.post(where, json=PLAY | {"event_id": "e1"}, headers={"X-User-ID": "u1", "X-Session-ID": "s1"})
    assert (one.status_code, one.json()["ids"], one.json()["stored"]) == (201, ["e1"], 1)
    many = client.post(where, json=[PLAY | {"event_id": "e1"}, PLAY, PLAY | {"event_id": "e2"}]).json()
    assert (many["stored"], many["duplicate"]) == (2, 1)
    lines = b'{"video_id":"v1","event_type":"PAUSE"}\n\n{"video_id":"v1","event_type":"SEEK","from":1,"to":9}\n'
    assert client.post(where, content=lines, headers={"Content-Type": "application/x-ndjson"}).json()["stored"] == 2
    assert collector.ship() == 5
    assert client.post(where, json=PLAY | {"event_id": "e1"}).json()["duplicate"] == 1  # also after shipping
    assert collector.ship() == 0
    entries = collector.build_lake("video/events")
    assert [(entry.stored, entry.quarantined) for entry in entries] == [(3, 0), (2, 0)]


@pytest.mark.parametrize(
    ("event", "where"),
    [
        ({"event_type": "PLAY"}, "[0].video_id"),
        ({"video_id": "v"}, "[0].event_type"),
        (PLAY | {"video_time_sec": -1}, "[0].video_time_sec"),
        (PLAY | {"video_time_sec": "1"}, "[0].video_time_sec"),
        (PLAY | {"event_timestamp": "soon"}, "[0].event_timestamp"),
        (PLAY | {"event_id": 7}, "[0].event_id"),
        ("text", "[0]"),
    ],
)
def test_a_bad_video_event_is_named(collector: Collector, event: Any, where: str) -> None:
    answer = collector.client.post("/v1/video/events", json=event)
    assert (answer.status_code, answer.json()["where"]) == (400, where)


def test_telemetry_of_every_kind(collector: Collector) -> None:
    for kind, event in GOOD_TRACKS.items():
        answer = collector.client.post(f"/api/analytics/track/{kind}", json=event)
        assert answer.status_code == 201, answer.text
        for name in event.keys() - {"details"}:
            broken = collector.client.post(f"/api/analytics/track/{kind}", json={**event, name: None})
            assert (broken.status_code, broken.json()["where"]) == (400, name)
    assert collector.ship() == 5
    assert sum(entry.stored for entry in collector.build_lake("telemetry/events")) == 5


def test_a_session(collector: Collector) -> None:
    started = collector.client.post("/api/analytics/session/start", json={"user_id": "u1"}).json()
    session = started["session_id"]
    for stored in (1, 0):
        ended = collector.client.post(f"/api/analytics/session/{session}/end/")
        assert (ended.status_code, ended.json()["stored"]) == (201, stored)
    given = collector.client.post("/api/analytics/session/start", headers={"X-Session-ID": "mine"})
    assert given.json()["session_id"] == "mine"
    assert collector.ship() == 3
    assert [entry.stored for entry in collector.build_lake("telemetry/events")] == [3]
