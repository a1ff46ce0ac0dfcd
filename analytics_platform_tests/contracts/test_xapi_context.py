"""What lies above an activity, in the shapes of other systems; each lesson, course and attempt worked out by hand."""

from typing import Any

import pytest

from analytics_platform.contracts import TABLES
from analytics_platform.lake import open_lake
from analytics_platform.settings import Settings
from analytics_platform_tests.lines import DAY, land, rows, statement

ADL = "http://adlnet.gov/expapi/activities/"
LMS = "https://lms.example.org"
COURSE = f"{LMS}/course/view.php?id=2"
QUIZ = f"{LMS}/mod/quiz/view.php?id=5"
CMI5 = {"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}


def activity(url: str, kind: str | None = None) -> dict[str, Any]:
    return {"id": url} | ({"definition": {"type": kind}} if kind else {})


SITE = activity(LMS, "http://id.tincanapi.com/activitytype/lms")
MOODLE = [SITE, activity(COURSE, "http://id.tincanapi.com/activitytype/lms/course")]
ATTEMPT = activity(f"{LMS}/mod/quiz/attempt.php?attempt=7&cmid=5", f"{ADL}attempt")
QUESTION = f"{ADL}cmi.interaction"

# name: (object, contextActivities, verb) -> (object_url, lesson_url, course_url, attempt_id, is_question)
CASES: dict[str, tuple[dict[str, Any], dict[str, Any] | None, str, tuple[Any, ...]]] = {
    "7taps card": (
        activity("https://c.example/abc/quiz/7", f"{ADL}question"),
        {"parent": activity("https://c.example/abc/")},
        "answered",
        ("https://c.example/abc/quiz/7", "https://c.example/abc", None, None, True),
    ),
    "7taps card without a parent": (
        activity("https://c.example/abc/quiz/7"),
        None,
        "experienced",
        ("https://c.example/abc/quiz/7", "https://c.example/abc", None, None, True),
    ),
    "Moodle question": (
        activity(f"{LMS}/question/question.php?cmid=5&id=1", QUESTION),
        {"grouping": [*MOODLE, activity(QUIZ, f"{ADL}assessment"), ATTEMPT]},
        "answered",
        (f"{LMS}/question/question.php?cmid=5&id=1", QUIZ, COURSE, ATTEMPT["id"], True),
    ),
    "Moodle attempt with its module": (
        ATTEMPT,
        {"grouping": MOODLE},
        "completed",
        (QUIZ, None, COURSE, ATTEMPT["id"], False),
    ),
    "Moodle attempt that names no module": (
        activity(f"{LMS}/mod/quiz/attempt.php?attempt=7", f"{ADL}attempt"),
        {"grouping": [*MOODLE, activity(QUIZ, f"{ADL}assessment")]},
        "completed",
        (QUIZ, None, COURSE, f"{LMS}/mod/quiz/attempt.php?attempt=7", False),
    ),
    "attempt by its type, with a slash behind its url": (
        activity(f"{LMS}/try/3/", f"{ADL}attempt"),
        {"parent": [activity(QUIZ, f"{ADL}assessment")]},
        "completed",
        (QUIZ, None, None, f"{LMS}/try/3/", False),
    ),
    "attempt at something that nobody names": (
        activity(f"{LMS}/try/3/", f"{ADL}attempt"),
        None,
        "completed",
        (f"{LMS}/try/3", None, None, f"{LMS}/try/3/", False),
    ),
    "Moodle quiz completed, the attempt beside it": (
        activity(QUIZ, f"{ADL}assessment"),
        {"grouping": MOODLE, "other": [ATTEMPT]},
        "completed",
        (QUIZ, None, COURSE, ATTEMPT["id"], False),
    ),
    "Open edX problem of a course": (
        activity("https://edx.example/xblock/p1", QUESTION),
        {"parent": [activity("https://edx.example/course/x", f"{ADL}course")]},
        "evaluated",
        ("https://edx.example/xblock/p1", "https://edx.example/course/x", "https://edx.example/course/x", None, True),
    ),
    "Open edX question of a problem: a question is no lesson": (
        activity("https://edx.example/xblock/p1_2_1", QUESTION),
        {
            "parent": [activity("https://edx.example/xblock/p1", QUESTION)],
            "grouping": [activity("https://edx.example/course/x", f"{ADL}course")],
        },
        "evaluated",
        (
            "https://edx.example/xblock/p1_2_1",
            "https://edx.example/course/x",
            "https://edx.example/course/x",
            None,
            True,
        ),
    ),
    "the course comes first and the section counts": (
        activity("https://edx.example/xblock/p9", QUESTION),
        {"parent": [activity("https://edx.example/course/x", f"{ADL}course"), activity("https://edx.example/unit/3")]},
        "evaluated",
        ("https://edx.example/xblock/p9", "https://edx.example/unit/3", "https://edx.example/course/x", None, True),
    ),
    "cmi5 unit: the publisher's id is no course": (
        activity("https://lms.example/au/1", f"{ADL}lesson"),
        {"grouping": [activity("https://publisher.example/au")], "category": [CMI5]},
        "completed",
        ("https://lms.example/au/1", None, None, None, False),
    ),
    "cmi5 unit: the publisher's id is its parent, too": (
        activity("https://lms.example.org/au/1"),
        {
            "parent": [activity("https://publisher.example/au")],
            "grouping": [activity("https://publisher.example/au")],
            "category": [CMI5],
        },
        "completed",
        ("https://lms.example.org/au/1", None, None, None, False),
    ),
    "the same without cmi5: a page of it": (
        activity("https://lms.example.org/au/1"),
        {"parent": [activity("https://a.example/1")], "grouping": [activity("https://a.example/1")]},
        "completed",
        ("https://lms.example.org/au/1", "https://a.example/1", "https://a.example/1", None, False),
    ),
    "cmi5 quiz that is its own parent, beside a goal": (
        activity("https://lms.example/au/1/quiz", f"{ADL}module"),
        {"parent": [activity("https://lms.example/au/1/quiz"), activity("urn:goal", f"{ADL}objective")]},
        "passed",
        ("https://lms.example/au/1/quiz", None, None, None, False),
    ),
    "what is answered without a word about it": (
        activity("https://c.example/abc/9"),
        {"parent": [activity("https://c.example/abc")]},
        "answered",
        ("https://c.example/abc/9", "https://c.example/abc", None, None, True),
    ),
    "H5P question of a set": (
        activity("https://h5p.example/embed/3?subContentId=a-b", QUESTION),
        {"parent": [activity("https://h5p.example/embed/3")]},
        "answered",
        ("https://h5p.example/embed/3?subContentId=a-b", "https://h5p.example/embed/3", None, None, True),
    ),
    "an attempt in any query string": (
        activity("https://x.example/quiz?id=4&attempt=9&lang=en/"),
        None,
        "completed",
        ("https://x.example/quiz?id=4&lang=en", None, None, "https://x.example/quiz?id=4&attempt=9&lang=en/", False),
    ),
    "a Storyline slide below its course": (
        activity("https://s.example/c/slide1", f"{ADL}module"),
        {"parent": [activity("https://s.example/c", f"{ADL}course")], "grouping": [activity("https://s.example/c")]},
        "experienced",
        ("https://s.example/c/slide1", "https://s.example/c", "https://s.example/c", None, False),
    ),
    "nothing usable above": (
        activity("https://x.example/1"),
        {"parent": [{"no": "id"}, "text", 1], "grouping": None, "other": "x"},
        "viewed",
        ("https://x.example/1", None, None, None, False),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, ...]]:
    lake = open_lake(Settings(platform_home=tmp_path_factory.mktemp("home"), _env_file=None))
    payloads = [
        statement(
            name.lower(),
            object=thing,
            verb={"id": f"http://adlnet.gov/expapi/verbs/{verb}"},
            context={"contextActivities": above} if above is not None else {},
            result={},
        )
        for name, (thing, above, verb, _) in CASES.items()
    ]
    launched = statement(
        "launched",
        verb={"id": "http://adlnet.gov/expapi/verbs/launched"},
        object=activity("https://lms.example/au/1"),
        result={},
        context={
            "extensions": {
                "https://w3id.org/xapi/cmi5/context/extensions/moveon": "Passed",
                "https://w3id.org/xapi/cmi5/context/extensions/sessionid": "1",
            },
            "contextActivities": {"grouping": [activity("https://publisher.example/au")]},
        },
    )
    voiding = statement(
        "voiding",
        verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
        object={"objectType": "StatementRef", "id": "ABC"},
    )
    land(lake, "xapi/statements", *payloads, launched, voiding)
    lake.build(TABLES["xapi/statements"], [DAY])
    columns = "statement_id, object_url, lesson_url, course_url, attempt_id, is_question, move_on, voids_statement_id"
    return {row[0]: row[1:] for row in rows(lake, "xapi/statements", columns=columns)}


@pytest.mark.parametrize("name", CASES)
def test_the_activity_its_lesson_its_course_and_its_attempt(found: dict[str, tuple[Any, ...]], name: str) -> None:
    assert found[name.lower()][:5] == CASES[name][3]


def test_a_launch_tells_move_on_and_a_cmi5_session_names_no_course(found: dict[str, tuple[Any, ...]]) -> None:
    assert found["launched"] == ("https://lms.example/au/1", None, None, None, False, "Passed", None)


def test_a_voiding_statement_says_what_it_voids(found: dict[str, tuple[Any, ...]]) -> None:
    assert found["voiding"][6] == "abc"
    assert found["voiding"][0] is None
