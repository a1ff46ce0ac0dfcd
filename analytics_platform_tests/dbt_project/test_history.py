"""Marts over all of history say what a build from nothing says: whatever changed, whichever run saw it or died."""

import pytest

from analytics_platform_tests.dbt_project.people import lesson_map, links, roster, statement
from analytics_platform_tests.dbt_project.test_habits import key, tried

pytestmark = pytest.mark.proof

HASH = "account:7taps|abc"
DAYS = ["2026-03-02", "2026-03-05", "2026-03-07"]
EVENTS = [
    *tried(10, "ann", 1, False, True),
    *tried(20, "ann", 2, True, day="2026-03-07"),
    *tried(30, "ben", 1, True),
    *tried(40, "ben", 2, False, day="2026-03-05"),
    statement(50, "2026-03-05 10:00", HASH, card="quiz/1", response="x", success=True),
    statement(51, "2026-03-07 10:00", HASH, card="quiz/3", response="x", success=True),
    statement(52, "2026-03-07 11:00", HASH, "completed", lesson="focus"),
]
ANN_IS_THE_HASH = links("b1", (key("ann"), HASH))
MARTS = ["users", "lesson_progress", "question_difficulty", "questions", "user_lifecycle", "lessons"]
MAP = lesson_map("b1", "2026-03-01", ("1", "Sleep", "https://courses.example.org/sleep"))


def filled(make_warehouse, *, without=(), command="run"):
    warehouse = make_warehouse()
    warehouse.command, warehouse.select = command, " ".join(f"+{mart}" for mart in MARTS)
    warehouse.put("people/roster", roster("b1", ("Ann", "ann@example.org", "North"), ("Ben", "ben@example.org", "N")))
    warehouse.put("xapi/statements", [row for row in EVENTS if row["event_time"][:10] not in without])
    return warehouse


@pytest.fixture(scope="module")
def everything(make_warehouse):
    """By state of the imports: what a build from nothing says. dbt tests it, and so all that equals it."""

    def built(*imports):
        warehouse = filled(make_warehouse, command="build")
        for table, rows in imports:
            warehouse.put(table, rows)
        warehouse.build()
        return warehouse.all_facts()

    return {"plain": built(), "linked": built(("people/links", ANN_IS_THE_HASH)), "mapped": built(("lessons/map", MAP))}


@pytest.mark.parametrize(
    ("table", "rows", "state"), [("people/links", ANN_IS_THE_HASH, "linked"), ("lessons/map", MAP, "mapped")]
)
def test_an_import_and_its_removal_change_all_of_history_whatever_day_is_built(
    make_warehouse, everything, table, rows, state
):
    warehouse = filled(make_warehouse)
    warehouse.build()
    warehouse.put(table, rows)
    warehouse.build("2026-03-07")
    assert warehouse.all_facts() == everything[state]
    assert warehouse.rows("select count(*) from users where statements > 0") == [(2 if state == "linked" else 3,)]
    warehouse.empty(table, "2026-03-01")
    warehouse.build("2026-03-07")
    assert warehouse.all_facts() == everything["plain"]


def test_a_lost_file_of_steps_leaves_no_notes_that_lie(make_warehouse, everything):
    warehouse = filled(make_warehouse)
    warehouse.build()
    for day in DAYS:
        warehouse.empty("xapi/statements", day)
    warehouse.build(DAYS[0], DAYS[2])  # so that the numbers are higher than a new file's
    warehouse.file.with_name("steps.duckdb").unlink()
    warehouse.put("xapi/statements", EVENTS)
    warehouse.build()
    warehouse.put("people/links", ANN_IS_THE_HASH)
    warehouse.build(DAYS[2])
    assert warehouse.all_facts() == everything["linked"]


def test_days_that_a_run_left_half_built_are_not_forgotten(make_warehouse, everything):
    # The day's rows stand and nothing that is made from them has seen them: as after a kill between the two.
    warehouse = filled(make_warehouse, without=DAYS[1:])
    warehouse.build(DAYS[0])
    warehouse.put("xapi/statements", EVENTS)
    half = "+int_user_days +int_question_person_days +int_lesson_person_days +int_quiz_person_days +int_question_days"
    warehouse.build(DAYS[1], select=half)
    warehouse.build(DAYS[2])
    built, whole = warehouse.all_facts(), everything["plain"]
    for table in [
        *(f"warehouse.main.{mart}" for mart in MARTS if mart != "lesson_progress"),
        "warehouse.facts.fact_progress",
    ]:
        assert built[table] == whole[table], table
