"""The short way of a statement gives what the long way gives: the same verdict, the same content."""

import json
import os
import random
from typing import Any

import orjson
import pytest

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.resources.statement_bodies import prepare_body, prepare_one
from analytics_platform.collector.xapi import fast_path
from analytics_platform.collector.xapi.preparing import Prepared, new_id

from .samples import referring, seven_taps, with_id
from .test_fuzz import mutated

COUNT = int(os.environ.get("COLLECTOR_FUZZ", "1500"))
AUTHORITY = {"objectType": "Agent", "account": {"homePage": "https://c.example", "name": "test"}}
NAME = "6f1c2a52-0f5e-4a52-9d50-2f3f1f1f0001"
RICH = seven_taps(
    id=NAME,
    timestamp="2026-01-02T03:04:05Z",
    stored="2026-01-02T03:04:06Z",
    version="1.0.3",
    authority={"mbox": "mailto:other@example.org"},
    context={
        "registration": "A" * 8 + NAME[8:],
        "instructor": {"mbox": "mailto:i@example.org"},
        "team": {"objectType": "Group", "member": [{"mbox": "mailto:m@example.org"}]},
        "contextActivities": {"parent": {"id": "http://p.example/1"}, "other": [{"id": "http://p.example/2"}]},
        "platform": "x",
        "extensions": {"http://e.example/": [1, 2.5, {"a": None}]},
    },
)
GROUP = seven_taps(object={"objectType": "Group", "mbox": "mailto:g@example.org"})
INNER = {name: value for name, value in RICH.items() if name in ("actor", "verb", "object", "context")}
SAMPLES: list[Any] = [
    *(seven_taps(), with_id(), RICH, GROUP, referring(NAME), seven_taps(object=INNER | {"objectType": "SubStatement"})),
    {"event_type": "xapi_statement", "timestamp": "2026-01-02T03:04:05Z", "data": seven_taps()},
]


def outcome(way: Any) -> Any:
    try:
        found: Prepared = way()
    except Invalid:
        return "refused"  # of two broken rules either may be named
    body = orjson.loads(found.body)
    return body, set(found.marks), found.flags, found.target, list(found.files), found.given


@pytest.mark.parametrize("name", [None, NAME])
def test_both_ways_lead_to_the_same(name: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analytics_platform.collector.xapi.preparing.new_id", lambda: NAME)
    short = 0
    for seed in range(COUNT):
        dice = random.Random(seed)
        statement = dice.choice(SAMPLES)
        text = json.dumps(statement if dice.random() < 0.2 else mutated(statement, dice)).encode()
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            continue
        long = outcome(lambda value=value: prepare_one(value, AUTHORITY, None, name))
        assert outcome(lambda text=text: prepare_body(text, AUTHORITY, None, name)) == long, f"seed {seed}: {text!r}"
        short += isinstance(long, tuple)
    assert short > COUNT / 10


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"null", b'{"actor":"\xff","verb":1,"object":1}', b'{"actor":' + b"[" * 5000, b"\xef\xbb\xbf{}"],
)
def test_what_is_no_statement_is_refused(text: bytes) -> None:
    with pytest.raises(Invalid):
        prepare_body(text, AUTHORITY, None)


@pytest.mark.parametrize(
    "more", [b'"verb":{"id":"http://b.example/"}', b'"id":"%s"' % NAME.encode(), b'"stored" : "2026-01-02T03:04:06Z"']
)
def test_a_property_that_is_there_twice_is_refused(more: bytes) -> None:
    text = json.dumps(RICH).encode()
    for written in (text, json.dumps(RICH, separators=(",", ":")).encode(), json.dumps(RICH, indent=1).encode()):
        prepare_body(written, AUTHORITY, None)
        with pytest.raises(Invalid, match="there twice"):
            prepare_body(_with(written, more), AUTHORITY, None)


def _with(text: bytes, more: bytes) -> bytes:
    return text[: text.rindex(b"}")] + b"," + more + b"}"


@pytest.mark.parametrize("part", ["verb", "object", "result", "context", "actor"])
def test_a_property_of_a_part_that_is_there_twice_is_refused(part: str) -> None:
    for separators in ((",", ":"), (", ", ": ")):
        text = json.dumps(RICH | {"result": {"success": True}}, separators=separators).encode()
        piece = json.dumps((RICH | {"result": {"success": True}})[part], separators=separators).encode()
        name = next(iter(json.loads(piece)))
        twice = _with(piece, json.dumps(name).encode() + b":" + json.dumps(json.loads(piece)[name]).encode())
        with pytest.raises(Invalid, match="there twice"):
            prepare_body(text.replace(piece, twice), AUTHORITY, None)


@pytest.mark.parametrize("number", ["18446744073709551616", "-9223372036854775809", "1" * 300])
def test_long_integers_stay_as_they_are(number: str) -> None:
    text = json.dumps(RICH | {"result": {"extensions": {"http://e.example/n": "HERE"}}}).replace('"HERE"', number)
    assert f'"http://e.example/n":{number}' in prepare_body(text.encode(), AUTHORITY, None).body
    inner = text.replace(f'"id": "{NAME}", ', "")
    envelope = f'{{"event_type":"xapi_statement","timestamp":1767323045000,"data":{inner}}}'
    assert f'"http://e.example/n":{number}' in prepare_body(envelope.encode(), AUTHORITY, None).body


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (1767323045, "2026-01-02T03:04:05.000Z"),
        (1767323045678, "2026-01-02T03:04:05.678Z"),
        (1767323045.5, "2026-01-02T03:04:05.500Z"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
    ],
)
def test_the_time_of_an_envelope_counts(given: Any, meant: str) -> None:
    text = json.dumps({"event_type": "xapi_statement", "timestamp": given, "data": seven_taps()}).encode()
    assert orjson.loads(prepare_body(text, AUTHORITY, None).body)["timestamp"] == meant


@pytest.mark.parametrize("given", [True, [1], {"at": 1}, 1e300, "yesterday"])
def test_a_time_of_an_envelope_that_is_none_is_refused(given: Any) -> None:
    text = json.dumps({"event_type": "xapi_statement", "timestamp": given, "data": seven_taps()}).encode()
    with pytest.raises(Invalid, match="timestamp"):
        prepare_body(text, AUTHORITY, None)


def test_memory_of_parts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_path, "_TOGETHER", 10_000)
    checked: list[int] = []

    def check(value: int) -> tuple[int, ...]:
        checked.append(value)
        return ()

    known = fast_path._Remembering(check)
    for number in [*range(200), 199, 0]:  # the newest is remembered, the oldest long forgotten
        text = str(number).encode()
        assert known[text] == (text, (), 0)
    assert checked == [*range(200), 0]


def test_ids_made_here_grow_with_time() -> None:
    made = [new_id() for _ in range(2000)]
    assert len(set(made)) == len(made)
    assert [name[:13] for name in made] == sorted(name[:13] for name in made)
    assert all(name[14] == "4" and name[19] in "89ab" for name in made)
