"""Statements go on to another LRS: our own collector plays it, on loopback."""

import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import yaml

from analytics_platform.collector.forwarding import source
from analytics_platform.collector.forwarding.running import forward_forever, forward_once
from analytics_platform.collector.forwarding.sending import speaks_only_one
from analytics_platform.collector.forwarding.targets import Rule, load_targets
from analytics_platform.collector.kept_process import KeptProcess
from analytics_platform.collector.resources import others
from analytics_platform.collector.store.refused import list_refused
from analytics_platform.errors import SettingsError, SourceError
from analytics_platform.lake.pump_status import StatusFile
from analytics_platform.settings import Settings

from .conftest import VERSION, Collector
from .samples import ANSWERED, CARD, LESSON, referring, seven_taps, with_id

TWO = {"X-Experience-API-Version": "2.0.0"}
KILLS = int(os.environ.get("COLLECTOR_KILL_ROUNDS", "2"))
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"


@dataclass
class Pair:
    """A collector that forwards, and the one that it forwards to."""

    here: Collector
    there: Collector
    settings: Settings
    file: Path
    target: dict[str, Any]

    def set(self, **changes: Any) -> None:
        self.target |= changes
        self.file.write_text(yaml.safe_dump({"targets": [self.target]}))

    def once(self) -> str:
        [line] = forward_once(self.settings)
        return line

    def arrived(self) -> list[str]:
        """The ids at the target, oldest first."""
        found: list[str] = []
        more = "/xapi/statements?ascending=true"
        while more:
            page = self.there.client.get(more).json()
            found += [one["id"] for one in page["statements"]]
            more = page["more"]
        return found

    def send(self, *statements: dict[str, Any], version: dict[str, str] = VERSION) -> list[str]:
        answer = self.here.client.post("/xapi/statements", json=list(statements), headers=version)
        assert answer.status_code == 200, answer.text
        ids: list[str] = answer.json()
        return ids


@pytest.fixture
def pair(start: Callable[..., Collector], tmp_path: Path) -> Pair:
    return make_pair(start, tmp_path)


def make_pair(start: Callable[..., Collector], tmp_path: Path, **store: str) -> Pair:
    file, password = tmp_path / "forward.yaml", tmp_path / "password"
    there = start(collector_store_url=str(tmp_path / "there" / "collector.db"))
    name, secret = there.credential("write", "read_all")
    password.write_text(f"{secret}\n")
    target = {"name": "central", "url": f"{there.url}/xapi", "user": name, "password_file": str(password)}
    file.write_text(yaml.safe_dump({"targets": [target]}))
    here = start(collector_forward_file=str(file), **store)
    return Pair(here, there, here.settings, file, target)


def test_everything_goes_on_once_and_in_order(pair: Pair) -> None:
    sent = pair.send(*(with_id() for _ in range(230)))  # three requests
    assert pair.once() == "central: 230 statements sent, 0 refused there."
    assert pair.arrived() == sent
    sent += pair.send(with_id())
    assert pair.once() == "central: 1 statements sent, 0 refused there."
    assert pair.arrived() == sent
    original, copy = (c.client.get(f"/xapi/statements?statementId={sent[0]}").json() for c in (pair.here, pair.there))
    assert copy["timestamp"] == original["timestamp"]  # when it happened, not when it was forwarded
    assert {k: v for k, v in copy.items() if k not in ("stored", "authority")} == {
        k: v for k, v in original.items() if k not in ("stored", "authority")
    }


def test_a_new_target_may_begin_now(pair: Pair) -> None:
    pair.set(start="now")
    pair.send(with_id())
    assert pair.once().startswith("central: 0 statements sent")
    sent = pair.send(with_id())
    pair.once()
    assert pair.arrived() == sent


def test_rules_choose_and_a_voiding_follows_what_it_voids(pair: Pair) -> None:
    pair.set(rules=[{"verb": "completed"}, {"verb": "answered", "activity": f"{LESSON}*", "agent": "*@example.org"}])
    ann, bob = {"mbox": "mailto:ann@example.org"}, {"mbox": "mailto:bob@example.com"}
    wanted = with_id(verb={"id": COMPLETED}, actor=bob)
    also = with_id(actor=ann)
    others = [with_id(actor=bob), with_id(actor=ann, object={"id": "https://a.example/1"}, context={})]
    ids = pair.send(wanted, *others, also)
    voidings = pair.send(referring(wanted["id"]), referring(others[0]["id"]), referring(str(uuid4())))
    pair.once()
    assert pair.arrived() == [also["id"], voidings[0], voidings[2]]  # the first is voided there as well
    assert pair.there.client.get(f"/xapi/statements?voidedStatementId={ids[0]}").status_code == 200


