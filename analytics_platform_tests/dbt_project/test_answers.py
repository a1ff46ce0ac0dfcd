"""Answers: their types, exports that repeat statements, safety flags by cohort."""

import pytest

from analytics_platform_tests.dbt_project.people import export, lesson_map, links, roster, statement

ANN, BEN = "mbox:ann@example.org", "mbox:ben@example.org"
SLEEP = "https://courses.example.org/sleep"
STATEMENTS = [
    statement(1, "2026-03-02 09:00", ANN, card="rate/1", response="⭐⭐⭐⭐ — better than last week"),
    statement(2, "2026-03-02 09:01", ANN, card="rate/1", response="😕"),
    statement(3, "2026-03-02 09:02", ANN, card="rate/1", response="4"),
    statement(4, "2026-03-02 09:03", ANN, card="rate/1", response="fine"),
    statement(5, "2026-03-02 09:04", ANN, card="poll/2", response="a[,]b"),
    statement(6, "2026-03-02 09:05", ANN, card="submit-media/3", response=None),
    statement(12, "2026-03-02 09:05", BEN, lesson="drawing"),  # no definition calls it a question
    statement(11, "2026-03-02 09:05", ANN, card="form/5", response="tea | coffee[,] both"),  # she only writes so
    statement(7, "2026-03-02 09:06", ANN, card="form/4", response="I want to end it", object_name="How are you?"),
    statement(8, "2026-03-02 09:07", BEN, card="form/4", response="Same   answer", object_name="How are you?"),
    statement(9, "2026-03-02 09:08", BEN, card="form/4", response="Same answer", object_name="How are you?"),
]
EXPORTS = [
    export(1, "Ben", "1", "How are you?", "same answer"),  # is s8
    export(2, "Ben", "1", "How are you?", "Same answer"),  # is s9
    export(3, "Ben", "1", "How are you?", "Same answer"),  # a third time, which no statement says
    export(4, "Ben", "1", "How are you?", "Another answer"),
    export(5, "Ann", "1", "How are you?", "Same answer"),  # another learner's is another answer
    export(6, "Ben", "1", "Pick", "a | b", kind="poll"),
]


def firing(number, answer, tier, rule, cohort=None, day="2026-03-02"):
    moment = "2026-03-03 00:00+00"
    labels = {"firing_id": f"f{number}", "answer_id": answer, "tier": tier, "rule": rule, "cohort": cohort, "day": day}
    return labels | {"words": "…", "version": "v1", "fired_at": moment}


def message(number, _, deleted):
    at = "2026-03-02 23:30+00"
    return {"message_id": number, "day": "2026-03-02", "event_time": at, "actor_key": BEN, "is_deleted": deleted}


@pytest.fixture(scope="module")
def warehouse(make_warehouse):
    warehouse = make_warehouse(platform_timezone="Europe/Berlin")
    warehouse.put("xapi/statements", STATEMENTS)
    warehouse.put("responses/exports", EXPORTS)
    warehouse.put(
        "people/roster", roster("b1", ("Ann", "ann@example.org", "North"), ("Ben", "ben@example.org", "South"))
    )
    warehouse.put("people/links", links("b1", ("name:North|Ben", BEN)))
    warehouse.put("lessons/map", lesson_map("b1", "2026-03-01", ("1", "Sleep", SLEEP)))
    warehouse.put(
        "labels/answers", [{"answer_id": "s7", "day": "2026-03-02", "language": "en", "sentiment": "negative"}]
    )
    # The word "end" is watched by South only; ann is of North.
    fired = [
        firing(1, "s7", "medium", "tired"),
        firing(2, "s7", "critical", "end_it"),
        firing(3, "s7", "high", "w", "South"),
    ]
    warehouse.put("labels/safety", [*fired, firing(4, "s8", "high", "w", "South")])
    turns = (("m1", "high", False), ("m2", "none", False), ("m3", "critical", True))
    warehouse.put("nocodb/messages", [message(*turn) for turn in turns])
    warehouse.put(
        "labels/exchanges",
        [{"message_id": one, "day": "2026-03-02", "safety": tier, "version": "v1"} for one, tier, _ in turns],
    )
    warehouse.build(select="+user_responses +questions +user_activities")
    return warehouse


