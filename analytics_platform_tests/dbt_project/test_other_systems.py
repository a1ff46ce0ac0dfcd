"""Three people take one quiz in Open edX, Moodle, H5P, Storyline and cmi5: what each mart says, worked out by hand."""

from datetime import UTC, date, datetime

import pytest

from analytics_platform.contracts import TABLES
from analytics_platform.lake import open_lake
from analytics_platform.settings import Settings
from analytics_platform.simulator.other_systems import SYSTEMS, Visit
from analytics_platform_tests.lines import land

# Ann is right in both questions; ben once in the first, and in both three days later; cem only in the second and stops.
VISITS = [
    Visit("ann", datetime(2026, 3, 2, 9, tzinfo=UTC), (True, True)),
    Visit("ben", datetime(2026, 3, 2, 10, tzinfo=UTC), (True, False)),
    Visit("cem", datetime(2026, 3, 2, 11, tzinfo=UTC), (False, True), finished=False),
    Visit("ben", datetime(2026, 3, 5, 10, tzinfo=UTC), (True, True), number=2),
]
LESSONS = {
    "edx": "https://edx.example.org/course/course-v1:Org+Colours+2026",
    "moodle": "https://moodle.example.org/mod/quiz/view.php?id=5",
    "h5p": "https://h5p.example.org/wp-admin/admin-ajax.php?action=h5p_embed&id=7",
    "storyline": "https://publish.example.org/6dPq0x_course_id",
    "cmi5": "https://cmi5.example.org/au/1",
}
MOODLE_COURSE, CMI5_COURSE = "https://moodle.example.org/course/view.php?id=2", "https://cmi5.example.org/course/1"


@pytest.fixture(scope="module")
def warehouse(make_warehouse):
    warehouse = make_warehouse()
    lake = open_lake(Settings(platform_home=warehouse.folder, _env_file=None))
    statements = [said for tell in SYSTEMS.values() for visit in VISITS for said in tell(visit)]
    for day in (2, 5):
        at = datetime(2026, 3, day, 23, tzinfo=UTC)
        land(lake, "xapi/statements", *(s for s in statements if s["timestamp"][:10] == f"2026-03-0{day}"), at=at)
    entries = lake.build(TABLES["xapi/statements"], [date(2026, 3, 2), date(2026, 3, 5)])
    assert [entry.quarantined for entry in entries] == [0, 0]
    marts = ("lesson_progress", "first_tries", "question_difficulty", "user_responses", "at_risk_learners", "lessons")
    warehouse.build(select=" ".join(f"+{mart}" for mart in (*marts, "activity_completions")))
    return warehouse


def by_lesson(rows):
    """Rows that begin with a lesson's address, by the system's name."""
    names = {url: name for name, url in LESSONS.items()}
    return {names.get(row[0], row[0]): row[1:] for row in rows}


def test_each_quiz_is_one_lesson_and_who_completed_it_did(warehouse):
    # Storyline says passed or failed, cmi5 wants both completed and passed: there ben's first visit does not count.
    rows = warehouse.rows("""
        select lesson_id, string_agg(strftime(completed_at at time zone 'UTC', '%d %H:%M'), ', ' order by started_at),
            count(*), min(completion_rule), sum(answers)
        from lesson_progress group by lesson_id
    """)
    assert by_lesson(rows) == {
        "edx": ("02 09:05, 02 10:05", 3, "signalled", 8),
        "moodle": ("02 09:04, 02 10:04", 3, "signalled", 8),
        "h5p": ("02 09:05, 02 10:05", 3, "signalled", 8),
        "storyline": ("02 09:05, 05 10:05", 3, "signalled", 8),
        "cmi5": ("02 09:05, 05 10:05", 3, "signalled", 8),
    }


def test_questions_of_every_system_have_first_tries_and_difficulty(warehouse):
    # First question: ann and ben right at first, cem never. Second: ann and cem at first, ben at his second attempt.
    rows = warehouse.rows("""
        select lesson_id, count(*), sum(people_attempted), sum(people_right_at_first), sum(people_right), sum(attempts),
            max(attempts_to_right)
        from question_difficulty group by lesson_id
    """)
    assert by_lesson(rows) == dict.fromkeys(LESSONS, (2, 6, 4, 5, 8, 1.0))
    assert warehouse.rows("""
        select count(*), sum(attempts), count(*) filter (where is_first_right), max(attempts_to_right)
        from first_tries
    """) == [(30, 40, 20, 2)]


def test_answers_are_shown_in_words_and_judged_where_the_sender_does_not(warehouse):
    rows = warehouse.rows("""
        select lesson_id, list(distinct response || ' ' || is_correct order by response || ' ' || is_correct),
            list(distinct response_type order by response_type)
        from user_responses group by lesson_id
    """)
    assert by_lesson(rows) == {
        "edx": (["Blue false", "Red true"], ["choice"]),
        "moodle": (["Blue false", "Red true"], ["choice"]),
        "h5p": (["Green[,]Red true", "Red false"], ["choice", "multi-choice"]),
        "storyline": (["Blue false", "Red true"], ["choice"]),
        "cmi5": (["false false", "true true"], ["choice"]),
    }
    assert warehouse.rows("select choices from user_responses where response_type = 'multi-choice' limit 1") == [
        (["Green", "Red"],)
    ]


def test_completions_of_activities_say_by_which_rule_and_in_how_many_attempts(warehouse):
    rows = warehouse.rows(f"""
        select activity_id, string_agg(coalesce(completion_rule, 'none'), ', ' order by started_at),
            list(attempts order by started_at), list(success order by started_at), max(score_scaled)
        from activity_completions
        where activity_id in ('{"', '".join(LESSONS.values())}', '{CMI5_COURSE}')
        group by activity_id
    """)
    assert by_lesson(rows) == {
        # Open edX says the course was passed or completed, and nothing else of it: cem is not there.
        "edx": ("passed, completed", [None, None], [True, True], None),
        "moodle": ("completed, completed, none", [1, 2, 1], [True, True, None], 1.0),
        "h5p": ("completed, completed, none", [None, None, None], [True, True, None], 1.0),
        "storyline": ("passed, passed, none", [1, 2, 1], [True, True, None], 1.0),
        "cmi5": ("moveOn CompletedAndPassed, moveOn CompletedAndPassed, none", [1, 2, 1], [True, True, None], 1.0),
        CMI5_COURSE: ("satisfied, satisfied", [1, 1], [None, None], None),
    }


def test_courses_are_what_statements_name_and_not_every_address(warehouse):
    rows = warehouse.rows("""
        select course_id, count(*), count(completed_at), max(lessons_in_course), max(lessons_completed),
            max(course_name)
        from course_progress group by course_id
    """)
    assert by_lesson(rows) == {
        "edx": (3, 2, 1, 1, "Colours"),
        MOODLE_COURSE: (3, 0, 1, 1, None),  # nobody said that the Moodle course itself is completed
        "h5p": (3, 2, 1, 1, "Question set"),
        "storyline": (3, 2, 1, 1, "Storyline course"),
        "cmi5": (3, 2, 1, 1, "Unit"),
        CMI5_COURSE: (2, 2, 0, 0, None),
    }


def test_a_page_that_was_opened_is_no_lesson(warehouse):
    assert by_lesson(warehouse.rows("select lesson_id, people_started from lessons")) == dict.fromkeys(LESSONS, (3,))
