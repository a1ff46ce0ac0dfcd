"""A store of an older version is brought up to date when it is opened. The tests on PostgreSQL run this, too."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from analytics_platform.collector.store import postings, statement_queries
from analytics_platform.collector.store.connection import Connection
from analytics_platform.collector.store.databases import open_database
from analytics_platform.collector.store.schema import SCHEMA
from analytics_platform.collector.store.sqlite import SqliteConnection
from analytics_platform.collector.store.statement_queries import PageQuery
from analytics_platform.collector.xapi.marks import AGENT

from .test_postings import ANSWERS, answers, of, store

NAME = "6f1c2a52-0f5e-4a52-9d50-2f3f1f1f0001"
# What differed: ids looked up in the statements, a row for each mark, epochs of 8,192 places, no reason beside a line.
VERSION_1 = """
create table statements (seq {place} primary key, id {bytes} not null unique, fingerprint {bytes} not null,
    stored bigint not null, owner text not null, flags integer not null, size integer not null, body text not null);
create index statements_stored on statements (stored, seq);
create table marks (epoch integer not null, mark bigint not null, seq bigint not null,
    primary key (epoch, mark, seq)) {place_only};
create table lines (seq {place} primary key, path text not null, received bigint not null, size integer not null,
    payload {bytes} not null)
"""
# An index of the times of storing was all that differed.
VERSION_2 = f"{SCHEMA}; create index statements_stored on statements (stored, seq)"


@dataclass
class OldStore:
    """A store that is made here. ``words`` are what the braces of a schema stand for."""

    address: str
    connection: Connection
    words: dict[str, str]
    has: str  # asks whether a table or an index of some name is there

    def make(self, schema: str) -> None:
        for statement in schema.split(";"):
            self.connection.run(statement.format(**self.words))


@pytest.fixture
def old(tmp_path: Path) -> Iterator[OldStore]:
    file = tmp_path / "store.db"
    words = {"bytes": "blob", "place": "integer", "place_only": "without rowid"}
    connection = SqliteConnection(file)
    yield OldStore(str(file), connection, words, "select 1 from sqlite_master where name = ?")
    connection.close()


def test_version_1_is_brought_up_to_date(old: OldStore) -> None:
    old.make(VERSION_1)
    for place, statement in ((1, NAME[:-1] + "2"), (3, NAME[:-1] + "3"), (9000, NAME)):
        key = bytes.fromhex(statement.replace("-", ""))
        sql = "insert into statements values (?, ?, ?, ?, 'test', 0, 2, '{}')"
        old.connection.run(sql, [place, key, b"f", place])
    anna = of("anna", AGENT)
    for epoch, mark, place in ((0, ANSWERS[0], 1), (0, ANSWERS[0], 3), (0, anna[0], 1), (1, ANSWERS[0], 9000)):
        old.connection.run("insert into marks values (?, ?, ?)", [epoch, mark, place])
    old.connection.run("insert into lines values (1, 'video/events', 1, 2, ?)", [b"{}"])
    for _ in range(2):  # the second time there is nothing left to do
        connection = open_database(old.address).connect()
        assert postings.places_of(connection, ANSWERS, [0, 8]) == {0: {1, 3}, 8: {9000}}
        assert postings.places_of(connection, anna, [0, 8]) == {0: {1}}
        found = statement_queries.statement_by_id(connection, NAME, None)
        assert found is not None
        assert (found.place, found.stored) == (9000, 9000)
        assert [(bytes(payload), why) for payload, why in connection.rows("select payload, problem from lines")] == [
            (b"{}", None)
        ]
        assert [connection.rows(old.has, [name]) for name in ("marks", "statements_stored")] == [[], []]
        connection.close()
    store(connection := open_database(old.address).connect(), 3)
    assert answers(connection, PageQuery(marks=(of("ben", AGENT),))) == [1]
    connection.close()


def test_version_2_is_brought_up_to_date(old: OldStore) -> None:
    old.make(VERSION_2)
    store(old.connection, 2)
    ((between,),) = old.connection.rows("select max(stored) from statements")
    store(old.connection, 2, start=2)
    assert old.connection.rows(old.has, ["statements_stored"])
    for _ in range(2):
        connection = open_database(old.address).connect()
        assert connection.rows(old.has, ["statements_stored"]) == []
        assert answers(connection, PageQuery()) == [3, 2, 1, 0]
        assert answers(connection, PageQuery(until=between)) == [1, 0]
        assert answers(connection, PageQuery(since=between)) == [3, 2]
        assert answers(connection, PageQuery(marks=(of("anna", AGENT),))) == [3, 0]
        assert answers(connection, PageQuery(until=0)) == []
        connection.close()


def test_an_older_file_keeps_its_pages(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    made = sqlite3.connect(file)
    made.execute("pragma page_size = 4096")
    made.execute("create table any_table (number integer)")
    made.close()
    connection = open_database(str(file)).connect()
    assert connection.rows("pragma page_size") == [(4096,)]
    store(connection, 3)
    connection.close()
