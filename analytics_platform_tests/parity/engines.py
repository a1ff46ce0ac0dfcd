"""The two engines over one lake: building, and reading what was built as Python values with the engine's own types.

DuckDB is built in this process with the dbt of the other tests, BigQuery through the platform's own interface: dbt as a
process of its own, against the double. Does not live here: comparing (``comparing``), rows (``edges``).
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import dagster as dg
import duckdb
import orjson

from analytics_platform.defs.assemble import definitions
from analytics_platform.defs.automation import RANGE_END, RANGE_START
from analytics_platform.settings import Settings
from analytics_platform.warehouse import dbt
from analytics_platform.warehouse.bigquery.client import connect
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.manifest import manifest_path
from analytics_platform_tests.dbt_project.warehouse import Warehouse
from analytics_platform_tests.parity.comparing import Relation
from analytics_platform_tests.parity.edges import ZONE, Rows

MODELS_ONLY = ("resource_type:model",)
_NAMES = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}


class Engines:
    """One lake, DuckDB and BigQuery over it."""

    def __init__(self, warehouse: Warehouse, project: str, endpoint: str, dataset: str) -> None:
        self.warehouse = warehouse
        self.said: list[str] = []
        self.settings = Settings(
            platform_home=warehouse.folder,
            platform_timezone=ZONE,
            warehouse="bigquery",
            bigquery_project=project,
            bigquery_dataset=dataset,
            bigquery_endpoint=endpoint,
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

    def run_dagster(self, first: str, last: str = "") -> list[Any]:
        """Materialise the marts and publish them, as the platform does: a range of days is a backfill in one run."""
        with dg.DagsterInstance.ephemeral() as instance:
            job = definitions(self.settings).resolve_implicit_global_asset_job_def()
            keys = [key for key in job.asset_layer.executable_asset_keys if key.path[0] in ("marts", "published")]
            done = job.execute_in_process(
                instance=instance,
                asset_selection=keys,
                tags={RANGE_START: first, RANGE_END: last or first},
                raise_on_error=False,
            )
            failures = [event.step_failure_data.error for event in done.all_events if event.is_step_failure]
            assert done.success, [(error.cause or error).message for error in failures if error]
            return list(done.get_asset_materialization_events())

    def published(self) -> list[Any]:
        """Both warehouses, each with what was built last shown to readers. DuckDB's was built in a file of the test."""
        both = [open_warehouse(self.settings.model_copy(update={"warehouse": kind})) for kind in ("duckdb", "bigquery")]
        with duckdb.connect(str(self.warehouse.file)) as connection:
            connection.execute("force checkpoint")
        shutil.copyfile(self.warehouse.file, self.settings.warehouse_file)
        for warehouse in both:
            warehouse.publish("parity", datetime.now(UTC), self.said.append)
        return both

    def drop_datasets(self) -> None:
        """Leave nothing behind on the real service."""
        client = connect(self.settings)
        try:
            for dataset in client.list_datasets():
                if dataset.dataset_id.startswith(f"{self.settings.bigquery_dataset}_"):
                    client.delete_dataset(dataset.reference, delete_contents=True, not_found_ok=True)
        finally:
            client.close()

    def manifest(self) -> dict[str, Any]:
        """The models, as dbt parsed them for this engine."""
        found: dict[str, Any] = orjson.loads(manifest_path(self.settings).read_bytes())
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
            answer = client.query(
                f"select * from `{self.settings.bigquery_project}.{node['schema']}.{node['alias']}`"
            ).result()
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
