"""What each kind of statement but those that write rows does to the storage, once it is accepted: one function a kind.

Does not live here: INSERT, DELETE, UPDATE, MERGE (``writing``).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from analytics_platform_tests.bigquery.errors import already_exists, beyond_the_double, invalid_query, not_found
from analytics_platform_tests.bigquery.googlesql import Analysed, nodes, parse, place
from analytics_platform_tests.bigquery.outcome import Outcome, outputs
from analytics_platform_tests.bigquery.storage import Column, Path, Table, split
from analytics_platform_tests.bigquery.writing import WRITES

if TYPE_CHECKING:
    from analytics_platform_tests.bigquery.statements import Runner

REPLACE, IF_NOT_EXISTS = 1, 2


def _select(runner: "Runner", statement: Analysed, outcome: Outcome) -> None:
    outcome.columns = [
        Column(column.name if not column.name.startswith("$") else f"f{i}_", column.type)
        for i, column in enumerate(outputs(statement.tree))
    ]
    outcome.rows = []
    if not _asks_for_no_rows(statement):
        _, outcome.rows = runner.query(runner.cut(statement, statement.start, statement.end), statement)


def _asks_for_no_rows(statement: Analysed) -> bool:
    """Whether a query ends in LIMIT 0, as dbt's look at a model's columns does: the evaluator would read everything."""
    if statement.tree.query.WhichOneof("node") != "resolved_limit_offset_scan_node":
        return False
    limit = statement.tree.query.resolved_limit_offset_scan_node.limit.resolved_literal_node.value.value
    return bool(limit.WhichOneof("value") == "int64_value" and limit.int64_value == 0)


def _create_table(runner: "Runner", statement: Analysed, outcome: Outcome) -> None:
    base = next(nodes(statement.tree, "ResolvedCreateTableStmtBaseProto"))
    table = Table(
        runner.path(base.parent.name_path), [_column(definition) for definition in base.column_definition_list]
    )
    outcome.target = table.path
    if not _may_create(runner, table.path, base.parent.create_mode, is_view=False):
        return
    _settings(statement, table, base.option_list)
    existing = runner.storage.tables.get(table.path)
    if existing is not None and (existing.partitioned_by, existing.clustered_by) != (
        table.partitioned_by,
        table.clustered_by,
    ):
        raise invalid_query(
            "Cannot replace a table with a different partitioning or clustering spec. Instead, DROP it."
        )
    if statement.kind == "create_table_stmt" and statement.tree.HasField("clone_from"):
        _clone(runner, statement, table)
    if statement.kind == "create_table_as_select_stmt":
        query = runner.cut(statement, *place(parse(statement).query))
        table.rows = runner.coerced(query, statement, table.columns)
    runner.storage.put(table)


def _clone(runner: "Runner", statement: Analysed, table: Table) -> None:
    """A clone has its source's columns, rows, partitions and clusters."""
    scan = next(nodes(statement.tree.clone_from, "ResolvedTableScanProto"))
    source = runner.storage.table(split(scan.table.full_name))
    if source.view is not None:
        raise invalid_query(f"{'.'.join(source.path)} is a view; it cannot be cloned.")
    table.columns, table.rows = source.columns, source.rows
    table.partitioned_by, table.clustered_by = source.partitioned_by, source.clustered_by
    table.filter_required = source.filter_required


def _column(definition: Any) -> Column:
    annotations = definition.annotations
    description = next((o.value for o in annotations.option_list if o.name == "description"), None)
    return Column(
        definition.name,
        definition.type,
        "REQUIRED" if annotations.not_null else "NULLABLE",
        _literal(description).string_value if description is not None else "",
    )


def _settings(statement: Analysed, table: Table, options: Any) -> None:
    for expression in statement.tree.partition_by_list:
        column = next(nodes(expression, "ResolvedColumnRefProto")).column
        if column.type.type_kind != 10:
            raise beyond_the_double("partitions by anything but a DATE column")
        table.partitioned_by = column.name
    for expression in statement.tree.cluster_by_list:
        table.clustered_by.append(next(nodes(expression, "ResolvedColumnRefProto")).column.name)
    for option in options:
        if option.name == "require_partition_filter":
            table.filter_required = _literal(option.value).bool_value
        elif option.name == "description":
            table.description = _literal(option.value).string_value


def _literal(expression: Any) -> Any:
    return expression.resolved_literal_node.value.value


def _may_create(runner: "Runner", path: Path, mode: int, is_view: bool) -> bool:
    """Whether to go on; raises where something is in the way."""
    runner.storage.dataset(*path[:2])
    existing = runner.storage.tables.get(path)
    if existing is None:
        return True
    if mode == IF_NOT_EXISTS:
        return False
    if mode != REPLACE:
        raise already_exists(f"Table {path[0]}:{path[1]}.{path[2]}")
    if (existing.view is not None) != is_view:
        kinds = ("VIEW", "TABLE") if is_view else ("TABLE", "VIEW")
        raise invalid_query(
            f"{'.'.join(path)} is not allowed for this operation: it is a {kinds[1]}, not a {kinds[0]}."
        )
    return True


def _create_view(runner: "Runner", statement: Analysed, outcome: Outcome) -> None:
    base = next(nodes(statement.tree, "ResolvedCreateViewBaseProto"))
    path = outcome.target = runner.path(base.parent.name_path)
    if _may_create(runner, path, base.parent.create_mode, is_view=True):
        start, end = place(parse(statement).parent.query)
        sql = statement.script[start:end].decode()
        columns = outputs(base)
        if base.has_explicit_columns:
            columns = [_column(definition) for definition in base.column_definition_list]
            if [column.name for column in columns] != [own.name for own in outputs(runner.resolve(sql.encode()).tree)]:
                raise beyond_the_double("views that rename columns")
        table = Table(path, columns, view=sql)
        for option in base.option_list:
            if option.name == "description":
                table.description = _literal(option.value).string_value
        runner.storage.put(table)


def _create_schema(runner: "Runner", statement: Analysed, outcome: Outcome) -> None:
    base = statement.tree.parent
    names = [part for name in base.parent.name_path for part in name.split(".")]
    project, name = names if len(names) == 2 else (runner.project, names[0])
    runner.storage.create_dataset(project, name, "EU", {}, base.parent.create_mode == IF_NOT_EXISTS)


def _drop(runner: "Runner", statement: Analysed, outcome: Outcome) -> None:
    tree = statement.tree
    path = outcome.target = runner.path(tree.name_path)
    existing = runner.storage.tables.get(path)
    if existing is None:
        if not tree.is_if_exists:
            raise not_found(f"Table {path[0]}:{path[1]}.{path[2]}")
        return
    if (existing.view is not None) != (tree.object_type.upper() == "VIEW"):
        raise invalid_query(f"{'.'.join(path)} is no {tree.object_type}")
    del runner.storage.tables[path]


ACTIONS: dict[str, Callable[["Runner", Analysed, Outcome], None]] = {
    "query_stmt": _select,
    "create_table_stmt": _create_table,
    "create_table_as_select_stmt": _create_table,
    "create_view_stmt": _create_view,
    "create_schema_stmt": _create_schema,
    "drop_stmt": _drop,
} | WRITES
