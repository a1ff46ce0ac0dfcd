"""Progress, drop-off and the course's state by day, from hand-written statements of a small cohort."""

import pytest

from analytics_platform_tests.dbt_project.people import due, lesson_map, roster, statement

SLEEP, FOOD = "https://courses.example.org/sleep", "https://courses.example.org/food"
NAMES = ["ann", "ben", "cem", "dan", "eve", "fay"]


def key(name):
    return f"mbox:{name}@example.org"


def reaching(number, name, day, last, lesson="sleep", hour=9):
    """A learner who answers cards 1 to ``last`` of the three, one a minute."""
    return [
        statement(
            number + card, f"{day} {hour:02}:0{card}", key(name), lesson=lesson, card=f"form/{card}", response="x"
        )
        for card in range(1, last + 1)
    ]


# Sleep: ann and ben to the end, cem and dan to card 2, eve to card 1; fay never. Ben's last card is at 23:30 UTC of
# 2026-03-28, which in Berlin is the 29th, the day on which summer time begins.
STATEMENTS = [
    *reaching(10, "ann", "2026-03-27", 3),
    *reaching(20, "ben", "2026-03-28", 2),
    statement(23, "2026-03-28 23:30", key("ben"), card="form/3", response="x"),
    *reaching(30, "cem", "2026-03-28", 2),
    *reaching(40, "dan", "2026-03-28", 2),
    *reaching(50, "eve", "2026-03-29", 1),
    # Food: ann signals completion without a card; eve only launches.
    statement(60, "2026-03-30 09:00", key("ann"), "completed", lesson="food"),
    statement(61, "2026-03-30 10:00", key("eve"), "launched", lesson="food"),
    # Ten days later only ann is still seen.
    statement(62, "2026-04-07 10:00", key("ann"), "experienced", lesson="sleep"),
]
CALENDAR = [f"03-{day}" for day in range(27, 32)] + [f"04-{day:02}" for day in range(1, 8)]
MAP = [("0a", "Sleep", SLEEP), ("1", "Food", FOOD), ("2", "Later", None)]


@pytest.fixture(scope="module")
def warehouse(make_warehouse):
    warehouse = make_warehouse(platform_timezone="Europe/Berlin")
    warehouse.put("xapi/statements", STATEMENTS)
    warehouse.put("people/roster", roster("b1", *((n.title(), f"{n}@example.org", "North") for n in NAMES)))
    warehouse.put("lessons/map", lesson_map("b1", "2026-03-01", *MAP))
    warehouse.put(
        "lessons/due_dates", due("b1", "2026-03-01", ("0a", None, "2026-03-27"), ("0a", "North", "2026-03-28"))
    )
    warehouse.build(
        select="+lesson_progress +cohort_daily_progress +lesson_dropoff +lessons +at_risk_learners"
        " +lesson_dropoff_by_cohort"
    )
    return warehouse


def test_progress_says_by_which_rule_and_when(warehouse):
    assert warehouse.rows("""
        select full_name, lesson_number, status, completion_rule, cards_reached, cards_known,
            cast(completed_local_day as varchar), is_on_time
        from lesson_progress order by position, full_name
    """) == [
        ("Ann", "0a", "completed", "every card reached", 3, 3, "2026-03-27", True),
        ("Ben", "0a", "completed", "every card reached", 3, 3, "2026-03-29", False),
        ("Cem", "0a", "partial", None, 2, 3, None, None),
        ("Dan", "0a", "partial", None, 2, 3, None, None),
        ("Eve", "0a", "partial", None, 1, 3, None, None),
        ("Ann", "1", "completed", "signalled", None, None, "2026-03-30", None),
        ("Eve", "1", "partial", None, None, None, None, None),
    ]


def test_dropoff_card_by_card(warehouse):
    # Reached: all five, four, two. Lost after card 1: one of five; after card 2: two of four.
    assert warehouse.rows("""
        select place, people_reached, people_lost, drop_off from lesson_dropoff order by place
    """) == [(1, 5, 1, 0.2), (2, 4, 2, 0.5), (3, 2, None, None)]


def test_each_day_adds_up_to_the_roster(warehouse):
    assert warehouse.rows("""
        select cast(local_day as varchar), roster_size, completed, partial, not_started from cohort_daily_progress
        where lesson_number = '0a' order by local_day
    """) == [
        ("2026-03-27", 6, 1, 0, 5),
        ("2026-03-28", 6, 1, 3, 2),
        ("2026-03-29", 6, 2, 3, 1),
        *((f"2026-{day}", 6, 2, 3, 1) for day in CALENDAR[3:]),
    ]


