"""What each table and column of a published snapshot means, for whoever has the file alone.

The words are those of the models' descriptions in dbt. Does not live here: publishing (``publishing``).
"""

from collections.abc import Iterator, Mapping, Sequence

import duckdb
import orjson

from analytics_platform.lake.parse_sql import quote_name, quote_text
from analytics_platform.settings import Settings
from analytics_platform.warehouse.lineage import Model, marts, steps
from analytics_platform.warehouse.manifest import parsed_manifest

# Tables that are no model of dbt: the meaning of the table under "", then of its columns.
OWN = {
    "snapshot": {
        "": "This file: its version, the build it was made from, and its days.",
        "version": "The version, which is the UTC time of publishing.",
        "file": "The file's name when it was published.",
        "build": "The run that built the marts.",
        "published_at": "When it was published, with its offset from UTC.",
        "first_day": "The first UTC day of any fact.",
        "last_day": "The last UTC day of any fact.",
        "time_zone": "The organisation's time zone, in which local days and local hours are told.",
    },
    "positions": {
        "": "How far each model that is built by day has read the list of changes that open other days again.",
        "model": "The model.",
        "change": "The number of the last change that it has taken in.",
    },
}


def meanings(settings: Settings) -> Mapping[str, Model]:
    """The models by name; none in a home for which dbt's project was never parsed, as before the first build."""
    path = parsed_manifest(settings)
    if path is None:
        return {}
    manifest = orjson.loads(path.read_bytes())
    return {model.name: model for model in (*steps(manifest), *marts(manifest))}


def comment(connection: duckdb.DuckDBPyConnection, models: Mapping[str, Model]) -> None:
    """Write them into an open DuckDB file, for the tables, views and columns that it holds."""
    tables = {model.name: model.description for model in models.values()} | {name: own[""] for name, own in OWN.items()}
    columns = {(model.name, column): text for model in models.values() for column, _, text in model.columns}
    columns |= {(name, column): text for name, own in OWN.items() for column, text in own.items()}
    statements = list(_statements(connection, tables, columns))
    connection.execute(";".join(("begin", *statements, "commit")))


def _statements(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, str], columns: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    relations: Sequence[tuple[str, str, str]] = connection.execute("""
        select schema_name, table_name, 'table' from duckdb_tables() where not internal
        union all
        select schema_name, view_name, 'view' from duckdb_views() where not internal
    """).fetchall()
    found: Sequence[tuple[str, str, str]] = connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where not internal"
    ).fetchall()
    for schema, name, kind in relations:
        if text := tables.get(name):
            yield f"comment on {kind} {quote_name(schema)}.{quote_name(name)} is {quote_text(text)}"
    for schema, name, column in found:
        if text := columns.get((name, column)):
            place = ".".join(quote_name(part) for part in (schema, name, column))
            yield f"comment on column {place} is {quote_text(text)}"
