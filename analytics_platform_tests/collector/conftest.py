"""A real collector on loopback with a real store, and a client that knows its password."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from analytics_platform.collector import shipping
from analytics_platform.collector.server import build_app, configuration
from analytics_platform.collector.store.connection import Database
from analytics_platform.collector.store.credentials import add_credential
from analytics_platform.collector.store.databases import open_database
from analytics_platform.contracts import TABLES
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.ledger import Entry
from analytics_platform.lake.store import LocalStore
from analytics_platform.settings import Settings

VERSION = {"X-Experience-API-Version": "1.0.3"}


@dataclass
class Collector:
    """A running collector. ``client`` may do everything."""

    url: str
    settings: Settings
    database: Database
    client: httpx.Client

    def client_with(self, *scopes: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, auth=self.credential(*scopes), headers=VERSION)

    def credential(self, *scopes: str) -> tuple[str, str]:
        connection = self.database.connect()
        try:
            return add_credential(connection, "test", scopes)
        finally:
            connection.close()

    def ship(self) -> int:
        return shipping.ship(self.database, open_lake(self.settings).landing, 4 << 20)

    def build_lake(self, path: str) -> list[Entry]:
        """Every day of landing, built as the platform builds it; the ledger's entries."""
        return build_lake(self.settings.home, path)


def build_lake(home: Path, path: str) -> list[Entry]:
    lake = Lake(LocalStore(home), date(2020, 1, 1), 500_000_000, 1)
    days = sorted({segment.day for segment in lake.landing.segments(TABLES[path])})
    return lake.build(TABLES[path], days)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Collector]]:
    """Starts a collector with some settings; it ends with the test."""
    running: list[tuple[uvicorn.Server, threading.Thread, httpx.Client]] = []

    def begin(shipping: bool = False, **settings: Any) -> Collector:
        made = Settings(_env_file=None, platform_home=tmp_path / "home", collector_port=0, **settings)
        database = open_database(made.collector_store)
        server = uvicorn.Server(configuration(made, build_app(made, database, shipping=shipping)))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        collector = Collector(f"http://127.0.0.1:{port}", made, database, httpx.Client())
        collector.client = collector.client_with("admin")
        running.append((server, thread, collector.client))
        return collector

    yield begin
    for server, thread, client in running:
        client.close()
        server.should_exit = True
        thread.join(timeout=20)


@pytest.fixture
def collector(start: Callable[..., Collector]) -> Collector:
    return start()
