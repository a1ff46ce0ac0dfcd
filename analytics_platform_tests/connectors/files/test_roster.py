"""Rosters: members as they are written, and who joined, left or changed against the newest file of their cohort."""

from datetime import date

from .conftest import Desk, refusals

HEAD = "First Name,Last Name,Email,Group,Team,Phone,Location,ID\n"
ANN = "Ann,Hill, Ann@Example.ORG ,North,Harbour,+49 1,Kiel,7\n"
BOB = "Bob,,bob@example.org,North,Harbour,,,\n"
CLEO = "Cleo,Sand,,South,,,,c-1\n"


def test_a_row_becomes_a_member(desk: Desk) -> None:
    desk.take("roster", HEAD + ANN + BOB + CLEO, valid_from=date(2026, 3, 1))
    columns = "email, first_name, last_name, full_name, cohort, phone, location, external_id, valid_from::varchar"
    assert desk.rows("people/roster", columns) == [
        ("ann@example.org", "Ann", "Hill", "Ann Hill", "North / Harbour", "+49 1", "Kiel", "7", "2026-03-01"),
        ("bob@example.org", "Bob", None, "Bob", "North / Harbour", None, None, None, "2026-03-01"),
        (None, "Cleo", "Sand", "Cleo Sand", "South", None, None, "c-1", "2026-03-01"),
    ]


def test_the_same_file_twice_changes_nothing_built_or_not(desk: Desk) -> None:
    desk.take("roster", HEAD + ANN + BOB)
    again = desk.take("roster", HEAD + BOB + ANN)  # another order is no change
    assert (again.changes, again.batch_id) == ({"joined": 0, "left": 0, "changed": 0, "unchanged": 2}, None)
    desk.build()
    assert desk.take("roster", HEAD + ANN + BOB).batch_id is None
    assert desk.segments() == 1


def test_a_dry_run_says_who_joins_leaves_and_changes_and_stores_nothing(desk: Desk) -> None:
    desk.take("roster", HEAD + ANN + BOB + CLEO)
    dry = desk.take(
        "roster", HEAD + ANN.replace("Kiel", "Bonn") + "Di,,di@example.org,North,Harbour,,,\n", dry_run=True
    )
    assert dry.changes == {"joined": 1, "left": 1, "changed": 1, "unchanged": 0}
    assert list(dry.lines())[-4:] == [
        "  left North / Harbour: bob@example.org",
        "  changed in North / Harbour: ann@example.org (location)",
        "  joined North / Harbour: di@example.org",
        "A dry run: nothing is stored.",
    ]
    assert desk.segments() == 1


def test_the_newest_file_of_a_cohort_is_its_state_and_other_cohorts_stay(desk: Desk) -> None:
    desk.take("roster", HEAD + ANN + BOB + CLEO)
    left = desk.take("roster", HEAD + ANN)
    assert left.changes == {"joined": 0, "left": 1, "changed": 0, "unchanged": 1}
    assert desk.take("roster", HEAD + CLEO).batch_id is None  # South is as it was in the first file
    back = desk.take("roster", HEAD + ANN + BOB + CLEO)
    assert back.changes == {"joined": 1, "left": 0, "changed": 0, "unchanged": 2}


def test_bad_rows_are_refused_with_line_and_reason_and_the_good_ones_go_on(desk: Desk) -> None:
    rows = ["Eve,,eve at example,North,,,,\n", ",,,North,,,,\n", "Fay,,fay@example.org,,,,,\n", ANN, ANN]
    report = desk.take("roster", HEAD + "".join(rows))
    assert refusals(report) == [
        (2, "the e-mail address is none (it needs one @ and no spaces)"),
        (3, "names nobody: an e-mail address, an id or a name is needed"),
        (4, "has neither a group nor a team"),
        (6, "repeats the member of line 5"),
    ]
    assert desk.rows("people/roster", "email") == [("ann@example.org",)]


def test_the_cohort_may_be_said_and_an_address_may_be_dressed_up(desk: Desk) -> None:
    desk.take("roster", "E-mail address,full_name\nAnn Hill <Ann@Example.org>,Ann Hill\n", cohort="North / Hill")
    assert desk.rows("people/roster", "email, cohort") == [("ann@example.org", "North / Hill")]


def test_honest_names_stay(desk: Desk) -> None:
    desk.take("roster", "Email,Name,Group\nn@example.org,Null,None\nf@example.org,False,0\n")
    assert desk.rows("people/roster", "full_name, cohort") == [("Null", "None"), ("False", "0")]


def test_no_log_line_holds_a_person(desk: Desk) -> None:
    report = desk.take("roster", HEAD + ANN)
    assert report.summary() == "roster: 1 rows read, 1 good, 0 refused; joined 1, left 0, changed 0, unchanged 0"
