"""A published snapshot made by hand: every mart as its contract says, with the rows that a test is about."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa

from analytics_platform.semantics.registry import registry
from analytics_platform.settings import PROJECT_ROOT, Settings
from analytics_platform.warehouse.lineage import Mart
from analytics_platform.warehouse.publishing import Snapshot, publish

TYPES = {"text": "varchar", "integer": "bigint", "number": "double", "money": "decimal(38, 9)", "boolean": "boolean",
         "timestamp": "timestamptz", "date": "date", "texts": "varchar[]"}  # fmt: skip
Rows = Sequence[Mapping[str, Any]]


def share_manifests(settings: Settings) -> None:
    """One parsed dbt project for every home of every test run; its file carries the project's digest in its name."""
    shared = PROJECT_ROOT / ".pytest_cache" / "manifests"
    shared.mkdir(parents=True, exist_ok=True)
    folder = settings.home / "warehouse" / "manifests"
    folder.parent.mkdir(parents=True, exist_ok=True)
    if not folder.exists():
        folder.symlink_to(shared)


def put(settings: Settings, absent: Sequence[str] = (), **rows: Rows) -> Snapshot:
    """Publish a snapshot with these rows; columns that a row leaves out are NULL, marts without rows are empty."""
    share_manifests(settings)
    settings.warehouse_file.unlink(missing_ok=True)
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        connection.execute("set timezone = 'UTC'")
        for mart in registry(settings).marts.values():
            if mart.name not in absent:
                _make(connection, mart, rows.get(mart.name, ()))
    return publish(settings, "by hand", datetime.now(UTC), lambda _line: None)


def _make(connection: duckdb.DuckDBPyConnection, mart: Mart, rows: Rows) -> None:
    columns = ", ".join(f'"{name}" {TYPES[kind]}' for name, kind, _ in mart.columns)
    connection.execute(f'create table "{mart.name}" ({columns})')
    if rows:
        given = pa.Table.from_pylist([dict.fromkeys({key for row in rows for key in row}) | dict(row) for row in rows])
        connection.register("given", given)
        connection.execute(f'insert into "{mart.name}" by name select * from given')
        connection.unregister("given")