def test_lessons_name_both_denominators_and_those_nobody_opened(warehouse):
    assert warehouse.rows("""
        select lesson_number, people_started, people_completed, people_assigned, completion_rate,
            round(completion_rate_assigned, 4)
        from lessons order by position
    """) == [
        ("0a", 5, 2, 6, 0.4, 0.3333),
        ("1", 2, 1, 6, 0.5, 0.1667),
        ("2", 0, None, 6, None, None),
    ]


def test_at_risk_has_started_not_finished_and_is_silent_for_a_week(warehouse):
    # As of 2026-04-07: eve was last seen on 03-30 (8 days), the others on 03-28 or 29. Fay never started; ann is there.
    assert warehouse.rows("""
        select full_name, cast(as_of_day as varchar), days_silent, lessons_started, lessons_completed,
            lessons_in_course, open_lesson_name
        from at_risk_learners order by full_name
    """) == [
        ("Ben", "2026-04-07", 9, 1, 1, 3, None),
        ("Cem", "2026-04-07", 10, 1, 0, 3, "Sleep"),
        ("Dan", "2026-04-07", 10, 1, 0, 3, "Sleep"),
        ("Eve", "2026-04-07", 8, 2, 0, 3, "Food"),
    ]


def test_dropoff_by_cohort_and_week_adds_up_to_dropoff(warehouse):
    # Ann, ben, cem and dan started in the week of Monday 03-23, eve on Sunday 03-29: the same week.
    assert warehouse.rows("""
        select cohort, cast(started_week as varchar), card_id, people_reached, people_lost, drop_off
        from lesson_dropoff_by_cohort order by place
    """) == [
        ("North", "2026-03-23", "1", 5, 1, 0.2),
        ("North", "2026-03-23", "2", 4, 2, 0.5),
        ("North", "2026-03-23", "3", 2, None, None),
    ]


def test_the_map_is_one_course(warehouse):
    # Three lessons. Ann completed sleep and food; ben sleep.
    assert warehouse.rows("""
        select full_name, course_id, lessons_started, lessons_completed, lessons_in_course, completed_at
        from course_progress where lessons_completed > 0 order by full_name
    """) == [("Ann", "map", 2, 2, 3, None), ("Ben", "map", 1, 1, 3, None)]


def test_without_a_map_a_course_is_what_statements_name(make_warehouse):
    # Ann completed one of the two lessons of a course; ben both, and an activity of no course; cem looked at a page.
    warehouse = make_warehouse()
    course = {"course_url": f"{SLEEP}-course"}
    # Ann finished another course as a whole: what she left open in it is no open lesson.
    other = {"course_url": f"{FOOD}-course"}
    rows = [
        statement(1, "2026-03-02 09:00", key("ann"), "completed", lesson="sleep", **course),
        statement(6, "2026-03-02 09:10", key("ann"), "launched", lesson="extra", **other),
        statement(7, "2026-03-02 09:20", key("ann"), "completed", object_id=other["course_url"], lesson_url=None),
        statement(2, "2026-03-02 10:00", key("ben"), "completed", lesson="sleep", **course),
        statement(3, "2026-03-02 11:00", key("ben"), "passed", lesson="food", **course),
        statement(4, "2026-03-02 12:00", key("cem"), "viewed", lesson="page"),
        statement(5, "2026-03-20 12:00", key("dan"), "launched", lesson="alone"),
    ]
    warehouse.put("xapi/statements", rows)
    warehouse.build(select="+at_risk_learners")
    assert warehouse.rows("""
        select email, lessons_started, lessons_completed, lessons_in_course, days_silent, open_lesson_id
        from at_risk_learners
    """) == [("ann@example.org", 1, 1, 2, 18, None)]


def test_one_learner_alone_does_not_tell_the_list_of_cards(make_warehouse):
    warehouse = make_warehouse()
    warehouse.put("xapi/statements", reaching(1, "ann", "2026-03-27", 1))
    warehouse.build(select="+lesson_progress +lessons +cohort_daily_progress")
    assert warehouse.rows("select status, completion_rule, cohort, lesson_number from lesson_progress") == [
        ("partial", None, None, None)
    ]
    assert warehouse.rows("select people_completed, completion_rate, people_assigned from lessons") == [
        (None, None, None)
    ]
    assert warehouse.rows("select count(*) from cohort_daily_progress") == [(0,)]  # no roster, no state of a roster


