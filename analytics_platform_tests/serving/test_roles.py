"""Every route with every role: no server errors, and nobody sees a name, a text or a cohort that is not theirs."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from analytics_platform_tests.semantics.organisation import CANARIES, HARBOUR, HILL
from analytics_platform_tests.serving.conftest import Served

VALUES = {
    "person_id": "p6",
    "video_id": "vid-1",
    "conversation_id": "c-p6",
    "series_id": "s",
    "name": "answers",
    "dashboard_id": "learning",
    "report_type": "app",
    "export_type": "responses",
    "contains": "kumquat",
}
BODIES: dict[str, list[Any]] = {
    "/api/metrics/query": [
        {"metrics": ["answers", "people_completed"], "group_by": ["cohort"]},
        {"metrics": ["answers", "correct_rate"], "group_by": ["person"]},
        {"metrics": ["answers"], "where": [{"dimension": "person", "value": "p6"}]},
        {"metrics": ["answers"], "where": [{"dimension": "cohort", "value": HILL}]},
        {"metrics": ["people_chatting", "latency_p95"], "group_by": ["cohort"], "grain": "week"},
        {"metrics": ["viewers", "views"], "group_by": ["cohort", "video_id"]},
    ],
    "/api/data/query": [
        {"sql": f"select * from {mart}"}
        for mart in (
            "users",
            "user_responses",
            "exchanges",
            "person_identifiers",
            "safety_flags",
            "lessons",
            "user_activities",
        )
    ],
    "/api/analytics/dashboard": [{"title": "Mine", "panels": [{"title": "a", "named": "responses"}]}],
}
PEOPLE = re.compile(r'"p[1-7]"|>p[1-7]<|chat:p|mbox:')
OTHERS = re.compile(r"\bp[67]\b|North / Hill|c-p[67]")


def requests(served: Served) -> Iterator[tuple[str, str, Any]]:
    """Every operation of the document, with values for its parameters."""
    document = served.client.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            asked = path
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    asked = asked.replace(f"{{{parameter['name']}}}", VALUES[parameter["name"]])
            if method == "get":
                yield "get", asked, None
                names = {parameter["name"] for parameter in operation.get("parameters", ())}
                if "contains" in names:
                    yield "get", f"{asked}?contains=kumquat", None
            else:
                for body in BODIES[path]:
                    yield method, asked, body


def answered(served: Served, who: str) -> Iterator[tuple[str, int, str]]:
    for method, path, body in requests(served):
        for format in ("json", "csv") if who in ("admin", "viewer") else ("json",):
            mark = "&" if "?" in path else "?"
            response = (
                served.get(f"{path}{mark}format={format}", who)
                if method == "get"
                else served.post(f"{path}{mark}format={format}", body, who)
            )
            text = response.text
            if response.headers["content-type"] == "application/json":
                text = json.dumps(without_sql(response.json()))
            yield f"{method} {path} {body or ''} as {format}", response.status_code, text


def without_sql(value: Any) -> Any:
    """The SQL repeats the words and names that were asked for; what was found is in the rest."""
    if isinstance(value, dict):
        return {key: without_sql(inner) for key, inner in value.items() if key != "sql"}
    return [without_sql(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("who", ["admin", "analyst", "viewer", "teacher", "watcher"])
def test_no_role_breaks_a_route_or_sees_what_is_not_theirs(who: str, served: Served) -> None:
    seen = {"canary": False}
    statuses = set()
    for asked, status, text in answered(served, who):
        statuses.add(status)
        assert status < 500, f"{asked}: {status} {text[:300]}"
        if status >= 400:
            continue
        found = [canary for canary in CANARIES if canary in text]
        seen["canary"] = seen["canary"] or bool(found)
        if who in ("viewer", "watcher"):
            assert not found, f"{asked}: {found}"
            assert not PEOPLE.search(text), f"{asked}: {PEOPLE.search(text)}"
        if who in ("teacher", "watcher"):
            assert not OTHERS.search(text), f"{asked}: {OTHERS.search(text)}"
    assert 200 in statuses
    assert seen["canary"] == (who in ("admin", "analyst", "teacher")), "the canaries are where they should be seen"


def test_without_a_key_only_health_counters_and_the_document_answer(served: Served) -> None:
    for method, path, body in requests(served):
        response = served.client.get(path) if method == "get" else served.client.post(path, json=body)
        assert response.status_code == (200 if path in ("/health", "/metrics") else 401), path
        if response.status_code == 401:
            assert response.headers["www-authenticate"].startswith("Bearer")
            assert response.json()["remedy"]


def test_a_viewer_sees_no_small_cells(served: Served) -> None:
    body = {"metrics": ["answers", "people_answering"], "group_by": ["cohort"]}
    both = served.post("/api/metrics/query", body, "analyst").json()["data"]
    assert {row["cohort"]: row["people_answering"] for row in both} == {HARBOUR: 5, HILL: 1}
    # Hill is hidden, and so is Harbour: the total, which is shown, less Harbour would be Hill.
    assert served.post("/api/metrics/query", body, "viewer").json()["data"] == []
    total = served.post("/api/metrics/query", body | {"group_by": []}, "viewer").json()["data"]
    assert [row["people_answering"] for row in total] == [6]
    assert served.post("/api/data/query", {"sql": "select 1 as x from users"}, "viewer").status_code == 403
