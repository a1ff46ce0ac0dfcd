"""INSERT, DELETE, UPDATE, TRUNCATE, and MERGE in the one form that dbt's insert_overwrite writes.

DELETE is a query for the rows that stay, UPDATE one that replaces columns, INSERT one for the new rows.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from analytics_platform_tests.bigquery.errors import beyond_the_double, invalid_query
from analytics_platform_tests.bigquery.googlesql import Analysed, parse, place
from analytics_platform_tests.bigquery.outcome import Outcome
from analytics_platform_tests.bigquery.storage import Table, split

if TYPE_CHECKING:
    from analytics_platform_tests.bigquery.statements import Runner


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


WRITES: dict[str, Callable[["Runner", Analysed, Outcome], None]] = {
    "insert_stmt": _insert,
    "delete_stmt": _delete,
    "update_stmt": _update,
    "truncate_stmt": _truncate,
    "merge_stmt": _merge,
}
