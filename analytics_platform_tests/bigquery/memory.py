"""What was analysed and evaluated before, remembered: the same text over the same tables says the same again.

A statement is remembered while the tables that it names keep their columns, a query's rows while they keep their rows
too. dbt stamps its temporary tables with the time; texts that differ in nothing else are taken for one. Nothing that
asks for the time or for chance is remembered.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from analytics_platform_tests.bigquery.googlesql import Analysed, nodes
from analytics_platform_tests.bigquery.storage import Path, Storage, Table, split
from analytics_platform_tests.bigquery.types import name_of

_STAMP = re.compile(rb"__dbt_tmp\d{12}")
_NO_STAMP = b"__dbt_tmp000000000000"
_CHANGING = re.compile(r"current_|rand\(|generate_uuid|session_user", re.IGNORECASE)
Schemas = dict[Path, list[tuple[str, str]]]
Columns = list[tuple[str, Any]]


@dataclass(frozen=True)
class _Known:
    statement: Analysed
    schemas: Schemas


class Memory:
    """The memory of one storage."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._statements: dict[tuple[bytes, str], _Known] = {}
        self._answers: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[Columns, list[Any]]] = {}
        self._digests: dict[Path, tuple[int, str]] = {}

    def statement(self, script: bytes, position: int, default: str, analyse: Callable[[], Analysed]) -> Analysed:
        """The statement at a position, analysed now or before."""
        key = (_STAMP.sub(_NO_STAMP, script[position:]), default)
        known = self._statements.get(key)
        if known is not None and known.schemas == self._schemas(known.schemas):
            return _at(known.statement, script, position)
        found = analyse()
        if _STAMP.search(script[position : found.end]) and found.kind != "create_table_as_select_stmt":
            return found
        named = {split(scan.table.full_name) for scan in nodes(found.tree, "ResolvedTableScanProto")}
        if position == 0:  # places are counted from the script's beginning
            self._statements[key] = _Known(found, self._schemas({path: [] for path in named}))
        return found

    def answer(
        self, query: str, paths: Iterable[Path], evaluate: Callable[[], tuple[Columns, list[Any]]]
    ) -> tuple[Columns, list[Any]]:
        """The columns and rows of a query over some tables, views and what is below them; evaluated now or before."""
        if _CHANGING.search(query):
            return evaluate()
        key = (query, tuple((".".join(path), self._digest(self._storage.table(path))) for path in sorted(paths)))
        if key not in self._answers:
            self._answers[key] = evaluate()
        return self._answers[key]

    def _schemas(self, paths: Schemas) -> Schemas:
        found: Schemas = {}
        for path in paths:
            table = self._storage.tables.get(path)
            found[path] = [(column.name, name_of(column.type)) for column in table.columns] if table else []
        return found

    def _digest(self, table: Table) -> str:
        """The digest of a table's rows; of a view its text, as the tables below it are named beside it."""
        if table.view is not None:
            return table.view
        known = self._digests.get(table.path)
        if known is None or known[0] != table.version:
            digest = blake2b(repr([(column.name, name_of(column.type)) for column in table.columns]).encode())
            for row in table.rows:
                digest.update(row.SerializeToString(deterministic=True))
            known = self._digests[table.path] = (table.version, digest.hexdigest())
        return known[1]


def _at(known: Analysed, script: bytes, position: int) -> Analysed:
    """A remembered statement as it stands in this script: with the stamp of this script's temporary table."""
    tree = known.tree
    if known.kind == "create_table_as_select_stmt" and _STAMP.search(script):
        tree = type(tree)()
        tree.CopyFrom(known.tree)
        path = next(nodes(tree, "ResolvedCreateStatementProto")).name_path
        stamp = _STAMP.search(script[position : known.end])
        if stamp:
            named = [_STAMP.sub(stamp.group(), name.encode()).decode() for name in path]
            del path[:]
            path.extend(named)
    return replace(known, script=script, tree=tree)
