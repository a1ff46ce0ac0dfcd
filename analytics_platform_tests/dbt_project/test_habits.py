"""Difficulty of questions, retention and lifecycle, each number worked out by hand."""

import pytest

from analytics_platform_tests.dbt_project.people import roster, statement


def key(name):
    return f"mbox:{name}@example.org"


def tried(number, name, card, *right, day="2026-03-02"):
    """Attempts of one learner at one quiz card, a minute apart."""
    return [
        statement(number + n, f"{day} 09:0{n}", key(name), card=f"quiz/{card}", response="x", success=success)
        for n, success in enumerate(right)
    ]


# Quiz 1: ann right at once; ben at the second attempt, on another day; cem at the third; dan never. Quiz 2: ann and
# ben right at once, cem and dan wrong. The poll's success means nothing.
QUIZZES = [
    *tried(10, "ann", 1, True, False),
    *tried(20, "ben", 1, False),
    *tried(25, "ben", 1, True, day="2026-03-05"),
    *tried(30, "cem", 1, False, False, True),
    *tried(40, "dan", 1, False),
    *tried(50, "ann", 2, True),
    *tried(60, "ben", 2, True),
    *tried(70, "cem", 2, False),
    *tried(80, "dan", 2, False),
    statement(90, "2026-03-02 10:00", key("ann"), card="poll/3", response="x", success=True),
]
# Weeks from Monday 2026-03-02. Ann comes in weeks 0, 1 and 3; ben in 0 and 1; cem first in week 1, again in week 2.
VISITS = [
    ("ann", "2026-03-02"), ("ann", "2026-03-09"), ("ann", "2026-03-29"), ("ben", "2026-03-03"), ("ben", "2026-03-10"),
    ("cem", "2026-03-11"), ("cem", "2026-03-16"),
]  # fmt: skip


@pytest.fixture(scope="module")
def quizzes(make_warehouse):
    warehouse = make_warehouse()
    warehouse.put("xapi/statements", QUIZZES)
    warehouse.build(select="+question_difficulty")
    return warehouse


@pytest.fixture(scope="module")
def visits(make_warehouse):
    warehouse = make_warehouse()
    seen = [statement(n, f"{day} 09:00", key(name), "launched") for n, (name, day) in enumerate(VISITS)]
    warehouse.put("xapi/statements", seen)
    warehouse.put("people/roster", roster("b1", *((n, f"{n}@example.org", "North") for n in ("ann", "ben", "cem"))))
    warehouse.build(select="+user_retention +user_lifecycle")
    return warehouse


def test_difficulty_counts_first_tries_and_the_way_to_right(quizzes):
    # Quiz 1: 1 of 4 at first; right after 1, 2 and 3 attempts: median 2. Quiz 2: 2 of 4; 1 and 1.
    assert quizzes.rows("""
        select card_id, people_attempted, people_right_at_first, people_right, attempts, first_try_correct,
            attempts_to_right
        from question_difficulty order by card_id
    """) == [("1", 4, 1, 3, 8, 0.25, 2.0), ("2", 4, 2, 2, 4, 0.5, 1.0)]


def test_discrimination_is_the_correlation_with_the_rest(quizzes):
    # Scores (quiz 1, quiz 2): (1,1) (0,1) (0,0) (0,0). r = (1/4 - 1/4 * 1/2) / sqrt(3/16 * 1/4) = 0.57735
    found = quizzes.rows("select round(discrimination, 5), people_compared from question_difficulty")
    assert found == [(0.57735, 4), (0.57735, 4)]


def test_retention_by_first_week(visits):
    # The last event is on Sunday of week 3, which may go on: weeks 0 to 2 are over.
    # First week 0: ann, ben; first week 1: cem.
    assert visits.rows("""
        select cohort, week_number, cohort_size, active, classic_rate, rolling_rate from user_retention
        where cohort_kind = 'first week' order by cohort, week_number
    """) == [
        ("2026-03-02", 0, 2, 2, 1.0, 1.0),
        ("2026-03-02", 1, 2, 2, 1.0, 1.0),
        ("2026-03-02", 2, 2, 0, 0.0, 0.5),
        ("2026-03-02", 3, 2, 1, None, 0.5),
        ("2026-03-09", 0, 1, 1, 1.0, 1.0),
        ("2026-03-09", 1, 1, 1, 1.0, 1.0),
        ("2026-03-09", 2, 1, 0, None, 0.0),
    ]


def test_retention_of_a_roster_cohort_waits_for_its_latest_member(visits):
    assert visits.rows("""
        select week_number, cohort_size, active, is_complete, round(classic_rate, 4) from user_retention
        where cohort_kind = 'roster' order by week_number
    """) == [(0, 3, 3, True, 1.0), (1, 3, 3, True, 1.0), (2, 3, 0, False, None), (3, 3, 1, False, None)]


def test_lifecycle_by_week(visits):
    assert visits.rows("""
        select cast(period_start as varchar), active_people, new_people, returning_people, resurrecting_people,
            dormant_people
        from user_lifecycle where period = 'week' order by period_start
    """) == [
        ("2026-03-02", 2, 2, 0, 0, 0),
        ("2026-03-09", 3, 1, 2, 0, 0),
        ("2026-03-16", 1, 0, 1, 0, 2),
        ("2026-03-23", 1, 0, 0, 1, 1),
    ]
