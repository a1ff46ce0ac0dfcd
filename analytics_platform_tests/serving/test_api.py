"""What the API promises to programs: formats, pages, ETags, problems, limits, keys, audit."""

import gzip
import io
import json
import stat
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics_platform.contracts import TABLES as SOURCES
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.landing import RawLine
from analytics_platform.semantics import Query, Role, compiling, query
from analytics_platform.serving.api.access import Rate
from analytics_platform.serving.api.keys import KeyRefused, Keys
from analytics_platform.serving.api.tables import TABLES
from analytics_platform.settings import Settings
from analytics_platform_tests.semantics.organisation import marts
from analytics_platform_tests.semantics.snapshot import put
from analytics_platform_tests.serving.conftest import Served, serve

RESPONSES = "/api/learning/responses"


def test_all_formats_hold_the_same_rows(served: Served) -> None:
    ids = [row["answer_id"] for row in served.get(RESPONSES).json()["data"]]
    assert len(ids) == 12
    as_csv = pd.read_csv(io.StringIO(served.get(f"{RESPONSES}?format=csv").text))
    as_parquet = pq.read_table(io.BytesIO(served.get(f"{RESPONSES}?format=parquet").content))
    arrow = served.get(RESPONSES, headers={"Accept": "application/vnd.apache.arrow.stream"})
    as_arrow = pa.ipc.open_stream(arrow.content).read_all()
    rows = ET.fromstring(served.get(RESPONSES, headers={"Accept": "application/xml"}).text)
    as_xml = [row.find("value[@name='answer_id']").text for row in rows]  # type: ignore[union-attr]
    assert ids == list(as_csv["answer_id"]) == as_parquet["answer_id"].to_pylist() == as_xml
    assert ids == as_arrow["answer_id"].to_pylist()
    assert arrow.headers["x-snapshot-version"] == served.get("/health").json()["snapshot"]["version"]
    assert arrow.headers["x-data-quality"] == "stale"  # its last day lies in the past
    assert served.get(RESPONSES, headers={"Accept": "image/png"}).status_code == 406


