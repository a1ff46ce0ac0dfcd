"""The store forgets the texts of statements that landing has: by age, by size, and never one that is needed."""

import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest
import yaml

from analytics_platform.collector import browser
from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.forwarding.running import forward_once
from analytics_platform.collector.store.erasing import erase
from analytics_platform.collector.store.retention import Keep, forget_statements
from analytics_platform.lake import open_lake

from .conftest import Collector
from .samples import CARD, referring, seven_taps, with_id

HOUR = 3_600_000_000


def forget(collector: Collector, keep: Keep, later: int = 0) -> int:
    connection = collector.database.connect()
    try:
        return forget_statements(connection, keep, time.time_ns() // 1000 + later)
    finally:
        connection.close()


def send(collector: Collector, *statements: dict[str, Any]) -> list[str]:
    answer = collector.client.post("/xapi/statements", json=list(statements))
    assert answer.status_code == 200, answer.text
    ids: list[str] = answer.json()
    return ids


def listed(collector: Collector, where: str = "") -> list[str]:
    answer = collector.client.get(f"/xapi/statements?ascending=true{where}")
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["statements"]]


def rows(collector: Collector, sql: str) -> list[Any]:
    connection = collector.database.connect()
    try:
        return connection.rows(sql)
    finally:
        connection.close()


def test_what_is_old_and_landed_goes(collector: Collector) -> None:
    old, unshipped = send(collector, with_id(), with_id()), []
    assert forget(collector, Keep(days=1 / 24), later=2 * HOUR) == 0  # landing has nothing yet
    collector.ship()
    assert forget(collector, Keep(), later=2 * HOUR) == 0
    assert forget(collector, Keep(days=1), later=2 * HOUR) == 0
    unshipped = send(collector, with_id())
    assert forget(collector, Keep(days=1 / 24), later=2 * HOUR) == 2
    assert listed(collector) == unshipped
    answer = collector.client.get(f"/xapi/statements?statementId={old[0]}")
    assert (answer.status_code, "no longer keeps" in answer.text) == (404, True)
    assert forget(collector, Keep(days=1 / 24), later=2 * HOUR) == 0
    entries = collector.build_lake("xapi/statements")
    assert sum(entry.stored for entry in entries) == 2  # the lake has them all the same
    collector.ship()
    assert forget(collector, Keep(days=1 / 24), later=2 * HOUR) == 1


def test_the_same_is_still_the_same_and_another_a_conflict(collector: Collector) -> None:
    statement = with_id()
    send(collector, statement)
    collector.ship()
    assert forget(collector, Keep(days=1), later=48 * HOUR) == 1
    where = f"/xapi/statements?statementId={statement['id']}"
    assert collector.client.put(where, json=statement).status_code == 204
    assert collector.client.put(where, json=statement | {"verb": {"id": "https://a.example/other"}}).status_code == 409
    assert rows(collector, "select count(*) from statements") == [(1,)]
    assert send(collector, referring(statement["id"]))  # voiding it, and referring to it, is possible
    assert send(collector, referring(statement["id"], "https://a.example/replied"))
    assert collector.client.get(f"/xapi/statements?voidedStatementId={statement['id']}").status_code == 404


def test_a_size_is_kept_and_the_oldest_go(collector: Collector) -> None:
    heavy = [with_id(result={"response": "x" * 300_000}) for _ in range(8)]
    for statement in heavy:
        send(collector, statement)
    collector.ship()
    assert forget(collector, Keep(megabytes=1)) == 5
    assert listed(collector) == [statement["id"] for statement in heavy[5:]]
    assert rows(collector, "select sum(size) <= 1048576 from statements") == [(1,)]


