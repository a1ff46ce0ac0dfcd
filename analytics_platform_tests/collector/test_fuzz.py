"""Whatever comes, the answer is below 500: mutated statements and requests, and the documented routes.

COLLECTOR_FUZZ sets the number of mutated requests (100000 for the long run).
"""

import copy
import json
import os
import random
import uuid
from typing import Any

import httpx
import pytest

from analytics_platform.collector.openapi import document

from .conftest import Collector
from .samples import referring, with_id
from .test_events import GOOD_TRACKS, PLAY

REQUESTS = int(os.environ.get("COLLECTOR_FUZZ", "1500"))
JUNK: list[Any] = [
    None, True, 0, -1, 1e308, 1 << 63, 1 << 70, "", "\0", "😀" * 50, "a" * 3000, [], {}, [[]], [None], {"": None},
    "http://a.example/x", "mailto:a@b", "2026-13-45T99:99:99Z", "00000000-0000-0000-0000-000000000000", "Group",
    "SubStatement", "StatementRef", "http://adlnet.gov/expapi/verbs/voided", {"objectType": "Group"}, "PT", "-00:00",
]  # fmt: skip
PATHS = (
    "/xapi/statements", "/xapi/activities/state", "/xapi/agents/profile", "/xapi/activities/profile", "/xapi/agents",
    "/xapi/activities", "/v1/xapi/batch", "/v1/video/events", "/api/analytics/session/start",
    "/api/analytics/session//end", "/api/analytics/session/a%00b/end", "/xapi/statements/%ff", "/metrics",
    *(f"/api/analytics/track/{kind}" for kind in GOOD_TRACKS),
)  # fmt: skip
PARAMETERS = (
    "statementId", "voidedStatementId", "agent", "verb", "activity", "registration", "since", "until", "limit",
    "format", "attachments", "ascending", "related_agents", "related_activities", "activityId", "stateId",
    "profileId", "method", "after_place",
)  # fmt: skip
HEADERS = (
    "Content-Type", "Content-Encoding", "If-Match", "If-None-Match", "Accept-Language", "X-User-ID", "Authorization",
)  # fmt: skip
VALUES = (
    "application/json", "multipart/mixed; boundary=x", "multipart/mixed", "gzip", "zstd", "*", '"a"', "de;q=x", "\xff",
    "application/x-ndjson", "application/x-www-form-urlencoded", "Basic !!!", "Basic YTpi", "",
)  # fmt: skip


def mutated(value: Any, dice: random.Random) -> Any:
    """A copy with a few places changed, removed, added or wrapped."""
    value = copy.deepcopy(value)
    for _ in range(dice.randint(1, 3)):
        holder = value
        while isinstance(holder, (dict, list)) and holder:
            key = dice.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
            inner = holder[key]
            if not isinstance(inner, (dict, list)) or not inner or dice.random() < 0.25:
                what = dice.random()
                if what < 0.6:
                    holder[key] = copy.deepcopy(dice.choice(JUNK))
                elif what < 0.75 and isinstance(holder, dict):
                    del holder[key]
                elif isinstance(holder, dict):
                    holder[dice.choice(["objectType", "id", "extra", "member", "extensions"])] = copy.deepcopy(
                        dice.choice(JUNK)
                    )
                else:
                    holder[key] = [inner]
                break
            holder = inner
    return value


def request_of(dice: random.Random) -> dict[str, Any]:
    samples: list[Any] = [with_id(), [with_id(), with_id()], referring(with_id()["id"]), PLAY, *GOOD_TRACKS.values()]
    body = json.dumps(mutated(dice.choice(samples), dice)).encode()
    if dice.random() < 0.2:
        body = bytearray(body)
        for _ in range(dice.randint(1, 8)):
            body[dice.randrange(len(body))] = dice.randrange(256)
        body = bytes(body)
    if dice.random() < 0.05:
        body = (
            b"--x\r\nContent-Type: application/json\r\n\r\n"
            + body
            + dice.choice([b"", b"\r\n--x--", b"\r\n--x\r\n\r\n"])
        )
    url = dice.choice(PATHS) if dice.random() < 0.6 else "/xapi/statements"
    method = dice.choice(["POST", "POST", "PUT", "PUT", "GET", "DELETE", "HEAD", "PATCH"])
    good = {
        "activityId": "https://a.example/1",
        "agent": '{"mbox":"mailto:a@example.org"}',
        "stateId": "s",
        "profileId": "p",
    }
    wanted = {"state": ("activityId", "agent", "stateId"), "profile": ("agent", "profileId")}
    names = [*wanted.get(url.rpartition("/")[2], ()), *dice.sample(PARAMETERS, dice.choice([0, 0, 0, 1, 2, 3]))]
    values = [good[n] if n in good and dice.random() < 0.8 else dice.choice(JUNK) for n in names]
    if method == "PUT" and url == "/xapi/statements":
        names, values = [*names, "statementId"], [*values, str(uuid.UUID(int=dice.getrandbits(128)))]
    return {
        "method": method,
        "url": url,
        "params": {n: v if isinstance(v, str) else json.dumps(v) for n, v in zip(names, values, strict=True)},
        "content": body,
        "headers": {
            dice.choice(HEADERS): dice.choice(VALUES).encode("latin-1") for _ in range(dice.choice([0, 0, 1, 2]))
        },
    }


def test_mutated_requests(collector: Collector) -> None:
    seen: dict[int, int] = {}
    for seed in range(REQUESTS):
        request = request_of(random.Random(seed))
        try:
            answer = collector.client.request(**request, timeout=10)
        except httpx.InvalidURL:
            continue
        seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, f"seed {seed}: {answer.status_code} {answer.text}"
    print(f"{sum(seen.values())} requests, answers by status: {dict(sorted(seen.items()))}")
    assert {200, 204, 400, 404} <= seen.keys(), seen
    assert collector.client.get("/health/ready").status_code == 200
    collector.ship()  # what was accepted can be landed, too
    assert collector.client.get("/metrics").text.count("collector_unshipped_lines 0\n") == 1


def test_the_documented_routes_keep_their_word(collector: Collector) -> None:
    """schemathesis would print each example; here its generator and its checks are used quietly."""
    schemathesis = pytest.importorskip("schemathesis", reason="needs schemathesis")
    from hypothesis import HealthCheck, given, settings
    from schemathesis import checks

    assert document()["openapi"] == "3.1.0"
    schema = schemathesis.openapi.from_dict(collector.client.get("/openapi.json").json())
    auth = collector.credential("admin")
    kept = checks.CHECKS.get_by_names(
        ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
    )
    checked = []
    for operation in schema.get_all_operations():
        checked.append(operation.ok().path)

        @given(case=operation.ok().as_strategy())
        @settings(max_examples=15, database=None, suppress_health_check=list(HealthCheck))
        def keeps_its_word(case: Any) -> None:
            answer = case.call(base_url=collector.url, auth=auth)
            assert answer.status_code < 500
            case.validate_response(answer, checks=kept)

        keeps_its_word()
    assert len(checked) >= 12
