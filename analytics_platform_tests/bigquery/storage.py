"""Datasets and tables in memory, and the catalog that Google's analyzer sees of them.

Names are case-sensitive, as in BigQuery: the analyzer alone would find ``Users`` under ``users``, so ``table`` does
not. Does not live here: SQL (``statements``), JSON (``rest``).
"""

import itertools
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from analytics_platform_tests.bigquery import googlesql
from analytics_platform_tests.bigquery.errors import already_exists, not_found

Path = tuple[str, str, str]  # project, dataset, table


@dataclass
class Column:
    name: str
    type: Any  # TypeProto
    mode: str = "NULLABLE"
    description: str = ""


@dataclass
class Table:
    """A table with rows, or a view with its SQL. ``partitioned_by`` is a DATE column; one partition is one day."""

    path: Path
    columns: list[Column]
    rows: list[Any] = field(default_factory=list)
    view: str | None = None
    partitioned_by: str | None = None
    filter_required: bool = False
    clustered_by: list[str] = field(default_factory=list)
    description: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    created: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    version: int = 0

    def index_of(self, column: str) -> int:
        return next(i for i, found in enumerate(self.columns) if found.name.lower() == column.lower())


class Storage:
    """Everything the double knows. One lock: jobs run one after the other, as if each were a transaction."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.datasets: dict[tuple[str, str], dict[str, Any]] = {}
        self.tables: dict[Path, Table] = {}
        self._versions = itertools.count(1)

    def dataset(self, project: str, name: str) -> dict[str, Any]:
        try:
            return self.datasets[project, name]
        except KeyError:
            raise not_found(f"Dataset {project}:{name}") from None

    def create_dataset(self, project: str, name: str, location: str, body: dict[str, Any], exists_ok: bool) -> None:
        if (project, name) not in self.datasets:
            self.datasets[project, name] = {"location": location, **body}
        elif not exists_ok:
            raise already_exists(f"Dataset {project}:{name}")

    def delete_dataset(self, project: str, name: str) -> None:
        self.dataset(project, name)
        del self.datasets[project, name]
        for path in [path for path in self.tables if path[:2] == (project, name)]:
            del self.tables[path]

    def tables_of(self, project: str, dataset: str) -> list[Table]:
        self.dataset(project, dataset)
        return [table for path, table in sorted(self.tables.items()) if path[:2] == (project, dataset)]

    def table(self, path: Path) -> Table:
        try:
            return self.tables[path]
        except KeyError:
            raise not_found(f"Table {path[0]}:{path[1]}.{path[2]}") from None

    def put(self, table: Table) -> None:
        """Make a table, or replace it."""
        self.dataset(*table.path[:2])
        table.version = next(self._versions)
        self.tables[table.path] = table

    def write(self, table: Table, rows: list[Any]) -> None:
        table.rows, table.version = rows, next(self._versions)

    def catalog(self, project: str, text: str, default_dataset: str = "") -> Any:
        """Every table that a text may mean, at its real name, and at the root under ``project.dataset.table``, where
        quoted names look for it and where the evaluator wants it. The job's project and default dataset may be left
        out."""
        root = googlesql.empty_catalog()
        folders: dict[tuple[str, ...], Any] = {(): root}
        said = text.lower()
        for path, table in self.tables.items():
            if path[2].lower() not in said:
                continue
            places = [(path[0], path[1])] + ([(path[1],)] if path[0] == project else [])
            for place in places:
                for depth in range(1, len(place) + 1):
                    if place[:depth] not in folders:
                        folders[place[:depth]] = folders[place[: depth - 1]].catalog.add(name=place[depth - 1])
                _add(folders[place], path[2], table)
            _add(root, ".".join(path), table)
            if path[0] == project:
                _add(root, ".".join(path[1:]), table)
                if path[1] == default_dataset:
                    _add(root, path[2], table)
        return root


def _add(catalog: Any, name: str, table: Table) -> None:
    entry = catalog.table.add(name=name, full_name=".".join(table.path))
    for column in table.columns:
        entry.column.add(name=column.name, type=column.type, is_writable_column=True)


def split(full_name: str) -> Path:
    project, dataset, table = full_name.split(".", 2)
    return project, dataset, table
