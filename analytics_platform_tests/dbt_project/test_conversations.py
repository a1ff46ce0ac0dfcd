"""Conversations and exchanges from hand-written messages, each number worked out by hand."""

import pytest

NIL = "00000000-0000-0000-0000-000000000000"


def message(name, time, conversation, parent=None, **more):
    return {
        "message_id": name,
        "event_time": f"{time}+00",
        "conversation_id": conversation,
        "parent_message_id": parent,
        "actor_key": "chat:1",
        "app_id": "app",
        "language": "th",
        "answer": "Hello.",
        "query_tokens": 10,
        "answer_tokens": 5,
        "total_price": "0.000000001",
        "currency": "USD",
        "is_agent_based": False,
        **more,
    }


MESSAGES = [
    # talk: a question, an answer to it twice (regenerated after midnight), and a hand-over; 4 rows, 3 exchanges.
    message("a", "2026-03-01 23:50", "talk"),
    message("b1", "2026-03-01 23:59", "talk", parent="a", error="timeout"),
    message("b2", "2026-03-02 00:01", "talk", parent="a", language="en"),
    message("c", "2026-03-02 00:05", "talk", parent="b2", answer="One moment. #AGENT"),
    # money: two currencies and unknown parents, which are no siblings.
    message("d", "2026-03-02 08:00", "money", parent=NIL, currency="USD", total_price="1.5"),
    message("e", "2026-03-02 08:01", "money", parent=NIL, currency="THB", total_price="40"),
    # orphan: its own row never came.
    message("f", "2026-03-03 08:00", "orphan", query_tokens=None),
    # an exchange that was deleted, and one of a conversation that was: the first is nowhere, the second was paid.
    message("g", "2026-03-03 08:01", "orphan", is_deleted=True),
    message("h", "2026-03-03 09:00", "gone"),
]
CONVERSATIONS = [
    {
        "conversation_id": "talk",
        "event_time": "2026-03-01 23:49+00",
        "actor_key": "chat:1",
        "mode": "chat",
        "is_deleted": False,
    },
    {"conversation_id": "gone", "event_time": "2026-03-01 10:00+00", "actor_key": "chat:1", "is_deleted": True},
    {"conversation_id": "money", "event_time": "2026-03-02 07:59+00", "actor_key": "chat:1", "is_deleted": False},
    {"conversation_id": "silent", "event_time": "2026-03-02 09:00+00", "actor_key": "chat:2", "is_deleted": False},
]


@pytest.fixture(scope="module")
def warehouse(make_warehouse):
    warehouse = make_warehouse()
    warehouse.put("nocodb/messages", MESSAGES)
    warehouse.put("nocodb/conversations", CONVERSATIONS)
    warehouse.build(select="+conversations exchanges")
    return warehouse


def test_a_conversation_counts_regenerated_answers_once(warehouse):
    rows = warehouse.rows("""
        select conversation_id, message_count, exchange_count, error_count, is_handed_over, query_tokens, answer_tokens
        from conversations order by conversation_id
    """)
    assert rows == [
        ("money", 2, 2, 0, False, 20, 10),
        ("orphan", 1, 1, 0, False, None, 5),
        ("silent", 0, 0, 0, False, None, None),
        ("talk", 4, 3, 1, True, 40, 20),
    ]
    assert warehouse.rows("select message_id from exchanges where is_regenerated") == [("b2",)]


def test_what_was_deleted_is_left_out_and_what_it_cost_is_not(warehouse):
    assert warehouse.rows("select conversation_id from conversations where conversation_id = 'gone'") == []
    rows = warehouse.rows("select message_id from exchanges where day = '2026-03-03' order by message_id")
    assert rows == [("f",), ("h",)]


def test_a_conversation_without_its_row_or_without_messages_is_there(warehouse):
    rows = warehouse.rows("""
        select conversation_id, is_row_received, mode, cast(first_at as varchar), cast(last_at as varchar)
        from conversations where conversation_id <> 'money' order by conversation_id
    """)
    assert rows == [
        ("orphan", False, None, "2026-03-03 08:00:00+00", "2026-03-03 08:00:00+00"),
        ("silent", True, None, "2026-03-02 09:00:00+00", "2026-03-02 09:00:00+00"),
        ("talk", True, "chat", "2026-03-01 23:49:00+00", "2026-03-02 00:05:00+00"),
    ]


def test_currencies_are_never_added_and_small_prices_are_exact(warehouse):
    rows = warehouse.rows("select conversation_id, total_price, currency from conversations order by 1")
    assert [(name, None if price is None else f"{price:f}", currency) for name, price, currency in rows] == [
        ("money", None, None),
        ("orphan", "0.000000001", "USD"),
        ("silent", None, None),
        ("talk", "0.000000004", "USD"),
    ]


def test_a_conversation_in_two_languages_says_so(warehouse):
    rows = warehouse.rows("select conversation_id, language, is_multilingual from conversations order by 1")
    assert rows == [("money", "th", False), ("orphan", "th", False), ("silent", None, False), ("talk", None, True)]


def test_an_answer_counts_once_however_far_apart_and_in_whatever_order_they_come(make_warehouse):
    warehouse = make_warehouse()
    warehouse.command = "run"
    first = message("first", "2026-01-05 10:00", "long", parent="asked")
    warehouse.put("nocodb/messages", [message("again", "2026-03-05 10:00", "long", parent="asked")])

    def built(day):
        warehouse.build(day, select="+int_conversation_days +model_usage")
        marked = warehouse.rows("select message_id from facts.fact_exchanges where is_regenerated")
        counted = warehouse.rows("select cast(sum(exchanges) as bigint) from steps.intermediate.int_conversation_days")
        return marked, counted, warehouse.rows("select sum(regenerations) from model_usage")

    assert built("2026-03-05") == ([], [(1,)], [(0,)])
    warehouse.put("nocodb/messages", [first])
    assert built("2026-01-05") == ([("again",)], [(1,)], [(1,)])
    warehouse.put("nocodb/messages", [{**first, "is_deleted": True}])
    warehouse.build("2026-01-05", select="stg_nocodb__messages int_answered_queries")  # a run that died here
    assert built("2026-03-06") == ([], [(1,)], [(0,)])
