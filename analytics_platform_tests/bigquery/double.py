"""The BigQuery double: an HTTP server on loopback that the real clients talk to as if it were the service.

Start it as a context manager; ``endpoint`` is what BIGQUERY_ENDPOINT wants. ``faults`` are what the next requests run
into: an error answer, or an answer that is lost after the work was done. ``requests`` remembers what was asked.
Does not live here: what a route does (``routes``).
"""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from analytics_platform_tests.bigquery.errors import ApiError, beyond_the_double
from analytics_platform_tests.bigquery.routes import LOCATION, Routes
from analytics_platform_tests.bigquery.types import Json

PREFIX, UPLOAD = "/bigquery/v2", "/upload/bigquery/v2"


@dataclass
class Fault:
    """What the next ``times`` requests whose ``method path`` matches run into. Without a status the answer is lost."""

    pattern: str
    status: int | None = None
    reason: str = "backendError"
    times: int = 1


def _no_uris(uri: str) -> bytes:
    raise beyond_the_double(f"reading {uri}: no bucket was given")


class Double:
    """One double with a storage of its own."""

    def __init__(self, read_uri: Callable[[str], bytes] = _no_uris) -> None:
        self.routes = Routes(read_uri)
        self.faults: list[Fault] = []
        self.requests: list[str] = []
        self.uploads: dict[str, tuple[str, Json, bytearray]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def fault(self, request: str) -> Fault | None:
        """The fault that this request runs into, used up once."""
        for fault in self.faults:
            if fault.times and re.search(fault.pattern, request):
                fault.times -= 1
                return fault
        return None

    def __enter__(self) -> "Double":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(double: Double) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_: Any) -> None:
            """Silence: a test says what went wrong."""

        def respond(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else b""
            url = urlsplit(self.path)
            request = f"{self.command} {unquote(url.path)}"
            double.requests.append(request)
            fault = double.fault(request)
            if fault is not None and fault.status is not None:
                error = ApiError(fault.status, fault.reason, f"planted {fault.status} {fault.reason}")
                return self.send(error.status, error.body)
            try:
                status, answer, headers = self.work(url.path, dict(parse_qsl(url.query)), body)
            except ApiError as error:
                status, answer, headers = error.status, error.body, {}
            if fault is not None:  # the work is done, nobody hears of it
                self.close_connection = True
                self.connection.shutdown(2)
                return None
            return self.send(status, answer, headers)

        def work(self, path: str, parameters: dict[str, str], body: bytes) -> tuple[int, Json, dict[str, str]]:
            path = unquote(path)
            if path.startswith(UPLOAD):
                return self.upload(path.removeprefix(UPLOAD).split("/")[2], parameters, body)
            answer = double.routes.answer(
                self.command, path.removeprefix(PREFIX), parameters, json.loads(body) if body else {}
            )
            return 200, answer, {}

        def upload(self, project: str, parameters: dict[str, str], body: bytes) -> tuple[int, Json, dict[str, str]]:
            """https://cloud.google.com/bigquery/docs/reference/api-uploads"""
            if parameters.get("uploadType") == "multipart":
                head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
                config, content = (
                    part.get_payload(decode=True) for part in BytesParser().parsebytes(head + body).get_payload()
                )
                return 200, self.job(project, json.loads(config), content), {}
            if self.command == "POST":
                session = f"upload{len(double.uploads)}"
                double.uploads[session] = (project, json.loads(body), bytearray())
                place = f"{double.endpoint}{UPLOAD}/projects/{project}/jobs?uploadType=resumable&upload_id={session}"
                return 200, {}, {"Location": place}
            project, config, content = double.uploads[parameters["upload_id"]]
            content += body
            total = self.headers.get("Content-Range", "").rpartition("/")[2]
            if total == "*" or (total.isdecimal() and len(content) < int(total)):
                return 308, {}, {"Range": f"bytes=0-{len(content) - 1}"}
            return 200, self.job(project, config, bytes(content)), {}

        @staticmethod
        def job(project: str, config: Json, content: bytes) -> Json:
            return double.routes.jobs.insert(project, config, content).resource(LOCATION)

        def send(self, status: int, answer: Json, headers: dict[str, str] | None = None) -> None:
            content = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.respond)
    return Handler
