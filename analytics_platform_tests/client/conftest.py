"""A stand-in for the collector on loopback that can be slow, refuse, or be away; and clients of it.

It answers as the collector does for telemetry (201, 400 for a batch with a bad event) and keeps what it took by id.
The client is not installed with the platform: its folder is put on the path.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from analytics_platform.settings import PROJECT_ROOT

sys.path.insert(0, str(PROJECT_ROOT / "client"))


class Collector:
    """What came, by event id; ``slow`` seconds before each answer; ``status`` instead of 201."""

    def __init__(self) -> None:
        self.events: dict[str, tuple[str, dict[str, Any]]] = {}
        self.requests = 0
        self.slow, self.status = 0.0, 201
        self.port = 0
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                time.sleep(collector.slow)
                status = collector.take(self.path, body if isinstance(body, list) else [body])
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: Any) -> None:
                """Nothing is printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def take(self, path: str, events: list[dict[str, Any]]) -> int:
        self.requests += 1
        if self.status != 201:
            return self.status
        if any(event.get("action") == "bad" for event in events):
            return 400
        self.events |= {event["event_id"]: (path, event) for event in events}
        return 201

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for path, event in self.events.values() if path.endswith(kind)]


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def make_client(collector: Collector, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    from analytics_platform_client import Client

    made = []

    def make(**more: Any) -> Any:
        settings = {"flush_seconds": 0.05, "timeout_seconds": 2.0, "spill_folder": tmp_path / "spill", **more}
        client = Client(f"http://127.0.0.1:{collector.port}", "app", "secret", **settings)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close(0.1)


def until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether it came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return condition()
