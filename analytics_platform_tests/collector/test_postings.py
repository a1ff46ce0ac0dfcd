"""The index of statements: groups across epochs, and a store of an older version, which is brought up to date."""

import json
import sqlite3
import time
from pathlib import Path

import pytest

from analytics_platform.collector.store import postings, reading, schema
from analytics_platform.collector.store.connection import Connection, Database, open_database
from analytics_platform.collector.store.reading import PageQuery, page
from analytics_platform.collector.store.transaction import perform
from analytics_platform.collector.store.works import StoreStatements
from analytics_platform.collector.xapi.marks import AGENT, OTHER_AGENT, VERB, mark
from analytics_platform.collector.xapi.statement_intake import prepare_body

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
    for module in (schema, postings, reading):
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


VERSION_1 = """
create table statements (seq integer primary key, id blob not null unique, fingerprint blob not null,
    stored bigint not null, owner text not null, flags integer not null, size integer not null, body text not null);
create table marks (epoch integer not null, mark bigint not null, seq bigint not null,
    primary key (epoch, mark, seq)) without rowid;
create table lines (seq integer primary key, path text not null, received bigint not null, size integer not null,
    payload blob not null);
insert into lines values (1, 'video/events', 1, 2, x'7b7d')
"""


def test_a_store_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    file, name = tmp_path / "store.db", "6f1c2a52-0f5e-4a52-9d50-2f3f1f1f0001"
    old = sqlite3.connect(file)
    old.execute("pragma page_size = 4096")
    old.executescript(VERSION_1)
    statement = (9000, bytes.fromhex(name.replace("-", "")), b"f", 7, "test", 0, 2, "{}")
    old.execute("insert into statements values (?, ?, ?, ?, ?, ?, ?, ?)", statement)
    marks = [(0, ANSWERS[0], 1), (0, ANSWERS[0], 3), (0, of("anna", AGENT)[0], 1), (1, ANSWERS[0], 9000)]
    old.executemany("insert into marks values (?, ?, ?)", marks)
    old.commit()
    old.close()
    for _ in range(2):  # the second time there is nothing left to do
        connection = open_database(str(file)).connect()
        assert postings.places_of(connection, ANSWERS, [0, 8]) == {0: {1, 3}, 8: {9000}}
        assert postings.places_of(connection, of("anna", AGENT), [0, 8]) == {0: {1}}
        found = reading.statement_by_id(connection, name, None)
        assert found is not None
        assert (found.place, found.stored) == (9000, 7)
        assert connection.rows("select payload, problem from lines") == [(b"{}", None)]
        assert connection.rows("select count(*) from sqlite_master where name = 'marks'") == [(0,)]
        assert connection.rows("pragma page_size") == [(4096,)]
        connection.close()
    store(connection := open_database(str(file)).connect(), 3)
    assert answers(connection, PageQuery(marks=(of("ben", AGENT),))) == [1]
    connection.close()