def test_ratings_are_numbers_with_their_comment(warehouse):
    assert warehouse.rows("""
        select rating, rating_comment from user_responses where response_type = 'rating' order by answer_id
    """) == [(4.0, "better than last week"), (2.0, None), (4.0, None), (None, None)]


def test_several_choices_are_a_list_in_both_spellings(warehouse):
    assert warehouse.rows(
        "select source, choices from user_responses where response_type = 'multi-choice' order by source desc"
    ) == [
        ("xapi", ["a", "b"]),
        ("export", ["a", "b"]),
    ]
    others = "select distinct choices from user_responses where response_type <> 'multi-choice'"
    assert warehouse.rows(others) == [([],)]


def test_free_text_is_text_whatever_signs_it_holds(warehouse):
    assert warehouse.rows("select response_type, response from user_responses where card_id = '5'") == [
        ("text", "tea | coffee[,] both")
    ]


def test_what_is_answered_without_a_response_is_an_answer_everywhere(warehouse):
    silent = "select answer_id, response from user_responses where answer_id in ('s6', 's12') order by 1"
    assert warehouse.rows(silent) == [("s12", None), ("s6", None)]
    answered = "select activity_id from user_activities where activity = 'answered' order by 1"
    assert warehouse.rows(answered) == warehouse.rows(
        "select answer_id from user_responses where source <> 'export' order by 1"
    )
    counted = "select coalesce(card_id, activity_id), people_reached, people_answered, answers from questions"
    assert warehouse.rows(f"{counted} where card_id = '3' or card_id is null order by 1") == [
        ("3", 2, 1, 1),  # Ben, too, came past it
        ("https://courses.example.org/drawing", 1, 1, 1),
    ]


def test_answers_say_their_hour_and_how_late_they_came(warehouse):
    assert warehouse.rows("""
        select source, local_hour, received_at = responded_at, clock_skewed from user_responses
        where answer_id in ('s7', 's8', 'r4') order by answer_id
    """) == [("export", None, None, None), ("xapi", 10, True, False), ("both", 10, True, False)]


def test_an_answer_in_statement_and_export_counts_once(warehouse):
    assert warehouse.rows("""
        select answer_id, source, full_name, cohort, lesson_number from user_responses
        where question = 'How are you?' order by answer_id
    """) == [
        ("r3", "export", "Ben", "South", "1"),
        ("r4", "export", "Ben", "South", "1"),
        ("r5", "export", "Ann", None, "1"),  # the export's own word; no link says that she is the roster's Ann
        ("s7", "xapi", "Ann", "North", "1"),
        ("s8", "both", "Ben", "South", "1"),
        ("s9", "both", "Ben", "South", "1"),
    ]


def test_the_gravest_tier_counts_and_a_cohorts_words_are_its_own(warehouse):
    assert warehouse.rows("""
        select answer_id, safety_tier, safety_rules, is_flagged from user_responses where is_flagged order by answer_id
    """) == [("s7", "critical", "end_it, tired", True), ("s8", "high", "w", True)]
    flags = "select full_name, tier, rule from safety_flags where source = 'answer' order by firing_id"
    assert warehouse.rows(flags) == [
        ("Ann", "medium", "tired"),
        ("Ann", "critical", "end_it"),
        ("Ben", "high", "w"),
    ]


def test_a_turn_of_a_chat_is_flagged_as_an_answer_is_and_a_deleted_one_is_not(warehouse):
    flags = "select answer_id, full_name, cohort, tier, rule, words, cast(local_day as varchar) from safety_flags"
    assert warehouse.rows(f"{flags} where source = 'chat'") == [
        ("m1", "Ben", "South", "high", "chat", None, "2026-03-03")
    ]


def test_labels_stand_beside_their_answer_and_nowhere_else(warehouse):
    assert warehouse.rows(
        "select answer_id, language, sentiment, theme from user_responses where language is not null"
    ) == [("s7", "en", "negative", None)]
