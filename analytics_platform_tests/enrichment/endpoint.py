"""A scripted OpenAI-compatible server on loopback: each request is answered by the next step of the script.

A step is a status with headers and a body, a wait before it, or half of it and then silence; else a function from the
texts to their labels. Requests are kept.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Labelling = Callable[[list[str]], list[dict[str, Any]]]


@dataclass
class Step:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    wait: float = 0.0
    half: bool = False


@dataclass
class Endpoint:
    """The server as a test sees it."""

    url: str
    label: Labelling
    script: list[Step] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    closing: threading.Event = field(default_factory=threading.Event)

    def texts(self) -> list[list[str]]:
        """The texts of each request."""
        return [[item["text"] for item in json.loads(request["messages"][1]["content"])] for request in self.requests]


@contextmanager
def serving(label: Labelling, script: list[Step] | None = None) -> Iterator[Endpoint]:
    endpoint = Endpoint("", label, list(script or []))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with endpoint.lock:
                endpoint.requests.append(request)
                step = endpoint.script.pop(0) if endpoint.script else Step()
            if step.wait:
                endpoint.closing.wait(step.wait)
            content = step.body if step.body is not None else _completion(endpoint, request)
            self.send_response(step.status)
            for name, value in step.headers.items():
                self.send_header(name, value)
            payload = content.encode()
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            if step.half:
                self.wfile.write(payload[: len(payload) // 2])
                self.wfile.flush()
                endpoint.closing.wait(30)
                self.close_connection = True
                return
            with suppress(OSError):  # the client has gone away meanwhile
                self.wfile.write(payload)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: a test's output is the test's."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    endpoint.url = f"http://127.0.0.1:{server.server_address[1]}/v1/"
    try:
        yield endpoint
    finally:
        endpoint.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _completion(endpoint: Endpoint, request: dict[str, Any]) -> str:
    texts = [item["text"] for item in json.loads(request["messages"][1]["content"])]
    results = [{"id": number, **labels} for number, labels in enumerate(endpoint.label(texts))]
    return completion(json.dumps({"results": results}))


def completion(content: str) -> str:
    usage = {"prompt_tokens": 1000, "completion_tokens": 100}
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}], "usage": usage})
