"""Pressure: too large, too slow, lying, too many, disk full. Nothing is half stored and nobody hangs."""

import base64
import contextlib
import json
import resource
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import uvicorn

from analytics_platform.collector.errors import StoreUnavailable
from analytics_platform.collector.server import build_app, configuration
from analytics_platform.collector.store import writer
from analytics_platform.collector.store.databases import open_database
from analytics_platform.collector.store.transaction import perform
from analytics_platform.settings import Settings

from .conftest import Collector
from .samples import seven_taps, with_id


def raw(collector: Collector, request: bytes, wait: float = 5) -> bytes:
    """What comes back on a connection of its own until it is closed or nothing more comes."""
    host, port = collector.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=wait) as connection:
        connection.sendall(request)
        answer = b""
        with contextlib.suppress(TimeoutError, ConnectionError):
            while chunk := connection.recv(65536):
                answer += chunk
        return answer


def head(collector: Collector, length: int) -> bytes:
    token = base64.b64encode(":".join(collector.credential("admin")).encode()).decode()
    return (
        f"PUT /xapi/statements?statementId={uuid4()} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {token}\r\n"
        f"X-Experience-API-Version: 1.0.3\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def stored(collector: Collector) -> int:
    return len(collector.client.get("/xapi/statements").json()["statements"])


def test_too_large(start: Callable[..., Collector]) -> None:
    collector = start(collector_max_body_mb=1, collector_max_statements=3)
    big = collector.client.post("/xapi/statements", json=seven_taps(result={"response": "x" * (1 << 20)}))
    assert big.status_code == 413
    assert collector.client.post("/xapi/statements", json=[with_id() for _ in range(4)]).status_code == 413
    assert b" 413 " in raw(collector, head(collector, 1 << 40), wait=2).split(b"\r\n")[0]
    assert stored(collector) == 0


def test_slow_and_lying_clients(start: Callable[..., Collector]) -> None:
    collector = start(collector_request_seconds=0.5)
    body = json.dumps(seven_taps()).encode()
    assert b" 408 " in raw(collector, head(collector, len(body) + 10) + body).split(b"\r\n")[0]
    assert raw(collector, b"PUT /xapi/statements HTTP/1.1\r\nHost: x\r\n") == b""  # hung up on
    assert raw(collector, b"GET /xapi/about HTTP/1.1\r\n" + b"X-Long: " + b"x" * 200_000) == b""
    shorter = raw(collector, head(collector, len(body) - 10) + body)
    assert shorter.startswith(b"HTTP/1.1 400")
    assert stored(collector) == 0


def test_a_stalled_upload_is_told_when_the_collector_stops(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It was cut off without an answer, and the log had a traceback for each."""
    settings = Settings(_env_file=None, platform_home=tmp_path, collector_port=0)
    database = open_database(settings.collector_store)
    config = configuration(settings, build_app(settings, database, shipping=False))
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    with httpx.Client(base_url=url) as client:
        collector = Collector(url, settings, database, client)
        stalled, answers = head(collector, 1000) + b"{", list[bytes]()
        upload = threading.Thread(target=lambda: answers.append(raw(collector, stalled, wait=15)))
        upload.start()
        time.sleep(0.5)
        server.should_exit = True
        upload.join()
    thread.join()
    assert answers[0].startswith(b"HTTP/1.1 503")
    assert b"retry-after: 5" in answers[0]
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


def test_two_thousand_idle_connections(collector: Collector) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 5000:
        pytest.skip(f"needs 5000 file descriptors, the limit is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 5000), hard))
    host, port = collector.url.removeprefix("http://").split(":")
    idle = [socket.create_connection((host, int(port))) for _ in range(2000)]
    try:
        began = time.monotonic()
        assert collector.client.post("/xapi/statements", json=with_id()).status_code == 200
        assert time.monotonic() - began < 2
    finally:
        for connection in idle:
            connection.close()


def test_a_full_queue_says_come_again(start: Callable[..., Collector], monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(*arguments: object) -> object:
        time.sleep(0.5)
        return perform(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(writer, "perform", slowly)
    collector = start(collector_queue=2)
    host, port = collector.url.removeprefix("http://").split(":")
    body = json.dumps(seven_taps()).encode()
    connections = [socket.create_connection((host, int(port))) for _ in range(6)]
    requests = [head(collector, len(body)) + body for _ in connections]
    for connection, request in zip(connections, requests, strict=True):
        connection.sendall(request)
    answers = [connection.recv(65536) for connection in connections]
    for connection in connections:
        connection.close()
    refused = [answer for answer in answers if b" 503 " in answer.split(b"\r\n")[0]]
    assert refused
    assert all(b"retry-after: " in answer for answer in refused)
    assert stored(collector) == len(answers) - len(refused)


def test_a_full_disk_and_then_room(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    collector.client.post("/xapi/statements", json=with_id())
    secret_words = "what nobody may read in a log"

    def full(*_: object) -> object:
        raise StoreUnavailable("The collector's store cannot be written: database or disk is full.")

    monkeypatch.setattr(writer, "perform", full)
    answer = collector.client.post("/xapi/statements", json=with_id(result={"response": secret_words}))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert collector.client.get("/health/ready").status_code == 503
    assert collector.client.get("/health/live").status_code == 200
    monkeypatch.setattr(writer, "perform", perform)
    time.sleep(0.6)
    assert collector.client.post("/xapi/statements", json=with_id()).status_code == 200
    assert collector.client.get("/health/ready").status_code == 200
    assert stored(collector) == 2
    assert "disk is full" in caplog.text
    assert secret_words not in caplog.text


def test_a_real_full_database_recovers(collector: Collector) -> None:
    """SQLite's own limit of pages stands in for a small disk."""
    perform_on: list[object] = []
    original = collector.database.connect

    def small() -> object:
        connection = original()
        if perform_on:
            connection.run("pragma max_page_count = 36")
        return connection

    collector.database.connect = small  # type: ignore[method-assign,assignment]
    perform_on.append(True)
    codes = [
        collector.client.post("/xapi/statements", json=with_id(result={"response": "x" * 90_000})).status_code
        for _ in range(5)
    ]
    assert codes[0] == 200
    assert codes[-1] == 503
    perform_on.clear()
    time.sleep(0.6)
    assert collector.client.post("/xapi/statements", json=with_id(result={"response": "x" * 90_000})).status_code == 200
    assert stored(collector) == codes.count(200) + 1


def test_health_metrics_and_errors(collector: Collector) -> None:
    collector.client.post("/xapi/statements", json=with_id())
    text = httpx.get(f"{collector.url}/metrics").text
    assert "collector_unshipped_lines 1\n" in text
    assert 'collector_requests_total{route="statements",status="200"} 1' in text
    assert collector.client.get("/nothing").status_code == 404
    assert collector.client.delete("/xapi/statements").headers["Allow"] == "GET, POST, PUT, HEAD"
