"""Two workers of gunicorn, forked from one process in which the client exists: each event of each comes once."""

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from analytics_platform.settings import PROJECT_ROOT
from analytics_platform_tests.client.conftest import Collector, until

REQUESTS = 60


@contextmanager
def gunicorn(collector: Collector, spill: Path) -> Iterator[str]:
    """The address of an app with two workers; it ends as an operator ends it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    environment = os.environ | {
        "COLLECTOR": f"http://127.0.0.1:{collector.port}",
        "SPILL": str(spill),
        "PYTHONPATH": os.pathsep.join([str(PROJECT_ROOT / "client"), str(PROJECT_ROOT)]),
    }
    options = ["--preload", "--workers", "2", "--bind", address, "--log-level", "error"]
    app = "analytics_platform_tests.client.gunicorn_app:app"
    process = subprocess.Popen([sys.executable, "-m", "gunicorn", *options, app], env=environment)
    try:
        assert until(lambda: _answers(address), 30)
        yield f"http://{address}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _answers(address: str) -> bool:
    try:
        return _get(f"http://{address}/nowhere") == {}
    except (URLError, ConnectionError):
        return False


def _get(url: str) -> dict[str, int]:
    try:
        with urlopen(url, timeout=30) as answer:
            found: dict[str, int] = json.load(answer)
            return found
    except URLError as error:
        if getattr(error, "code", None) == 404:
            getattr(error, "close", lambda: None)()
            return {}
        raise


@pytest.mark.skipif(importlib.util.find_spec("gunicorn") is None, reason="gunicorn is not installed (pip install it)")
def test_each_event_of_two_workers_comes_once_though_the_collector_was_away(
    collector: Collector, tmp_path: Path
) -> None:
    with gunicorn(collector, tmp_path / "spill") as address, ThreadPoolExecutor(8) as people:
        workers = {answer["worker"] for answer in people.map(_get, [f"{address}/lessons/{n}" for n in range(REQUESTS)])}
        assert until(lambda: len(collector.of("/action")) == REQUESTS)
        collector.status = 503  # away for the second half, and back only when the workers have ended
        urls = [f"{address}/lessons/{REQUESTS + n}" for n in range(REQUESTS)]
        workers |= {answer["worker"] for answer in people.map(_get, urls)}
    assert len(workers) == 2
    assert any(file.is_file() and file.stat().st_size for file in (tmp_path / "spill").rglob("*"))
    collector.status = 201
    with gunicorn(collector, tmp_path / "spill") as address:  # the next start sends what was left
        _get(f"{address}/lessons/{2 * REQUESTS}")
        assert until(lambda: len(collector.of("/action")) == 2 * REQUESTS + 1, 30)
    opened = sorted(event["details"]["lesson"] for event in collector.of("/action"))
    assert opened == list(range(2 * REQUESTS + 1))
    asked = [event for event in collector.of("/api-request") if event["endpoint"] == "/lessons/{id}"]
    assert len(asked) == 2 * REQUESTS + 1
