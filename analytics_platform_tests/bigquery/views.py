"""Views, remembered: a view's resolved statement while the tables below keep their columns, its rows while they keep
theirs. Without it every question to a staging view would be analysed twice and evaluated once more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from analytics_platform_tests.bigquery.googlesql import Analysed, nodes
from analytics_platform_tests.bigquery.storage import Path, Storage, Table, split
from analytics_platform_tests.bigquery.types import name_of


@dataclass
class _Remembered:
    statement: Analysed
    below: list[Path]
    schemas: list[list[tuple[str, str]]]
    versions: list[int] | None = None
    rows: list[Any] | None = None


class Views:
    """The views of one storage."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._known: dict[str, _Remembered] = {}

    def statement(self, view: Table, resolve: Callable[[bytes], Analysed]) -> Analysed:
        return self._remembered(view, resolve).statement

    def rows(
        self, view: Table, resolve: Callable[[bytes], Analysed], evaluate: Callable[[Analysed], list[Any]]
    ) -> list[Any]:
        known = self._remembered(view, resolve)
        versions = [version for path in known.below for version in self._versions(path, resolve)]
        if known.rows is None or known.versions != versions:
            known.rows, known.versions = evaluate(known.statement), versions
        return known.rows

    def _remembered(self, view: Table, resolve: Callable[[bytes], Analysed]) -> _Remembered:
        sql = view.view or ""
        known = self._known.get(sql)
        if known is None or known.schemas != [self._schema(path) for path in known.below]:
            statement = resolve(sql.encode())
            names = sorted({scan.table.full_name for scan in nodes(statement.tree, "ResolvedTableScanProto")})
            below = [split(name) for name in names]
            known = self._known[sql] = _Remembered(statement, below, [self._schema(path) for path in below])
        return known

    def _schema(self, path: Path) -> list[tuple[str, str]]:
        table = self._storage.tables.get(path)
        return [(column.name, name_of(column.type)) for column in table.columns] if table else []

    def _versions(self, path: Path, resolve: Callable[[bytes], Analysed]) -> list[int]:
        table = self._storage.table(path)
        if table.view is None:
            return [table.version]
        return [v for below in self._remembered(table, resolve).below for v in self._versions(below, resolve)]
