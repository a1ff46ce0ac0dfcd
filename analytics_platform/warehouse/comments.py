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


def meanings(settings: Settings) -> Mapping[str, Model]:
    """The models by name; none in a home for which dbt's project was never parsed, as before the first build."""
    path = parsed_manifest(settings)
    if path is None:
        return {}
    manifest = orjson.loads(path.read_bytes())
    return {model.name: model for model in (*steps(manifest), *marts(manifest))}


def comment(connection: duckdb.DuckDBPyConnection, models: Mapping[str, Model]) -> None:
    """Write them into an open DuckDB file, for the tables, views and columns that it holds."""
    statements = list(_statements(connection, models))
    connection.execute(";".join(("begin", *statements, "commit")))


def _statements(connection: duckdb.DuckDBPyConnection, models: Mapping[str, Model]) -> Iterator[str]:
    relations: Sequence[tuple[str, str, str]] = connection.execute("""
        select schema_name, table_name, 'table' from duckdb_tables() where not internal
        union all
        select schema_name, view_name, 'view' from duckdb_views() where not internal
    """).fetchall()
    columns: Sequence[tuple[str, str, str]] = connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where not internal"
    ).fetchall()
    for schema, name, kind in relations:
        if name in models:
            place = f"{quote_name(schema)}.{quote_name(name)}"
            yield f"comment on {kind} {place} is {quote_text(models[name].description)}"
    told = {(model.name, name): text for model in models.values() for name, _, text in model.columns if text}
    for schema, name, column in columns:
        if text := told.get((name, column)):
            place = ".".join(quote_name(part) for part in (schema, name, column))
            yield f"comment on column {place} is {quote_text(text)}"