def test_pages_hold_every_row_once(served: Served) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        page = served.get(RESPONSES, params={"limit": 5, **({"cursor": cursor} if cursor else {})}).json()
        seen += [row["answer_id"] for row in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [row["answer_id"] for row in served.get(RESPONSES).json()["data"]]
    stale = served.get(RESPONSES, params={"cursor": "WyJvbGQiLDVd"})  # ["old", 5]
    assert (stale.status_code, stale.json()["type"]) == (410, "/problems/cursor-gone")
    assert served.get(RESPONSES, params={"cursor": "nonsense"}).status_code == 410


def test_what_has_not_changed_is_not_sent_again(served: Served) -> None:
    first = served.get("/videos")
    again = served.get("/videos", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert served.get("/videos", "viewer", headers={"If-None-Match": first.headers["etag"]}).status_code == 200
    assert served.get("/videos?limit=1", headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_a_new_snapshot_is_read_at_once(settings: Settings) -> None:
    put(settings, **marts())
    with serve(settings) as served:
        first = served.get("/videos")
        cursor = served.get(f"{RESPONSES}?limit=1").json()["next_cursor"]
        put(settings, video_views=[])
        second = served.get("/videos", headers={"If-None-Match": first.headers["etag"]})
        assert (second.status_code, second.json()["data"]) == (200, [])
        assert served.get(RESPONSES, params={"cursor": cursor}).status_code == 410


@pytest.mark.parametrize(
    ("path", "status", "parameter", "says"),
    [
        ("/api/learning/responses?start=yesterday", 400, "start", "start: "),
        ("/api/learning/responses?limit=0", 400, "limit", "greater than"),
        ("/api/metrics/completion_rat", 404, "metrics", "Near it: completion_rate"),
        ("/api/analytics/export/respones", 404, "name", "Near it: responses"),
        ("/api/analytics/dashboard/../../keys", 404, None, ""),
        ("/api/learning/responses?format=pdf", 406, "format", "no format"),
        ("/api/nothing", 404, None, ""),
    ],
)
def test_a_problem_names_the_parameter_and_the_remedy(
    path: str, status: int, parameter: str | None, says: str, served: Served
) -> None:
    response = served.get(path)
    problem = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert (response.status_code, problem["status"], problem.get("parameter")) == (status, status, parameter)
    assert says in problem["detail"]
    assert problem["remedy"]


def test_a_mart_that_is_not_there_yet(settings: Settings) -> None:
    put(settings, absent=["lesson_dropoff", "video_views"], users=marts()["users"])
    with serve(settings) as served:
        missing = served.get("/api/learning/dropoff")
        assert (missing.status_code, missing.json()["parameter"]) == (404, "lesson_dropoff")
        assert "not in this snapshot" in missing.json()["detail"]
        panels = served.get("/api/analytics/summary").json()["panels"]
        assert [panel["title"] for panel in panels if "problem" in panel] == ["Video"]
        listed = {metric["name"]: metric["has_data"] for metric in served.get("/api/metrics").json()["metrics"]}
        assert (listed["views"], listed["people"]) == (False, True)


def test_nothing_published_yet(settings: Settings) -> None:
    put(settings)
    for file in settings.published_folder.iterdir():
        file.unlink()
    with serve(settings) as served:
        assert served.client.get("/health").json()["status"] == "no data"
        assert served.get("/videos").status_code == 503


def test_the_shapes_that_are_promised(served: Served) -> None:
    points = served.get("/video/vid-1/retention_curve").json()["data"]
    assert len(points) == 60
    assert {"video_second", "unique_retention", "absolute_retention", "views"} <= set(points[0])
    timeline = served.get("/api/learning/people/p1/timeline").json()["data"]
    assert [row["source"] for row in timeline] == ["xapi", "telemetry", "xapi"]
    assert served.get("/api/conversations/c-p1").json()["data"][0]["message_id"] == "m1"
    assert served.get("/api/learning/at-risk").json()["data"][0]["person_id"] == "p7"
    document = served.client.get("/openapi.json").json()
    assert {table.path for table in TABLES} <= set(document["paths"])
    assert document["paths"]["/api/metrics/query"]["post"]["responses"]["200"]["content"]["application/json"]["example"]
    marts_there = {mart["name"]: mart for mart in served.get("/api/data/schema").json()["marts"]}
    assert marts_there["users"]["rows"] == 7
    assert next(c for c in marts_there["users"]["columns"] if c["name"] == "email")["personal"]


def test_the_last_hour_is_there_before_anything_is_built(settings: Settings, lake: Lake) -> None:
    put(settings)
    now = datetime.now(UTC)
    request = {"event_type": "api-request", "status_code": 500, "response_time": 40, "timestamp": now.isoformat()}
    events = [request | {"event_id": f"e{n}", "user_id": f"u{n}"} for n in range(4)]
    with serve(settings) as served:
        assert served.get("/api/analytics/real-time").json()["has_data"] is False
        lake.landing.append(SOURCES["telemetry/events"], [RawLine(orjson.dumps(e), now) for e in events], "test")
        hour = served.get("/api/analytics/real-time").json()
        assert (hour["events"], hour["active_users"], hour["error_rate"], hour["response_ms_avg"]) == (4, 4, 1, 40)
        assert len(hour["data"]) == 60
        fewer = served.get("/api/analytics/real-time", "viewer").json()
        assert (fewer["events"], fewer["active_users"]) == (4, None)
        assert {minute["active_users"] for minute in fewer["data"]} == {0, None}
        assert served.get("/api/analytics/real-time", "teacher").status_code == 403


def test_a_number_is_the_same_here_as_elsewhere(served: Served) -> None:
    body = {"metrics": ["completion_rate"], "group_by": ["cohort"]}
    over_http = served.post("/api/metrics/query", body).json()["data"]
    assert over_http == query(served.settings, Query(("completion_rate",), ("cohort",))).rows
    panel = served.get("/api/analytics/dashboard/learning").json()["panels"][1]
    assert {row["cohort"]: row["completion_rate"] for row in panel["data"]} == {
        row["cohort"]: row["completion_rate"] for row in over_http
    }


def test_a_dashboard_is_kept_and_answered_as_its_reader_may_see_it(served: Served) -> None:
    mine = {
        "title": "Answers & names",
        "panels": [
            {"title": "A day", "metrics": ["answers"], "grain": "day"},
            {"title": "Words", "named": "responses"},
        ],
    }
    made = served.post("/api/analytics/dashboard", mine)
    assert (made.status_code, made.json()["id"]) == (201, "answers-names")
    assert "answers-names" in {d["id"] for d in served.get("/api/analytics/dashboards").json()["dashboards"]}
    seen = served.get(made.json()["url"]).json()["panels"]
    assert [len(panel["data"]) for panel in seen] == [1, 12]
    less = served.get(made.json()["url"], "viewer").json()["panels"]
    assert "the role viewer sees numbers" in less[1]["problem"]
    assert served.post("/api/analytics/dashboard", mine, "viewer").status_code == 403
    wrong = {"title": "x", "panels": [{"title": "x", "metrics": ["answrs"]}]}
    assert served.post("/api/analytics/dashboard", wrong).status_code == 404


def test_each_access_to_people_leaves_a_line_without_their_words(served: Served) -> None:
    log = served.settings.api_folder / "audit.ndjson"
    before = len(log.read_text().splitlines()) if log.exists() else 0
    served.get(f"{RESPONSES}?contains=kumquat&cohort=North%20/%20Hill", "analyst")
    served.get("/api/learning/retention", "analyst")
    served.post("/api/data/query", {"sql": "select email from users where full_name = 'p1 Zanzibar'"}, "analyst")
    served.post("/api/metrics/query", {"metrics": ["answers"], "group_by": ["person"]}, "analyst")
    lines = [json.loads(line) for line in log.read_text().splitlines()[before:]]
    assert [(line["key"], line["asked"], line["rows"]) for line in lines] == [
        ("analyst", "responses", 1),
        ("analyst", "sql", 1),
        ("analyst", "answers", 6),
    ]
    assert lines[0]["parameters"] == {"cohort": "North / Hill"}
    assert lines[1]["parameters"] == {"marts": "users"}
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_body_has_a_largest_size(served: Served) -> None:
    response = served.post("/api/data/query", {"sql": "select 1" + " " * 200_000})
    assert (response.status_code, response.json()["type"]) == (413, "/problems/too-large")


@pytest.mark.parametrize("format", ["json", "csv", "arrow"])
def test_zstd_is_taken_before_gzip(format: str, served: Served) -> None:
    def got(accepted: str) -> tuple[str | None, bytes]:
        path = f"{RESPONSES}?format={format}"
        headers = {"Accept-Encoding": accepted, "Authorization": f"Bearer {served.keys['admin']}"}
        with served.client.stream("GET", path, headers=headers) as response:
            encoding = response.headers.get("content-encoding")
            raw = b"".join(response.iter_raw())
        if encoding == "zstd":
            raw = pa.CompressedInputStream(pa.BufferReader(raw), "zstd").read()
        return encoding, gzip.decompress(raw) if encoding == "gzip" else raw

    whole = got("identity")[1]
    for accepted, encoding in (("gzip, zstd", "zstd"), ("gzip, zstd;q=0", "gzip"), ("br", None)):
        found, body = got(accepted)
        assert found == encoding
        if format != "json":  # which tells the age of the snapshot in seconds
            assert body == whole
        assert len(body) == pytest.approx(len(whole), abs=2)


def test_accept_is_read_by_its_weights(served: Served) -> None:
    def kind(accept: str, path: str = RESPONSES) -> str:
        response = served.get(path, headers={"Accept": accept})
        return str(response.headers["content-type"]).split(";")[0] if response.is_success else str(response.status_code)

    assert kind("text/csv;q=0.5, application/xml") == "application/xml"
    assert kind("text/csv;q=0, */*;q=0.1") == "application/json"
    assert kind("text/csv", "/api/metrics") == "406"
    assert kind("text/html, */*", "/api/data/schema") == "application/json"


def test_who_asks_while_metrics_are_made_ready_is_told_when_to_come_again(
    seven: Settings, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "LONGEST_WAIT", 0.01)
    monkeypatch.setattr(compiling, "_compile", compiling._compile_now)  # nothing that was kept
    body = {"metrics": ["answers"], "start": "2026-03-01", "end": "2026-03-13"}  # asked nowhere else
    with compiling._LOADING:
        asked = served.post("/api/metrics/query", body)
    assert (asked.status_code, asked.headers["retry-after"]) == (503, "5")
    assert asked.json()["type"] == "/problems/not-ready"
    assert served.post("/api/metrics/query", body).status_code == 200


def test_counters_and_compression(served: Served) -> None:
    assert served.get(RESPONSES).headers["content-encoding"] == "gzip"
    text = served.client.get("/metrics").text
    assert 'api_requests_total{method="GET",route="/api/learning/responses",status="200"}' in text
    assert "snapshot_age_seconds " in text
    assert "Zanzibar" not in text


def test_who_asks_too_fast_is_told_how_long_to_wait(settings: Settings) -> None:
    put(settings)
    slow = settings.model_copy(update={"api_requests_per_minute": 12, "api_origins": "https://pages.example.org"})
    with serve(slow) as served:
        statuses = [served.get("/api/metrics").status_code for _ in range(4)]
        assert statuses == [200, 200, 429, 429]
        assert int(served.get("/api/metrics").headers["retry-after"]) >= 1
        asked = served.client.options(
            "/videos",
            headers={
                "Origin": "https://pages.example.org",
                "Access-Control-Request-Method": "GET",
                "Access-Control-Request-Headers": "authorization",
            },
        )
        assert asked.headers["access-control-allow-origin"] == "https://pages.example.org"
        other = served.client.options(
            "/videos", headers={"Origin": "https://evil.example.org", "Access-Control-Request-Method": "GET"}
        )
        assert "access-control-allow-origin" not in other.headers


def test_a_bucket_fills_evenly() -> None:
    rate = Rate(per_minute=60)  # ten at once, then one a second
    assert [rate.wait("a", 0.0) for _ in range(10)] == [0.0] * 10
    assert rate.wait("a", 0.0) == pytest.approx(1.0)
    assert rate.wait("b", 0.0) == 0.0
    assert rate.wait("a", 1.0) == 0.0


def test_keys_are_shown_once_and_kept_as_hashes(settings: Settings) -> None:
    keys = Keys(settings)
    laptop = keys.laptop()
    assert laptop is not None
    assert stat.S_IMODE(laptop.stat().st_mode) == 0o600
    token = keys.add("teacher", Role.ANALYST, ["North / Hill"])
    kept = settings.api_folder / "keys.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert token not in kept.read_text()
    viewer = Keys(settings).viewer(token)
    assert viewer is not None
    assert (viewer.role, viewer.cohorts) == (Role.ANALYST, ("North / Hill",))
    assert keys.laptop() is None
    for wrong in ("", "x", "ap__", token[:-1], token + "x", "ap_" + "x" * 10_000):
        assert keys.viewer(wrong) is None
    with pytest.raises(KeyRefused, match="already"):
        keys.add("teacher", Role.VIEWER)
    time.sleep(0.01)
    keys.revoke("teacher")
    assert keys.viewer(token) is None
    with pytest.raises(KeyRefused, match="There are: laptop"):
        keys.revoke("nobody")


def test_many_ask_at_once(served: Served) -> None:
    with ThreadPoolExecutor(12) as threads:
        found = list(threads.map(lambda n: served.get(f"{RESPONSES}?limit={n % 5 + 1}").json()["data"], range(60)))
    assert [len(rows) for rows in found] == [n % 5 + 1 for n in range(60)]