def test_who_leaves_the_roster_leaves_its_counts_from_that_day(make_warehouse):
    warehouse = make_warehouse()
    warehouse.put("xapi/statements", [*reaching(10, "ann", "2026-03-27", 1), *reaching(20, "ben", "2026-03-30", 1)])
    both = [("Ann", "ann@example.org", "North"), ("Ben", "ben@example.org", "North")]
    warehouse.put("people/roster", roster("b1", *both) + roster("b2", both[1], on="2026-03-29"))
    warehouse.build(select="+cohort_daily_progress +lesson_progress")
    assert warehouse.rows("select full_name, cohort, former_cohort, is_on_roster from users order by full_name") == [
        ("Ann", None, "North", False),
        ("Ben", "North", None, True),
    ]
    assert warehouse.rows("""
        select cast(local_day as varchar), roster_size, completed, partial, not_started from cohort_daily_progress
        order by local_day
    """) == [
        ("2026-03-27", 2, 0, 1, 1),
        ("2026-03-28", 2, 0, 1, 1),
        ("2026-03-29", 1, 0, 0, 1),
        ("2026-03-30", 1, 0, 1, 0),
    ]


def test_a_lesson_renumbered_in_mid_course_keeps_its_history(make_warehouse):
    warehouse = make_warehouse()
    warehouse.put("xapi/statements", [*reaching(10, "ann", "2026-03-02", 1), *reaching(20, "ann", "2026-03-12", 1)])
    warehouse.put("people/roster", roster("b1", ("Ann", "ann@example.org", "North")))
    old = lesson_map("b1", "2026-03-01", ("3", "Sleep", SLEEP), ("4", "Food", FOOD))
    new = lesson_map("b2", "2026-03-10", ("4", "Deep sleep", SLEEP), ("3", "Food", f"{FOOD}-new"))
    warehouse.put("lessons/map", old + new)
    warehouse.build(select="+user_responses +lesson_progress +cohort_daily_progress +lessons")
    assert warehouse.rows("select lesson_number, lesson_name from user_responses order by day") == [
        ("3", "Sleep"),
        ("4", "Deep sleep"),
    ]
    assert warehouse.rows("select lesson_number, lesson_name from lesson_progress") == [("4", "Deep sleep")]
    assert warehouse.rows("""
        select lesson_number, count(*), cast(min(local_day) as varchar) from cohort_daily_progress
        group by lesson_number order by lesson_number
    """) == [("3", 8, "2026-03-02"), ("4", 3, "2026-03-10")]


def test_a_card_without_parent_finds_its_lesson_by_the_longest_url(make_warehouse):
    warehouse = make_warehouse()
    deep = f"{SLEEP}/deep"
    loose = [
        statement(1, "2026-03-02 09:00", key("ann"), object_id=f"{deep}/pages/1"),
        statement(2, "2026-03-02 09:00", key("ann"), object_id=f"{SLEEP}/pages/1"),
        statement(3, "2026-03-02 09:00", key("ann"), object_id=f"{SLEEP}-other/pages/1"),
    ]
    warehouse.put("xapi/statements", [{**row, "lesson_url": None, "response": "x"} for row in loose])
    warehouse.put("lessons/map", lesson_map("b1", "2026-03-01", ("1", "Sleep", SLEEP), ("2", "Deep", deep)))
    warehouse.build(select="+user_responses +unmapped_activities")
    assert warehouse.rows("select answer_id, lesson_number from user_responses order by answer_id") == [
        ("s1", "2"),
        ("s2", "1"),
        ("s3", None),
    ]
    assert warehouse.rows("select activity, answers from unmapped_activities") == [(f"{SLEEP}-other/pages/1", 1)]


def test_two_lessons_of_one_url_are_one_under_both_numbers(make_warehouse):
    warehouse = make_warehouse()
    warehouse.put("xapi/statements", reaching(10, "ann", "2026-03-02", 1))
    warehouse.put("lessons/map", lesson_map("b1", "2026-03-01", ("1", "Sleep", SLEEP), ("2", "Dreams", SLEEP)))
    warehouse.build(select="+lesson_progress +lessons")
    assert warehouse.rows("select lesson_number, lesson_name from lesson_progress") == [("1 / 2", "Sleep / Dreams")]
