"""xAPI 1.0.x and 2.0 side by side: who is held to which rules, and what each reads of the other."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import orjson
import pytest

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.xapi.comparison import same
from analytics_platform.collector.xapi.preparing import prepare
from analytics_platform.collector.xapi.versions import Spoken, spoken_in

from .conftest import Collector
from .samples import referring, seven_taps, with_id

ONE, TWO = {"X-Experience-API-Version": "1.0.3"}, {"X-Experience-API-Version": "2.0.0"}
COACH = {"objectType": "Agent", "mbox": "mailto:coach@example.org"}
GROUP = {"objectType": "Group", "account": {"homePage": "https://school.example.org", "name": "class 7"}}
ROLE = "https://w3id.org/xapi/roles/coach"
AGENTS = [{"objectType": "contextAgent", "agent": COACH, "relevantTypes": [ROLE]}]
GROUPS = [{"objectType": "contextGroup", "group": GROUP}]
OURS = {"objectType": "Agent", "account": {"homePage": "https://collector.invalid", "name": "c"}}


def of_two(**changes: Any) -> dict[str, Any]:
    return with_id(context={"contextAgents": AGENTS, "contextGroups": GROUPS}, **changes)


def read(client: httpx.Client, name: str, version: dict[str, str]) -> dict[str, Any]:
    answer = client.get(f"/xapi/statements?statementId={name}", headers=version)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(
    ("header", "spoken"),
    [("1.0", Spoken.ONE), ("1.0.3", Spoken.ONE), ("1.0.9", Spoken.ONE), ("2.0", Spoken.TWO), ("2.0.0", Spoken.TWO)]
    + [(wrong, None) for wrong in (None, "", "0.95", "1.1.0", "2.1", "3.0.0", "2", "2.0.0.0", "x2.0.0")],
)
def test_a_header_names_a_version(header: str | None, spoken: Spoken | None) -> None:
    assert spoken_in(header) is spoken


def test_each_client_is_answered_in_its_version(collector: Collector) -> None:
    client = collector.client
    for sent, said in (("1.0", "1.0.3"), ("1.0.1", "1.0.3"), ("2.0", "2.0.0"), ("2.0.4", "2.0.0")):
        answer = client.get("/xapi/statements", headers={"X-Experience-API-Version": sent})
        assert (answer.status_code, answer.headers["x-experience-api-version"]) == (200, said)
    about = client.get("/xapi/about").json()
    assert about["version"] == ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"]


def test_who_names_no_version_is_refused_in_the_one_it_spoke_last(collector: Collector) -> None:
    with httpx.Client(base_url=collector.url, auth=collector.credential("read_all")) as nameless:
        for said in ("1.0.3", "2.0.0", "1.0.3"):
            nameless.get("/xapi/statements", headers={"X-Experience-API-Version": said})
            for wrong in ({}, {"X-Experience-API-Version": "3.0.0"}):
                refused = nameless.get("/xapi/statements", headers=wrong)
                assert (refused.status_code, refused.headers["x-experience-api-version"]) == (400, said)
    stranger = httpx.get(f"{collector.url}/xapi/statements")
    assert (stranger.status_code, stranger.headers["x-experience-api-version"]) == (401, "1.0.3")


def test_a_statement_keeps_its_version_and_is_read_alike_by_both(collector: Collector) -> None:
    client = collector.client
    older, newer, named = with_id(), of_two(), with_id(version="1.0.2")
    assert client.post("/xapi/statements", json=older, headers=ONE).status_code == 200
    assert client.post("/xapi/statements", json=[newer, named], headers=TWO).status_code == 200
    for sent, version in ((older, "1.0.0"), (newer, "2.0.0"), (named, "1.0.2")):
        by_one, by_two = (read(client, sent["id"], speaks) for speaks in (ONE, TWO))
        assert by_one == by_two
        assert by_one["version"] == version
    assert read(client, newer["id"], ONE)["context"] == newer["context"]


def test_what_is_new_in_two_is_refused_of_who_speaks_one(collector: Collector) -> None:
    refused = collector.client.post("/xapi/statements", json=of_two(), headers=ONE)
    assert refused.status_code == 400
    assert refused.json()["where"] == "context.contextAgents"
    assert "2.0.0" in refused.json()["error"]
    assert collector.client.post("/xapi/statements", json=with_id(version="2.0.0"), headers=ONE).status_code == 400
    assert collector.client.post("/xapi/statements", json=with_id(version="2.1.0"), headers=TWO).status_code == 400


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("contextAgents", AGENTS[0]),
        ("contextAgents", [{"agent": COACH}]),
        ("contextAgents", [{"objectType": "contextAgents", "agent": COACH}]),
        ("contextAgents", [{"objectType": "contextAgent", "agent": GROUP}]),
        ("contextAgents", [{"objectType": "contextAgent", "agent": {"name": "nobody"}}]),
        ("contextAgents", [{"objectType": "contextAgent", "agent": COACH, "relevantTypes": []}]),
        ("contextAgents", [{"objectType": "contextAgent", "agent": COACH, "relevantTypes": ["coach"]}]),
        ("contextAgents", [{"objectType": "contextAgent", "agent": COACH, "role": ROLE}]),
        ("contextGroups", [{"objectType": "contextGroup", "group": COACH}]),
        ("contextGroups", [{"objectType": "contextGroup", "agent": GROUP}]),
        ("contextGroups", None),
    ],
)
def test_related_agents_and_groups_have_a_form(name: str, value: Any) -> None:
    for whole in (
        seven_taps(context={name: value}),
        seven_taps(object={"objectType": "SubStatement", **seven_taps(context={name: value})}),
    ):
        with pytest.raises(Invalid):
            prepare(whole, OURS, spoken=Spoken.TWO)


def test_related_agents_are_found_and_shortened(collector: Collector) -> None:
    sent = of_two()
    collector.client.post("/xapi/statements", json=sent, headers=TWO)
    for who in (COACH, GROUP):
        agent = quote(orjson.dumps(who))
        for related, count in (("true", 1), ("false", 0)):
            where = f"/xapi/statements?agent={agent}&related_agents={related}"
            assert len(collector.client.get(where, headers=TWO).json()["statements"]) == count
    short = collector.client.get("/xapi/statements?format=ids", headers=TWO).json()["statements"][0]["context"]
    assert short["contextAgents"] == AGENTS  # there is nothing in it that does not identify
    assert short["contextGroups"][0]["group"] == GROUP


def test_times_of_two_are_stored_in_utc() -> None:
    for sent, stored in (
        ("2026-03-01T12:00:00-05:00", "2026-03-01T17:00:00Z"),
        ("2026-03-01T12:00:00.25+05:30", "2026-03-01T06:30:00.250000Z"),
        ("2026-03-01T12:00:00.123456789Z", "2026-03-01T12:00:00.123456789Z"),
    ):
        for spoken, kept in ((Spoken.TWO, stored), (Spoken.ONE, sent)):
            body = orjson.loads(prepare(seven_taps(timestamp=sent), OURS, spoken=spoken).body)
            assert body["timestamp"] == kept


def test_durations_are_compared_to_a_hundredth_of_a_second() -> None:
    def lasting(duration: str) -> dict[str, Any]:
        return seven_taps(result={"duration": duration})

    for one, other, alike in (
        ("P1DT12H36M0.12567S", "P1DT12H36M0.12S", True),
        ("PT1.999S", "PT1.99S", True),
        ("PT1.50S", "PT1,5S", True),
        ("PT1.001S", "PT1S", True),
        ("PT1.01S", "PT1S", False),
        ("PT1.999S", "PT2S", False),
        ("PT1.5M", "PT1.501M", False),
        ("PT1.5H1S", "PT1.5H2S", False),
    ):
        assert same(lasting(one), lasting(other)) is alike, (one, other)


def test_sent_again_by_the_other_version_is_the_same_statement(collector: Collector) -> None:
    sent = with_id(timestamp="2026-03-01T12:00:00-05:00")
    where = f"/xapi/statements?statementId={sent['id']}"
    for headers in (TWO, ONE, TWO):
        assert collector.client.put(where, json=sent, headers=headers).status_code == 204
    assert read(collector.client, sent["id"], ONE)["version"] == "2.0.0"


def test_a_state_is_guarded_where_two_is_spoken(collector: Collector) -> None:
    where = f"/xapi/activities/state?activityId=https://a.example/1&agent={quote(orjson.dumps(COACH))}&stateId=s"
    client = collector.client
    assert client.put(where, json={"page": 1}, headers=TWO).status_code == 204
    refused = client.put(where, json={"page": 2}, headers=TWO)
    assert refused.status_code == 409
    assert refused.text
    assert client.put(where, json={"page": 2}, headers={**TWO, "If-Match": '"1234"'}).status_code == 412
    tag = client.get(where, headers=TWO).headers["etag"]
    assert client.put(where, json={"page": 2}, headers={**TWO, "If-Match": tag}).status_code == 204
    assert client.put(where, json={"page": 3}, headers=ONE).status_code == 204  # optional in 1.0.x
    assert client.get(where, headers=ONE).json() == {"page": 3}


def test_two_has_no_alternate_syntax(collector: Collector) -> None:
    form = {"statementId": str(uuid4()), "content": orjson.dumps(seven_taps()).decode()}
    for headers, version in ((TWO, {}), (ONE, TWO), ({}, TWO)):
        answer = collector.client.post("/xapi/statements?method=PUT", data=form | version, headers=headers)
        assert answer.status_code == 400, (headers, version)
    assert collector.client.post("/xapi/statements?method=PUT", data=form | ONE).status_code == 204


def test_bulk_and_files_hear_what_each_statement_speaks(collector: Collector) -> None:
    mixed = [with_id(), of_two(), with_id(version="2.0.0"), with_id(version="1.0.1"), with_id(version="3.0.0")]
    answer = collector.client.post("/v1/xapi/batch", json=mixed).json()
    assert [verdict["verdict"] for verdict in answer["verdicts"]] == ["stored"] * 4 + ["refused"]
    versions = [read(collector.client, sent["id"], ONE)["version"] for sent in mixed[:4]]
    assert versions == ["1.0.0", "2.0.0", "2.0.0", "1.0.1"]


def test_the_fast_path_says_what_the_full_path_says(start: Callable[..., Collector]) -> None:
    """A SubStatement takes the full path; the same context directly takes the fast one the second time."""
    client = start().client
    for _ in range(2):
        fast, full = of_two(), of_two(object={"objectType": "SubStatement", **seven_taps()})
        for speaks, status in ((ONE, 400), (TWO, 200)):
            assert client.post("/xapi/statements", json=fast, headers=speaks).status_code == status
            assert client.post("/xapi/statements", json=full, headers=speaks).status_code == status


def test_statements_of_two_reach_the_lake(collector: Collector) -> None:
    client = collector.client
    voided = of_two(timestamp="2026-03-01T12:00:00+07:00")
    sent = [voided, of_two(), of_two(object={"objectType": "SubStatement", **seven_taps(context=of_two()["context"])})]
    assert client.post("/xapi/statements", json=[*sent, referring(voided["id"])], headers=TWO).status_code == 200
    collector.ship()
    entries = collector.build_lake("xapi/statements")
    assert (sum(entry.stored for entry in entries), sum(entry.quarantined for entry in entries)) == (4, 0)
