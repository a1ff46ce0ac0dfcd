"""What each kind of statement does to the storage, once it is accepted. One function per kind.

DELETE is a query for the rows that stay, UPDATE one that replaces columns, INSERT one for the new rows. MERGE is
carried out in the one form that dbt's insert_overwrite writes (``merge``).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analytics_platform_tests.bigquery.errors import already_exists, beyond_the_double, invalid_query, not_found
from analytics_platform_tests.bigquery.googlesql import Analysed, nodes, parse, place
from analytics_platform_tests.bigquery.storage import Column, Path, Table, split

if TYPE_CHECKING:
    from analytics_platform_tests.bigquery.statements import Runner

REPLACE, IF_NOT_EXISTS = 1, 2
NAMES = {
    "query_stmt": "SELECT",
    "create_table_as_select_stmt": "CREATE_TABLE_AS_SELECT",
    "create_table_stmt": "CREATE_TABLE",
    "create_view_stmt": "CREATE_VIEW", "create_schema_stmt": "CREATE_SCHEMA", "drop_stmt": "DROP_TABLE",
    "insert_stmt": "INSERT", "delete_stmt": "DELETE", "update_stmt": "UPDATE", "merge_stmt": "MERGE",
    "truncate_stmt": "TRUNCATE_TABLE",
}  # fmt: skip


@dataclass
class Outcome:
    """What a script did. ``rows`` is NULL where the last statement returns none."""

    kind: str = ""
    columns: list[Column] = field(default_factory=list)
    rows: list[Any] | None = None
    target: Path | None = None
    affected: int | None = None
    bytes_processed: int = 0
    statements: int = 0
    read: set[Path] = field(default_factory=set)

    @property
    def statement_type(self) -> str:
        return NAMES[self.kind] if self.statements == 1 else "SCRIPT"


def outputs(tree: Any) -> list[Column]:
    return [Column(output.name, output.column.type) for output in tree.output_column_list]


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
        if base.has_explicit_columns:
            raise beyond_the_double("views with a list of columns")
        runner.storage.put(Table(path, outputs(base), view=sql))


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


def _insert(runner: "Runner", statement: Analysed, outcome: Outcome) -> None:
    table, syntax = _target(runner, statement, outcome), parse(statement)
    names = [column.name for column in statement.tree.insert_column_list]
    columns = [table.columns[table.index_of(name)] for name in names]
    if syntax.HasField("query"):
        text = runner.cut(statement, *place(syntax.query))
    else:
        rows = [[runner.cut(statement, *place(value)) for value in row.values] for row in syntax.rows.rows]
        text = " union all ".join(
            "select " + ", ".join(f"{value} as c{i}" for i, value in enumerate(row)) for row in rows
        )
    new = with_all_columns(table, names, runner.coerced(text, statement, columns))
    outcome.affected = len(new)
    runner.storage.write(table, [*table.rows, *new])


def with_all_columns(table: Table, names: list[str], rows: list[Any]) -> list[Any]:
    """Rows of some columns as rows of the table; columns that are not named are NULL."""
    places = {table.index_of(name): i for i, name in enumerate(names)}
    if list(places) == list(range(len(table.columns))):
        return rows
    whole = []
    for row in rows:
        full = type(row)()
        for index in range(len(table.columns)):
            cell = full.cell.add()
            if index in places:
                cell.CopyFrom(row.cell[places[index]])
        whole.append(full)
    return whole


def _delete(runner: "Runner", statement: Analysed, outcome: Outcome) -> None:
    table, syntax = _target(runner, statement, outcome), parse(statement)
    condition = runner.cut(statement, *place(syntax.where))
    kept = rows_kept(runner, statement, table, _alias(syntax, table), condition)
    outcome.affected = len(table.rows) - len(kept)
    runner.storage.write(table, kept)


def rows_kept(runner: "Runner", statement: Analysed, table: Table, alias: str, condition: str) -> list[Any]:
    """What a DELETE leaves: a condition that is NULL deletes nothing."""
    name = ".".join(table.path)
    return runner.query(f"select * from `{name}` as {alias} where not coalesce({condition}, false)", statement)[1]


def _update(runner: "Runner", statement: Analysed, outcome: Outcome) -> None:
    table, syntax = _target(runner, statement, outcome), parse(statement)
    if syntax.HasField("from_clause"):
        raise beyond_the_double("UPDATE … FROM")
    alias, condition = _alias(syntax, table), runner.cut(statement, *place(syntax.where))
    changes = []
    for item in syntax.update_item_list.update_items:
        column = runner.cut(statement, *place(item.set_value.path)).rpartition(".")[2]
        value = runner.cut(statement, *place(item.set_value.value))
        changes.append(f"if(coalesce({condition}, false), {value}, {alias}.{column}) as {column}")
    source = f"from `{'.'.join(table.path)}` as {alias}"
    counted = runner.query(f"select countif({condition}) as n {source}", statement)[1]
    outcome.affected = counted[0].cell[0].int64_value
    changed = f"select {alias}.* replace ({', '.join(changes)}) {source}"
    runner.storage.write(table, runner.coerced(changed, statement, table.columns))


def _truncate(runner: "Runner", statement: Analysed, outcome: Outcome) -> None:
    table = _target(runner, statement, outcome)
    outcome.affected = len(table.rows)
    runner.storage.write(table, [])


def _target(runner: "Runner", statement: Analysed, outcome: Outcome) -> Table:
    path = outcome.target = split(statement.tree.table_scan.table.full_name)
    table = runner.storage.table(path)
    if table.view is not None:
        raise invalid_query(f"{'.'.join(path)} is a view; it cannot be written to.")
    return table


def _alias(syntax: Any, table: Table) -> str:
    return syntax.alias.identifier.id_string if syntax.HasField("alias") else f"`{table.path[2]}`"


def _merge(runner: "Runner", statement: Analysed, outcome: Outcome) -> None:
    """MERGE … ON FALSE, as dbt's insert_overwrite writes it: delete some days, insert the source.

    Google's evaluator does not evaluate MERGE. With ON FALSE no row of the source matches one of the target, so the two
    clauses do not meet: the source is read first, as both clauses see the table as it was.
    """
    table, syntax = _target(runner, statement, outcome), parse(statement)
    alias, source = _alias(syntax, table), runner.cut(statement, *place(syntax.table_expression))
    if runner.cut(statement, *place(syntax.merge_condition)).strip().lower() != "false":
        raise beyond_the_double("MERGE with another condition than ON FALSE")
    new, kept, deleted = list[Any](), table.rows, 0
    for clause in syntax.when_clauses.clause_list:
        condition = (
            runner.cut(statement, *place(clause.search_condition)) if clause.HasField("search_condition") else ""
        )
        action = clause.action
        if clause.match_type == 2 and action.action_type == 3:  # not matched by source: delete
            kept = rows_kept(runner, statement, table, alias, condition or "true")
            deleted = len(table.rows) - len(kept)
        elif clause.match_type == 3 and action.action_type == 1 and not condition:  # not matched by target: insert
            names = [identifier.id_string for identifier in action.insert_column_list.identifiers]
            values = ", ".join(
                f"{runner.cut(statement, *place(value))} as c{i}" for i, value in enumerate(action.insert_row.values)
            )
            columns = [table.columns[table.index_of(name)] for name in names]
            new = with_all_columns(table, names, runner.coerced(f"select {values} from {source}", statement, columns))
        else:
            raise beyond_the_double("this clause of MERGE")
    outcome.affected = deleted + len(new)
    runner.storage.write(table, [*kept, *new])


ACTIONS: dict[str, Callable[["Runner", Analysed, Outcome], None]] = {
    "query_stmt": _select,
    "create_table_stmt": _create_table,
    "create_table_as_select_stmt": _create_table,
    "create_view_stmt": _create_view,
    "create_schema_stmt": _create_schema,
    "drop_stmt": _drop,
    "insert_stmt": _insert,
    "delete_stmt": _delete,
    "update_stmt": _update,
    "truncate_stmt": _truncate,
    "merge_stmt": _merge,
}