@pytest.mark.parametrize(
    ("rule", "takes"),
    [
        ({}, True),
        ({"verb": [COMPLETED, ANSWERED]}, True),
        ({"verb": "answered"}, True),
        ({"verb": "*/answered"}, True),
        ({"verb": "completed"}, False),
        ({"activity": CARD}, True),
        ({"activity": LESSON}, True),  # the parent
        ({"activity": LESSON[:-1]}, False),
        ({"agent": "https://7taps.com|*"}, True),
        ({"agent": "https://7taps.com|" + "a" * 32}, True),
        ({"agent": "ann@example.org"}, False),
        ({"verb": "answered", "agent": "ann@example.org"}, False),
    ],
)
def test_a_rule_takes_what_fits_all_of_it(rule: dict[str, Any], takes: bool) -> None:
    statement = seven_taps(context={"contextActivities": {"parent": [{"id": LESSON}]}})
    assert Rule.model_validate(rule).takes(statement) is takes


def test_both_versions_and_attachments_go_along(pair: Pair) -> None:
    content = b"a picture"
    declared = {
        "usageType": "https://a.example/photo",
        "display": {"en": "photo"},
        "contentType": "image/png",
        "length": len(content),
        "sha2": sha256(content).hexdigest(),
    }
    with_file = with_id(attachments=[declared])
    newer = with_id(
        context={"contextAgents": [{"objectType": "contextAgent", "agent": {"mbox": "mailto:c@a.example"}}]}
    )
    files = {
        "X-Experience-API-Hash": str(declared["sha2"]),
        "Content-Type": "image/png",
        "Content-Transfer-Encoding": "binary",
    }
    body, kind = multipart(with_file, content, files)
    pair.send(with_id())
    pair.send(newer, version=TWO)
    assert pair.here.client.post("/xapi/statements", content=body, headers={"Content-Type": kind}).status_code == 200
    pair.send(with_id())
    assert pair.once() == "central: 4 statements sent, 0 refused there."
    there = pair.there.client
    assert there.get(f"/xapi/statements?statementId={newer['id']}", headers=TWO).json()["version"] == "2.0.0"
    whole = there.get(f"/xapi/statements?statementId={with_file['id']}&attachments=true")
    assert content in whole.content


def test_a_target_of_1_0_gets_what_it_understands(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others, "ALL", ["1.0.3"])
    agents = [{"objectType": "contextAgent", "agent": {"mbox": "mailto:c@a.example"}}]
    plain, newer = with_id(), with_id(context={"contextAgents": agents})
    pair.send(plain, newer, version=TWO)
    old = pair.send(with_id())
    assert pair.once() == "central: 2 statements sent, 1 refused there."
    assert pair.arrived() == [plain["id"], *old]
    there = pair.there.client.get(f"/xapi/statements?statementId={plain['id']}").json()
    assert there["version"] == "1.0.0"  # as an LRS of 1.0.x calls what names no version
    connection = pair.here.database.connect()
    [kept] = list_refused(connection, "forward-central")
    connection.close()
    assert "contextAgents" in kept.refused.reason
    assert newer["id"].encode() in kept.refused.body


@pytest.mark.parametrize(
    ("status", "said", "only_one"),
    [
        (200, {"version": ["1.0.1", "1.0.3"]}, True),
        (200, {"version": ["1.0.3", "2.0.0"]}, False),
        (200, {"version": []}, False),
        (404, {}, False),
    ],
)
def test_a_target_says_what_it_speaks(status: int, said: dict[str, Any], only_one: bool) -> None:
    answers = httpx.MockTransport(lambda _: httpx.Response(status, json=said))
    with httpx.Client(base_url="http://there/xapi/", transport=answers) as client:
        assert speaks_only_one(client, "central") is only_one


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_a_target_speaks_is_asked_again_where_it_could_not_say(status: int) -> None:
    answers = httpx.MockTransport(lambda _: httpx.Response(status))
    with (
        httpx.Client(base_url="http://there/xapi/", transport=answers) as client,
        pytest.raises(SourceError, match=f"central answered {status}"),
    ):
        speaks_only_one(client, "central")


