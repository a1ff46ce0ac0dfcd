"""The index of statements: groups and epochs overlap, and what is asked for is found all the same."""

import json
import time
from pathlib import Path

import pytest

from analytics_platform.collector.resources.statement_bodies import prepare_body
from analytics_platform.collector.store import postings, schema, statement_queries
from analytics_platform.collector.store.connection import Connection, Database
from analytics_platform.collector.store.databases import open_database
from analytics_platform.collector.store.statement_queries import PageQuery, page
from analytics_platform.collector.store.transaction import perform
from analytics_platform.collector.store.writes import StoreStatements
from analytics_platform.collector.xapi.marks import AGENT, OTHER_AGENT, VERB, mark

from .samples import ANSWERED, seven_taps

AUTHORITY = {"objectType": "Agent", "account": {"homePage": "https://c.example", "name": "test"}}
LEARNERS = ("anna", "ben", "cleo")
ANSWERS = (mark(VERB, ANSWERED),)


def store(connection: Connection, count: int, start: int = 0) -> None:
    texts = [json.dumps(seven_taps(LEARNERS[n % 3], result={"response": str(n)})) for n in range(start, start + count)]
    prepared = [prepare_body(text.encode(), AUTHORITY, None) for text in texts]
    perform(connection, [StoreStatements(prepared, "test")], time.time_ns() // 1000)


def of(learner: str, *kinds: str) -> tuple[int, ...]:
    return tuple(mark(kind, f"account:https://7taps.com|{learner}") for kind in kinds)


def answers(connection: Connection, query: PageQuery) -> list[int]:
    return [int(json.loads(statement.body)["result"]["response"]) for statement in page(connection, query)[0]]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return open_database(str(tmp_path / "store.db"))


def test_groups_and_epochs_overlap(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (schema, postings, statement_queries):
        monkeypatch.setattr(module, "EPOCH_BITS", 4)
    monkeypatch.setattr(postings, "_WITHIN", 15)
    connection = database.connect()
    for start, count in ((0, 40), (40, 1), (41, 1), (42, 58)):
        store(connection, count, start)
    newest_first = list(range(99, -1, -1))
    assert answers(connection, PageQuery(marks=(ANSWERS,), limit=200)) == newest_first
    both = (ANSWERS, of("ben", AGENT))
    assert answers(connection, PageQuery(marks=both, limit=200)) == [n for n in newest_first if n % 3 == 1]
    assert answers(connection, PageQuery(marks=both, limit=4, ascending=True)) == [1, 4, 7, 10]
    assert answers(connection, PageQuery(marks=both, limit=2, after=41)) == [37, 34]
    assert answers(connection, PageQuery(marks=(of("ben", AGENT, OTHER_AGENT),), limit=1)) == [97]
    assert answers(connection, PageQuery(marks=(of("ben", OTHER_AGENT),))) == []
    connection.close()
