"""The judge judged: some 150 statements of which BigQuery's answer is known, and what the double says to each.

``battery.toml`` holds them. ``rows`` is what a query returns (as text), ``refused`` a part of the refusal's words.
All run against one small storage that no statement here changes for the others.
"""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analytics_platform_tests.bigquery.errors import ApiError
from analytics_platform_tests.bigquery.statements import Runner
from analytics_platform_tests.bigquery.storage import Storage
from analytics_platform_tests.bigquery.types import cell, name_of

BATTERY = tomllib.loads((Path(__file__).parent / "battery.toml").read_text())
CASES = [
    pytest.param(case, id=f"{group}-{number}") for group, cases in BATTERY.items() for number, case in enumerate(cases)
]
SETUP = """
create schema shop;
create table shop.sales (day date, id int64, price numeric, who string, sold_at timestamp, rate float64, ok bool)
    partition by day cluster by who, id options (require_partition_filter = true);
insert into shop.sales values
    (date '2026-03-28', 1, 1.50, 'ann', timestamp '2026-03-28 23:00:00+00', 0.5, true),
    (date '2026-03-29', 2, -2.25, 'bob', timestamp '2026-03-29 01:00:00+00', -1.5, false),
    (date '2026-03-29', 3, null, null, null, null, null);
create table shop.People (who string, age int64);
insert into shop.People (who, age) values ('ann', 40), ('bob', 30), ('cyd', null);
create view shop.adults as select who, age from shop.People where age >= 18;
create view shop.all_sales as select day as sold_on, id, who, price from shop.sales;
"""


@pytest.fixture(scope="module")
def prepared() -> Storage:
    storage = Storage()
    Runner(storage, "p", "shop").run(SETUP)
    return storage


@pytest.fixture
def runner(prepared: Storage) -> Runner:
    """A storage of one's own, with copies of the prepared tables."""
    storage = Storage()
    storage.datasets = dict(prepared.datasets)
    for table in prepared.tables.values():
        storage.put(replace(table, rows=list(table.rows)))
    return Runner(storage, "p", "shop")


def run(runner: Runner, sql: str) -> tuple[list[list[Any]], list[str]]:
    outcome = runner.run(sql)
    rows = [[cell(v, c.type) for v, c in zip(row.cell, outcome.columns, strict=True)] for row in outcome.rows or []]
    return rows, [name_of(column.type) for column in outcome.columns]


@pytest.mark.parametrize("case", CASES)
def test_the_double_says_what_bigquery_says(runner: Runner, case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(ApiError) as refused:
            run(runner, case["sql"])
        assert case["refused"].lower() in refused.value.message.lower()
        return
    rows, types = run(runner, case["sql"])
    if "then" in case:
        rows, types = run(runner, case["then"])
    if "rows" in case:
        wanted = [[None if value == "NULL" else value for value in row] for row in case["rows"]]
        assert sorted(map(repr, rows)) == sorted(map(repr, wanted))
    if "types" in case:
        assert types == case["types"]


def test_the_battery_is_large_enough() -> None:
    assert len(CASES) >= 150
    assert sum("refused" in case.values[0] for case in CASES) >= 50  # type: ignore[union-attr]
