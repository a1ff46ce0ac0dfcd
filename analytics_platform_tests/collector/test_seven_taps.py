"""What 7taps really does works without configuration."""

import time
from uuid import uuid4

import pytest

from .conftest import Collector
from .samples import CARD, LESSON, seven_taps


def test_put_once_again_and_differently(collector: Collector) -> None:
    where = f"/xapi/statements?statementId={uuid4()}"
    assert collector.client.put(where, json=seven_taps()).status_code == 204
    assert collector.client.put(where, json=seven_taps()).status_code == 204
    answer = collector.client.put(where, json=seven_taps(result={"response": "other"}))
    assert answer.status_code == 409
    stored = collector.client.get(where).json()
    assert stored["result"]["response"] == "none"
    assert stored["timestamp"] == stored["stored"]
    assert stored["context"]["contextActivities"]["parent"] == [{"id": LESSON}]
    assert collector.ship() == 1


def test_the_same_statement_written_otherwise_is_the_same(collector: Collector) -> None:
    first = seven_taps(timestamp="2026-03-01T10:00:00Z", verb={"id": "http://a.example/did", "display": {"en": "did"}})
    again = dict(reversed(seven_taps(timestamp="2026-03-01T11:00:00.000+01:00", version="1.0.0").items()))
    again["verb"] = {"id": "http://a.example/did"}
    where = f"/xapi/statements?statementId={uuid4()}"
    assert collector.client.put(where, json=first).status_code == 204
    assert (
        collector.client.put(
            where.upper().replace("STATEMENTID", "statementId").replace("/XAPI/STATEMENTS", "/xapi/statements"),
            json=again,
        ).status_code
        == 204
    )
    again["timestamp"] = "2026-03-01T11:00:01.000+01:00"
    assert collector.client.put(where, json=again).status_code == 409


@pytest.mark.parametrize("path", ["/xapi/statements/", "/statements", "/statements//", "/xAPI/statements"])
def test_paths_that_end_in_statements(collector: Collector, path: str) -> None:
    assert collector.client.put(f"{path}?statementId={uuid4()}", json=seven_taps()).status_code == 204


def test_the_envelope_of_older_exports(collector: Collector) -> None:
    envelope = {"event_type": "xapi_statement", "timestamp": "2026-02-03T04:05:06Z", "data": seven_taps()}
    name = collector.client.post("/xapi/statements", json=envelope).json()[0]
    stored = collector.client.get("/xapi/statements", params={"statementId": name}).json()
    assert stored["object"]["id"] == CARD
    assert stored["timestamp"] == "2026-02-03T04:05:06Z"


def test_wrong_requests_say_what_is_wrong(collector: Collector) -> None:
    client, name = collector.client, str(uuid4())
    assert client.put("/xapi/statements", json=seven_taps()).json()["where"] == "statementId"
    other = client.put(f"/xapi/statements?statementId={name}", json=seven_taps(id=str(uuid4())))
    assert (other.status_code, other.json()["where"]) == (400, "id")
    none = client.put(f"/xapi/statements?statementId={name}", json=seven_taps(), auth=("nobody", "x"))
    assert none.status_code == 401
    assert none.headers["WWW-Authenticate"].startswith("Basic")
    old = client.put(
        f"/xapi/statements?statementId={name}", json=seven_taps(), headers={"X-Experience-API-Version": "0.95"}
    )
    assert (old.status_code, old.headers["X-Experience-API-Version"]) == (400, "1.0.3")


def test_a_batch_is_taken_whole_or_not_at_all(collector: Collector) -> None:
    good, bad = seven_taps(id=str(uuid4())), seven_taps(actor={"name": "nobody"})
    answer = collector.client.post("/xapi/statements", json=[good, good | {"id": str(uuid4())}, bad])
    assert (answer.status_code, answer.json()["where"]) == (400, "[2].actor")
    twice = collector.client.post("/xapi/statements", json=[good, good])
    assert (twice.status_code, twice.json()["where"]) == (400, "[1].id")
    assert collector.client.get("/xapi/statements").json()["statements"] == []
    assert collector.client.post("/xapi/statements", json=[good]).json() == [good["id"]]


def test_the_lake_reads_what_was_shipped(collector: Collector) -> None:
    before = time.gmtime()
    for learner in ("a" * 32, "b" * 32):
        collector.client.put(f"/xapi/statements?statementId={uuid4()}", json=seven_taps(learner))
    assert collector.ship() == 2
    assert collector.ship() == 0
    entries = collector.build_lake("xapi/statements")
    assert [(entry.stored, entry.duplicate, entry.quarantined) for entry in entries] == [(2, 0, 0)]
    assert entries[0].day.year == before.tm_year
