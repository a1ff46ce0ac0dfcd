"""Marts of labelled chats from hand-written exchanges and labels, each number worked out by hand."""

import pytest

from analytics_platform_tests.dbt_project.test_conversations import message


def label(name, day, conversation, topics, sentiment="neutral", asks=False, sure=0.5, **more):
    return {
        "message_id": name,
        "day": day,
        "conversation_id": conversation,
        "language": "en",
        "language_confidence": 0.9,
        "topic": topics.split("|")[0] if topics else "unknown",
        "topics": topics,
        "topic_confidence": sure if topics else 0.0,
        "intent": "question",
        "intent_confidence": sure,
        "sentiment": sentiment,
        "sentiment_confidence": sure,
        "safety": "none",
        "hands_over": False,
        "asks": asks,
        "method": "local",
        "version": "v1",
        **more,
    }


MESSAGES = [
    # one: two turns over midnight, from negative to positive; ends with a question that nobody answered for days.
    message("a", "2026-03-01 23:50", "one", model_id="m", latency_seconds=1.0),
    message("b", "2026-03-02 00:10", "one", parent="a", model_id="m", latency_seconds=3.0),
    # two: the same person comes again about pricing after five days; handed over, so its question is not abandoned.
    message("c", "2026-03-06 10:00", "two", answer="A person? #AGENT", model_id="m", latency_seconds=2.0),
    # three: the newest one; it asks, and may still be answered. The answer was regenerated.
    message("d", "2026-03-20 10:00", "three", parent="x", model_id="m", latency_seconds=None, error="timeout"),
    message("e", "2026-03-20 10:01", "three", parent="x", model_id="m", latency_seconds=9.0),
]
LABELS = [
    label("a", "2026-03-01", "one", "pricing", "negative"),
    label("b", "2026-03-02", "one", "account|pricing", "positive", asks=True, sure=0.9),
    label("c", "2026-03-06", "two", "pricing", "unknown", asks=True),
    label("d", "2026-03-20", "three", None, asks=False),
    label("e", "2026-03-20", "three", None, asks=True, safety="high"),
]
PICKED = "+model_usage +conversation_lengths +conversation_topics_daily +user_conversations"


@pytest.fixture(scope="module")
def warehouse(make_warehouse):
    warehouse = make_warehouse()
    warehouse.put("nocodb/messages", MESSAGES)
    warehouse.put("labels/exchanges", LABELS)
    warehouse.build(select=PICKED)
    return warehouse


def test_usage_of_models_by_nearest_rank(warehouse):
    assert warehouse.rows("""
        select cast(day as varchar), messages, exchanges, regenerations, errors, error_rate, handoffs, query_tokens,
            total_price::varchar, timed_messages, p50_latency_seconds, p95_latency_seconds
        from model_usage where day >= '2026-03-02' order by day
    """) == [
        ("2026-03-02", 1, 1, 0, 0, 0.0, 0, 10, "0.000000001", 1, 3.0, 3.0),
        ("2026-03-06", 1, 1, 0, 0, 0.0, 1, 10, "0.000000001", 1, 2.0, 2.0),
        ("2026-03-20", 2, 1, 1, 1, 0.5, 0, 20, "0.000000002", 1, 9.0, 9.0),
    ]


def test_a_conversation_has_every_topic_of_its_turns(warehouse):
    # pricing: 0.5 and 0.9 over two turns; account: 0.9 once, so that pricing is the main one.
    assert warehouse.rows("""
        select value, turns, round(confidence, 6), is_main from conversation_categories
        where conversation_id = 'one' and kind = 'topic' order by value
    """) == [("account", 1, 0.9, False), ("pricing", 2, 0.7, True)]
    assert warehouse.rows("""
        select kind, value from conversation_categories where conversation_id = 'three' and kind in ('topic', 'safety')
    """) == [("safety", "high")]


def test_how_conversations_ended(warehouse):
    assert warehouse.rows("""
        select conversation_id, length_band, is_contained, is_abandoned, topic, first_sentiment, last_sentiment,
            sentiment_shift, is_repeat_contact
        from conversation_outcomes order by first_at
    """) == [
        ("one", "1-2", True, True, "pricing", "negative", "positive", 2, False),
        ("two", "1-2", False, False, "pricing", None, None, None, True),
        ("three", "1-2", True, None, None, "neutral", "neutral", 0, None),
    ]


def test_shares_name_their_denominators(warehouse):
    assert warehouse.rows("""
        select cast(local_day as varchar), topic, conversations, labelled_conversations, share, people
        from conversation_topics_daily order by all
    """) == [
        ("2026-03-01", "account", 1, 1, 1.0, 1),
        ("2026-03-01", "pricing", 1, 1, 1.0, 1),
        ("2026-03-06", "pricing", 1, 1, 1.0, 1),
        ("2026-03-20", "unknown", 1, 1, 1.0, 1),
    ]
    assert warehouse.rows("""
        select cast(local_day as varchar), conversations, containment, judged_conversations, abandonment,
            repeat_contact_rate, sentiment_shift
        from conversation_lengths order by local_day
    """) == [
        ("2026-03-01", 1, 1.0, 1, 1.0, 0.0, 2.0),
        ("2026-03-06", 1, 0.0, 1, 0.0, 1.0, None),
        ("2026-03-20", 1, 1.0, 0, None, None, 0.0),
    ]


def test_people_by_day(warehouse):
    assert warehouse.rows("""
        select cast(local_day as varchar), conversations, messages, exchanges, errors, models, query_tokens
        from user_conversations order by local_day
    """) == [
        ("2026-03-01", 1, 1, 1, 0, 1, 10),
        ("2026-03-02", 1, 1, 1, 0, 1, 10),
        ("2026-03-06", 1, 1, 1, 0, 1, 10),
        ("2026-03-20", 1, 2, 1, 1, 1, 20),
    ]


def test_labels_that_come_later_reach_only_their_conversation(warehouse):
    untouched = "select * from conversation_outcomes where conversation_id <> 'two' order by conversation_id"
    before = warehouse.rows(untouched)
    warehouse.put("labels/exchanges", [label("c", "2026-03-06", "two", "pricing", "positive", asks=True)])
    warehouse.build("2026-03-06", select=PICKED)
    assert warehouse.rows("select sentiment from conversation_outcomes where conversation_id = 'two'") == [
        ("positive",)
    ]
    assert warehouse.rows(untouched) == before


def test_a_conversation_that_is_deleted_later_leaves_its_categories_too(warehouse):
    gone = {"conversation_id": "one", "event_time": "2026-03-01 23:49+00", "is_deleted": True}
    warehouse.put("nocodb/conversations", [gone])
    warehouse.build("2026-03-01", select=PICKED)
    for mart in ("conversations", "conversation_outcomes", "conversation_categories"):
        assert "one" not in {name for (name,) in warehouse.rows(f"select conversation_id from {mart}")}, mart
    assert warehouse.rows("select sum(messages) from model_usage") == [(5,)]
