"""Contracts: what a row of each source table is. The Parquet schema, dbt's source docs and the checks come from here.

Lives here: columns, types, meanings, keys, and how each column comes out of the raw payload (as DuckDB SQL).
Does not live here: reading files (``lake/``), SQL of marts (``dbt_project/``).
``TABLES`` are the sources, one partition a day; ``IMPORTS`` are files that people bring; ``MADE`` (answers),
``CHAT_LABELS`` (exchanges, conversations, translations) and ``INSIGHTS`` are what the platform writes beside them;
``KEPT`` are telemetry's days that outlive its events; ``LAKE_TABLES`` is all of it. To add a source, write its module
and add its table to ``TABLES``.
"""

from analytics_platform.contracts import nocodb, telemetry, video, xapi
from analytics_platform.contracts.chat_labels import CHAT_LABELS
from analytics_platform.contracts.imports import IMPORTS
from analytics_platform.contracts.insights import INSIGHTS
from analytics_platform.contracts.kept import KEPT
from analytics_platform.contracts.labels import MADE
from analytics_platform.contracts.model import COMMON, TYPES, Column, LakeTable, Rule, Table

TABLES: dict[str, Table] = {
    table.path: table
    for table in (xapi.STATEMENTS, nocodb.CONVERSATIONS, nocodb.MESSAGES, video.EVENTS, telemetry.EVENTS)
}
LAKE_TABLES: dict[str, LakeTable] = {**TABLES, **IMPORTS, **MADE, **CHAT_LABELS, **INSIGHTS, **KEPT}

__all__ = [
    "CHAT_LABELS",
    "COMMON",
    "IMPORTS",
    "INSIGHTS",
    "KEPT",
    "LAKE_TABLES",
    "MADE",
    "TABLES",
    "TYPES",
    "Column",
    "LakeTable",
    "Rule",
    "Table",
]
