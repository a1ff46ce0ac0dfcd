"""The explorer's SQL: what people type stays a value, in either engine's words."""

from datetime import date

import duckdb
import pytest
from sqlglot import exp

from analytics_platform.semantics.guard import checked
from analytics_platform.serving.pages.mart_rows import Condition, select

CONDITIONS = [
    Condition("text", contains="It's"),
    Condition("count", low=2, high=3.5),
    Condition("at", low=date(2026, 3, 1), high=date(2026, 3, 2)),
    Condition("is_on", is_true=True),
    Condition("text"),  # left empty: filters nothing
]


def rows(sql: str) -> list[tuple[int, ...]]:
    with duckdb.connect() as connection:
        connection.execute("""create table mart as select * from (values
            (1, 'it''s so', 2, timestamp '2026-03-02 23:59:59', true), (2, 'IT''S', 3, timestamp '2026-03-01', true),
            (3, 'its', 2, timestamp '2026-03-01', true), (4, 'it''s', 4, timestamp '2026-03-01', true),
            (5, 'it''s', 2, timestamp '2026-03-03', true), (6, 'it''s', 2, timestamp '2026-03-01', false),
            (7, null, null, null, null)) as t(id, "text", "count", "at", is_on)""")
        return connection.execute(sql).fetchall()


def test_conditions_hold_together_and_the_last_day_counts_whole() -> None:
    assert rows(select("mart", ["id"], CONDITIONS, "id", True, "duckdb")) == [(2,), (1,)]


@pytest.mark.parametrize("down", [False, True])
def test_null_comes_last(down: bool) -> None:
    assert rows(select("mart", ["id"], [], "count", down, "duckdb"))[-1] == (7,)


@pytest.mark.parametrize("dialect", ["duckdb", "bigquery"])
def test_what_is_typed_is_a_value_and_passes_the_guard(dialect: str) -> None:
    hostile = "'; drop table users; -- \\"
    sql = select("mart", ["id"], [Condition("text", contains=hostile)], None, False, dialect)
    assert hostile in [literal.this for literal in checked(sql, dialect).find_all(exp.Literal)]
    if dialect == "duckdb":
        assert rows(sql) == []
