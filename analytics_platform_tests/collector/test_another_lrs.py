"""Another LRS is followed from its first statement on: ours plays it, on loopback."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import httpx
import orjson
import pytest

from analytics_platform.commands.pumps import open_pump
from analytics_platform.connectors.lrs import source
from analytics_platform.connectors.lrs.source import LrsSource, lrs_source
from analytics_platform.connectors.positions import Positions
from analytics_platform.contracts.xapi import STATEMENTS
from analytics_platform.errors import SettingsError, SourceError
from analytics_platform.lake import open_lake
from analytics_platform.settings import Settings
from analytics_platform_tests.collector.conftest import Collector


def send(collector: Collector, count: int) -> list[str]:
    ids = [str(uuid4()) for _ in range(count)]
    body = [
        {
            "id": name,
            "actor": {"mbox": f"mailto:p{number % 7}@example.org"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
            "object": {"id": "https://courses.example.org/a"},
        }
        for number, name in enumerate(ids)
    ]
    assert collector.client.post("/xapi/statements", json=body).status_code == 200
    return ids


def landed(settings: Settings) -> list[str]:
    """The ids in landing, each as often as it stands there."""
    files = [str(settings.home / segment.key) for segment in open_lake(settings).landing.segments(STATEMENTS)]
    with duckdb.connect() as connection:
        rows = connection.execute("select payload ->> 'id' from read_ndjson($1, columns={payload: 'JSON'})", [files])
        return sorted(name for (name,) in rows.fetchall())


@pytest.fixture
def follower(
    start: Callable[..., Collector], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Collector, Settings]:
    monkeypatch.setattr(source, "PAGE", 100)
    other = start(collector_max_statements=1000)
    name, password = other.credential("read_all")
    address = other.url.replace("http://", f"http://{name}:{password}@")
    return other, Settings(_env_file=None, platform_home=tmp_path / "follower", lrs_url=f"{address}/xapi")


def test_all_comes_once_in_order_and_then_only_what_is_new(follower: tuple[Collector, Settings]) -> None:
    other, settings = follower
    first = send(other, 450)  # several pages
    assert open_pump(settings, "lrs").once() == 450
    assert landed(settings) == sorted(first)
    assert open_pump(settings, "lrs").once() == 0
    more = send(other, 3)
    assert open_pump(settings, "lrs").once() == 3
    assert landed(settings) == sorted(first + more)
    lake = open_lake(settings)
    (entry,) = lake.build(STATEMENTS, sorted({one.day for one in lake.landing.segments(STATEMENTS)}))
    assert (entry.received, entry.stored, entry.balances) == (453, 453, True)


def test_what_breaks_off_between_pages_goes_on_and_loses_nothing(follower: tuple[Collector, Settings]) -> None:
    other, settings = follower
    ids = send(other, 450)
    pump = open_pump(settings, "lrs")
    assert pump.once(iter([False, True]).__next__) < 450  # one page
    open_pump(settings, "lrs").once()
    assert landed(settings) == sorted(ids)


def pages(*answers: dict[str, Any], consistent: str | None = None) -> Callable[[], httpx.Client]:
    """An LRS that answers so, one after the other."""
    queue = list(answers)
    headers = {"X-Experience-API-Consistent-Through": consistent} if consistent else {}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/xapi/about":
            return httpx.Response(404)
        return httpx.Response(200, json=queue.pop(0), headers=headers)

    return lambda: httpx.Client(base_url="http://lrs.example.org/xapi/", transport=httpx.MockTransport(answer))


def statement(name: str, second: int) -> dict[str, Any]:
    return {"id": name, "stored": f"2026-03-01T12:00:{second:02}.000Z"}


def test_a_statement_that_is_shown_late_is_not_missed(tmp_path: Path) -> None:
    """The LRS says that it is consistent up to second 5: what it stored at second 6 and shows later still comes."""
    positions = Positions(tmp_path / "lrs.json")
    client = pages(
        {"statements": [statement("a", 1), statement("c", 9)], "more": ""}, consistent="2026-03-01T12:00:05Z"
    )
    (batch,) = LrsSource(client, positions).batches()
    positions.write("lrs", batch.position)
    assert batch.position["since"] == "2026-03-01T12:00:05.000000Z"
    again = pages({"statements": [statement("b", 6), statement("c", 9)], "more": ""}, consistent="2026-03-01T12:01:00Z")
    (batch,) = LrsSource(again, positions).batches()
    assert [orjson.loads(line.payload)["id"] for line in batch.lines[0][1]] == ["b"]


@pytest.mark.parametrize(
    ("about", "asked_in"),
    [
        (httpx.Response(200, json={"version": ["1.0.3", "2.0.0"]}), "2.0.0"),
        (httpx.Response(200, json={"version": ["1.0.3"]}), "1.0.3"),
        (httpx.Response(200, json={"version": 2}), "1.0.3"),
        (httpx.Response(200, text="<html>"), "1.0.3"),
        (httpx.Response(404), "1.0.3"),
        (httpx.Response(503), None),
    ],
)
def test_it_is_asked_in_the_newest_version_that_it_speaks(
    about: httpx.Response, asked_in: str | None, tmp_path: Path
) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/xapi/about":
            return about
        asked.append(request.headers["x-experience-api-version"])
        return httpx.Response(200, json={"statements": [], "more": ""})

    there = httpx.Client(base_url="http://lrs.example.org/xapi/", transport=httpx.MockTransport(answer))
    lrs = LrsSource(lambda: there, Positions(tmp_path / "lrs.json"))
    if asked_in is None:  # nobody knows what it speaks, and in the wrong version statements would be missed
        with pytest.raises(SourceError, match="answered 503 where it was asked what it speaks"):
            list(lrs.batches())
    else:
        list(lrs.batches())
    assert asked == [asked_in] * (asked_in is not None)


def test_a_statement_of_2_0_is_landed_as_it_is(follower: tuple[Collector, Settings]) -> None:
    other, settings = follower
    coach = {"objectType": "contextAgent", "agent": {"mbox": "mailto:coach@example.org"}}
    sent = {
        "actor": {"mbox": "mailto:p@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
        "object": {"id": "https://courses.example.org/a"},
        "context": {"contextAgents": [coach]},
    }
    two = {"X-Experience-API-Version": "2.0.0"}
    assert other.client.post("/xapi/statements", json=[sent], headers=two).status_code == 200
    assert open_pump(settings, "lrs").once() == 1
    files = [str(settings.home / segment.key) for segment in open_lake(settings).landing.segments(STATEMENTS)]
    with duckdb.connect() as connection:
        [(text,)] = connection.execute(
            "select payload from read_ndjson($1, columns={payload: 'JSON'})", [files]
        ).fetchall()
    payload = orjson.loads(text)
    assert (payload["version"], payload["context"]["contextAgents"]) == ("2.0.0", [coach])


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            {"statements": [{"id": "a", "stored": "2026-03-01T12:00:00Z"}], "more": "http://evil.example/x"},
            "names evil",
        ),
        ({"statements": [{"id": "a", "stored": "never"}], "more": ""}, "a time of storing that is none"),
        ({"error": "x"}, "no page of statements"),
    ],
)
def test_a_broken_lrs_is_named(answer: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=said):
        list(LrsSource(pages(answer), Positions(tmp_path / "lrs.json")).batches())


def test_without_an_address_it_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="set LRS_URL"):
        lrs_source(Settings(_env_file=None, platform_home=tmp_path))
