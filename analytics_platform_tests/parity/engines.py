"""The two engines over one lake: building, and reading what was built as Python values with the engine's own types.

DuckDB is built in this process with the dbt of the other tests, BigQuery through the platform's own interface: dbt as a
process of its own, against the double. Does not live here: comparing (``comparing``), rows (``edges``).
"""

import os
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import duckdb
import orjson

from analytics_platform.settings import Settings
from analytics_platform.warehouse import dbt
from analytics_platform.warehouse.bigquery.client import connect
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform_tests.bigquery.double import Double
from analytics_platform_tests.dbt_project.warehouse import Warehouse
from analytics_platform_tests.parity.comparing import Relation
from analytics_platform_tests.parity.edges import ZONE, Rows

PROJECT = "parity"
MODELS_ONLY = ("resource_type:model",)
_NAMES = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}


class Engines:
    """One lake, DuckDB and BigQuery over it."""

    def __init__(self, warehouse: Warehouse, double: Double) -> None:
        self.warehouse, self.double = warehouse, double
        self.said: list[str] = []
        self.settings = Settings(
            platform_home=warehouse.folder,
            platform_timezone=ZONE,
            warehouse="bigquery",
            bigquery_project=PROJECT,
            bigquery_endpoint=double.endpoint,
            _env_file=None,
        )

    def put(self, rows: Rows) -> None:
        for table, found in rows.items():
            self.warehouse.put(table, found)

    def build_duckdb(self, first: str = "", last: str = "") -> None:
        os.environ["DBT_TARGET"] = "duckdb"
        self.warehouse.build(first, last)

    def build_bigquery(self, first: str = "", last: str = "", select: Sequence[str] = ()) -> None:
        """Load what changed and build; a failed model is named with what Google says of it."""
        days = days_between(first, last)
        open_warehouse(self.settings).load(days, self.said.append)
        assert_built(dbt.build(self.settings, days, select, self.said.append))

    def manifest(self) -> dict[str, Any]:
        """What dbt built last, from its own manifest."""
        found: dict[str, Any] = orjson.loads((self.settings.home / "warehouse" / "dbt" / "manifest.json").read_bytes())
        return found

    def read_duckdb(self, node: Mapping[str, Any]) -> Relation:
        with duckdb.connect(str(self.warehouse.file)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"attach if not exists '{self.warehouse.file.with_name('steps.duckdb')}' as steps")
            schema = "main" if node["fqn"][1] == "marts" else node["config"]["schema"]
            described = connection.execute(f'describe "{schema}"."{node["alias"]}"').fetchall()
            types = {name: kind for name, kind, *_ in described}
            rows = connection.sql(f'select * from "{schema}"."{node["alias"]}"').to_arrow_table().to_pylist()
        return Relation(types, [tuple(row.values()) for row in rows])

    def read_bigquery(self, node: Mapping[str, Any]) -> Relation:
        client = connect(self.settings)
        try:
            answer = client.query(f"select * from `{PROJECT}.{node['schema']}.{node['alias']}`").result()
            types = {field.name: _type(field) for field in answer.schema}
            rows = answer.to_arrow(create_bqstorage_client=False).to_pylist()
        finally:
            client.close()
        return Relation(types, [tuple(row.values()) for row in rows])


def _type(field: Any) -> str:
    name = _NAMES.get(field.field_type, field.field_type)
    return f"ARRAY<{name}>" if field.mode == "REPEATED" else name


def days_between(first: str, last: str) -> list[date]:
    """Every day of a range; none for no range, which asks for everything."""
    if not first:
        return []
    start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def assert_built(results: Sequence[dbt.NodeResult]) -> None:
    failed = [result for result in results if not result.succeeded and result.ran]
    assert not failed, "BigQuery refused:\n" + "\n".join(f"{r.unique_id.split('.')[2]}: {r.message}" for r in failed)
    assert all(result.ran for result in results)
