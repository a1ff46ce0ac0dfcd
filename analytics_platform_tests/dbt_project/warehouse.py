"""A small lake and the dbt project run over it, in process: what every test of this room starts from.

``Warehouse.put`` writes Parquet days from hand-written rows with the contracts' types, ``build`` runs dbt, ``rows``
reads. The project is parsed once for all test runs and workers; the lake of a test is a symbolic link at a place of the
worker's own, which takes the place of the one that was parsed.
"""

import fcntl
import os
import pickle
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
from dbt.cli.main import dbtRunner

from analytics_platform.contracts import LAKE_TABLES
from analytics_platform.warehouse.manifest import project_digest

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
NEVER = "0001-01-01"
PARSED_ROOT = "/nowhere/lake_root"


class Dbt:
    """dbt in process, with the manifest of one parse."""

    def __init__(self, folder: Path) -> None:
        self.lake_link = folder / "lake_root"
        self.arguments = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--log-level", "none"]
        self.arguments += ["--target-path", str(folder / "target"), "--log-level-file", "none"]
        self.manifest = self._parsed()
        for source in self.manifest.sources.values():
            place = source.config.meta["external_location"].replace(PARSED_ROOT, str(self.lake_link))
            source.config.meta["external_location"] = source.meta["external_location"] = place

    def _parsed(self) -> Any:
        """From a file that names the project's state and the version of dbt; the first who needs it writes it."""
        folder = PROJECT.parent / ".pytest_cache" / "dbt"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{project_digest(PROJECT)}-{version('dbt-core')}-{version('dbt-duckdb')}.pickle"
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not file.exists():
                os.environ["DBT_LAKE_ROOT"] = PARSED_ROOT
                os.environ["DBT_WAREHOUSE_FILE"] = "warehouse.duckdb"  # the file's name is the database's
                os.environ["DBT_STEPS_FILE"] = "steps.duckdb"
                manifest = dbtRunner().invoke(["--warn-error", "parse", "--no-write-json", *self.arguments]).result
                assert manifest is not None
                for old in folder.glob("*.pickle"):
                    old.unlink()
                file.write_bytes(pickle.dumps(manifest))
        return pickle.loads(file.read_bytes())

    def run(self, command: str, *arguments: str, lake: Path, warehouse_file: Path) -> Any:
        self.lake_link.unlink(missing_ok=True)
        self.lake_link.symlink_to(lake)
        os.environ["DBT_WAREHOUSE_FILE"] = str(warehouse_file)
        os.environ["DBT_STEPS_FILE"] = str(warehouse_file.with_name("steps.duckdb"))
        # A run marks what it has compiled in the manifest, so each gets its own. Nobody reads the artefacts of a run.
        arguments = (command, "--no-write-json", *arguments, *self.arguments)
        return dbtRunner(manifest=self.manifest.deepcopy()).invoke(list(arguments))


class Warehouse:
    """One lake and one DuckDB file.

    Some stories build often: ``run`` as command leaves dbt's own tests out, ``select`` what the story is not about.
    """

    command = "build"
    select = ""

    def __init__(self, dbt: Dbt, folder: Path, **variables: str) -> None:
        self.dbt, self.folder, self.variables = dbt, folder, variables
        self.file = folder / "warehouse.duckdb"
        for table in LAKE_TABLES:
            self.empty(table, NEVER)

    def put(self, table: str, rows: Iterable[dict[str, Any]]) -> None:
        """Write the days that the rows are of, whole. A row needs event_time (or day) and what the test is about."""
        by_day = defaultdict(list)
        for row in rows:
            by_day[row["event_time"][:10] if "event_time" in row else row["day"]].append(row)
        for day, rows_of_day in by_day.items():
            self._write(table, day, rows_of_day)

    def empty(self, table: str, day: str) -> None:
        self._write(table, day, [])

    def build(self, first: str = "", last: str = "", select: str = "") -> None:
        select = select or self.select
        os.environ["DBT_FROM_DAY"], os.environ["DBT_TO_DAY"] = first, last or first
        arguments = ["--vars", str(self.variables)]
        if self.command == "build":
            arguments += ["--indirect-selection", "cautious", "--exclude-resource-type", "unit_test"]
        arguments += ["--select", *select.split()] if select else []
        result = self.dbt.run(self.command, *arguments, lake=self.folder, warehouse_file=self.file)
        failures = [
            f"{item.node.name}: {item.message}" for item in result.result or [] if item.status in ("error", "fail")
        ]
        assert result.success, failures or result.exception

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.file)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"attach if not exists '{self.file.with_name('steps.duckdb')}' as steps")
            return connection.execute(sql).fetchall()

    def all_facts(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every built table's rows in a fixed order: equal for two warehouses that say the same."""
        tables = self.rows("""
            select database_name || '.' || schema_name || '.' || table_name from duckdb_tables()
            where schema_name in ('intermediate', 'facts', 'main')
        """)
        return {table: self.rows(f"select * from {table} order by all") for (table,) in sorted(tables)}

    def _write(self, table: str, day: str, rows: list[dict[str, Any]]) -> None:
        columns = LAKE_TABLES[table].all_columns
        folder = self.folder / "lake" / table / f"day={day}"
        folder.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            definition = ", ".join(f"{column.name} {column.duckdb_type}" for column in columns)
            connection.execute(f"create table rows ({definition})")
            for row in rows:
                unknown = row.keys() - {column.name for column in columns}
                assert not unknown, f"{table} has no column {unknown}"
                moment = row.get("event_time")
                full = {"claimed_at": moment, "received_at": moment, "origin": "test", **_derived(table, row), **row}
                full |= {"day": day, "clock_skewed": False}
                values = [full.get(column.name) for column in columns]
                connection.execute(f"insert into rows values ({', '.join('?' for _ in columns)})", values)
            connection.execute(f"copy rows to '{folder / 'part-0.parquet'}' (format parquet)")


def _derived(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """What the lake makes of a statement's other columns, so that a row names only what it is about."""
    if table != "xapi/statements" or row.get("object_type", "Activity") != "Activity":
        return {}
    answered = row.get("verb") == "answered"
    return {
        "object_url": (row.get("object_id") or "").rstrip("/") or None,
        "is_question": row.get("card_id") is not None or row.get("interaction_type") is not None or answered,
        "response_words": row.get("response"),
    }


def at(text: str) -> str:
    """A moment as the lake writes it, from '2026-03-01 10:00' (UTC)."""
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M:%S.%f+00")
