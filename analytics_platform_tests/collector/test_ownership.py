"""What belongs to one credential is not read, changed or voided by another, by whatever way."""

import hashlib
import json
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from analytics_platform.collector.store import transaction
from analytics_platform.collector.store.databases import open_database
from analytics_platform.collector.store.documents import read_document
from analytics_platform.collector.store.writes import DocumentKey

from .conftest import Collector
from .samples import CARD, referring, seven_taps, with_id
from .test_attachments import PICTURE, declared, send
from .test_migration import VERSION_2, OldStore, old

STATE = {"activityId": "https://a.example/1", "agent": '{"mbox":"mailto:a@example.org"}', "stateId": "bookmark"}
WHERE = "/xapi/activities/state"


@pytest.fixture
def anna(collector: Collector) -> Iterator[httpx.Client]:
    with collector.client_with("write", "read_own") as client:
        yield client


@pytest.fixture
def ben(collector: Collector) -> Iterator[httpx.Client]:
    with collector.client_with("write", "read_own") as client:
        yield client


def ids(client: httpx.Client, **parameters: str) -> list[str]:
    answer = client.get("/xapi/statements", params=parameters)
    assert answer.status_code == 200, answer.text
    return [statement["id"] for statement in answer.json()["statements"]]


def test_documents_are_those_of_who_made_them(collector: Collector, anna: httpx.Client, ben: httpx.Client) -> None:
    assert anna.put(WHERE, params=STATE, json={"secret": 1}).status_code == 204
    assert ben.get(WHERE, params=STATE).status_code == 404
    assert ben.post(WHERE, params=STATE, json={}).status_code == 204  # makes one of its own
    assert ben.get(WHERE, params=STATE).json() == {}
    assert anna.get(WHERE, params=STATE).json() == {"secret": 1}
    with collector.client_with("write") as blind:
        assert blind.put(WHERE, params=STATE, json={"mine": 1}).status_code == 204
        assert blind.delete(WHERE, params=STATE).status_code == 204
        whole = {name: STATE[name] for name in ("activityId", "agent")}
        assert blind.delete(WHERE, params=whole).status_code == 204
    assert anna.get(WHERE, params=STATE).json() == {"secret": 1}
    assert ben.delete(WHERE, params=STATE).status_code == 204
    # Who sees all changes what it sees, and whose it is stays.
    assert collector.client.post(WHERE, params=STATE, json={"seen": True}).status_code == 204
    assert anna.get(WHERE, params=STATE).json() == {"secret": 1, "seen": True}
    assert collector.client.delete(WHERE, params=STATE).status_code == 204
    assert anna.get(WHERE, params=STATE).status_code == 404


def test_canonical_shows_nothing_of_others(collector: Collector, anna: httpx.Client, ben: httpx.Client) -> None:
    anna.post("/xapi/statements", json=with_id())
    ben.post("/xapi/statements", json=with_id(object={"id": CARD}))
    [own] = ben.get("/xapi/statements", params={"format": "canonical"}).json()["statements"]
    assert own["object"] == {"id": CARD}
    both = collector.client.get("/xapi/statements", params={"format": "canonical"}).json()["statements"]
    assert all("definition" in statement["object"] for statement in both)


def test_the_hash_of_a_file_is_no_right_to_read_it(collector: Collector, anna: httpx.Client, ben: httpx.Client) -> None:
    assert send(anna, with_id(attachments=[declared(PICTURE)]), PICTURE).status_code == 200
    claimed = with_id(attachments=[declared(PICTURE, fileUrl="http://f.example/")])
    assert ben.post("/xapi/statements", json=claimed).status_code == 200
    assert PICTURE not in ben.get("/xapi/statements", params={"attachments": "true"}).content
    assert PICTURE in anna.get("/xapi/statements", params={"attachments": "true"}).content
    assert PICTURE in collector.client.get("/xapi/statements", params={"attachments": "true"}).content
    assert send(ben, with_id(attachments=[declared(PICTURE)]), PICTURE).status_code == 200  # now it has it
    assert PICTURE in ben.get("/xapi/statements", params={"attachments": "true"}).content


