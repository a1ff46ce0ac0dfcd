"""People who were erased: their lines in landing are emptied, mentions are hidden, and they do not come in again."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from analytics_platform.errors import LakeError
from analytics_platform.lake.erased import Erasures
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.scrubbing import scrubbed
from analytics_platform_tests.lines import DAY, NOON, STATEMENTS, land, message, quarantine, rows, statement

ADA = {"mbox": "mailto:Ada@Example.org", "name": "Ada"}
BOB = {"account": {"homePage": "https://lms.example.org/", "name": "bob"}}
EVE = {"mbox": "mailto:eve@example.org"}


def erase(lake: Lake, *identifiers: str) -> None:
    assert lake.erasures is not None
    lake.erasures.add(identifiers)


def landed(lake: Lake, path: str = "xapi/statements") -> list[dict[str, Any]]:
    lines = []
    for key in lake.store.keys(f"landing/{path}"):
        with pa.input_stream(str(Path(lake.store.url) / key), compression="zstd") as stream:
            lines += [json.loads(line) for line in stream.read().splitlines()]
    return lines


def test_an_erased_persons_lines_are_counted_and_gone_and_the_others_are_as_they_were(lake: Lake) -> None:
    land(lake, "xapi/statements", statement("a", actor=ADA), statement("b", actor=EVE))
    before = lake.build(STATEMENTS, [DAY])[0]
    eves = [line for line in landed(lake) if line["payload"]["id"] == "b"]
    row = rows(lake, "xapi/statements")[1]
    erase(lake, "mbox:ada@example.org")
    after = lake.build(STATEMENTS, [DAY])[0]
    assert (before.received, before.stored, before.quarantined) == (2, 2, 0)
    assert (after.received, after.stored, after.reasons, after.balances) == (2, 1, {"erased": 1}, True)
    assert after.segments == before.segments  # the name says how many lines there were
    assert rows(lake, "xapi/statements") == [row]
    assert quarantine(lake, "xapi/statements") == [("erased", "erased")]
    gone, kept = landed(lake)
    assert gone == {"received_at": f"{DAY}T00:00:00Z", "origin": "erased", "problem": "erased", "payload": "erased"}
    assert [kept] == eves
    assert lake.build(STATEMENTS, [DAY]) == [after]  # once more: nothing changes
    assert lake.ledger.reopened(STATEMENTS, lake.landing) == []


@pytest.mark.parametrize(
    "actor",
    [
        {"account": {"homePage": "https://lms.example.org", "name": "Bob"}},
        {"openid": "https://bob.example.org/"},
        {"mbox_sha1sum": hashlib.sha1(b"mailto:bob@example.org", usedforsecurity=False).hexdigest().upper()},
        {"account": {"homePage": "https://other.example.org", "name": "7"}, "name": " bob@example.org "},
    ],
)
def test_every_kind_of_identifier_is_known(lake: Lake, actor: dict[str, Any]) -> None:
    digest = hashlib.sha1(b"mailto:bob@example.org", usedforsecurity=False).hexdigest()
    erase(
        lake,
        *("account:https://lms.example.org|bob", "openid:https://bob.example.org/", f"mbox_sha1sum:{digest}"),
        "mbox:bob@example.org",
    )
    whole = {"event_type": "xapi_statement", "timestamp": "2026-03-10T09:00:00Z", "data": statement("b", actor=actor)}
    land(lake, "xapi/statements", statement("a", actor=actor), whole, statement("c", object=actor))
    land(lake, "xapi/statements", statement("d", actor=EVE))
    assert lake.build(STATEMENTS, [DAY])[0].reasons == {"erased": 3}
    assert [row[0] for row in rows(lake, "xapi/statements", columns="statement_id")] == ["d"]


def test_who_is_only_mentioned_is_hidden_and_the_statement_stays(lake: Lake) -> None:
    erase(lake, "mbox:ada@example.org", "account:https://lms.example.org|bob")
    taught = statement(
        "a",
        actor=EVE,
        context={"instructor": ADA, "team": {"objectType": "Group", "member": [BOB, EVE]}},
        result={"response": "Ask ADA@example.org, not eve@example.org"},
    )
    escaped = json.dumps(statement("b", actor=EVE, result={"response": "ada@example.org?"})).replace("@", "\\u0040")
    land(lake, "xapi/statements", taught, escaped)
    assert lake.build(STATEMENTS, [DAY])[0].stored == 2
    first, second = (line["payload"] for line in landed(lake))
    assert first["result"]["response"] == "Ask [erased], not eve@example.org"
    assert first["context"]["instructor"]["account"]["homePage"] == "https://erased.invalid"
    assert [member.get("mbox") for member in first["context"]["team"]["member"]] == [None, EVE["mbox"]]
    assert (second["result"]["response"], second["actor"]) == ("[erased]?", EVE)


def test_what_hangs_on_a_person_goes_too_and_what_names_another_stays(lake: Lake) -> None:
    erase(lake, "chat:u1", "conversation:c1", "session:s1", "user:7")
    land(
        lake,
        "nocodb/messages",
        message("m1"),
        message("m2", from_end_user_id=None),
        message("m3", conversation_id="c2"),
    )
    land(lake, "nocodb/messages", message("m4", conversation_id="c2", from_end_user_id="u2"))
    events: list[dict[str, Any]] = [
        {"event_id": "e1", "event_type": "error", "session_id": "s1", "stack_trace": "secret"},
        {"event_id": "e2", "event_type": "error", "session_id": "s1", "user_id": "8"},
        {"event_id": "e3", "event_type": "action", "user_id": 7},
    ]
    land(lake, "telemetry/events", *events)
    for path, left in (("nocodb/messages", ["m4"]), ("telemetry/events", ["e2"])):
        table = {"nocodb/messages": "message_id", "telemetry/events": "event_id"}[path]
        from analytics_platform.contracts import TABLES

        assert lake.build(TABLES[path], [DAY])[0].balances
        assert [row[0] for row in rows(lake, path, columns=table)] == left


def test_what_is_no_json_is_known_by_the_addresses_in_it(lake: Lake) -> None:
    erase(lake, "mbox:ada@example.org")
    land(lake, "xapi/statements", '{"actor": {"mbox": "mailto:ada@example.org"', "rubbish", b"\xff ada@example.org")
    entry = lake.build(STATEMENTS, [DAY])[0]
    assert entry.reasons == {"erased": 2, "not_json": 1}


def test_words_of_an_erasure_under_way_are_hidden_everywhere(lake: Lake) -> None:
    assert lake.erasures is not None
    erase(lake, "chat:0a1b2c3d4e")
    erased = lake.erasures.read(needles=("0a1b2c3d4e", "+49 30 1234567"))
    land(lake, "nocodb/messages", message("m1", query="I am 0A1B2C3D4E, call +49 30 1234567", from_end_user_id="u2"))
    assert lake.scrub(STATEMENTS, [DAY], erased) == (0, 0)
    from analytics_platform_tests.lines import MESSAGES

    assert lake.scrub(MESSAGES, [DAY], erased) == (0, 1)
    assert landed(lake, "nocodb/messages")[0]["payload"]["query"] == "I am [erased], call [erased]"


def test_only_keyed_hashes_are_kept_and_a_lost_key_stops_the_build(lake: Lake, tmp_path: Path) -> None:
    erase(lake, "mbox:ada@example.org")
    (key,) = lake.store.keys("erased")
    content = lake.store.read(key) or b""
    assert b"ada" not in content
    assert hashlib.sha256(b"mbox:ada@example.org").hexdigest().encode() not in content
    assert lake.erasures is not None
    assert lake.erasures.key_file.stat().st_mode & 0o077 == 0
    with pytest.raises(LakeError, match="Set PRIVACY_KEY"):
        Erasures(lake.store, tmp_path / "none").read()


def test_keys_can_be_changed(lake: Lake, tmp_path: Path) -> None:
    old = Erasures(lake.store, tmp_path / "none", "old")
    old.add(["mbox:ada@example.org"])
    both = Erasures(lake.store, tmp_path / "none", "new,old")
    both.add(["mbox:bob@example.org"])
    erased = both.read()
    assert [erased.holds(f"mbox:{one}@example.org") for one in ("Ada", "bob", "eve")] == [True, True, False]
    assert len(lake.store.keys("erased")) == 2


def test_the_same_person_comes_again_on_another_day(lake: Lake) -> None:
    erase(lake, "mbox:ada@example.org")
    late = NOON + timedelta(days=3)
    land(lake, "xapi/statements", statement("z", actor=ADA), at=late)
    assert lake.build(STATEMENTS, [late.date()])[0].reasons == {"erased": 1}
    assert b"ada" not in json.dumps(landed(lake)).lower().encode()


def test_a_line_that_names_nobody_keeps_its_bytes(lake: Lake) -> None:
    assert lake.erasures is not None
    erase(lake, "mbox:ada@example.org")
    line = b'{"received_at":"2026-03-10T12:00:00Z","origin":"x","payload":{"id": 1.50, "n": 12345678901234567890123}}'
    assert scrubbed("xapi/statements", line, DAY, lake.erasures.read()) is None
