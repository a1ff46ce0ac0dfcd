"""A day is built exactly: alone, again, late, emptied, in a range or with all others, what comes out is the same."""

import pytest

from analytics_platform_tests.dbt_project.test_conversations import CONVERSATIONS, message
from analytics_platform_tests.dbt_project.test_learning import statement
from analytics_platform_tests.dbt_project.test_sessions import event as telemetry


def player(number, time, kind, position, who="ann"):
    return {
        "event_id": f"v{number}",
        "event_time": f"{time}+00",
        "video_id": "v",
        "actor_key": f"user:{who}",
        "event_type": kind,
        "position_seconds": position,
    }


# Whatever can reach over midnight does: a repeat, a regenerated answer, sessions with and without an id, a view, and a
# kiosk whose session and view only become too long with the last day.
ROWS = {
    "xapi/statements": [
        statement(1, "2026-03-01 09:00", "ann", card="poll/1", response="yes", claimed_at=None),
        statement(1, "2026-03-03 09:00", "ann", card="poll/1", response="yes", claimed_at=None),
        statement(2, "2026-03-02 09:00", "ben", "launched"),
    ],
    "nocodb/conversations": CONVERSATIONS,
    "nocodb/messages": [
        message("a", "2026-03-01 23:50", "talk"),
        message("b1", "2026-03-01 23:59", "talk", parent="a"),
        message("b2", "2026-03-02 00:01", "talk", parent="a"),
    ],
    "video/events": [
        player(1, "2026-03-01 23:59:50", "play", 0),
        player(2, "2026-03-02 00:00:10", "heartbeat", 20),
        player(3, "2026-03-02 00:00:20", "pause", 30),
        *(player(100 + i, f"2026-03-0{2 + i // 24} {i % 24:02}:00:00", "heartbeat", i, "kiosk") for i in range(14, 28)),
    ],
    "telemetry/events": [
        telemetry(1, "2026-03-01 23:50"),
        telemetry(2, "2026-03-02 00:10"),
        telemetry(3, "2026-03-01 22:00", who="ben", session="x"),
        telemetry(4, "2026-03-02 21:00", who="ben", session="x"),
        telemetry(5, "2026-03-03 20:00", who="ben", session="x"),
        telemetry(6, "2026-03-04 20:00", who="cem"),
    ],
}


def fill(warehouse, *, without=(), command="run"):
    warehouse.command = command
    for table, rows in ROWS.items():
        warehouse.put(table, [row for row in rows if row["event_time"][:10] not in without])
    return warehouse


@pytest.fixture(scope="module")
def everything(make_warehouse):
    """What a build of all days says. dbt's own tests hold for it, so for all that equals it."""
    warehouse = fill(make_warehouse(platform_timezone="Asia/Bangkok"), command="build")
    warehouse.build()
    return warehouse.all_facts()


@pytest.mark.proof
def test_days_built_in_any_order_while_others_still_arrive_equal_all_at_once(make_warehouse, everything):
    warehouse = fill(make_warehouse(platform_timezone="Asia/Bangkok"), without=["2026-03-02", "2026-03-04"])
    warehouse.build("2026-03-03")
    warehouse.build("2026-03-01")  # it was there, and not built
    fill(warehouse, without=["2026-03-02"])
    warehouse.build("2026-03-04")
    fill(warehouse)
    warehouse.build("2026-03-02")
    assert warehouse.all_facts() == everything


def test_the_first_run_of_one_day_builds_that_day_only(make_warehouse):
    warehouse = fill(make_warehouse(platform_timezone="Asia/Bangkok"))
    warehouse.put("telemetry/events", [telemetry(7, "2026-02-01 10:00"), telemetry(8, "2026-03-20 10:00")])
    warehouse.build("2026-03-20")
    assert warehouse.rows("select cast(day as varchar) from steps.intermediate.int_user_days") == [("2026-03-20",)]
    assert warehouse.rows("select cast(day as varchar), count(*) from sessions group by all") == [("2026-03-20", 1)]


@pytest.mark.proof
def test_two_ranges_at_once_equal_all_at_once(make_warehouse, everything):
    warehouse = fill(make_warehouse(platform_timezone="Asia/Bangkok"), without=["2026-03-01", "2026-03-04"])
    warehouse.build("2026-03-02", "2026-03-03")
    fill(warehouse)
    warehouse.build("2026-03-04,2026-03-01", "2026-03-04,2026-03-01")
    assert warehouse.all_facts() == everything


@pytest.mark.proof
def test_a_range_again_is_the_same_and_an_emptied_day_ends_up_empty_and_comes_back_late(make_warehouse, everything):
    day = "2026-03-02"
    warehouse = fill(make_warehouse(platform_timezone="Asia/Bangkok"))
    warehouse.build("2026-03-01", "2026-03-04")
    assert warehouse.all_facts() == everything
    for table in ROWS:
        warehouse.empty(table, day)
    warehouse.build(day)
    never = fill(make_warehouse(platform_timezone="Asia/Bangkok"), without=[day])
    never.build()
    assert warehouse.all_facts() == never.all_facts()

    # It comes back late, in a range of others that are built again, and nobody can tell.
    fill(warehouse)
    warehouse.build("2026-03-02", "2026-03-03")
    assert warehouse.all_facts() == everything


def test_a_range_needs_both_ends(make_warehouse):
    with pytest.raises(AssertionError, match=r"DBT_FROM_DAY and DBT_TO_DAY go together; got '' and '2026-03-01'"):
        make_warehouse().build("", "2026-03-01", select="+fact_sessions")


@pytest.mark.parametrize(("days", "files"), [("2026-03-02", 1), ("2026-03-01,2026-03-03", 2)])
def test_a_days_build_opens_only_the_files_of_its_days(make_warehouse, days, files):
    warehouse = fill(make_warehouse(platform_timezone="Asia/Bangkok"))
    warehouse.build(days, select="stg_video__events")
    ranges = [f"day between date '{day}' and date '{day}'" for day in days.split(",")]
    condition = f"({' or '.join(ranges)})"
    counted = "select count(*) from steps.staging.stg_video__events"
    plan = warehouse.rows(f"explain analyze {counted} where {condition}")[0][1]
    assert f"Scanning Files: {files}/4" in plan, plan  # 1 March to 3 March, and the file that is always there
