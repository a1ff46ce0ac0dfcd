"""What dbt built, described: rows and a preview of each mart, for people in the Dagster UI.

Opens the warehouse read-only after dbt has ended, inside the same pool of one. Personal columns (dbt meta
``personal: true``) are hidden in previews.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from analytics_platform.lake.parse_sql import quote_name
from analytics_platform.settings import Settings
from analytics_platform.warehouse.publishing import row_counts

if TYPE_CHECKING:
    import pandas as pd  # half a second that a reader's start need not wait for

PREVIEW_ROWS = 5
HIDDEN = "•••"


@dataclass(frozen=True)
class TableFacts:
    """One built table as people want to see it."""

    rows: int
    preview: str


def describe_marts(settings: Settings, personal: Mapping[str, Sequence[str]]) -> dict[str, TableFacts]:
    """Facts of the tables named in ``personal`` (table → its personal columns) that exist."""
    if not settings.warehouse_file.exists():
        return {}
    with duckdb.connect(str(settings.warehouse_file), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        counts = row_counts(connection)
        return {mart: _facts(connection, mart, counts[mart], personal[mart]) for mart in counts if mart in personal}


def _facts(connection: duckdb.DuckDBPyConnection, table: str, rows: int, personal: Sequence[str]) -> TableFacts:
    sample = connection.execute(f"select * from {quote_name(table)} limit {PREVIEW_ROWS}").df()
    return TableFacts(rows, markdown(sample, personal))


def markdown(rows: "pd.DataFrame", personal: Sequence[str]) -> str:
    """A small Markdown table; personal values are hidden, long ones cut."""
    if rows.empty:
        return "no data"
    lines = ["| " + " | ".join(rows.columns) + " |", "|" + " --- |" * len(rows.columns)]
    for values in rows.itertuples(index=False):
        cells = (_cell(value, column in personal) for column, value in zip(rows.columns, values, strict=True))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(value: object, hidden: bool) -> str:
    import pandas as pd

    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)) or value is pd.NA:
        return ""
    if hidden:
        return HIDDEN
    text = str(value).replace("|", "\\|").replace("\n", " ")
    return text if len(text) <= 60 else text[:59] + "…"
