"""What a script did, as jobs report it."""

from dataclasses import dataclass, field
from typing import Any

from analytics_platform_tests.bigquery.storage import Column, Path

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
