"""What waits is the difference between versions at each step, found without opening a file of a day."""

import time
from datetime import date, timedelta

import pytest

from analytics_platform.contracts import LAKE_TABLES, TABLES
from analytics_platform.lake.day_files import day_files
from analytics_platform.lake.lake import Lake, lake_key
from analytics_platform.lake.ledger import Entry
from analytics_platform.lake.notes import Notes
from analytics_platform.operations.waiting import (
    is_only_unfinished,
    lake_waiting,
    marts_waiting,
    state_of,
    waiting_days,
    waiting_steps,
)
from analytics_platform.settings import Settings
from analytics_platform.warehouse import built
from analytics_platform_tests.lines import DAY, STATEMENTS, land, statement

TODAY = date(2026, 3, 20)


@pytest.fixture
def built_once(settings: Settings, lake: Lake) -> Settings:
    """A lake day, and a warehouse of which the notes say that it was built from it."""
    land(lake, "xapi/statements", statement("a"))
    lake.build(STATEMENTS, [DAY])
    settings.warehouse_file.parent.mkdir()
    settings.warehouse_file.touch()
    settings.steps_file.touch()
    built.finish(settings, "first", day_files(lake.store))
    return settings


def test_a_rebuilt_lake_day_waits_for_the_marts(built_once: Settings, lake: Lake) -> None:
    assert marts_waiting(built_once, TODAY) == {}
    land(lake, "xapi/statements", statement("b"))
    lake.build(STATEMENTS, [DAY])
    assert list(marts_waiting(built_once, TODAY)) == [DAY]


def test_a_build_that_did_not_end_waits_and_nothing_may_be_published(built_once: Settings) -> None:
    before = built.begin(built_once, everything=False)
    assert marts_waiting(built_once, TODAY) == {TODAY: ["marts/unfinished since first"]}
    assert not built.read_built(built_once).can_be_published
    built.finish_part(built_once, "part", before, before.marks, [])
    assert built.read_built(built_once).can_be_published
    assert waiting_steps(built_once, TODAY)["snapshot"] == {TODAY: ["snapshot/part"]}


def test_notes_of_a_deleted_warehouse_count_for_nothing(built_once: Settings) -> None:
    built_once.steps_file.unlink()
    assert list(marts_waiting(built_once, TODAY)) == [DAY]


def test_a_day_before_the_first_partition_waits_for_a_run_of_today(settings: Settings, lake: Lake) -> None:
    land(lake, "xapi/statements", statement("a"))
    later = settings.model_copy(update={"platform_first_day": DAY + timedelta(days=1)})
    assert list(waiting_days(later, TODAY)) == [TODAY]


def test_the_state_of_a_range_is_what_waits_in_it() -> None:
    waiting = {DAY: ["b", "a"], TODAY: ["c"]}
    assert state_of(waiting, DAY, DAY) == state_of({DAY: ["a", "b"]}, DAY, TODAY)
    assert state_of(waiting, DAY, DAY) != state_of(waiting, DAY, TODAY)


def test_a_step_of_ones_own_notes_and_asks(lake: Lake) -> None:
    notes = Notes(lake.store, "insights")
    assert notes.differing({"2026-03-10": "v1"}) == ["2026-03-10"]
    notes.add({"2026-03-10": "v1", "2026-03-11": "v1"})
    assert notes.differing({"2026-03-10": "v1", "2026-03-11": "v2", "2026-03-12": "v1"}) == ["2026-03-11", "2026-03-12"]
    notes.add({}, gone=["2026-03-10"])
    assert list(notes.read()) == ["2026-03-11"]


def test_days_without_a_line_cost_an_entry_and_no_file(lake: Lake) -> None:
    days = [DAY + timedelta(days=n) for n in range(40)]
    land(lake, "xapi/statements", statement("a"))
    entries = lake.build(STATEMENTS, days)
    assert [entry.day for entry in entries] == days
    assert [entry.received for entry in entries] == [1] + 39 * [0]
    assert list(day_files(lake.store)) == [lake_key(STATEMENTS, DAY)]
    assert lake.ledger.days(STATEMENTS) == days
    (segment,) = lake.landing.segments(STATEMENTS)
    lake.store.delete(segment.key)  # an emptied day is written, so that nobody reads its old rows
    assert lake.ledger.reopened(STATEMENTS, lake.landing) == [DAY]
    assert lake.build(STATEMENTS, days[:1])[0].received == 0
    assert lake.store.exists(lake_key(STATEMENTS, DAY))
    assert lake.ledger.reopened(STATEMENTS, lake.landing) == []


def test_500_days_of_every_table_answer_at_once(settings: Settings, lake: Lake) -> None:
    """CPU seconds of the second look: the first one opens each entry of the ledger once."""
    days = [date(2020, 1, 1) + timedelta(days=n) for n in range(500)]
    for table in TABLES.values():
        for day in days:
            folder = settings.home / f"landing/{table.path}/day={day}"
            folder.mkdir(parents=True)
            (folder / "20200101T000000000000Z-w-1.ndjson.zst").touch()
        segments = ("20200101T000000000000Z-w-1.ndjson.zst",)
        entry = Entry(table.source, table.name, days[0], 1, 1, 0, 0, 0, {}, segments, recipe=table.recipe)
        lake.ledger.write(entry)
        content = (settings.home / f"ledger/{table.path}/day={days[0]}.json").read_text()
        for day in days[1:]:
            file = settings.home / f"ledger/{table.path}/day={day}.json"
            file.write_text(content.replace(str(days[0]), str(day)))
    for table in LAKE_TABLES.values():
        for day in days:
            file = settings.home / lake_key(table, day)
            file.parent.mkdir(parents=True)
            file.touch()
    assert lake_waiting(settings, TODAY) == {}
    started = time.process_time()
    waiting = waiting_days(settings, TODAY)
    assert time.process_time() - started < 1.5  # half of what ten years may take; 0.4 on a quiet machine
    assert len(waiting) == 501  # rosters and maps wait for a run of today


def test_a_build_that_has_not_ended_is_told_from_days_that_wait() -> None:
    unfinished = {TODAY: ["marts/unfinished since the start"]}
    assert is_only_unfinished(unfinished)
    assert not is_only_unfinished({**unfinished, date(2026, 3, 1): ["xapi/statements/one"]})
