"""What a call does, and what becomes of its events: sent, refused one by one, kept while the collector is away."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analytics_platform.settings import PROJECT_ROOT
from analytics_platform_tests.client.conftest import Collector, until


def test_every_kind_arrives_with_its_fields(collector: Collector, make_client: Callable[..., Any]) -> None:
    client = make_client()
    at = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
    client.track_user_action("open", {"lesson": "5"}, user_id="ann", session_id="s", timestamp=at, event_id="one")
    client.track_api_request("/lessons", "GET", 200, 12.5)
    client.track_cognitive_process("memory", 100.0, True, input_tokens=7)
    client.track_system_metrics(cpu=41.5)
    try:
        raise ValueError("no such card")
    except ValueError as error:
        client.track_error(error, {"page": "lesson"})
    session = client.start_session(user_id="ann")
    client.end_session(session)
    assert until(lambda: len(collector.events) == 7)
    assert collector.events["one"] == (
        "/api/analytics/track/action",
        {
            "action": "open",
            "details": {"lesson": "5"},
            "event_id": "one",
            "timestamp": "2026-03-01T10:00:00+00:00",
            "user_id": "ann",
            "session_id": "s",
        },
    )
    (error,) = collector.of("/error")
    assert (error["error_type"], error["error_message"], error["context"]) == (
        "ValueError",
        "no such card",
        {"page": "lesson"},
    )
    assert "test_client.py" in error["stack_trace"]
    assert collector.events[f"{session}:end"][0] == f"/api/analytics/session/{session}/end"
    assert until(lambda: client.counts()["sent"] == 7)


def test_one_bad_event_does_not_take_the_others_with_it(collector: Collector, make_client: Callable[..., Any]) -> None:
    client = make_client(flush_seconds=60)
    for number in range(20):
        client.track_user_action("bad" if number == 13 else "good")
    client.flush()
    assert len(collector.of("/action")) == 19
    assert (client.counts()["sent"], client.counts()["refused"], client.counts()["spilled"]) == (19, 1, 0)


def test_what_cannot_be_encoded_or_does_not_fit_is_counted_and_breaks_nothing(
    make_client: Callable[..., Any],
) -> None:
    client = make_client(flush_seconds=60, most_events=3)
    circle: dict[str, Any] = {}
    circle["itself"] = circle
    client.track_user_action("circle", circle)
    client.track_user_action("nan", {"value": float("nan")})
    client.track_user_action("huge", {"text": ["x" * 1000] * 100})
    client.track_user_action("strange", {"value": object()})
    for _ in range(4):
        client.track_user_action("fits")
    counts = client.counts()
    assert (counts["dropped, not encodable"], counts["dropped, full"], counts["waiting"]) == (3, 2, 3)


def test_events_wait_on_disk_while_the_collector_is_away_and_keep_their_time(
    collector: Collector, make_client: Callable[..., Any], tmp_path: Path
) -> None:
    collector.stop()
    client = make_client()
    for number in range(50):
        client.track_user_action("away", event_id=f"e{number}")
    happened = datetime.now(UTC)
    assert until(lambda: client.counts()["spilled"] == 50)
    assert client.counts()["waiting"] == 0
    time.sleep(0.3)
    collector.start()
    client._sender._not_before = 0.0  # the wait between two tries need not be sat through
    assert until(lambda: len(collector.events) == 50)
    assert {f"e{number}" for number in range(50)} == collector.events.keys()
    assert max(datetime.fromisoformat(event["timestamp"]) for event in collector.of("/action")) <= happened
    assert until(lambda: list((tmp_path / "spill").iterdir()) == [])
    assert client.counts()["lost"] == 0


def test_the_disk_is_bounded_and_the_oldest_go_first(
    collector: Collector, make_client: Callable[..., Any], tmp_path: Path
) -> None:
    collector.stop()
    client = make_client(flush_seconds=60, most_spilled_bytes=3000)
    for number in range(100):
        client._sender._not_before = 0.0
        client.track_user_action("away", event_id=f"e{number:03}")
        client.flush()
    kept = b"".join(file.read_bytes() for file in sorted((tmp_path / "spill").iterdir()))
    assert len(kept) <= 3000
    assert b"e099" in kept
    assert b"e000" not in kept
    assert client.counts()["lost"] == 100 - kept.count(b"\n")


def test_too_busy_and_wrong_password_are_tried_again(collector: Collector, make_client: Callable[..., Any]) -> None:
    client = make_client(flush_seconds=60)
    for status in (429, 503, 401):
        collector.status = status
        client._sender._not_before = 0.0
        client.track_user_action(str(status))
        client.flush()
    assert collector.events == {}
    collector.status, client._sender._not_before = 201, 0.0
    client.flush()
    assert {event["action"] for event in collector.of("/action")} == {"429", "503", "401"}


def test_a_call_does_not_wait_for_a_slow_collector(collector: Collector, make_client: Callable[..., Any]) -> None:
    collector.slow = 1.0
    client = make_client()
    client.track_user_action("first")
    assert until(lambda: client.counts()["waiting"] == 0)  # its request is under way
    began = time.perf_counter()
    for _ in range(100):
        client.track_user_action("more")
    assert time.perf_counter() - began < 0.5


def test_a_forked_process_sends_its_own_events_once(collector: Collector, make_client: Callable[..., Any]) -> None:
    client = make_client(flush_seconds=60)
    client.track_user_action("parent", event_id="parent")
    child = os.fork()
    if not child:
        client.track_user_action("child", event_id="child")
        client.close(5)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert set(collector.events) == {"child"}
    client.flush()
    assert set(collector.events) == {"child", "parent"}
    assert collector.requests == 2


SCRIPT = """
import sys
from analytics_platform_client import Client
client = Client(sys.argv[1], "app", "secret", flush_seconds=60, exit_seconds=8.0, spill_folder=sys.argv[2])
for number in range(10):
    client.track_user_action("last", event_id=f"e{number}")
"""


def run_script(port: int, folder: Path) -> None:
    environment = {"PYTHONPATH": str(PROJECT_ROOT / "client"), "PATH": os.environ["PATH"]}
    command = [
        sys.executable,
        "-I",
        "-c",
        f"import sys; sys.path.insert(0, {str(PROJECT_ROOT / 'client')!r})\n{SCRIPT}",
    ]
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{port}", str(folder)],
        env=environment, capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_at_exit_the_last_events_are_sent_or_kept_for_the_next_start(
    collector: Collector, make_client: Callable[..., Any], tmp_path: Path
) -> None:
    run_script(collector.port, tmp_path / "spill")
    assert len(collector.events) == 10
    collector.events.clear()
    collector.stop()
    run_script(collector.port, tmp_path / "spill")
    (kept,) = (tmp_path / "spill").iterdir()
    assert len(kept.read_bytes().splitlines()) == 10
    assert json.loads(kept.read_bytes().splitlines()[0].partition(b"\t")[2])["event_id"] == "e0"
    collector.start()
    client = make_client(flush_seconds=60)
    client.flush()
    assert len(collector.events) == 10


def test_a_file_is_claimed_by_one_process_and_freed_when_it_dies(tmp_path: Path) -> None:
    from analytics_platform_client.buffer import Event
    from analytics_platform_client.spill import Spill

    spill = Spill(tmp_path, 10_000)
    spill.keep([Event("/p", b"{}")])
    child = os.fork()
    if not child:
        os._exit(0 if spill.claim() else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert spill.claim() is not None  # its owner is gone
    assert Spill(tmp_path, 10_000).claim() is None
