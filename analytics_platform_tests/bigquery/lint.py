"""What the analyzer lets pass and BigQuery does not: each rule cites the service's words or its documentation.

Pure: a resolved statement in, ApiError or nothing out. Does not live here: what the analyzer itself finds.
"""

from typing import Any

from analytics_platform_tests.bigquery.errors import invalid_query, not_found
from analytics_platform_tests.bigquery.googlesql import Analysed, nodes, place
from analytics_platform_tests.bigquery.types import name_of

# https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language
_COMMON_OPTIONS = {"expiration_timestamp", "friendly_name", "description", "labels", "tags"}
OPTIONS = {
    "create_table_stmt": _COMMON_OPTIONS
    | {
        "partition_expiration_days", "require_partition_filter", "kms_key_name", "default_rounding_mode",
        "enable_change_history", "max_staleness", "enable_fine_grained_mutations", "storage_uri", "file_format",
        "table_format",
    },
    "create_view_stmt": _COMMON_OPTIONS | {"privacy_policy"},
    "create_schema_stmt": {
        "default_kms_key_name", "default_partition_expiration_days", "default_rounding_mode",
        "default_table_expiration_days", "description", "failover_reservation", "friendly_name", "is_case_insensitive",
        "is_primary", "labels", "location", "max_time_travel_hours", "primary_replica", "storage_billing_model", "tags",
    },
}  # fmt: skip
OPTIONS["create_table_as_select_stmt"] = OPTIONS["create_table_stmt"]
# https://cloud.google.com/bigquery/docs/clustered-tables#limitations
MOST_CLUSTER_COLUMNS = 4
CLUSTERED = {"BIGNUMERIC", "BOOL", "DATE", "DATETIME", "INT64", "NUMERIC", "STRING", "TIMESTAMP"}
PARTITIONED = {"DATE", "DATETIME", "TIMESTAMP"}
FULL_JOIN, LEFT_JOIN, RIGHT_JOIN = 3, 1, 2
_OUTER = {LEFT_JOIN: "LEFT OUTER JOIN", RIGHT_JOIN: "RIGHT OUTER JOIN", FULL_JOIN: "FULL OUTER JOIN"}


def check(statement: Analysed) -> None:
    """Raise what BigQuery would say to a statement that the analyzer accepted."""
    _names_as_written(statement)
    _outer_joins(statement)
    if statement.kind in OPTIONS:
        _options(statement)
    if statement.kind.startswith("create_table"):
        _partitioning(statement.tree)
        _clustering(statement.tree)


def _names_as_written(statement: Analysed) -> None:
    """Table and dataset names are case-sensitive; the analyzer's catalog is not."""
    for scan in nodes(statement.tree, "ResolvedTableScanProto"):
        start, end = place(scan)
        written = statement.script[start:end].decode().replace("`", "").replace(" ", "")
        if written and not scan.table.full_name.endswith(written):
            raise not_found(f"Table {written} was not found (names are case-sensitive)")


def _outer_joins(statement: Analysed) -> None:
    for join in nodes(statement.tree, "ResolvedJoinScanProto"):
        if join.join_type in _OUTER and not _has_equality(join.join_expr):
            raise invalid_query(
                f"{_OUTER[join.join_type]} cannot be used without a condition that is an equality of fields from both"
                " sides of the join."
            )


def _has_equality(condition: Any) -> bool:
    """Whether an equality is one of the conditions joined by AND; columns on both of its sides."""
    for call in nodes(condition, "ResolvedFunctionCallBaseProto"):
        if call.function.name == "ZetaSQL:$equal":
            sides = [any(True for _ in nodes(side, "ResolvedColumnRefProto")) for side in call.argument_list]
            if all(sides):
                return True
    return False


def _options(statement: Analysed) -> None:
    create = next(nodes(statement.tree, "ResolvedCreateTableStmtBaseProto"), None) or next(
        nodes(statement.tree, "ResolvedCreateViewBaseProto"), None
    )
    create = create or next(nodes(statement.tree, "ResolvedCreateSchemaStmtBaseProto"), statement.tree)
    for option in create.option_list:
        if option.name.lower() not in OPTIONS[statement.kind]:
            raise invalid_query(f"Unknown option: {option.name}")


def _partitioning(tree: Any) -> None:
    if len(tree.partition_by_list) > 1:
        raise invalid_query("Only a single PARTITION BY expression is supported")
    for expression in tree.partition_by_list:
        column = next(nodes(expression, "ResolvedColumnRefProto"), None)
        kind = name_of(column.column.type) if column else "constant"
        is_range = any(call.function.name.endswith("range_bucket") for call in _calls(expression))
        if kind not in PARTITIONED and not (is_range and kind == "INT64"):
            raise invalid_query(
                "PARTITION BY expression must be DATE(<timestamp_column>), DATE(<datetime_column>), a DATE column,"
                f" or RANGE_BUCKET over an INT64 column; this one is {kind}"
            )
        if kind != "DATE" and not any(True for _ in _calls(expression)) and not is_range:
            raise invalid_query(f"PARTITION BY a {kind} column needs a function as TIMESTAMP_TRUNC({kind}, DAY)")


def _calls(tree: Any) -> Any:
    return nodes(tree, "ResolvedFunctionCallBaseProto")


def _clustering(tree: Any) -> None:
    if len(tree.cluster_by_list) > MOST_CLUSTER_COLUMNS:
        raise invalid_query(f"At most {MOST_CLUSTER_COLUMNS} columns may be in CLUSTER BY")
    for expression in tree.cluster_by_list:
        column = next(nodes(expression, "ResolvedColumnRefProto"), None)
        if column is None or name_of(column.column.type) not in CLUSTERED:
            kind = name_of(column.column.type) if column else "no column"
            raise invalid_query(f"CLUSTER BY needs columns of a type that can be clustered, not {kind}")
