"""The short way of a statement gives what the long way gives: the same verdict, the same content."""

import json
import os
import random
from typing import Any

import orjson
import pytest

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.xapi import parts
from analytics_platform.collector.xapi.preparing import Prepared, new_id
from analytics_platform.collector.xapi.statement_intake import prepare_body, prepare_one

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


def test_the_last_of_two_properties_counts_at_any_depth() -> None:
    text = json.dumps(seven_taps())[:-1].encode() + b',"verb":{"id":"http://a.example/","id":"http://b.example/"}}'
    body = prepare_body(text, AUTHORITY, None).body
    assert orjson.loads(body)["verb"] == {"id": "http://b.example/"}
    assert "a.example" not in body


def test_memory_of_parts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_TOGETHER", 10_000)
    checked: list[int] = []

    def check(value: int) -> tuple[int, ...]:
        checked.append(value)
        return ()

    known = parts._Remembering(check)
    for number in [*range(200), 199, 0]:  # the newest is remembered, the oldest long forgotten
        text = str(number).encode()
        assert known[text] == (text, ())
    assert checked == [*range(200), 0]


def test_ids_made_here_grow_with_time() -> None:
    made = [new_id() for _ in range(2000)]
    assert len(set(made)) == len(made)
    assert [name[:13] for name in made] == sorted(name[:13] for name in made)
    assert all(name[14] == "4" and name[19] in "89ab" for name in made)
