"""Raw lines made by hand: the smallest good payload of each source, and how to land and read them."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import duckdb

from analytics_platform.contracts import TABLES
from analytics_platform.lake.lake import Lake, lake_key, quarantine_key
from analytics_platform.lake.landing import RawLine

DAY = date(2026, 3, 10)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
STATEMENTS, MESSAGES = TABLES["xapi/statements"], TABLES["nocodb/messages"]
Payload = dict[str, Any] | str | bytes


def statement(id: str = "s1", **changes: Any) -> dict[str, Any]:
    """A 7taps statement: account-only actor, no timestamp, a Quill title, the lesson only as parent."""
    card = "https://courses.example.org/abc123/form/2861644"
    delta = {"ops": [{"insert": "How do you feel? 🙂", "attributes": {"bold": True}}, {"insert": "\nBe honest.\n"}]}
    return {
        "id": id,
        "actor": {"account": {"name": "0123456789abcdef0123456789abcdef", "homePage": "https://7taps.com"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": card, "definition": {"name": {"en-US": json.dumps(delta)}}},
        "result": {"success": True, "response": "none"},
        "context": {"contextActivities": {"parent": [{"id": "https://courses.example.org/abc123/"}]}},
    } | changes


def message(id: str = "m1", **changes: Any) -> dict[str, Any]:
    return {
        "id": id,
        "conversation_id": "c1",
        "from_end_user_id": "u1",
        "query": "How much is it?",
        "answer": "Ten.",
        "total_price": "0.0012",
        "currency": "USD",
        "CreatedAt": "2026-03-10 10:28:58+00:00",
        "UpdatedAt": None,
    } | changes


def raw(payload: Payload) -> bytes:
    if isinstance(payload, bytes):
        return payload
    return (payload if isinstance(payload, str) else json.dumps(payload)).encode()


def land(lake: Lake, path: str, *payloads: Payload, at: datetime = NOON) -> None:
    lake.landing.append(TABLES[path], [RawLine(raw(payload), at) for payload in payloads], "test")


def rows(lake: Lake, path: str, day: date = DAY, columns: str = "*") -> list[tuple[Any, ...]]:
    file = lake.store.local([lake_key(TABLES[path], day)], None)[0]  # type: ignore[arg-type]
    return read(f"select {columns} from read_parquet('{file}', hive_partitioning = false) order by all")


def quarantine(lake: Lake, path: str, day: date = DAY) -> list[tuple[Any, ...]]:
    file = lake.store.local([quarantine_key(TABLES[path], day)], None)[0]  # type: ignore[arg-type]
    return read(f"select reason, payload from read_parquet('{file}') order by all")


def read(sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        return connection.execute(sql, list(parameters)).fetchall()