@pytest.mark.parametrize("first", ["target", "reference"])
def test_filters_tell_nothing_of_a_target_of_somebody_else(
    collector: Collector, anna: httpx.Client, ben: httpx.Client, first: str
) -> None:
    hidden = with_id()
    mine = referring(hidden["id"], "http://v.example/saw")
    own = referring(hidden["id"], "http://v.example/saw")
    posts = [(anna, hidden), (ben, mine), (anna, own)]
    for client, statement in posts if first == "target" else reversed(posts):
        assert client.post("/xapi/statements", json=statement).status_code == 200
    assert ids(ben, activity=CARD) == []
    assert ids(ben) == [mine["id"]]
    assert set(ids(anna, activity=CARD)) == {hidden["id"], own["id"]}
    assert set(ids(collector.client, activity=CARD)) == {hidden["id"], mine["id"], own["id"]}


def test_voiding_another_ones_statement_is_a_right_of_its_own(
    collector: Collector, anna: httpx.Client, ben: httpx.Client
) -> None:
    one, two = with_id(), with_id()
    anna.post("/xapi/statements", json=[one, two])
    refused = ben.post("/xapi/statements", json=[with_id(), referring(one["id"])])
    assert refused.status_code == 403
    assert ids(ben) == []
    lenient = ben.post("/v1/xapi/batch", json=[with_id(), referring(one["id"])]).json()
    assert [verdict["verdict"] for verdict in lenient["verdicts"]] == ["stored", "refused"]
    assert set(ids(anna)) == {one["id"], two["id"]}
    with collector.client_with("write", "void_all") as tidy:
        assert tidy.post("/xapi/statements", json=referring(one["id"])).status_code == 200
    own = referring(two["id"])
    assert anna.post("/xapi/statements", json=own).status_code == 200
    assert ids(anna) == [own["id"]]


def test_voiding_what_has_not_come_yet(collector: Collector, anna: httpx.Client, ben: httpx.Client) -> None:
    one, two = with_id(), with_id()
    ben.post("/xapi/statements", json=referring(one["id"]))  # it cannot be known whose it will be
    with collector.client_with("write", "void_all") as tidy:
        tidy.post("/xapi/statements", json=referring(two["id"]))
    anna.post("/xapi/statements", json=[one, two])
    assert ids(anna) == [one["id"]]


def test_a_content_type_cannot_break_an_answer(collector: Collector) -> None:
    name, secret = collector.credential("admin")
    form = STATE | {"content": "x", "X-Experience-API-Version": "1.0.3"}
    for kind in ("text/plain\r\nX-Evil: 1", "text/plain\n", "ä", "a" * 300, ""):
        answer = collector.client.post(f"{WHERE}?method=PUT", data=form | {"Content-Type": kind}, auth=(name, secret))
        assert answer.status_code == 400, kind
    connection = collector.database.connect()
    collector.client.put(WHERE, params=STATE, content=b"x")
    with connection.transaction():
        connection.run("update documents set content_type = ?", ["a\r\nb"])  # an older version took it
    connection.close()
    found = collector.client.get(WHERE, params=STATE)
    assert (found.status_code, found.headers["Content-Type"]) == (200, "application/octet-stream")


@pytest.mark.parametrize("kind", ["text/html", "Text/HTML; charset=utf-8", "image/svg+xml", "application/xhtml+xml"])
def test_no_page_is_served(collector: Collector, kind: str) -> None:
    page = b"<script>alert(1)</script>"
    assert collector.client.put(WHERE, params=STATE, content=page, headers={"Content-Type": kind}).status_code == 204
    found = collector.client.get(WHERE, params=STATE)
    assert (found.content, found.headers["Content-Type"]) == (page, "text/plain")
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert found.headers["Content-Security-Policy"].startswith("sandbox")
    kept = collector.client.put(WHERE, params=STATE, content=page, headers={"Content-Type": "image/png"})
    assert kept.status_code == 204
    assert collector.client.get(WHERE, params=STATE).headers["Content-Type"] == "image/png"


def test_an_attachment_may_have_another_length_than_is_declared(collector: Collector) -> None:
    """ADL's conformance suite wants it taken; the hash decides."""
    assert send(collector.client, with_id(attachments=[declared(PICTURE, length=3)]), PICTURE).status_code == 200


