"""A served API with a key for each role, on loopback."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
import uvicorn

from analytics_platform.semantics import Role
from analytics_platform.serving.api.app import create_app
from analytics_platform.serving.api.keys import Keys
from analytics_platform.settings import Settings
from analytics_platform_tests.semantics.organisation import HARBOUR


@dataclass(frozen=True)
class Served:
    """A client without a key, and the keys by who holds them."""

    client: httpx.Client
    keys: dict[str, str]
    settings: Settings

    def get(self, path: str, who: str = "admin", **more: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.keys[who]}"} | dict(more.pop("headers", {}))  # type: ignore[call-overload]
        return self.client.get(path, headers=headers, **more)  # type: ignore[arg-type]

    def post(self, path: str, json: object, who: str = "admin", **more: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.keys[who]}"}
        return self.client.post(path, json=json, headers=headers, **more)  # type: ignore[arg-type]


@contextmanager
def serve(settings: Settings) -> Iterator[Served]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(settings, warming=False), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        keys = Keys(settings)
        made = {
            "admin": keys.add("admin", Role.ADMIN),
            "analyst": keys.add("analyst", Role.ANALYST),
            "viewer": keys.add("viewer", Role.VIEWER),
            "teacher": keys.add("teacher", Role.ANALYST, [HARBOUR]),
            "watcher": keys.add("watcher", Role.VIEWER, [HARBOUR]),
        }
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=60) as client:
                yield Served(client, made, settings)
        finally:
            for name in made:
                keys.revoke(name)
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def served(seven: Settings) -> Iterator[Served]:
    with serve(seven.model_copy(update={"api_requests_per_minute": 100_000})) as running:
        yield running
