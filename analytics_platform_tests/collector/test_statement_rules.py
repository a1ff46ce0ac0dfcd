"""A statement that breaks a rule is refused, and the answer names the place."""

from typing import Any

import pytest

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.xapi.preparing import prepare

from .samples import seven_taps

AUTHORITY = {"account": {"homePage": "https://c.example", "name": "c"}}
_AGENT = {"mbox": "mailto:a@example.org"}
_ACTIVITY = {"id": "https://a.example/1"}

BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"actor": None}, "actor"),
    ({"actor": {"mbox": "a@example.org"}}, "actor.mbox"),
    ({"actor": _AGENT | {"openid": "https://o.example"}}, "actor"),
    ({"actor": _AGENT | {"objectType": "agent"}}, "actor.objectType"),
    ({"actor": _AGENT | {"member": []}}, "actor.member"),
    ({"actor": {"objectType": "Group", "name": "none"}}, "actor.member"),
    ({"actor": {"objectType": "Group", "member": [{"objectType": "Group", **_AGENT}]}}, "actor.member[0].objectType"),
    ({"actor": {"account": {"name": "a", "homePage": "7taps.com"}}}, "actor.account.homePage"),
    ({"verb": {"id": "answered"}}, "verb.id"),
    ({"verb": {"id": "http://v.example/x", "display": {"not a tag": "x"}}}, "verb.display.not a tag"),
    ({"object": _ACTIVITY | {"Definition": {}}}, "object.Definition"),
    ({"object": {"objectType": "StatementRef", "id": "x"}}, "object.id"),
    ({"object": _ACTIVITY | {"definition": {"choices": []}}}, "object.definition.interactionType"),
    ({"object": _ACTIVITY | {"definition": {"interactionType": "likert", "choices": []}}}, "object.definition.choices"),
    (
        {"object": {"objectType": "SubStatement", "actor": _AGENT, "verb": {"id": "http://v.example/x"}, "id": "x"}},
        "object.object",
    ),
    ({"result": {"score": {"scaled": 1.1}}}, "result.score.scaled"),
    ({"result": {"score": {"min": 2, "max": 1}}}, "result.score.min"),
    ({"result": {"duration": "65 s"}}, "result.duration"),
    ({"result": {"success": "true"}}, "result.success"),
    ({"result": {"extensions": {"score": 1}}}, "result.extensions.score"),
    ({"context": {"registration": "12"}}, "context.registration"),
    ({"context": {"contextActivities": {"parents": []}}}, "context.contextActivities.parents"),
    ({"context": {"contextActivities": {"parent": [_ACTIVITY, {}]}}}, "context.contextActivities.parent[1].id"),
    ({"context": {"language": "english please"}}, "context.language"),
    ({"context": {"platform": "x"}, "object": {"objectType": "Agent", **_AGENT}}, "context.platform"),
    ({"timestamp": "yesterday"}, "timestamp"),
    ({"timestamp": "2026-02-30T00:00:00Z"}, "timestamp"),
    ({"timestamp": "2026-02-03T00:00:00-00:00"}, "timestamp"),
    ({"version": "2.0.0"}, "version"),
    ({"id": "not-a-uuid"}, "id"),
    ({"attachments": [{"usageType": "http://u.example/x"}]}, "attachments[0].display"),
    ({"unknown": 1}, "unknown"),
    ({"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}}, "object.objectType"),
]


@pytest.mark.parametrize(
    ("change", "where"), BROKEN, ids=[f"{where} {number}" for number, (_, where) in enumerate(BROKEN)]
)
def test_the_place_is_named(change: dict[str, Any], where: str) -> None:
    with pytest.raises(Invalid) as refusal:
        prepare(seven_taps(**change), AUTHORITY)
    assert refusal.value.where == where


@pytest.mark.parametrize("value", [None, 3, "text", [], True])
def test_what_is_no_statement(value: Any) -> None:
    with pytest.raises(Invalid):
        prepare(value, AUTHORITY)


def test_nesting_has_an_end() -> None:
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    with pytest.raises(Invalid, match="nested deeper"):
        prepare(seven_taps(result={"extensions": {"http://e.example/deep": deep}}), AUTHORITY)
