"""Damage on disk and files put there by hand: what can be read is stored, the rest is counted, the day goes on."""

import json
from pathlib import Path

import pytest

from analytics_platform.lake.lake import Lake
from analytics_platform_tests.lines import DAY, NOON, STATEMENTS, land, quarantine, rows, statement

XAPI = "xapi/statements"


def segment_file(lake: Lake) -> Path:
    (segment,) = lake.landing.segments(STATEMENTS, DAY)
    return Path(lake.store.root / segment.key)


def by_hand(lake: Lake, name: str, content: bytes) -> None:
    folder = lake.store.root / f"landing/{XAPI}/day={DAY}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def line(payload: object) -> bytes:
    return json.dumps({"received_at": NOON.isoformat(), "origin": "hand", "payload": payload}).encode() + b"\n"


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.9])
def test_a_torn_segment_still_balances(lake: Lake, keep: float) -> None:
    land(lake, XAPI, *(statement(f"torn {n}", result={"response": f"{n * 7919} words"}) for n in range(500)))
    file = segment_file(lake)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * keep)])
    land(lake, XAPI, statement("whole"))
    (entry,) = lake.build(STATEMENTS, [DAY])
    assert entry.received == 501
    assert entry.balances
    assert entry.reasons["damaged_segment"] + entry.reasons.get("not_json", 0) == 501 - entry.stored
    assert ("whole",) in rows(lake, XAPI, columns="statement_id")


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b'{"received_at": "2026-03-10T12:00:00Z", "payload": {"id"\n', "not_json"),
        (b'{"received_at":"2026-03-10T12:00:00Z","payload":{"id":"a\x00b"}}\n', "not_json"),
        (b'{"received_at":"2026-03-10T12:00:00Z","payload":{"id":"a\xff"}}\n', "not_utf8"),
        (b"[1, 2, 3]\n", "not_a_landing_line"),
        (b'{"some": "thing"}\n', "not_a_landing_line"),
        (b'"' + b"x" * 20_000_000 + b'"\n', "too_large"),
        (b"\xff\xfe\x00\x01\n", "not_utf8"),
    ],
    ids=["cut", "nul byte", "bad utf-8", "array", "no envelope", "huge", "binary"],
)
def test_a_file_by_hand_with_a_broken_line_keeps_its_good_lines(lake: Lake, broken: bytes, reason: str) -> None:
    by_hand(lake, "by-hand.ndjson", line(statement("a")) + broken + line(statement("b")))
    (entry,) = lake.build(STATEMENTS, [DAY])
    assert (entry.received, entry.stored, entry.quarantined) == (3, 2, 1)
    assert entry.reasons == {reason: 1}
    assert quarantine(lake, XAPI)[0][1]


def test_a_line_without_a_receipt_time_is_refused_not_dated_by_guess(lake: Lake) -> None:
    by_hand(lake, "by-hand.ndjson", b'{"received_at":"soon","payload":{"id":"a"}}\n' + line(statement("b")))
    (entry,) = lake.build(STATEMENTS, [DAY])
    assert (entry.stored, entry.quarantined, entry.balances) == (1, 1, True)
