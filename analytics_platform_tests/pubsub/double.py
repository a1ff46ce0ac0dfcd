"""Pub/Sub on loopback, as far as its REST interface is used: a topic, a subscription, deadlines, deliveries again.

A message is leased to whoever pulls it; when the lease ends before it is acknowledged, it is delivered again, and now
and then one is delivered twice at once, as "at least once" allows.
"""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from analytics_platform_tests.loopback import served

TOPIC, SUBSCRIPTION = "projects/p/topics/lines", "projects/p/subscriptions/lines"


@dataclass
class Double:
    """``lease`` is how long a message stays with who pulled it, whatever they ask for: a test has no minute."""

    url: str = ""
    lease: float = 0.3
    trouble: int = 0  # status of the next answers
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    until: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    calls: list[str] = field(default_factory=list)
    delivered: int = 0
    published: int = 0

    def call(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        with self.lock:
            name, _, verb = path.removeprefix("/v1/").partition(":")
            self.calls.append(verb)
            if self.trouble:
                return self.trouble, {"error": {"status": "UNAVAILABLE"}}
            if name != (TOPIC if verb == "publish" else SUBSCRIPTION):
                return 404, {"error": {"status": "NOT_FOUND"}}
            found: dict[str, Any] = getattr(self, f"_{verb}")(body)
            return 200, found

    def _publish(self, body: dict[str, Any]) -> dict[str, Any]:
        assert len(body["messages"]) <= 1000
        for message in body["messages"]:
            assert message.get("data") or message.get("attributes"), "a message has data or attributes"
            base64.b64decode(message.get("data", ""), validate=True)
            self.published += 1
            self.waiting[f"m{self.published}"] = message | {"messageId": f"m{self.published}"}
        return {"messageIds": list(self.waiting)[-len(body["messages"]) :]}

    def _pull(self, body: dict[str, Any]) -> dict[str, Any]:
        now = time.monotonic()
        free = [name for name in self.waiting if self.until.get(name, 0) <= now][: min(body["maxMessages"], 50)]
        received = [{"ackId": f"{name}/{now}", "message": self.waiting[name]} for name in free]
        self.until |= dict.fromkeys(free, now + self.lease)
        self.delivered += len(received)
        if len(received) > 20:
            received.append(received[0])
        return {"receivedMessages": received} if received else {}

    def _modifyAckDeadline(self, _body: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {}

    def _acknowledge(self, body: dict[str, Any]) -> dict[str, Any]:
        for ack in body["ackIds"]:
            self.waiting.pop(ack.split("/")[0], None)
        return {}


@contextmanager
def pubsub() -> Iterator[Double]:
    double = Double()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, found = double.call(self.path, body)
            content = json.dumps(found).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:  # who asked was killed
                self.close_connection = True

        def log_message(self, *_arguments: Any) -> None: ...

    with served(Handler) as double.url:
        yield double
