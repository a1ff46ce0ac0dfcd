"""Documents: ETags guard them, POST merges, listing knows since."""

import json

from .conftest import Collector

AGENT = json.dumps({"mbox": "mailto:a@example.org"})
PROFILE = {"activityId": "https://a.example/1", "profileId": "settings"}


def test_a_profile_is_not_overwritten_unseen(collector: Collector) -> None:
    client, where = collector.client, "/xapi/activities/profile"
    assert client.put(where, params=PROFILE, json={"a": 1}).status_code == 400
    assert client.put(where, params=PROFILE, json={"a": 1}, headers={"If-None-Match": "*"}).status_code == 204
    assert client.put(where, params=PROFILE, json={"a": 2}).status_code == 409
    assert client.put(where, params=PROFILE, json={"a": 2}, headers={"If-None-Match": "*"}).status_code == 412
    assert client.put(where, params=PROFILE, json={"a": 2}, headers={"If-Match": '"wrong"'}).status_code == 412
    etag = client.get(where, params=PROFILE).headers["ETag"]
    assert client.put(where, params=PROFILE, json={"a": 3}, headers={"If-Match": etag}).status_code == 204
    assert client.get(where, params=PROFILE).json() == {"a": 3}


def test_state_is_merged_listed_and_deleted(collector: Collector) -> None:
    client, where = collector.client, "/xapi/activities/state"
    base = {"activityId": "https://a.example/1", "agent": AGENT}
    assert client.put(where, params=base | {"stateId": "bookmark"}, json={"page": 1, "seen": [1]}).status_code == 204
    assert client.post(where, params=base | {"stateId": "bookmark"}, json={"page": 2}).status_code == 204
    assert client.get(where, params=base | {"stateId": "bookmark"}).json() == {"page": 2, "seen": [1]}
    assert client.put(where, params=base | {"stateId": "raw"}, content=b"\x00\xff").status_code == 204
    assert client.post(where, params=base | {"stateId": "raw"}, json={"a": 1}).status_code == 400
    assert client.get(where, params=base | {"stateId": "raw"}).content == b"\x00\xff"
    assert client.get(where, params=base).json() == ["bookmark", "raw"]
    assert client.get(where, params=base | {"since": "2099-01-01T00:00:00Z"}).json() == []
    assert client.delete(where, params=base).status_code == 204
    assert client.get(where, params=base).json() == []


def test_alternate_syntax_puts_a_document(collector: Collector) -> None:
    name, secret = collector.credential("admin")
    form = {"profileId": "p", "agent": AGENT, "content": '{"a":1}', "Content-Type": "application/json"}
    form |= {"If-None-Match": "*", "X-Experience-API-Version": "1.0.3"}
    answer = collector.client.post("/xapi/agents/profile?method=PUT", data=form, auth=(name, secret))
    assert answer.status_code == 204, answer.text
    assert collector.client.get("/xapi/agents/profile", params={"agent": AGENT, "profileId": "p"}).json() == {"a": 1}
