"""Contracts: what a row of each source table is. The Parquet schema, dbt's source docs and the checks come from here.

Lives here: columns, types, meanings, keys, and how each column comes out of the raw payload (as DuckDB SQL).
Does not live here: reading files (``lake/``), SQL of marts (``dbt_project/``).
To add a source, write its module and add its table to ``TABLES``.
"""

from analytics_platform.contracts import nocodb, telemetry, video, xapi
from analytics_platform.contracts.model import COMMON, TYPES, Column, Rule, Table

TABLES: dict[str, Table] = {
    table.path: table
    for table in (xapi.STATEMENTS, nocodb.CONVERSATIONS, nocodb.MESSAGES, video.EVENTS, telemetry.EVENTS)
}

__all__ = ["COMMON", "TABLES", "TYPES", "Column", "Rule", "Table"]
