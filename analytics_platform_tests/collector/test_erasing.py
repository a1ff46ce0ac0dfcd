"""Erased people leave the collector's store: statements, documents, refused requests, and every byte of the file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics_platform.collector import shipping
from analytics_platform.collector.store.erasing import Taken, erase, identities_of, vacuum
from analytics_platform.lake import open_lake
from analytics_platform.lake.erased import Erased
from analytics_platform_tests.collector.conftest import VERSION, Collector
from analytics_platform_tests.collector.samples import with_id

ADA = {"mbox": "mailto:ada.canary@example.org", "name": "Ada Canary"}
EVE = {"mbox": "mailto:eve@example.org"}
AGENT = json.dumps(ADA)


@pytest.fixture
def collector(start: Callable[..., Collector]) -> Collector:
    return start()


def on_the_list(collector: Collector, *identifiers: str) -> Erased:
    erasures = open_lake(collector.settings).erasures
    assert erasures is not None
    erasures.add(identifiers)
    return erasures.read()


def take_out(collector: Collector, erased: Erased) -> Taken:
    connection = collector.database.connect()
    try:
        taken = erase(connection, erased, identities_of(connection, erased))
        vacuum(connection, "sqlite")
    finally:
        connection.close()
    return taken


def post(collector: Collector, *statements: dict[str, Any]) -> None:
    answer = collector.client.post("/xapi/statements", json=list(statements), headers=VERSION)
    assert answer.status_code == 200, answer.text


def bytes_of(settings_home: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted((settings_home / "collector").glob("*")))


def ship(collector: Collector) -> int:
    source = shipping.QueueSource(collector.database, 4 << 20, erasures=open_lake(collector.settings).erasures)
    return shipping.Pump(source, open_lake(collector.settings).landing).once()


def test_a_person_leaves_the_store_and_the_others_stay(collector: Collector) -> None:
    taught = with_id(actor=EVE, context={"instructor": ADA})
    post(collector, with_id(actor=ADA), with_id(actor=EVE, object={"objectType": "Agent", **ADA}), taught)
    post(collector, with_id(actor=EVE), with_id(actor=ADA))
    state = {"activityId": "https://a.example", "stateId": "s", "agent": AGENT}
    assert collector.client.put("/xapi/activities/state", params=state, content=b"x").status_code == 204
    broken = collector.client.post("/xapi/statements", json={"actor": ADA}, headers=VERSION)
    assert broken.status_code == 400
    assert b"ada.canary" in bytes_of(collector.settings.home).lower()
    taken = take_out(collector, on_the_list(collector, "mbox:ada.canary@example.org"))
    assert (taken.statements, taken.hidden, taken.documents, taken.refused) == (3, 1, 1, 1)
    assert b"canary" not in bytes_of(collector.settings.home).lower()
    seen = collector.client.get("/xapi/statements", headers=VERSION).json()["statements"]
    assert len(seen) == 2
    of_ada = {"agent": AGENT, "related_agents": "true"}
    assert collector.client.get("/xapi/statements", params=of_ada).json()["statements"] == []
    again = collector.client.get("/xapi/statements", params={"statementId": taught["id"]}).json()
    assert again["context"]["instructor"]["account"]["homePage"] == "https://erased.invalid"


def test_the_place_of_an_erased_statement_is_not_given_again(collector: Collector) -> None:
    """Else landing, which has everything up to a place, would never see the next statement."""
    post(collector, with_id(actor=EVE), with_id(actor=ADA))
    assert ship(collector) == 2
    take_out(collector, on_the_list(collector, "mbox:ada.canary@example.org"))
    post(collector, with_id(actor=EVE))
    assert ship(collector) == 1


def test_what_comes_again_is_taken_out_before_it_is_shipped(collector: Collector) -> None:
    on_the_list(collector, "mbox:ada.canary@example.org", "user:u-canary")
    post(collector, with_id(actor=ADA), with_id(actor=EVE))
    event = {"event_id": "e", "video_id": "v", "event_type": "play", "user_id": "u-canary", "video_time_sec": 1}
    assert collector.client.post("/v1/video/events", json=event).status_code < 300
    assert ship(collector) == 1
    seen = collector.client.get("/xapi/statements", headers=VERSION).json()["statements"]
    assert [one["actor"]["mbox"] for one in seen] == [EVE["mbox"]]
    landed = b"".join(file.read_bytes() for file in (collector.settings.home / "landing").rglob("*.zst"))
    assert landed
    post(collector, with_id(actor=ADA))
    assert ship(collector) == 0


def test_an_attachment_goes_with_the_last_statement_that_names_it(collector: Collector) -> None:
    connection = collector.database.connect()
    for sha2 in ("a" * 64, "b" * 64):
        connection.run("insert into attachments values (?, 'text/plain', ?)", [sha2, b"canary"])

    def naming(sha2: str) -> list[dict[str, Any]]:
        usage = {"usageType": "https://a.example/u", "display": {"en": "x"}, "contentType": "text/plain", "length": 6}
        return [{**usage, "sha2": sha2, "fileUrl": "https://a.example/f"}]

    post(collector, with_id(actor=ADA, attachments=naming("a" * 64)), with_id(actor=ADA, attachments=naming("b" * 64)))
    post(collector, with_id(actor=EVE, attachments=naming("b" * 64)))
    assert take_out(collector, on_the_list(collector, "mbox:ada.canary@example.org")).attachments == 1
    assert [sha2[0] for (sha2,) in connection.rows("select sha2 from attachments")] == ["b"]
    connection.close()
