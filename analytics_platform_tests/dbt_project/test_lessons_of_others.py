"""What is a lesson, and who completed it, where senders say it in their own ways; each number worked out by hand."""

import pytest

from analytics_platform_tests.dbt_project.people import SHARED, statement

ANN, BEN = "mbox:ann@example.org", "mbox:ben@example.org"
QUIZ, SECTION, PROGRAM = f"{SHARED}/quiz", f"{SHARED}/section", f"{SHARED}/program"
VIDEO = "https://w3id.org/xapi/video/activity-type/video"

STATEMENTS = [
    # The quiz lies in a section and has no type: its completion counts for the section. Its question makes it a lesson.
    statement(1, "2026-03-02 09:00", ANN, object_id=f"{QUIZ}/q1", lesson_url=QUIZ, response="x", success=True),
    statement(2, "2026-03-02 09:05", ANN, "completed", object_id=QUIZ, lesson_url=SECTION),
    # Ben's completion of the quiz comes days before anything else that he does in it: then he has begun it.
    statement(3, "2026-03-01 09:00", BEN, "completed", object_id=QUIZ, lesson_url=SECTION),
    statement(4, "2026-03-04 09:00", BEN, object_id=f"{QUIZ}/q1", lesson_url=QUIZ, response="y", success=False),
    # Moodle says start of an attempt and nothing else.
    statement(
        5, "2026-03-02 10:00", ANN, "start", object_id=f"{SHARED}/test?attempt=7", object_url=f"{SHARED}/test",
        attempt_id=f"{SHARED}/test?attempt=7",
    ),
    # A course of a program is completed as a whole.
    statement(
        6, "2026-03-02 11:00", ANN, "completed", object_id=f"{SHARED}/course", lesson_url=PROGRAM, course_url=PROGRAM,
        activity_type="http://adlnet.gov/expapi/activities/course",
    ),
    # A sender that contradicts itself; and a video, whose name only its player's statements tell.
    statement(7, "2026-03-02 12:00", ANN, "passed", lesson="unit", success=False),
    statement(
        8, "2026-03-02 13:00", ANN, "played", object_id=f"{SHARED}/film", activity_type=VIDEO, object_name="A film",
        video_time_seconds=0,
    ),
    # What is to be completed is passed and, in the same statement, complete.
    statement(9, "2026-03-02 14:00", ANN, "passed", lesson="both", completion=True, move_on="Completed"),
]  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(make_warehouse):
    warehouse = make_warehouse()
    warehouse.put("xapi/statements", STATEMENTS)
    warehouse.build(select="+lesson_progress +lessons +activity_completions +unmapped_activities")
    return warehouse


def test_what_completes_an_activity_completes_the_lesson_that_it_is(warehouse):
    rows = warehouse.rows("""
        select lesson_id, email, strftime(started_at at time zone 'UTC', '%d %H:%M'),
            strftime(last_at at time zone 'UTC', '%d %H:%M'),
            strftime(completed_at at time zone 'UTC', '%d %H:%M'), completion_rule
        from lesson_progress order by lesson_id, email
    """)
    ann, ben = "ann@example.org", "ben@example.org"
    assert rows == [
        (f"{SHARED}/both", ann, "02 14:00", "02 14:00", "02 14:00", "signalled"),
        (f"{SHARED}/course", ann, "02 11:00", "02 11:00", "02 11:00", "signalled"),
        # The completion counts for the section, and is the last that ann did in the quiz, too.
        (QUIZ, ann, "02 09:00", "02 09:05", "02 09:05", "signalled"),
        (QUIZ, ben, "01 09:00", "04 09:00", "01 09:00", "signalled"),
        (SECTION, ann, "02 09:05", "02 09:05", None, None),  # a completed page is no completed section
        (SECTION, ben, "01 09:00", "01 09:00", None, None),
        (f"{SHARED}/test", ann, "02 10:00", "02 10:00", None, None),
        (f"{SHARED}/unit", ann, "02 12:00", "02 12:00", "02 12:00", "signalled"),
    ]


def test_a_page_that_only_completes_is_no_unmapped_activity_of_its_own(warehouse):
    rows = warehouse.rows(f"""
        select identifiers, answers, cast(first_seen_at as varchar) from unmapped_activities where activity = '{QUIZ}'
    """)
    assert rows == [(2, 2, "2026-03-02 09:00:00+00")]


def test_passed_is_a_success_whatever_stands_beside_it(warehouse):
    assert warehouse.rows(f"""
        select success, completion_rule from activity_completions where activity_id = '{SHARED}/unit'
    """) == [(True, "passed")]


def test_passed_with_a_completion_says_both(warehouse):
    assert warehouse.rows(f"""
        select strftime(completed_at at time zone 'UTC', '%d %H:%M'), completion_rule from activity_completions
        where activity_id = '{SHARED}/both'
    """) == [("02 14:00", "moveOn Completed")]


def test_a_lesson_is_first_seen_when_the_first_person_began_it(warehouse):
    assert warehouse.rows(f"select cast(first_seen_at as varchar) from lessons where lesson_id = '{QUIZ}'") == [
        ("2026-03-01 09:00:00+00",)
    ]


def test_a_video_has_its_name(warehouse):
    assert warehouse.rows(f"""
        select activity_name, activity_type from activity_completions where activity_id = '{SHARED}/film'
    """) == [("A film", VIDEO)]
