"""GET finds what it is asked for: filters, pages, voiding and references in either order, formats."""

import json
from typing import Any

from .conftest import Collector
from .samples import CARD, LESSON, referring, seven_taps, with_id


def ask(collector: Collector, **parameters: Any) -> list[str]:
    answer = collector.client.get("/xapi/statements", params=parameters)
    assert answer.status_code == 200, answer.text
    return [statement["id"] for statement in answer.json()["statements"]]


def post(collector: Collector, *statements: dict[str, Any]) -> list[str]:
    answer = collector.client.post("/xapi/statements", json=list(statements))
    assert answer.status_code == 200, answer.text
    names: list[str] = answer.json()
    return names


def test_filters(collector: Collector) -> None:
    teacher = {"mbox": "mailto:teacher@example.org"}
    one, two, three = post(
        collector,
        with_id(),
        with_id(learner="b" * 32, verb={"id": "http://v.example/read"}, context={"instructor": teacher}),
        with_id(
            learner="c" * 32,
            object={"objectType": "SubStatement", **seven_taps("a" * 32)},
            context={"registration": "12345678-1234-1234-1234-123456789012"},
        ),
    )
    learner = json.dumps({"account": {"name": "a" * 32, "homePage": "https://7taps.com"}})
    assert ask(collector) == [three, two, one]
    assert ask(collector, ascending="true", limit=2) == [one, two]
    assert ask(collector, agent=learner) == [one]
    assert ask(collector, agent=learner, related_agents="true") == [three, one]
    assert ask(collector, agent=json.dumps(teacher)) == []
    assert ask(collector, agent=json.dumps(teacher), related_agents="true") == [two]
    assert ask(collector, activity=CARD) == [two, one]
    assert ask(collector, activity=LESSON) == []
    assert ask(collector, activity=LESSON, related_activities="true") == [three, one]
    assert ask(collector, activity=CARD, verb="http://v.example/read") == [two]
    assert ask(collector, registration="12345678-1234-1234-1234-123456789012") == [three]


def test_since_and_until(collector: Collector) -> None:
    [one] = post(collector, with_id())
    [two] = post(collector, with_id())
    stored = collector.client.get("/xapi/statements", params={"statementId": one}).json()["stored"]
    assert ask(collector, since=stored) == [two]
    assert ask(collector, until=stored) == [one]
    assert ask(collector, until="2020-01-01T00:00:00Z") == []


def test_more_leads_through_all_pages_once(collector: Collector) -> None:
    names = post(collector, *(with_id() for _ in range(25)))
    seen, link = [], "/xapi/statements?limit=10&ascending=true"
    while link:
        answer = collector.client.get(link).json()
        seen += [statement["id"] for statement in answer["statements"]]
        link = answer["more"]
    assert seen == names


def test_voiding_before_and_after_its_target(collector: Collector) -> None:
    early, late = with_id(), with_id()
    post(collector, early)
    voiding_early, voiding_late = post(collector, referring(early["id"]), referring(late["id"]))
    post(collector, late)
    assert set(ask(collector)) == {voiding_early, voiding_late}
    for name in (early["id"], late["id"]):
        assert collector.client.get("/xapi/statements", params={"statementId": name}).status_code == 404
        assert collector.client.get("/xapi/statements", params={"voidedStatementId": name}).status_code == 200
    post(collector, referring(voiding_early))  # a voiding statement is not voided itself
    assert collector.client.get("/xapi/statements", params={"statementId": voiding_early}).status_code == 200


def test_references_are_found_by_their_target_in_either_order(collector: Collector) -> None:
    target = with_id(verb={"id": "http://v.example/rare"})
    comment = referring(target["id"], verb="http://v.example/commented")
    second = referring(comment["id"], verb="http://v.example/commented")
    post(collector, second)
    post(collector, comment)
    post(collector, target)
    third = referring(second["id"], verb="http://v.example/commented")
    post(collector, third)
    assert set(ask(collector, verb="http://v.example/rare")) == {target["id"], comment["id"], second["id"], third["id"]}


def test_formats(collector: Collector) -> None:
    verb = {"id": "http://v.example/did", "display": {"en-US": "did", "de": "tat"}}
    [name] = post(collector, with_id(verb=verb, actor={"name": "A", "mbox": "mailto:a@example.org"}))
    where = {"statementId": name}
    ids = collector.client.get("/xapi/statements", params=where | {"format": "ids"}).json()
    assert (ids["actor"], ids["verb"], ids["object"]) == (
        {"mbox": "mailto:a@example.org"},
        {"id": verb["id"]},
        {"id": CARD},
    )
    german = collector.client.get(
        "/xapi/statements", params=where | {"format": "canonical"}, headers={"Accept-Language": "de, en;q=0.5"}
    ).json()
    assert german["verb"]["display"] == {"de": "tat"}
    assert list(german["object"]["definition"]["name"]) == ["en-US"]


def test_a_reader_of_its_own_sees_its_own(collector: Collector) -> None:
    [foreign] = post(collector, with_id())
    with collector.client_with("write", "read_own") as client:
        [own] = client.post("/xapi/statements", json=[with_id()]).json()
        assert [s["id"] for s in client.get("/xapi/statements").json()["statements"]] == [own]
        assert client.get("/xapi/statements", params={"statementId": foreign}).status_code == 404
