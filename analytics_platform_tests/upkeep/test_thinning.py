"""Telemetry's kinds go at their own age, small segments become one; every other line stays as it came."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from analytics_platform.contracts import KEPT, TABLES
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.workbench import workbench, write_day
from analytics_platform.settings import Settings
from analytics_platform.upkeep.retention import find
from analytics_platform.upkeep.thinning import FEW, compact
from analytics_platform_tests.lines import STATEMENTS, land, rows, statement

TELEMETRY = TABLES["telemetry/events"]
NOTHING = ", ".join(f"null as {column.name}" for column in KEPT["kept/telemetry_days"].columns[1:])
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def event(kind: str, at: datetime, **fields: Any) -> dict[str, Any]:
    return {"event_type": kind, "event_id": f"{kind} {at.date()}", "timestamp": at.isoformat(), **fields}


def keep_rows(lake: Lake, days: Sequence[date]) -> None:
    nothing = f"select null::date as day, {NOTHING}"
    with workbench(lake) as (connection, folder):
        for day in days:
            write_day(connection, lake, folder, KEPT["kept/telemetry_days"], day, nothing)


def test_a_day_goes_whole_once_its_rows_are_kept(settings: Settings, lake: Lake) -> None:
    at = NOW - timedelta(days=400)
    land(lake, TELEMETRY.path, event("action", at), at=at)
    lake.build(TELEMETRY, [at.date()])
    assert list(find(settings, NOW)) == []
    keep_rows(lake, [at.date()])
    (old,) = find(settings, NOW)
    assert old.kind == "events"
    old.remove()
    assert [key for key in lake.store.keys("lake") if str(at.date()) in key] == [
        f"lake/kept/telemetry_days/day={at.date()}/part-0.parquet"
    ]
    assert lake.landing.segments(TELEMETRY) == []


def test_each_kind_goes_at_its_own_age(settings: Settings, lake: Lake) -> None:
    kinds = ("action", "session-start", "system-metrics", "cognitive-process")
    days = [(NOW - timedelta(days=age)).date() for age in (200, 100, 10)]
    for age in (200, 100, 10):
        at = NOW - timedelta(days=age)
        land(lake, TELEMETRY.path, *(event(kind, at) for kind in kinds), "no json", at=at)
    lake.build(TELEMETRY, days)

    assert list(find(settings, NOW)) == [], "nothing goes of days whose daily rows are not kept and cannot be"
    keep_rows(lake, days[:2])
    old = list(find(settings, NOW))
    assert [(one.kind, one.name[-10:], one.count) for one in old] == [
        ("sessions", str(days[0]), 1),
        ("system metrics", str(days[0]), 1),
        ("system metrics", str(days[1]), 1),
        ("AI processes", str(days[0]), 1),
    ]
    for one in old:
        one.remove()
    assert lake.ledger.reopened(TELEMETRY, lake.landing) == days[:2]
    entries = lake.build(TELEMETRY, days)
    assert [(entry.received, entry.stored, entry.quarantined) for entry in entries] == [(2, 1, 1), (4, 3, 1), (5, 4, 1)]
    assert rows(lake, TELEMETRY.path, days[0], "kind") == [("action",)]
    assert rows(lake, TELEMETRY.path, days[1], "kind") == [("action",), ("cognitive_process",), ("session_start",)]
    assert list(find(settings, NOW)) == []


def test_small_segments_become_one_and_nothing_is_built_again(lake: Lake) -> None:
    old, young = NOW - timedelta(days=30), NOW - timedelta(days=3)
    for number in range(FEW + 1):
        for at in (old, young):
            land(lake, "xapi/statements", statement(f"{at.date()} {number}", timestamp=at.isoformat()), at=at)
    lake.build(STATEMENTS, [old.date(), young.date()])
    before = rows(lake, "xapi/statements", old.date())
    mark = lake.store.marks("lake/xapi/statements/")

    (one,) = compact(lake, NOW.date())
    assert (one.kind, one.count) == ("small segments", FEW + 1)
    one.remove()
    (segment,) = lake.landing.segments(STATEMENTS, old.date())
    assert segment.lines == FEW + 1
    assert lake.ledger.reopened(STATEMENTS, lake.landing) == []
    (entry,) = lake.build(STATEMENTS, [old.date()])
    assert (entry.received, entry.stored) == (FEW + 1, FEW + 1)
    assert rows(lake, "xapi/statements", old.date()) == before
    assert lake.store.marks("lake/xapi/statements/") == mark
    assert list(compact(lake, NOW.date())) == []