def test_a_packed_strict_body_is_415(collector: Collector) -> None:
    answer = collector.client.post("/xapi/statements", json=with_id(), headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 415


def test_nobody_else_reads_the_store(collector: Collector, tmp_path: Path) -> None:
    collector.client.post("/xapi/statements", json=with_id())
    folder = collector.settings.home / "collector"
    files = list(folder.iterdir())
    assert len(files) >= 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    older = tmp_path / "older.db"
    older.touch(0o644)
    open_database(str(older))
    assert stat.S_IMODE(older.stat().st_mode) == 0o600


def test_a_clock_that_ran_ahead(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    perform = transaction.perform
    ahead = 0

    def with_clock(connection: Any, writes: Any, now: int) -> Any:
        return perform(connection, writes, now + ahead)

    monkeypatch.setattr("analytics_platform.collector.store.writer.perform", with_clock)
    names = []
    for ahead in (0, 86_400_000_000, 86_400_000_000, 0, 0, 3_600_000_000, 0):  # noqa: B007 (the clock reads it)
        statement = with_id()
        names.append(statement["id"])
        collector.client.post("/xapi/statements", json=statement)
    found = collector.client.get("/xapi/statements", params={"ascending": "true"}).json()["statements"]
    assert [statement["id"] for statement in found] == names
    stored = [statement["stored"] for statement in found]
    assert stored[3] < stored[1] <= stored[2]  # it recovered at once
    assert stored[3] < stored[4] < stored[5]
    assert stored[6] < stored[5]
    assert "a clock ran ahead" in caplog.text
    for ascending in ("true", "false"):
        order = 1 if ascending == "true" else -1
        for time_of in stored:
            later = [name for name, at in zip(names, stored, strict=True) if at > time_of]
            earlier = [name for name, at in zip(names, stored, strict=True) if at <= time_of]
            assert ids(collector.client, since=time_of, ascending=ascending) == later[::order]
            assert ids(collector.client, until=time_of, ascending=ascending) == earlier[::order]
            assert ids(collector.client, since=time_of, activity=CARD, ascending=ascending) == later[::order]


def test_a_clock_that_is_set_back_a_little_is_waited_for(collector: Collector) -> None:
    connection = collector.database.connect()
    collector.client.post("/xapi/statements", json=with_id())
    with connection.transaction():
        connection.run("update statements set stored = stored + 30000000")
    collector.client.post("/xapi/statements", json=with_id())
    rows = connection.rows("select stored from statements order by seq")
    assert rows[0] == rows[1]
    assert connection.rows("select * from clock_steps") == []
    connection.close()


def test_owners_of_an_older_store(old: OldStore) -> None:
    older = VERSION_2.replace(
        "primary key (kind, activity, agent, registration, name, owner)",
        "primary key (kind, activity, agent, registration, name)",
    )
    old.make(older)
    old.connection.run("drop table attachment_owners")
    old.connection.run(
        "insert into documents values ('state', 'a', 'b', '', 'n', 'c-1', 'text/plain', '\"e\"', 5, ?)", [b"x"]
    )
    sha2 = hashlib.sha256(PICTURE).hexdigest()
    for place, more in ((1, {}), (2, {"fileUrl": "http://f.example/"})):
        body = json.dumps(seven_taps(attachments=[declared(PICTURE, **more)]))
        old.connection.run(
            "insert into statements values (?, ?, ?, 1, ?, 8, 2, ?)",
            [place, bytes(15) + bytes([place]), b"f", f"c-{place}", body],
        )
    old.connection.run("insert into attachments values (?, 'image/png', ?)", [sha2, PICTURE])
    for _ in range(2):
        connection = open_database(old.address).connect()
        key = DocumentKey("state", "a", "b", "", "n")
        found = read_document(connection, key, "c-1")
        assert found is not None
        assert (found.owner, found.content) == ("c-1", b"x")
        assert read_document(connection, key, "c-2") is None
        assert connection.rows("select owner from attachment_owners") == [("c-1",)]
        connection.close()


def test_a_document_of_a_long_name(collector: Collector) -> None:
    answer = collector.client.put(WHERE, params=STATE | {"stateId": "n" * 3000}, content=b"x")
    assert answer.status_code == 413


def test_a_credential_may_have_a_rate(start: Callable[..., Collector]) -> None:
    from analytics_platform.collector.store.credentials import add_credential

    collector = start()
    connection = collector.database.connect()
    who = add_credential(connection, "slow", ("write",), 5.0)
    connection.close()
    with httpx.Client(base_url=collector.url, auth=who, headers=collector.client.headers) as client:
        codes = [client.post("/xapi/statements", json=with_id()).status_code for _ in range(10)]
        assert codes[:5] == [200] * 5
        assert codes.count(429) >= 3
        time.sleep(1.1)
        assert client.post("/xapi/statements", json=with_id()).status_code == 200


__all__ = ["old"]
