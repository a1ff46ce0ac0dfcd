"""Learning marts from hand-written statements, each number worked out by hand."""

import pytest

LESSON = "https://courses.example.org/abc"


def statement(number, time, who, verb="answered", card=None, **more):
    """A statement on a card of the lesson (``poll/7``), or on the lesson itself."""
    kind, card_id = card.split("/") if card else (None, None)
    return {
        "statement_id": f"s{number}",
        "event_time": f"{time}+00",
        "actor_key": f"mbox:{who}@example.org",
        "verb": verb,
        "object_type": "Activity",
        "object_id": f"{LESSON}/{card}" if card else LESSON,
        "lesson_url": LESSON if card else None,
        "card_type": kind,
        "card_id": card_id,
        "object_name": f"What about {card}?" if card else "A lesson",
        **more,
    }


# Ann answers three cards and completes; Ben only launches; Cem answers twice at one quiz, first wrong, then right.
STATEMENTS = [
    statement(1, "2026-03-28 23:30", "ann", "launched"),
    statement(2, "2026-03-29 00:30", "ann", card="poll/1", response="none", success=True),
    statement(3, "2026-03-29 01:30", "ann", card="form/2", response="false", success=True),
    statement(4, "2026-03-29 22:30", "ann", card="quiz/3", response="0", success=True),
    statement(5, "2026-03-29 22:31", "ann", "completed"),
    statement(6, "2026-03-30 09:00", "ben", "launched"),
    statement(7, "2026-03-30 10:00", "cem", card="quiz/3", response="1", success=False),
    statement(8, "2026-03-30 10:05", "cem", card="quiz/3", response="0", success=True, object_name="Really?"),
    statement(9, "2026-03-30 10:06", "cem", "experienced", card="rate/4"),
]


@pytest.fixture(scope="module")
def warehouse(make_warehouse):
    warehouse = make_warehouse(platform_timezone="Europe/Berlin")
    warehouse.put("xapi/statements", STATEMENTS)
    warehouse.build(select="+lessons +questions +user_responses +users")
    return warehouse


def test_a_lesson_counts_people_and_names_its_denominators(warehouse):
    # Reached: ann, ben, cem. Answered: ann, cem. Completed: ann. Cards seen: poll/1, form/2, quiz/3, rate/4.
    assert warehouse.rows("""
        select lesson_id, cards_seen, people_started, people_answered, people_completed, answers,
            round(engagement_rate, 4), round(completion_rate, 4)
        from lessons
    """) == [(LESSON, 4, 3, 2, 1, 5, 0.6667, 0.3333)]


def test_completion_that_was_never_signalled_is_unknown_and_not_zero(make_warehouse):
    warehouse = make_warehouse()
    warehouse.put("xapi/statements", [statement(1, "2026-03-30 09:00", "ben", "launched")])
    warehouse.build(select="+lessons")
    assert warehouse.rows("select people_completed, completion_rate, engagement_rate from lessons") == [
        (None, None, 0.0)
    ]


def test_a_question_carries_its_latest_text_and_its_people(warehouse):
    rows = warehouse.rows("""
        select card_id, card_type, question, is_opinion, people_reached, people_answered, answers
        from questions order by card_id
    """)
    assert rows == [
        # Ann came to card 3 and cem to card 4, so both came past the first two.
        ("1", "poll", "What about poll/1?", True, 2, 1, 1),
        ("2", "form", "What about form/2?", True, 2, 1, 1),
        ("3", "quiz", "Really?", False, 2, 2, 3),
        ("4", "rate", "What about rate/4?", True, 1, 0, 0),
    ]


def test_short_answers_stay_and_opinions_are_neither_right_nor_wrong(warehouse):
    assert warehouse.rows("select response, response_type, is_correct from user_responses order by responded_at") == [
        ("none", "choice", None),
        ("false", "text", None),
        ("0", "choice", True),
        ("1", "choice", False),
        ("0", "choice", True),
    ]


def test_the_business_day_follows_daylight_saving(warehouse):
    # Berlin leaves UTC+1 for UTC+2 on 2026-03-29 at 01:00 UTC: 23:30 UTC the day before is already the 29th there, and
    # 22:30 UTC on the 29th is the 30th only in summer time. So ann's days are the 29th and the 30th.
    assert warehouse.rows("select cast(local_day as varchar) from user_responses order by responded_at") == [
        ("2026-03-29",),
        ("2026-03-29",),
        ("2026-03-30",),
        ("2026-03-30",),
        ("2026-03-30",),
    ]
    assert warehouse.rows("""
        select active_days, cast(first_local_day as varchar), statements, sources_seen
        from users where email = 'ann@example.org'
    """) == [(2, "2026-03-29", 5, 1)]


@pytest.mark.proof
def test_a_repeat_delivered_on_a_later_day_counts_once(make_warehouse):
    # Vendors that send no time: the day is that of receipt. Days 1, 4 (3 days later), 20 (16 days later, so a new one).
    # With a claimed time the same id on two days is no repeat of a delivery but two different days of the lake.
    warehouse = make_warehouse()
    deliveries = [
        statement(1, f"2026-03-{day} 09:00", "ann", card="poll/1", response="yes", claimed_at=None)
        for day in ("01", "04", "20")
    ]
    warehouse.put("xapi/statements", deliveries)
    warehouse.build(select="+user_responses")
    days = "select cast(day as varchar) from user_responses order by day"
    assert warehouse.rows(days) == [("2026-03-01",), ("2026-03-20",)]

    # Built the other way round, day 4 before day 1 is there, the same comes out.
    backwards = make_warehouse()
    backwards.put("xapi/statements", deliveries[1:])
    backwards.build("2026-03-04", select="+user_responses")
    assert backwards.rows(days) == [("2026-03-04",)]
    backwards.put("xapi/statements", deliveries[:1])
    backwards.build("2026-03-01", select="+user_responses")
    assert backwards.rows(days) == [("2026-03-01",)]
