"""One contract, three engines: what Parquet holds is what the contract says, for DuckDB, Arrow and BigQuery."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics_platform.contracts import TABLES, TYPES, Table
from analytics_platform.lake.lake import Lake, lake_key
from analytics_platform_tests.lines import DAY, land

ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "money": pa.decimal128(38, 9),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us", "UTC"),
    "date": pa.date32(),
    "json": pa.string(),
    "texts": pa.list_(pa.string()),
}


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.path)
def test_a_day_without_rows_has_the_contracts_schema(lake: Lake, table: Table) -> None:
    """A day whose every line is refused; a day without a line has no file."""
    land(lake, table.path, "no JSON")
    lake.build(table, [DAY])
    schema = pq.read_schema(lake.store.root / lake_key(table, DAY))
    expected = [(column.name, ARROW[column.type]) for column in table.all_columns]
    assert [(field.name, field.type) for field in schema] == expected


def test_every_type_has_its_three_names() -> None:
    assert set(TYPES) == set(ARROW)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.path)
def test_columns_are_unique_described_and_the_key_is_one_of_them(table: Table) -> None:
    names = [column.name for column in table.all_columns]
    assert len(names) == len(set(names))
    assert table.key in names
    assert all(column.description.endswith((".", "…")) for column in table.all_columns)
    assert table.version is None or table.version in names
