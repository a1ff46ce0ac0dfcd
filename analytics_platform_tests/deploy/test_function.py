"""The Cloud Function of 7taps, asked over loopback: the collector's rules, a topic behind it, each statement once."""

import importlib.util
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import httpx
import pytest

from analytics_platform.collector.store.credentials import digest
from analytics_platform.contracts.xapi import STATEMENTS
from analytics_platform.settings import PROJECT_ROOT, Settings
from analytics_platform_tests.collector.conftest import VERSION
from analytics_platform_tests.collector.samples import seven_taps, with_id
from analytics_platform_tests.pubsub.double import SUBSCRIPTION, TOPIC, Double, pubsub
from analytics_platform_tests.pubsub.test_pubsub import drain, stored

pytest.importorskip("werkzeug", reason="werkzeug is not installed: nothing serves the function")
FOLDER = PROJECT_ROOT / "deploy" / "function"
LOGIN = ("seven-taps", "a secret of this test")


@pytest.fixture(scope="module")
def function() -> ModuleType:
    spec = importlib.util.spec_from_file_location("seven_taps_function", FOLDER / "main.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture
def double() -> Iterator[Double]:
    with pubsub() as made:
        yield made


@pytest.fixture
def client(
    function: ModuleType, double: Double, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[httpx.Client]:
    from werkzeug.serving import make_server
    from werkzeug.wrappers import Request

    given = {"PUBSUB_TOPIC": TOPIC, "PUBSUB_ENDPOINT": double.url, "PLATFORM_HOME": str(tmp_path / "none")}
    given |= {"SEVEN_TAPS_CREDENTIAL": f"{LOGIN[0]}:{digest(LOGIN[1]).hex()}"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    server = make_server("127.0.0.1", 0, Request.application(function.statements), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    with httpx.Client(base_url=f"http://127.0.0.1:{server.server_port}", auth=LOGIN, headers=VERSION) as made:
        yield made
    server.shutdown()
    thread.join()
    server.server_close()
    function._sink(TOPIC, double.url).close()
    function._sink.cache_clear()


def settings_of(double: Double, home: Path) -> Settings:
    return Settings(platform_home=home, pubsub_topic=TOPIC, pubsub_subscription=SUBSCRIPTION,
                    pubsub_endpoint=double.url, _env_file=None)  # fmt: skip


def test_statements_reach_the_lake_once(client: httpx.Client, double: Double, tmp_path: Path) -> None:
    mine, where = str(uuid4()), "/xapi/statements"
    for _ in range(2):  # 7taps repeats what it got no answer to
        assert client.put(where, params={"statementId": mine}, json=seven_taps()).status_code == 204
    answer = client.post(where, json=[seven_taps(), with_id()])
    assert answer.status_code == 200, answer.text
    settings = settings_of(double, tmp_path / "home")
    assert drain(settings) == 4
    assert sorted(stored(settings, STATEMENTS, "statement_id")) == sorted([mine, *answer.json()])
    assert not (tmp_path / "none").exists()  # it keeps nothing


@pytest.mark.parametrize(
    ("change", "status", "where"),
    [
        ({"auth": ("seven-taps", "wrong")}, 401, None),
        ({"auth": ("somebody", LOGIN[1])}, 401, None),
        ({"headers": {"Authorization": "Bearer x"}, "auth": None}, 401, None),
        ({"headers": {"X-Experience-API-Version": "0.95"}}, 400, "X-Experience-API-Version"),
        ({"headers": {"Content-Type": "multipart/mixed; boundary=x"}}, 415, None),
        ({"headers": {"Content-Encoding": "gzip"}}, 415, None),
        ({"params": {"statementid": "x"}}, 400, "statementid"),
        ({"json": [with_id(), seven_taps(actor={"name": "nobody"})]}, 400, "[1].actor"),
        ({"content": b'{"actor":'}, 400, None),
        ({"content": b"[" + b" " * (9 << 20) + b"]"}, 413, None),
        ({"content": b"[" + b"{}," * 1000 + b"{}]"}, 413, None),
        ({"method": "GET"}, 405, None),
    ],
)
def test_what_the_collector_refuses_is_refused_and_not_published(
    client: httpx.Client, double: Double, change: dict[str, Any], status: int, where: str | None
) -> None:
    request = {"method": "POST", "url": "/xapi/statements"} | change
    if not {"json", "content"} & change.keys() and request["method"] == "POST":
        request["json"] = seven_taps()
    answer = client.request(**request)
    assert (answer.status_code, answer.json().get("where")) == (status, where), answer.text
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"
    assert double.published == 0


def test_a_topic_that_does_not_answer_is_push_back(client: httpx.Client, double: Double) -> None:
    double.trouble = 503
    answer = client.post("/xapi/statements", json=with_id())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_its_packages_are_locked_and_enough() -> None:
    """Those that it imports, with the versions of the deploy lock."""
    lock = (PROJECT_ROOT / "requirements-deploy.lock").read_text()
    lines = [line for line in (FOLDER / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if f"\n{line} " not in lock] == []
    listed = with_needs({line.partition("==")[0] for line in lines} | {"werkzeug"}) | {"analytics-platform"}
    # Whatever else is installed is hidden from it.
    asked = (
        "import sys, importlib.metadata as m; listed = set(sys.argv[2].split());"
        "hidden = {n for n, ds in m.packages_distributions().items() if n != 'google'"
        " and not listed & {d.lower().replace('_', '-') for d in ds}};"
        "\ndef hide(name):\n    if name.partition('.')[0] in hidden: raise ModuleNotFoundError(name)\n"
        "Hide = type('Hide', (), {'find_spec': staticmethod(lambda name, path=None, target=None:"
        " hide(name))});"
        "sys.meta_path.insert(0, Hide); sys.path.insert(0, sys.argv[1]); import main; print(len(hidden))"
    )
    command = [sys.executable, "-c", asked, str(FOLDER), " ".join(listed)]
    said = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert int(said.stdout) > 50


def with_needs(names: set[str]) -> set[str]:
    """The packages and all that they need without extras, as far as it is installed."""
    found, left = set[str](), list(names)
    while left:
        if (name := left.pop()) in found:
            continue
        found.add(name)
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        left += [re.split(r"[^\w.-]", need)[0].lower().replace("_", "-") for need in needs if "extra ==" not in need]
    return found
