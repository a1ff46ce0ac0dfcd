"""A day's fate: what is stored, repeated, superseded or refused, and that days never touch each other."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from analytics_platform.lake.lake import Lake, lake_key
from analytics_platform.lake.ledger import Entry
from analytics_platform_tests.lines import (
    DAY,
    MESSAGES,
    NOON,
    STATEMENTS,
    land,
    message,
    quarantine,
    rows,
    statement,
)

XAPI = "xapi/statements"


def compact(payload: dict[str, object]) -> str:
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False)


def build(lake: Lake) -> Entry:
    (entry,) = lake.build(STATEMENTS, [DAY])
    assert entry.balances
    return entry


def test_an_equal_repeat_is_a_duplicate_however_often_it_comes(lake: Lake) -> None:
    for _ in range(3):
        land(lake, XAPI, statement("a"), statement("b"))
    entry = build(lake)
    assert (entry.received, entry.stored, entry.duplicate, entry.quarantined) == (6, 2, 4, 0)


def test_a_repeat_that_only_an_lrs_touched_is_no_conflict(lake: Lake) -> None:
    land(lake, XAPI, statement("a", timestamp="2026-03-10T10:00:00Z"))
    again = statement("a", timestamp="2026-03-10T12:00:00+02:00", stored="2026-03-10T11:00:00Z", version="1.0.3")
    land(lake, XAPI, again)
    assert build(lake).duplicate == 1


def test_the_same_id_with_other_content_is_refused_and_the_first_stays(lake: Lake) -> None:
    land(lake, XAPI, statement("a", result={"response": "first"}))
    land(lake, XAPI, statement("a", result={"response": "second"}), at=NOON + timedelta(minutes=1))
    entry = build(lake)
    assert entry.reasons == {"conflict": 1}
    assert rows(lake, XAPI, columns="response") == [("first",)]
    assert quarantine(lake, XAPI) == [("conflict", compact(statement("a", result={"response": "second"})))]


def test_the_newest_version_of_an_edited_row_is_stored(lake: Lake) -> None:
    land(lake, "nocodb/messages", message(answer="new", UpdatedAt="2026-03-10 11:00:00+00:00"))
    land(lake, "nocodb/messages", message(answer="old"), at=NOON + timedelta(hours=1))
    land(lake, "nocodb/messages", message(answer="newest", UpdatedAt="2026-03-12 11:00:00+00:00"))
    (entry,) = lake.build(MESSAGES, [DAY])
    assert (entry.stored, entry.duplicate, entry.superseded, entry.quarantined) == (1, 2, 2, 0)
    assert rows(lake, "nocodb/messages", columns="answer") == [("newest",)]


BAD = {
    "not_json": ["{not json", "", "a\x00b"],
    "not_utf8": [b'{"id":"\xff\xfe"}'],
    "missing_actor": [statement("x1", actor=None), statement("x2", actor="Ann"), statement("x3", actor={})],
    "missing_verb": [statement("x4", verb={})],
    "missing_object": [statement("x5", object=None)],
    "missing_id": [statement(None)],  # type: ignore[arg-type]
    "impossible_time": [statement("x6", timestamp="2026-13-45T99:00:00Z"), statement("x7", timestamp="yesterday")],
    "too_large": [statement("x8", result={"response": "x" * 10_000_000})],
    "too_deep": ['{"id":"x9","deep":' + "[" * 500 + "]" * 500 + "}"],
}


def test_bad_lines_are_kept_with_their_reason_and_the_good_ones_go_on(lake: Lake) -> None:
    land(lake, XAPI, statement("good 1"), *[line for lines in BAD.values() for line in lines], statement("good 2"))
    entry = build(lake)
    assert entry.reasons == {reason: len(lines) for reason, lines in BAD.items()}
    assert [row[0] for row in rows(lake, XAPI, columns="statement_id")] == ["good 1", "good 2"]
    kept = quarantine(lake, XAPI)
    assert ("missing_verb", compact(statement("x4", verb={}))) in kept
    assert any(reason == "not_utf8" and "\\xff\\xfe" in payload for reason, payload in kept)
    assert max(len(payload) for _, payload in kept) > 10_000_000


def test_brackets_in_an_honest_answer_are_not_deep_nesting(lake: Lake) -> None:
    land(lake, XAPI, statement("a", result={"response": "}" * 500 + "]" * 500}))
    assert build(lake).stored == 1


def test_a_rerun_is_identical_and_neighbours_stay_untouched(lake: Lake) -> None:
    for n in range(3):
        land(lake, XAPI, statement(f"s{n}", timestamp=f"2026-03-{9 + n:02}T10:00:00Z"), at=NOON + timedelta(days=3))
    days = [DAY + timedelta(days=n) for n in (-1, 0, 1)]
    lake.build(STATEMENTS, days)
    before = {day: (lake.store.root / lake_key(STATEMENTS, day)).stat().st_mtime_ns for day in days}
    first = rows(lake, XAPI)
    lake.build(STATEMENTS, [DAY])
    after = {day: (lake.store.root / lake_key(STATEMENTS, day)).stat().st_mtime_ns for day in days}
    assert rows(lake, XAPI) == first
    assert before == after  # the same bytes keep their file, so nothing below is built again


def test_a_late_line_reopens_its_own_day_only(lake: Lake) -> None:
    land(lake, XAPI, statement("a"))
    build(lake)
    assert lake.ledger.reopened(STATEMENTS, lake.landing) == []
    land(lake, XAPI, statement("late", timestamp="2026-03-10T08:00:00Z"), at=NOON + timedelta(days=2))
    assert lake.ledger.reopened(STATEMENTS, lake.landing) == [DAY]
    assert build(lake).stored == 2
    assert lake.ledger.reopened(STATEMENTS, lake.landing) == []


def test_an_emptied_day_ends_up_empty(lake: Lake) -> None:
    land(lake, XAPI, statement("a"))
    build(lake)
    for segment in lake.landing.segments(STATEMENTS, DAY):
        lake.store.delete(segment.key)
    assert lake.ledger.reopened(STATEMENTS, lake.landing) == [DAY]
    assert build(lake).received == 0
    assert rows(lake, XAPI) == []


def test_a_line_in_the_folder_of_another_day_is_refused(lake: Lake) -> None:
    land(lake, XAPI, statement("a", timestamp="2026-03-09T10:00:00Z"))
    (segment,) = lake.landing.segments(STATEMENTS)
    wrong = lake.store.root / segment.key.replace("2026-03-09", str(DAY))
    wrong.parent.mkdir(parents=True)
    (lake.store.root / segment.key).rename(wrong)
    assert build(lake).reasons == {"wrong_day": 1}


@pytest.mark.parametrize("days", [1, 7])
def test_any_number_of_days_can_be_built_at_once(lake: Lake, days: int) -> None:
    for n in range(days):
        stamp = (NOON + timedelta(days=n)).isoformat()
        land(lake, XAPI, *(statement(f"{n}-{i}", timestamp=stamp) for i in range(5)), at=NOON + timedelta(days=9))
    entries = lake.build(STATEMENTS, [DAY + timedelta(days=n) for n in range(days)])
    assert [entry.stored for entry in entries] == [5] * days


def test_an_update_of_the_contract_reopens_the_days_that_have_lines(lake: Lake) -> None:
    land(lake, "xapi/statements", statement())
    lake.build(STATEMENTS, [DAY, date(2026, 3, 11)])
    assert lake.ledger.reopened(STATEMENTS, lake.landing) == []
    updated = replace(STATEMENTS, claimed_sql=f"coalesce({STATEMENTS.claimed_sql}, null)")
    assert lake.ledger.reopened(updated, lake.landing) == [DAY]
    assert replace(STATEMENTS, description="Other words.").recipe == STATEMENTS.recipe
    lake.build(updated, [DAY])
    assert lake.ledger.reopened(updated, lake.landing) == []
