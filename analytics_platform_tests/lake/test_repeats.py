"""One id on two days: the first delivery is stored, whatever day is built first."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from analytics_platform.lake.lake import Lake
from analytics_platform.lake.ledger import Entry
from analytics_platform_tests.lines import DAY, NOON, STATEMENTS, land, rows, statement

XAPI = "xapi/statements"
LATER = DAY + timedelta(days=20)
MUCH_LATER = NOON + timedelta(days=20)


def fates(entry: Entry | None) -> tuple[int, int, int]:
    assert entry is not None
    assert entry.balances
    return entry.stored, entry.duplicate, entry.quarantined


def deliver(lake: Lake, at: datetime = NOON, **changes: Any) -> None:
    land(lake, XAPI, statement("a", **changes), at=at)


@pytest.mark.parametrize("order", [[[DAY], [LATER]], [[LATER], [DAY]], [[DAY, LATER]]])
def test_a_repeat_without_a_time_weeks_later_is_a_duplicate(lake: Lake, order: list[list[date]]) -> None:
    deliver(lake)
    deliver(lake, at=MUCH_LATER)
    land(lake, XAPI, statement("b"), at=MUCH_LATER)
    for days in order:
        lake.build(STATEMENTS, days)
    assert fates(lake.ledger.read(STATEMENTS, DAY)) == (1, 0, 0)
    assert fates(lake.ledger.read(STATEMENTS, LATER)) == (1, 1, 0)
    assert rows(lake, XAPI, LATER, "statement_id") == [("b",)]


def test_two_claimed_days_are_a_conflict(lake: Lake) -> None:
    deliver(lake, timestamp="2026-03-10T09:00:00Z")
    deliver(lake, at=NOON + timedelta(hours=1), timestamp="2026-03-09T09:00:00Z")
    (before, day) = lake.build(STATEMENTS, [DAY - timedelta(days=1), DAY])
    assert (fates(before), fates(day)) == ((0, 0, 1), (1, 0, 0))
    assert before.reasons == {"conflict": 1}


def test_other_content_on_another_day_is_a_conflict_each_time_it_is_built(lake: Lake) -> None:
    deliver(lake)
    deliver(lake, at=MUCH_LATER, result={"response": "other"})
    deliver(lake, at=MUCH_LATER + timedelta(minutes=1))
    lake.build(STATEMENTS, [DAY])
    for _ in range(2):
        (entry,) = lake.build(STATEMENTS, [LATER])
        assert fates(entry) == (0, 1, 1)
        assert rows(lake, XAPI, LATER, "statement_id") == []


def test_days_without_common_ids_are_built_once(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    land(lake, XAPI, *(statement(f"s{n}") for n in range(50)))
    land(lake, XAPI, *(statement(f"t{n}") for n in range(50)), at=MUCH_LATER)
    built: list[date] = []
    plain = Lake._build_day

    def build(self: Lake, table: Any, day: date, *rest: Any) -> Entry:
        built.append(day)
        return plain(self, table, day, *rest)

    monkeypatch.setattr(Lake, "_build_day", build)
    lake.build(STATEMENTS, [DAY, LATER])
    assert sorted(built) == [DAY, LATER]


def test_lines_from_before_the_first_day_are_counted(lake: Lake) -> None:
    deliver(lake, timestamp="2015-03-02T10:00:00Z")
    (entry,) = lake.build(STATEMENTS, [DAY])
    assert (entry.stored, entry.before_first_day) == (1, 1)
    assert rows(lake, XAPI, columns="clock_skewed") == [(True,)]
