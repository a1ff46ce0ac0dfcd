"""What the evening message says, on rows made by hand, with every number worked out by hand."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from analytics_platform.errors import ReportError
from analytics_platform.reports import wording
from analytics_platform.reports.message_files import message_of
from analytics_platform.reports.progress import LessonState, Message, tone
from analytics_platform.settings import Settings
from analytics_platform_tests.reports.snapshot import COHORT, DAY, answer, lesson, member, progress, put

pytestmark = pytest.mark.slow

TEN = [member(f"p{n}", f"Person{n} Sand") for n in range(10)]
COURSE = [lesson("1", 1, "Sleep"), lesson("2", 2, "Focus"), lesson("3", 3, "Flow")]


def ids(rows: Sequence[dict[str, Any]]) -> list[str]:
    return [row["person_id"] for row in rows]


def main(message: Message) -> LessonState:
    assert message.main is not None
    return message.main


def test_every_member_is_exactly_one_of_completed_partial_not_started(settings: Settings) -> None:
    put(
        settings,
        users=[*TEN, member("elsewhere", "X", cohort="South"), member("left", "Y", is_on_roster=False)],
        lessons=COURSE,
        lesson_progress=[
            progress("p0", "1", 8, 9),
            progress("p1", "1", 10, 10),
            progress("p2", "1", 9, 11),  # completed tomorrow: today it is partial
            progress("p3", "1", 10),
            progress("p4", "1", 11, 11),  # begins tomorrow
            progress("elsewhere", "1", 9, 9),
            progress("left", "1", 9, 9),
        ],
    )
    state = main(message_of(settings, COHORT, DAY))
    assert (ids(state.completed), ids(state.partial)) == (["p0", "p1"], ["p2", "p3"])
    assert ids(state.not_started) == ["p4", "p5", "p6", "p7", "p8", "p9"]
    assert (state.size, state.completed_before) == (10, 1)


@pytest.mark.parametrize(
    ("completed", "size", "expected"),
    [(8, 10, "celebratory"), (7, 10, "encouraging"), (5, 10, "encouraging"), (4, 10, "supportive"),
     (0, 10, "supportive"), (1, 1, "celebratory"), (0, 0, None)],
)  # fmt: skip
def test_the_tone_follows_the_share(completed: int, size: int, expected: str | None) -> None:
    assert tone(completed, size) == expected


@pytest.mark.parametrize(
    ("due", "begun", "expected"),
    [
        ({"l3": DAY}, ["1"], "l3"),  # due today, although nobody has begun
        ({"l1": DAY - timedelta(days=1), "l2": DAY + timedelta(days=2)}, ["1", "2"], "l2"),
        ({"l3": DAY + timedelta(days=9)}, ["1"], "l1"),  # not begun, and not yet due
        ({}, ["1", "2"], "l2"),
    ],
)
def test_the_lesson_of_the_day(settings: Settings, due: dict[str, date], begun: list[str], expected: str) -> None:
    daily = [{"cohort": COHORT, "local_day": DAY, "lesson_id": id, "due_on": day} for id, day in due.items()]
    put(settings, users=TEN, lessons=COURSE, cohort_daily_progress=daily,
        lesson_progress=[progress("p0", number, 5) for number in begun])  # fmt: skip
    message = message_of(settings, COHORT, DAY)
    assert main(message).lesson_id == expected
    assert message.next_title == {"l1": "lesson 2, Focus", "l2": "lesson 3, Flow", "l3": None}[expected]


def test_without_due_dates_it_is_where_most_moved_today(settings: Settings) -> None:
    moved = [*(progress(f"p{n}", "1", 10, 10) for n in range(5)), progress("p9", "2", 10), progress("p8", "3", 4)]
    put(settings, users=TEN, lessons=COURSE, lesson_progress=moved)
    message = message_of(settings, COHORT, DAY)
    assert main(message).lesson_id == "l1"
    assert [state.lesson_id for state in message.others] == ["l2"]
    assert (message.active, message.finished_today, message.finished_before) == (6, 5, 0)


def test_on_time_is_told_once_it_is_due(settings: Settings) -> None:
    done = [progress("p0", "1", 8, 9), progress("p1", "1", 10, 10), progress("p2", "1", 10)]
    for due, expected in (
        (DAY + timedelta(days=1), "Due on 2026-03-11 (tomorrow)."),
        (DAY, "Due today: 2 of 10 completed it on time (20 %)."),
        (DAY - timedelta(days=1), "Due on 2026-03-09: 1 of 10 completed it on time (10 %)."),
    ):
        daily = [{"cohort": COHORT, "local_day": DAY, "lesson_id": "l1", "due_on": due, "roster_size": 10}]
        put(settings, users=TEN, lessons=COURSE, lesson_progress=done, cohort_daily_progress=daily)
        message = message_of(settings, COHORT, DAY)
        assert wording.due(message, main(message)) == expected


def flag(tier: str | None) -> dict[str, Any]:
    return {"is_flagged": True, "safety_tier": tier, "safety_rules": "rule", "sentiment": "negative"}


def test_flagged_answers_come_gravest_first(settings: Settings) -> None:
    answers = [answer("a", "p1", "m", **flag("medium")), answer("b", "p2", "c", **flag("critical")),
               answer("c", "p3", "h", **flag("high")), answer("d", "p4", "?", **flag("severe")),
               answer("e", "p5", "yesterday", local_day=DAY - timedelta(days=1), **flag("critical")),
               answer("f", "stranger", "not of this cohort", **flag("critical"))]  # fmt: skip
    put(settings, users=TEN, lessons=COURSE, user_responses=answers)
    assert [one.tier for one in message_of(settings, COHORT, DAY).flagged] == ["severe", "critical", "high", "medium"]


def test_five_quotes_of_five_people_none_flagged_all_longer_than_20(settings: Settings) -> None:
    long = "a thought of more than twenty signs, number "
    answers = [
        answer("a0", "p0", "x" * 20),
        answer("a1", "p1", "Twenty signs and one.", positives="gratitude|growth", sentiment="positive"),
        answer("a2", "p1", long + "again", positives="growth"),
        answer("a3", "p2", long + "2", sentiment="positive"),
        answer("a4", "p3", long + "3", **flag("high")),
        answer("a5", "p3", long + "of somebody who is flagged", sentiment="positive"),
        answer("a6", "p4", long + "4", sentiment="negative"),
        *(answer(f"b{n}", f"p{n}", long + f"b{n}") for n in range(5, 10)),
        answer("c0", "p0", long + "b5"),  # the same words as another's
        answer("choice", "p0", "Morning or evening, who knows", response_type="choice", sentiment=None),
        answer("rating", "p0", "⭐", response_type="rating", rating_comment="stars with more than twenty signs"),
    ]
    put(settings, users=TEN, lessons=COURSE, user_responses=answers)
    quotes = message_of(settings, COHORT, DAY).quotes
    assert [(one.person_id, one.words) for one in quotes[:2]] == [("p1", "Twenty signs and one."), ("p2", long + "2")]
    assert len(quotes) == len({one.person_id for one in quotes}) == len({one.words for one in quotes}) == 5
    assert {one.person_id for one in quotes} <= {"p0", "p1", "p2", "p5", "p6", "p7", "p8", "p9"}
    assert quotes == message_of(settings, COHORT, DAY).quotes


def drop(lesson_id: str, place: int, question: str, lost: int, reached: int) -> dict[str, Any]:
    known = {"lesson_id": lesson_id, "place": place, "question": question}
    return {**known, "people_reached": reached, "people_lost": lost, "drop_off": lost / reached}


def test_insights_are_computed_with_their_denominators(settings: Settings) -> None:
    put(
        settings,
        users=TEN,
        lessons=COURSE,
        lesson_progress=[progress("p0", "1", 9, 9), progress("p1", "1", 10, 10), progress("p2", "1", 10, 10)],
        user_responses=[
            answer("a", "p1", "x", sentiment="positive", theme="sleep"),
            answer("b", "p2", "x", sentiment="positive", theme="sleep"),
            answer("c", "p2", "x", sentiment="negative", theme="focus"),
            answer("d", "p3", "x", sentiment="unknown"),
        ],
        lesson_dropoff=[
            {
                "lesson_id": "l1",
                "place": 3,
                "question": "Why?",
                "people_reached": 40,
                "people_lost": 10,
                "drop_off": 0.25,
            },
            {
                "lesson_id": "l1",
                "place": 4,
                "question": "Who?",
                "people_reached": 30,
                "people_lost": 3,
                "drop_off": 0.1,
            },
            {"lesson_id": "l1", "place": 5, "question": "few", "people_reached": 2, "people_lost": 2, "drop_off": 1.0},
            {"lesson_id": "l2", "place": 1, "question": "?", "people_reached": 40, "people_lost": 30, "drop_off": 0.75},
        ],
        at_risk_learners=[{"person_id": "p9", "as_of_day": DAY}, {"person_id": "x", "as_of_day": DAY}],
    )
    assert wording.insights(message_of(settings, COHORT, DAY)) == [
        "3 of 10 members were active in the course today; 2 lessons were completed, 1 more than on the day before (1).",
        "Lesson 1: Sleep went from 1 to 3 completed since yesterday evening (of 10).",
        "4 written answers today: 2 positive, 1 negative, 1 unknown (50 % of them positive).",
        "Most written about: sleep (2 of the 3 answers whose theme is known).",
        "Hardest place in Lesson 1: Sleep: of 40 people in all cohorts who reached card 3 (“Why?”), 10 went no further"
        " (25 %).",
        "1 member has started, not finished, and been silent for 7 days or more (as of 2026-03-10).",
    ]


def test_an_empty_day_says_so_and_invents_nothing(settings: Settings) -> None:
    put(settings, users=TEN, lessons=COURSE)
    message = message_of(settings, COHORT, DAY)
    assert (message.main, message.tone, message.quotes, message.flagged) == (None, None, (), ())
    assert wording.opening(message) == "Nobody of the 10 members on the roster has started a lesson yet."
    assert wording.insights(message) == ["No activity of this cohort on this day."]
    assert message.next_title == "lesson 1, Sleep"


def test_a_day_after_the_data_says_so(settings: Settings) -> None:
    put(settings, users=TEN, lessons=COURSE, user_responses=[answer("a", "p0", "x")])
    message = message_of(settings, COHORT, DAY + timedelta(days=1))
    assert wording.missing(message) == [
        "The published data ends on 2026-03-10 (UTC), so this day may be missing or incomplete."
    ]


def test_one_learner(settings: Settings) -> None:
    put(settings, users=TEN[:1], lessons=COURSE[:1], lesson_progress=[progress("p0", "1", 10, 10)])
    message = message_of(settings, COHORT, DAY)
    assert wording.opening(message) == "What a result: 1 of 1 member has completed Lesson 1: Sleep. Congratulations!"
    assert wording.counts(main(message)) == "1 completed, 0 partly, 0 not started (1 member on the roster)"
    assert message.next_title is None


def test_a_roster_that_has_changed_since_is_told(settings: Settings) -> None:
    daily = [{"cohort": COHORT, "local_day": DAY, "lesson_id": "l1", "roster_size": 12}]
    put(settings, users=TEN, lessons=COURSE, cohort_daily_progress=daily)
    assert wording.missing(message_of(settings, COHORT, DAY)) == [
        "On that day the roster had 12 members; listed is the roster of today."
    ]


def test_without_a_lesson_map_every_activity_is_a_lesson_and_with_one_only_its_own(settings: Settings) -> None:
    quiz = {"lesson_id": "quiz", "lesson_number": None, "lesson_name": "Check 1", "position": None}
    done = [progress("p0", "1", 10, 10, **quiz)]
    put(settings, users=TEN, lessons=[quiz], lesson_progress=done)
    assert main(message_of(settings, COHORT, DAY)).title == "Check 1"
    put(settings, users=TEN, lessons=[*COURSE, quiz], lesson_progress=done)
    assert message_of(settings, COHORT, DAY).main is None


def test_no_roster_says_how_to_import_one(settings: Settings) -> None:
    put(settings, users=[member("p0", "Ann", cohort=None, is_on_roster=False)])
    with pytest.raises(ReportError, match=r"No cohort has a roster yet\. .*import roster FILE"):
        message_of(settings, COHORT, DAY)
    put(settings, users=TEN)
    with pytest.raises(ReportError, match=r"'East', so nobody can be listed\. Known cohorts: North / Harbour\."):
        message_of(settings, "East", DAY)
    assert message_of(settings, " north / HARBOUR ", DAY).cohort == COHORT
