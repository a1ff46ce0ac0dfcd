"""Real object stores on loopback (moto's S3, a GCS emulator) and a proxy before them that makes trouble.

The proxy answers 503, dribbles what is read, or falls silent in the middle of an upload. A store whose emulator is not
installed is skipped with a message.
"""

import http.client
import importlib.util
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

BUCKET = "lake"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true"}  # fmt: skip
MODULES = {"s3": "moto", "gs": "gcp_storage_emulator"}
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "expect"}


@dataclass
class Trouble:
    """What the proxy does to the next requests that match ``method path``."""

    pattern: str
    kind: str  # refuse (503), dribble, hang
    times: int = 1


@dataclass
class Proxy:
    """An HTTP proxy before one store."""

    target: int
    troubles: list[Trouble] = field(default_factory=list)
    hanging: threading.Event = field(default_factory=threading.Event)
    closing: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    requests: list[str] = field(default_factory=list)

    def trouble(self, request: str) -> str:
        for trouble in self.troubles:
            if trouble.times and re.search(trouble.pattern, request):
                trouble.times -= 1
                return trouble.kind
        return ""


@contextmanager
def serving(proxy: Proxy) -> Iterator[Proxy]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(proxy))
    server.daemon_threads = True
    proxy.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Silence."""

        def respond(self) -> None:
            body = self.body()
            proxy.requests.append(f"{self.command} {self.path}")
            kind = proxy.trouble(proxy.requests[-1])
            if kind == "hang":
                proxy.hanging.set()
                proxy.closing.wait(60)
                self.close_connection = True
                return
            if kind == "refuse":
                self.answer(503, {}, b"<Error><Code>SlowDown</Code></Error>")
                return
            connection = http.client.HTTPConnection("127.0.0.1", proxy.target)
            try:
                headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                content = answer.read()
                kept = {k: v for k, v in answer.getheaders() if k.lower() not in HOP_BY_HOP}
                if self.command == "HEAD":
                    kept["Content-Length"] = answer.getheader("Content-Length") or "0"
                place = kept.get("Location", "")
                kept |= {"Location": place.replace(f":{proxy.target}", f":{proxy.port}")} if place else {}
                self.answer(answer.status, kept, content, slowly=kind == "dribble")
            finally:
                connection.close()

        def body(self) -> bytes:
            if "chunked" not in (self.headers.get("Transfer-Encoding") or ""):
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            chunks = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(chunks)

        def answer(self, status: int, headers: dict[str, str], content: bytes, slowly: bool = False) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            step = max(1, len(content) // 20) if slowly else len(content) or 1
            for start in range(0, len(content), step):
                self.wfile.write(content[start : start + step])
                self.wfile.flush()
                if slowly:
                    time.sleep(0.01)  # the slowness itself, not a wait for something

    for method in ("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"):
        setattr(Handler, f"do_{method}", Handler.respond)
    return Handler


@contextmanager
def emulator(kind: str, folder: Path) -> Iterator[int]:
    """A running store with the bucket; yields its port."""
    if importlib.util.find_spec(MODULES[kind]) is None:
        pytest.skip(f"{MODULES[kind]} is not installed: nothing to test {kind}:// against")
    port = _free_port()
    module = {
        "s3": ["-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        "gs": ["-m", "gcp_storage_emulator", "--data-dir", str(folder), "start", "--host", "127.0.0.1",
               "--port", str(port), "--default-bucket", BUCKET],
    }[kind]  # fmt: skip
    command = [sys.executable, "-W", "ignore", *module]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder) as process:
        try:
            _wait_for(port, process)
            if kind == "s3":
                bucket = urllib.request.Request(f"http://127.0.0.1:{port}/{BUCKET}", method="PUT")
                urllib.request.urlopen(bucket).close()
            yield port
        finally:
            process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        process_settles = threading.Event()
        process_settles.wait(0.05)
    raise AssertionError(f"the emulator did not start within a minute (exit status {process.poll()})")


def environment() -> dict[str, str]:
    return {**os.environ, **KEYS}
