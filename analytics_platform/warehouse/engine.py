"""The one place that knows there are two engines: DuckDB on this machine, and BigQuery.

Whoever builds, publishes or reads asks ``open_warehouse``; nothing else but dbt's profile (``dbt``) asks
which engine it is on.
Does not live here: what is asked of a warehouse (``protocol``), what either engine does (``on_duckdb``, ``bigquery/``).
"""

from analytics_platform.settings import Settings
from analytics_platform.warehouse.protocol import Warehouse


def open_warehouse(settings: Settings) -> Warehouse:
    """The warehouse that the settings name."""
    if settings.warehouse == "bigquery":
        from analytics_platform.warehouse.bigquery.warehouse import BigQueryWarehouse

        return BigQueryWarehouse(settings)
    from analytics_platform.warehouse.on_duckdb import DuckDBWarehouse

    return DuckDBWarehouse(settings)
