"""require_partition_filter: a query must say which partitions it wants, through views and CTEs too.

The service asks for a filter that it can prune partitions with. Here a condition in a WHERE that names the partition's
column, or a column that is nothing but that column under another name, is taken for one: what it is compared with is
not looked at. So the double refuses what is sure to be refused, and says nothing about pruning.
https://cloud.google.com/bigquery/docs/querying-partitioned-tables#use_require_partition_filter
"""

from collections.abc import Callable
from typing import Any

from analytics_platform_tests.bigquery.errors import invalid_query
from analytics_platform_tests.bigquery.googlesql import Analysed, nodes
from analytics_platform_tests.bigquery.storage import Path, Storage, Table, split

Resolve = Callable[[Table], Analysed]


def check_filters(statement: Analysed, storage: Storage, resolve: Resolve) -> None:
    """Raise for a statement that reads or changes a table without the filter that the table requires."""
    if statement.kind in ("create_view_stmt", "truncate_stmt"):
        return  # who asks the view must filter
    for table, _ in _unfiltered(statement, storage, resolve):
        raise invalid_query(
            f"Cannot query over table '{'.'.join(table)}' without a filter over column(s)"
            f" '{storage.table(table).partitioned_by}' that can be used for partition elimination"
        )


def _unfiltered(statement: Analysed, storage: Storage, resolve: Resolve) -> list[tuple[Path, int | None]]:
    """Tables read without their filter, with the id of the partition's column where the statement reads it."""
    same, filtered = _same_columns(statement.tree), _filtered_columns(statement.tree)
    found: list[tuple[Path, int | None]] = []
    target = getattr(statement.tree, "table_scan", None) if statement.kind == "insert_stmt" else None
    for scan in nodes(statement.tree, "ResolvedTableScanProto"):
        table = storage.table(split(scan.table.full_name))
        if scan is target:
            continue
        ids = {column.name.lower(): column.column_id for column in scan.parent.column_list}
        if table.view is None:
            wanted = [(table.path, table.partitioned_by)] if table.filter_required and table.partitioned_by else []
        else:
            wanted = _of_view(table, storage, resolve)
        for path, name in wanted:
            column = ids.get(name.lower()) if name else None
            if column is None or not filtered & same.get(column, {column}):
                found.append((path, column))
    return found


def _of_view(view: Table, storage: Storage, resolve: Resolve) -> list[tuple[Path, str | None]]:
    """What a view's reader must filter: tables, each with the view's column that is the partition's, or NULL."""
    inner = resolve(view)
    same = _same_columns(inner.tree)
    wanted = []
    for path, column in _unfiltered(inner, storage, resolve):
        names = [
            output.name
            for output in inner.tree.output_column_list
            if column is not None and output.column.column_id in same.get(column, {column})
        ]
        wanted.append((path, names[0] if names else None))
    return wanted


def _filtered_columns(tree: Any) -> set[int]:
    conditions = [scan.filter_expr for scan in nodes(tree, "ResolvedFilterScanProto")]
    conditions += [tree.where_expr] if "where_expr" in tree.DESCRIPTOR.fields_by_name else []
    conditions += [when.match_expr for when in nodes(tree, "ResolvedMergeWhenProto")]
    return {ref.column.column_id for condition in conditions for ref in nodes(condition, "ResolvedColumnRefProto")}


def _same_columns(tree: Any) -> dict[int, set[int]]:
    """Columns that are the same one under several ids: renamed, read from a CTE, or a branch of a UNION."""
    groups: dict[int, set[int]] = {}

    def join(a: int, b: int) -> None:
        together = groups.get(a, {a}) | groups.get(b, {b})
        for column in together:
            groups[column] = together

    for computed in nodes(tree, "ResolvedComputedColumnProto"):
        if computed.expr.WhichOneof("node") == "resolved_column_ref_node":
            join(computed.column.column_id, computed.expr.resolved_column_ref_node.column.column_id)
    ctes = {entry.with_query_name: _scan_of(entry.with_subquery) for entry in nodes(tree, "ResolvedWithEntryProto")}
    for reference in nodes(tree, "ResolvedWithRefScanProto"):
        inner = ctes[reference.with_query_name].column_list
        for outer, original in zip(reference.parent.column_list, inner, strict=False):
            join(outer.column_id, original.column_id)
    for union in nodes(tree, "ResolvedSetOperationScanProto"):
        for item in union.input_item_list:
            for outer, original in zip(union.parent.column_list, item.output_column_list, strict=False):
                join(outer.column_id, original.column_id)
    return groups


def _scan_of(scan: Any) -> Any:
    """The part of a scan that lists its columns."""
    while scan.DESCRIPTOR.name != "ResolvedScanProto":
        scan = getattr(scan, scan.WhichOneof("node")) if scan.DESCRIPTOR.name.startswith("Any") else scan.parent
    return scan