def multipart(statement: dict[str, Any], content: bytes, headers: dict[str, str]) -> tuple[bytes, str]:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    first = httpx.Request("POST", "http://a", json=statement).content
    body = b"--b\r\nContent-Type: application/json\r\n\r\n" + first + f"\r\n--b\r\n{head}\r\n".encode() + content
    return body + b"\r\n--b--\r\n", "multipart/mixed; boundary=b"


def test_one_that_the_target_refuses_stops_no_other(pair: Pair) -> None:
    conflict = with_id()
    pair.there.client.post("/xapi/statements", json=conflict | {"verb": {"id": COMPLETED}})
    sent = pair.send(with_id(), conflict, with_id())
    assert pair.once() == "central: 2 statements sent, 1 refused there."
    assert pair.arrived() == [conflict["id"], sent[0], sent[2]]
    connection = pair.here.database.connect()
    [kept] = list_refused(connection, "forward-central")
    connection.close()
    assert (kept.refused.status, kept.refused.path) == (409, "to central")
    assert conflict["id"].encode() in kept.refused.body
    assert pair.once() == "central: 0 statements sent, 0 refused there."


def test_a_target_that_is_away_keeps_its_place_and_says_so(pair: Pair) -> None:
    sent = pair.send(with_id(), with_id())
    address = pair.target["url"]
    pair.set(url="http://127.0.0.1:9/xapi")
    assert "does not answer" in pair.once()
    status = StatusFile.of(pair.settings.home).read("forward-central")
    assert (status.failing, status.errors, status.lag_lines) == (True, 1, 2)
    pair.set(url=address, user="c-nobody")
    assert "refuses the credential (401)" in pair.once()
    metrics = pair.here.client.get("/metrics").text
    assert 'collector_forward_lag_lines{target="forward-central"} 2' in metrics
    assert 'collector_forward_lag_seconds{target="forward-central"} ' in metrics
    pair.set(user=pair.there.credential("write")[0])
    assert "refuses the credential" in pair.once()  # its password is another
    name, secret = pair.there.credential("write", "read_all")
    Path(pair.target["password_file"]).write_text(secret)
    pair.set(user=name)
    pair.once()
    assert pair.arrived() == sent
    assert 'collector_forward_lag_lines{target="forward-central"} 0' in pair.here.client.get("/metrics").text


@pytest.mark.proof
def test_nothing_is_lost_when_the_process_is_killed(pair: Pair) -> None:
    """SIGKILL in the middle of a batch, again and again; each statement arrives there, once, in order."""
    process = KeptProcess("forwarding", pair.settings, _fast)
    process.start()
    sent, deadline = list[str](), time.monotonic() + 120
    try:
        for _ in range(KILLS):
            sent += pair.send(*(with_id() for _ in range(500)))
            before = len(pair.arrived())
            while len(pair.arrived()) == before and time.monotonic() < deadline:
                time.sleep(0.01)
            assert len(pair.arrived()) < len(sent), "nothing was under way any more"
            for child in multiprocessing.active_children():
                child.kill()
        while len(pair.arrived()) < len(sent) and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        process.close()
    assert pair.arrived() == sent


def _fast(settings: Settings, parent: Any) -> None:
    source.ForwardSource.pause = 0.1
    source._STATEMENTS = 10
    forward_forever(settings, parent)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("targets: [{name: central, url: 'http://lrs.example.org/xapi'}]", "https://"),
        ("targets: [{name: central, url: 'https://u:p@lrs.example.org/xapi'}]", "password"),
        ("targets: [{name: Central, url: 'https://a.example'}]", "name"),
        ("targets: [{name: a, url: 'https://a.example', rules: [{verbs: x}]}]", "verbs"),
        ("targets: [{name: a, url: 'https://a.example', rules: [{agent: anna}]}]", "e-mail"),
        ("targets: [{name: a, url: 'https://a.example'}, {name: a, url: 'https://b.example'}]", "same name"),
        ("{", "YAML"),
        ("[]", "list of targets"),
    ],
)
def test_a_wrong_file_stops_the_start_and_says_where(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "forward.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=says):
        load_targets(str(file))
    assert load_targets("") == ()