def test_what_is_still_to_be_forwarded_stays(start: Callable[..., Collector], tmp_path: Path) -> None:
    there = start(collector_store_url=str(tmp_path / "there" / "collector.db"))
    name, secret = there.credential("write")
    (tmp_path / "password").write_text(secret)
    target = {"name": "t", "url": f"{there.url}/xapi", "user": name, "password_file": str(tmp_path / "password")}
    (tmp_path / "forward.yaml").write_text(yaml.safe_dump({"targets": [target]}))
    here = start(collector_forward_file=str(tmp_path / "forward.yaml"))
    sent = send(here, with_id(), with_id())
    here.ship()
    keep = Keep(days=1, forwarded=("forward-t",))
    assert forget(here, keep, later=48 * HOUR) == 0
    assert forward_once(here.settings) == ["t: 2 statements sent, 0 refused there."]
    assert forget(here, keep, later=48 * HOUR) == 2
    assert forward_once(here.settings) == ["t: 0 statements sent, 0 refused there."]
    assert listed(there) == sent


def test_attachments_and_what_declares_them_stay(collector: Collector) -> None:
    content = b"a picture"
    hash_ = sha256(content).hexdigest()
    declared = {"usageType": "https://a.example/p", "display": {"en": "p"}, "contentType": "image/png",
                "length": len(content), "sha2": hash_}  # fmt: skip
    statement = with_id(attachments=[declared])
    head = f"Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {hash_}\r\n\r\n"
    parts = [b"Content-Type: application/json\r\n\r\n" + orjson.dumps(statement), head.encode() + content]
    body = b"--b\r\n" + b"\r\n--b\r\n".join(parts) + b"\r\n--b--\r\n"
    kind = {"Content-Type": "multipart/mixed; boundary=b"}
    assert collector.client.post("/xapi/statements", content=body, headers=kind).status_code == 200
    send(collector, with_id())
    collector.ship()
    assert forget(collector, Keep(days=1), later=48 * HOUR) == 1
    assert listed(collector) == [statement["id"]]
    agent = quote(orjson.dumps(seven_taps()["actor"]))
    assert listed(collector, f"&agent={agent}") == [statement["id"]]
    assert content in collector.client.get(f"/xapi/statements?statementId={statement['id']}&attachments=true").content


def test_whole_epochs_are_no_longer_found(collector: Collector) -> None:
    for _ in range(3):
        send(collector, *(seven_taps() for _ in range(1000)))
    collector.ship()
    assert {epoch for (epoch,) in rows(collector, "select distinct epoch from postings")} == {0, 1, 2}
    assert forget(collector, Keep(days=1), later=48 * HOUR) == 3000
    assert {epoch for (epoch,) in rows(collector, "select distinct epoch from postings")} == {2}  # it is not full yet
    assert listed(collector, f"&activity={CARD}") == []
    assert send(collector, with_id()) == listed(collector, f"&activity={CARD}")


def test_people_are_erased_and_looked_for_as_before(collector: Collector) -> None:
    gone = with_id(actor={"mbox": "mailto:ann@example.org"})
    send(collector, gone)
    collector.ship()
    forget(collector, Keep(days=1), later=48 * HOUR)
    left = send(collector, with_id(actor={"mbox": "mailto:ann@example.org"}), with_id())
    connection = collector.database.connect()
    try:
        assert [arrived.id for arrived in browser.statements(connection)] == left[::-1]
        with pytest.raises(Invalid, match="COLLECTOR_KEEP_DAYS"):
            browser.one(connection, gone["id"])
        erasures = open_lake(collector.settings).erasures
        erasures.add(["mbox:ann@example.org"])
        assert erase(connection, erasures.read()).statements == 1
    finally:
        connection.close()
    assert listed(collector) == left[1:]


def test_the_room_is_used_again(collector: Collector) -> None:
    """The file of SQLite: shortened rows alone would leave its pages as many as they were."""
    fill = [[seven_taps(result={"response": "x" * 2000}) for _ in range(500)] for _ in range(4)]
    for some in fill:
        send(collector, *some)
    collector.ship()
    [(pages,)] = rows(collector, "pragma page_count")
    assert forget(collector, Keep(days=1), later=48 * HOUR) == 2000
    [(free,)] = rows(collector, "pragma freelist_count")
    assert free > 0.7 * pages
    for some in fill:
        send(collector, *some)
    assert rows(collector, "pragma page_count")[0][0] <= pages * 1.1
