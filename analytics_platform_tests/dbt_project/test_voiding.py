"""A voided statement and the one that voids it are in no mart, whichever came first and whatever days are built."""

import pytest

from analytics_platform_tests.dbt_project.people import statement

ANN, BEN = "mbox:ann@example.org", "mbox:ben@example.org"
SELECT = "+lesson_progress +question_difficulty +user_activities +activity_completions"
KEPT = [
    statement(1, "2026-03-02 09:00", ANN, card="quiz/1", response="x", success=True),
    statement(2, "2026-03-02 09:01", BEN, card="quiz/1", response="y", success=False),
    statement(3, "2026-03-05 09:00", BEN, "completed", lesson="focus"),
]
# All of it is voided on the 5th: with it the lesson would have two more cards, and ann would have completed it.
WRONG = [
    statement(7, "2026-03-02 10:00", ANN, card="quiz/3", response="x", success=False),
    statement(8, "2026-03-02 10:01", ANN, "completed"),
    statement(9, "2026-03-03 10:00", "mbox:nobody@example.org", card="poll/4", response="x"),
]


def voiding(number, voided, time="2026-03-05 12:00"):
    """Sent by another client, for somebody whom nothing else is known of."""
    return statement(
        number, time, "mbox:admin@example.org", "voided", object_type="StatementRef", object_id=voided,
        verb_id="http://adlnet.gov/expapi/verbs/voided", voids_statement_id=voided,
    )  # fmt: skip


VOIDINGS = [voiding(20, "s7"), voiding(21, "s8"), voiding(22, "s9"), voiding(23, "s22")]  # a voiding stays what it is


@pytest.fixture(scope="module")
def states(make_warehouse):
    """What a build from nothing says where nothing wrong was ever sent, and where it was not voided."""

    def built(rows, command):
        warehouse = make_warehouse()
        warehouse.command = command
        warehouse.put("xapi/statements", rows)
        warehouse.build(select=SELECT)
        return warehouse.all_facts()

    return {"never": built(KEPT, "build"), "wrong": built(KEPT + WRONG, "run")}


def filled(make_warehouse, *rows):
    warehouse = make_warehouse()
    warehouse.command = "run"
    warehouse.put("xapi/statements", rows)
    return warehouse


def test_what_is_voided_is_as_if_it_had_never_been_sent(make_warehouse, states):
    warehouse = filled(make_warehouse, *KEPT, *WRONG, *VOIDINGS)
    warehouse.command = "build"
    warehouse.build(select=SELECT)
    assert warehouse.all_facts() == states["never"]
    assert warehouse.rows("select count(*) from users where email = 'admin@example.org'") == [(0,)]
    assert states["never"] != states["wrong"]


@pytest.mark.proof
def test_a_late_voiding_opens_the_days_of_what_it_voids_and_its_end_brings_them_back(make_warehouse, states):
    warehouse = filled(make_warehouse, *KEPT, *WRONG)
    warehouse.build("2026-03-02", "2026-03-05", select=SELECT)
    assert warehouse.all_facts() == states["wrong"]
    last = [row for row in KEPT if row["event_time"] > "2026-03-05"]
    warehouse.put("xapi/statements", last + VOIDINGS)
    warehouse.build("2026-03-05", select=SELECT)
    assert warehouse.all_facts() == states["never"]
    warehouse.put("xapi/statements", last)
    warehouse.build("2026-03-05", select=SELECT)
    assert warehouse.all_facts() == states["wrong"]


@pytest.mark.proof
def test_a_run_that_dies_after_the_voiding_forgets_no_day(make_warehouse, states):
    warehouse = filled(make_warehouse, *KEPT, *WRONG)
    warehouse.build(select=SELECT)
    warehouse.put("xapi/statements", [KEPT[2], *VOIDINGS])
    warehouse.build("2026-03-05", select="stg_xapi__voidings stg_xapi__statements int_statements")
    warehouse.build("2026-03-06", select=SELECT)  # whichever day is built next
    warehouse.build("2026-03-05", select=SELECT)
    assert warehouse.all_facts() == states["never"]


@pytest.mark.proof
def test_a_voiding_may_come_before_what_it_voids(make_warehouse, states):
    warehouse = filled(make_warehouse, KEPT[2], *VOIDINGS)
    warehouse.build("2026-03-05", select=SELECT)
    warehouse.put("xapi/statements", KEPT[:2] + WRONG)
    warehouse.build("2026-03-02", "2026-03-03", select=SELECT)
    assert warehouse.all_facts() == states["never"]


@pytest.mark.proof
def test_the_list_of_changes_holds_only_what_somebody_has_not_read(make_warehouse, states):
    warehouse = filled(make_warehouse, *KEPT, *WRONG)
    warehouse.build(select=SELECT)
    warehouse.put("xapi/statements", [KEPT[2], *VOIDINGS])
    warehouse.build("2026-03-05", select=SELECT)
    changes = "select count(*) from steps.keys.changes where key <> ''"
    assert warehouse.rows(changes)[0][0] > 0
    warehouse.build("2026-03-05", select=SELECT)
    warehouse.build("2026-03-05", select=SELECT)  # a day that comes again as it was changes nothing
    assert warehouse.rows(changes) == [(0,)]
    # One note a model from before the last run, and one of it.
    assert warehouse.rows("select count(*) <= 2 * count(distinct model) from warehouse.keys.positions") == [(True,)]
    assert warehouse.all_facts() == states["never"]
