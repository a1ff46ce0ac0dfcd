"""What an operator sees: refused requests, what arrived, the audit, log lines, proxies, TLS, the first password."""

import json
import logging
import os
import shutil
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from analytics_platform.cli import app
from analytics_platform.collector import again, browser, logs
from analytics_platform.collector.commands import collector as command
from analytics_platform.collector.commands import credentials
from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.proxies import Proxies
from analytics_platform.collector.store import refused as store_refused
from analytics_platform.collector.store.connection import Connection
from analytics_platform.collector.store.refused import find_refused, forget_refused, list_refused
from analytics_platform.collector.xapi import statements as rules
from analytics_platform.commands.arrival import ways
from analytics_platform.errors import SettingsError
from analytics_platform.settings import Settings

from .conftest import VERSION, Collector
from .samples import LESSON, referring, with_id
from .test_commands import CliRunner, run, said


def refused_of(collector: Collector, least: int = 1) -> list[store_refused.Kept]:
    """They are written by the next group, for which no answer waits."""
    connection = collector.database.connect()
    deadline = time.monotonic() + 5
    while len(found := list_refused(connection)) < least and time.monotonic() < deadline:
        time.sleep(0.02)
    connection.close()
    return found


def test_what_is_refused_can_be_seen_and_sent_again(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    new_field = with_id(platformVersion="7")
    with collector.client_with("write") as vendor:
        assert vendor.post("/xapi/statements", json=[with_id(), new_field]).status_code == 400
        assert vendor.post("/v1/video/events", json={"video_id": "v"}).status_code == 400
        assert vendor.post("/xapi/statements", content=b"{broken").status_code == 400
        assert vendor.get("/xapi/statements", headers={"Content-Encoding": "gzip"}).status_code == 403
    assert httpx.post(f"{collector.url}/xapi/statements", json={}, headers=VERSION).status_code == 401  # nobody's
    newest_first = refused_of(collector, 3)
    assert [kept.refused.rule for kept in newest_first] == [
        "no JSON",
        "event_type: is missing",
        "is no property that xAPI knows here (case counts)",
    ]
    kept = newest_first[-1]
    assert (kept.refused.status, kept.refused.path, kept.is_whole) == (400, "/xapi/statements", True)
    assert "[1].platformVersion" in kept.refused.reason
    assert json.loads(kept.refused.body)[1] == new_field
    text = httpx.get(f"{collector.url}/metrics").text
    assert f'collector_refused_total{{credential="{kept.refused.owner}",rule="no JSON"}} 1' in text
    connection = collector.database.connect()
    assert again.send_again(connection, kept, "https://c.example").startswith("refused again: [1].platformVersion")
    check = rules.check

    def lenient(value: Any, *spoken: Any) -> None:
        check({name: item for name, item in value.items() if name != "platformVersion"}, *spoken)

    monkeypatch.setattr(rules, "check", lenient)  # the rule has changed
    assert again.send_again(connection, kept, "https://c.example") == "2 stored, 0 were there already"
    assert find_refused(connection, kept.place) is None
    assert len(list_refused(connection)) == 2
    connection.close()
    found = collector.client.get("/xapi/statements").json()["statements"]
    assert {statement["authority"]["account"]["name"] for statement in found} == {kept.refused.owner}


def test_what_is_refused_is_kept_within_bounds(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_refused, "_OF_ONE", 20)
    for _ in range(100):
        collector.client.post("/xapi/statements", content=b"x")
    found = refused_of(collector)
    deadline = time.monotonic() + 5
    while (len(found) > 20 or found[0].place < 100) and time.monotonic() < deadline:
        found = refused_of(collector)
    assert [kept.place for kept in found] == list(range(100, 80, -1))
    collector.client.post("/xapi/statements", content=b"x" * 400_000)
    connection = collector.database.connect()
    [kept] = [kept for kept in refused_of(collector, 21) if kept.place == 101]
    assert (kept.size, len(kept.refused.body), kept.is_whole) == (400_000, 2000, False)
    assert "too long" in again.send_again(connection, kept, "https://c.example")
    assert forget_refused(connection, 1, time.time_ns() // 1000) == 0
    assert forget_refused(connection, 1, time.time_ns() // 1000 + 2 * 86_400_000_000) == 21
    connection.close()


def test_did_annas_quiz_arrive(collector: Collector) -> None:
    anna = {"mbox": "mailto:anna@example.org"}
    quiz = with_id(actor=anna, verb={"id": "http://adlnet.gov/expapi/verbs/completed"})
    collector.client.post("/xapi/statements", json=[quiz, with_id()])
    connection = collector.database.connect()
    [found] = browser.statements(connection, actor="anna@example.org", verb="completed", activity=LESSON, since="1h")
    assert (found.id, found.actor, found.verb, found.landed) == (
        quiz["id"],
        "mbox:mailto:anna@example.org",
        "completed",
        False,
    )
    collector.ship()
    [found] = browser.statements(connection, actor=json.dumps(anna))
    assert found.landed
    assert browser.statements(connection, actor="ben@example.org") == []
    assert len(browser.statements(connection, actor=f"https://7taps.com|{'a' * 32}")) == 1
    assert browser.statements(connection, until="2020-01-01") == []
    after = (found.stored + timedelta(seconds=1)).isoformat()
    assert browser.statements(connection, since=after) == []
    collector.client.post("/xapi/statements", json=referring(quiz["id"]))
    known = browser.one(connection, quiz["id"].upper())
    assert known is not None
    assert known[0].voided
    assert json.loads(known[1])["id"] == quiz["id"]
    with pytest.raises(Invalid, match="actor"):
        browser.statements(connection, actor="Anna")
    for wrong in ("yesterday", "99999999999d"):
        with pytest.raises(Invalid, match="30m, 2h, 3d") as refused:
            browser.statements(connection, since=wrong)
        assert refused.value.where == "since"
    connection.close()


def test_how_far_a_statement_has_come(collector: Collector) -> None:
    late = with_id(timestamp="2026-03-01T23:59:59-05:00")  # its day in the lake is not that of its arrival
    first, voided, second = with_id(), with_id(), late
    collector.client.post("/xapi/statements", json=[first, voided])
    collector.ship()
    collector.client.post("/xapi/statements", json=second)
    connection = collector.database.connect()
    assert ways_of(collector, connection) == {
        second["id"]: "waits for landing",
        voided["id"]: "landed, waits for the lake",
        first["id"]: "landed, waits for the lake",
    }
    collector.client.post("/xapi/statements", json=referring(voided["id"]))
    collector.ship()
    collector.build_lake("xapi/statements")
    found = ways_of(collector, connection)
    assert found.pop(first["id"]) == found.pop(second["id"]) == "in the lake, no marts are published"
    assert set(found.values()) == {"in the lake, no marts are published"}  # the voiding one; the voided is not listed
    [known, _] = browser.one(connection, voided["id"]) or [None, ""]
    assert known is not None
    assert ways(collector.settings, [known]) == {voided["id"]: "in the lake, no marts are published, voided"}
    connection.close()


def ways_of(collector: Collector, connection: Connection) -> dict[str, str]:
    return ways(collector.settings, browser.statements(connection))


def test_the_commands(run: CliRunner, tmp_path: Path) -> None:
    key = said(run, credentials, "add-public", "shop", "--origin", "https://shop.example", "--rate", "9").strip()
    assert f"{key}  public video https://shop.example 9/s" in said(run, credentials, "list")
    assert isinstance(run.invoke(credentials, ["add-public", "x", "--origin", "shop.example"]).exception, SettingsError)
    said(run, credentials, "revoke", key)
    audit = said(run, credentials, "audit").splitlines()
    assert [line.split()[3:5] for line in audit] == [["added", key], ["revoked", key]]
    assert "Nothing was refused" in said(run, command, "refused", "list")
    assert "No such statement" in said(run, app, "collector", "statements", "--since", "2d")
    assert run.invoke(command, ["refused", "show", "7"]).exit_code == 1
    assert "7: is not kept" in said(run, command, "refused", "retry", "7")


def test_repeats_are_counted(collector: Collector) -> None:
    statement, event = with_id(), {"video_id": "v", "event_type": "PLAY", "event_id": "e"}
    for _ in range(3):
        collector.client.post("/xapi/statements", json=statement)
        collector.client.post("/v1/video/events", json=event)
    assert "collector_repeats_total 4\n" in httpx.get(f"{collector.url}/metrics").text


def test_log_lines(caplog: pytest.LogCaptureFixture, collector: Collector) -> None:
    record = logging.LogRecord("a.b", logging.WARNING, "", 1, "two\nlines %s", ("x",), None)
    token = logs.request_id.set("r-1")
    text, line = logs._Text().format(record), json.loads(logs._Json().format(record))
    logs.request_id.reset(token)
    assert text.split(" ", 1)[1] == "WARNING r-1 a.b two lines x"
    assert (line["level"], line["request_id"], line["message"]) == ("WARNING", "r-1", "two lines x")
    assert line["time"].endswith("Z")
    own = collector.client.get("/xapi/about", headers={"X-Request-ID": "abc-1"}).headers["X-Request-ID"]
    made = collector.client.get("/xapi/about", headers={"X-Request-ID": "a b\\n" * 50}).headers["X-Request-ID"]
    assert own == "abc-1"
    assert len(made) == 16


def test_noise_does_not_fill_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    times = [0.0]
    monkeypatch.setattr(logs.time, "monotonic", lambda: times[-1])
    seldom, told = logs._Seldom(), list[str]()

    def log(level: int, words: str) -> None:
        record = logging.LogRecord("uvicorn.error", level, "", 1, words, (), None)
        if seldom.filter(record):
            told.append(record.getMessage())

    for second in (0.0, 1.0, 9.0, 11.0):
        times.append(second)
        log(logging.WARNING, "Invalid HTTP request received.")
        log(logging.ERROR, "It broke.")  # an error is always told
    log(logging.WARNING, "Unsupported upgrade request.")
    invalid = [words for words in told if words.startswith("Invalid")]
    assert invalid == ["Invalid HTTP request received.", "Invalid HTTP request received. 2 more before it."]
    assert (told.count("It broke."), told[-1]) == (4, "Unsupported upgrade request.")


@pytest.mark.parametrize(
    ("peer", "headers", "client"),
    [
        ("10.0.0.1", {"x-forwarded-for": "1.1.1.1, 2.2.2.2"}, "2.2.2.2"),
        ("10.0.0.1", {"x-forwarded-for": "1.1.1.1, 2.2.2.2:80, 10.0.0.9"}, "2.2.2.2"),
        ("10.0.0.1", {"forwarded": 'for=1.1.1.1, for="[2001:db8::1]:4711";proto=https'}, "2001:db8::1"),
        ("10.0.0.1", {"x-forwarded-for": "unknown"}, "10.0.0.1"),
        ("10.0.0.1", {}, "10.0.0.1"),
        ("9.9.9.9", {"x-forwarded-for": "1.1.1.1"}, "9.9.9.9"),
        ("::1", {"x-forwarded-for": "1.1.1.1"}, "1.1.1.1"),
    ],
)
def test_only_trusted_proxies_are_believed(peer: str, headers: dict[str, str], client: str) -> None:
    proxies = Proxies(("10.0.0.0/8", "::1"), "/lrs")
    assert proxies.client(peer, headers) == client
    given = headers | {"x-forwarded-prefix": "/other/"}
    assert proxies.prefix(peer, given) == ("/lrs" if peer == "9.9.9.9" else "/other")
    assert proxies.prefix(peer, headers | {"x-forwarded-prefix": "//evil.example"}) == "/lrs"
    assert Proxies((), "").client(peer, headers) == peer


def test_links_have_the_prefix(start: Callable[..., Collector]) -> None:
    collector = start(collector_prefix="/lrs", collector_trusted_proxies="127.0.0.1")
    collector.client.post("/lrs/xapi/statements", json=[with_id(), with_id()])
    more = collector.client.get("/lrs/xapi/statements", params={"limit": "1"}).json()["more"]
    assert more.startswith("/lrs/xapi/statements?")
    assert len(collector.client.get(more).json()["statements"]) == 1
    other = collector.client.get("/xapi/statements?limit=1", headers={"X-Forwarded-Prefix": "/a/b"}).json()["more"]
    assert other.startswith("/a/b/xapi/statements?")


@pytest.mark.parametrize(
    "wrong",
    [
        {"collector_trusted_proxies": "everybody"},
        {"collector_cors_origins": "https://a.example/path"},
        {"collector_cors_origins": "a.example"},
        {"collector_tls_cert": "cert.pem"},
        {"collector_prefix": "lrs/"},
    ],
)
def test_wrong_settings_stop_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"collector|COLLECTOR|address|origin|pattern"):
        Settings(_env_file=None, **wrong)  # type: ignore[arg-type]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: "subprocess.Popen[str]", **options: Any) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{url}/health/ready", **options).raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError(f"not ready: {process.poll()}")


def test_a_first_start_behind_nginx_with_tls(tmp_path: Path) -> None:
    """The whole command: TLS by two settings, JSON log lines, the first password in a file; nginx before it."""
    nginx, openssl = shutil.which("nginx") or shutil.which("/usr/sbin/nginx"), shutil.which("openssl")
    if nginx is None or openssl is None:
        pytest.skip("needs nginx and openssl: apt-get install nginx openssl")
    make = "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost"
    subprocess.run([openssl, *make.split()], cwd=tmp_path, check=True, capture_output=True)
    port, front = free_port(), free_port()
    environment = {
        **os.environ,
        "PLATFORM_HOME": str(tmp_path / "home"), "COLLECTOR_PORT": str(port),
        "COLLECTOR_TLS_CERT": str(tmp_path / "cert.pem"), "COLLECTOR_TLS_KEY": str(tmp_path / "key.pem"),
        "COLLECTOR_PREFIX": "/lrs", "COLLECTOR_TRUSTED_PROXIES": "127.0.0.1", "COLLECTOR_LOG_FORMAT": "json",
    }  # fmt: skip
    guide = (Path(browser.__file__).parent / "README.md").read_text()
    lines = guide.split("```nginx\n")[1].split("```")[0].replace("http://127.0.0.1:8090", f"https://127.0.0.1:{port}")
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log; events {{}} daemon off;\n"
        f"http {{ access_log off; client_body_temp_path {tmp_path}/body; proxy_temp_path {tmp_path}/proxy;"
        f" fastcgi_temp_path {tmp_path}/f; uwsgi_temp_path {tmp_path}/u; scgi_temp_path {tmp_path}/s;\n"
        f"server {{ listen 127.0.0.1:{front};\n{lines}\n}} }}\n"
    )
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "analytics_platform", "collector"],
            env=environment, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
        proxy = subprocess.Popen([nginx, "-c", str(tmp_path / "nginx.conf")], stderr=log, text=True)
    try:
        wait_for(f"https://127.0.0.1:{port}", process, verify=False)
        wait_for(f"http://127.0.0.1:{front}/lrs", proxy)
        kept = tmp_path / "home" / "collector" / "first-credential.txt"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        name, secret = (line.split()[-1] for line in kept.read_text().splitlines())
        with httpx.Client(base_url=f"http://127.0.0.1:{front}", auth=(name, secret), headers=VERSION) as client:
            assert client.post("/lrs/xapi/statements", json=[with_id(), with_id()]).status_code == 200
            more = client.get("/lrs/xapi/statements?limit=1").json()["more"]
            assert len(client.get(more).json()["statements"]) == 1
            wrong = client.get("/lrs/xapi/statements", auth=("x", "y"), headers={"X-Forwarded-For": "6.6.6.6"})
            assert wrong.status_code == 401
    finally:
        for one in (proxy, process):
            one.terminate()
            one.wait(timeout=30)
    said = process.stdout.read() if process.stdout is not None else ""
    if process.stdout is not None:
        process.stdout.close()
    logged = (tmp_path / "log").read_text()
    assert secret not in said + logged
    [line] = [json.loads(line) for line in logged.splitlines() if "Login refused" in line]
    assert "address 127.0.0.1" in line["message"]  # nginx's peer, not what the client claimed
    assert len(line["request_id"]) == 32  # nginx gave it


__all__ = ["run"]
