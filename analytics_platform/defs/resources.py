"""Resources that the Dagster UI shows, and that people's own assets may ask for.

``marts`` is the published snapshot. dagster-duckdb's own connection takes DuckDB's exclusive lock and stays open after
an error; this one opens the file read-only and closes it. With BigQuery it is dagster-gcp's client of the readers'
dataset. Does not live here: building and publishing (``warehouse``), the locked reader for strangers (``warehouse``).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import duckdb
from dagster_duckdb import DuckDBResource

from analytics_platform.defs.setting_groups import setting_groups
from analytics_platform.settings import Settings
from analytics_platform.warehouse.publishing import CURRENT


class MartsResource(DuckDBResource):
    """The published snapshot, read-only: ``with marts.get_connection() as connection: …``."""

    @contextmanager
    def get_connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        connection = duckdb.connect(self.database, read_only=True)
        try:
            yield connection
        finally:
            connection.close()


def resources(settings: Settings) -> dict[str, dg.ConfigurableResource[object]]:
    """By name, for ``Definitions``: the marts, and the groups of settings."""
    return {"marts": _marts(settings), **setting_groups(settings)}


def _marts(settings: Settings) -> dg.ConfigurableResource[object]:
    if settings.warehouse == "bigquery":
        from dagster_gcp import BigQueryResource  # only where it is used: it costs a second at each start

        return BigQueryResource(project=settings.bigquery_project, location=settings.bigquery_location)
    return MartsResource(database=str(settings.published_folder / CURRENT))
