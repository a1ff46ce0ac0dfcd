"""The lake's tables in BigQuery: made from the contracts, partitioned by day, clustered, and held to the contract.

``<dataset>_lake.<source>_<table>``. Queries of what happens day by day must name days (require_partition_filter): the
models do, and whoever reads the tables by hand must. What is read whole (files that people bring) needs none. A table
that is not as the contract says is an error that names the column.
"""

from typing import TYPE_CHECKING, Any

from analytics_platform.contracts import TABLES
from analytics_platform.errors import WarehouseError
from analytics_platform.settings import Settings
from analytics_platform.warehouse.bigquery.client import trying

if TYPE_CHECKING:
    from google.cloud.bigquery import Client, SchemaField, Table

# What the marts join and group by; the first ones that a table has, four at most.
CLUSTERED_BY = ("actor_key", "conversation_id", "video_id", "lesson_url", "key")
MOST_CLUSTER_COLUMNS = 4
# The service's older names of types, which it answers with.
_NAMES = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}


def dataset_id(settings: Settings, layer: str) -> str:
    """``project.prefix_layer``, as dbt's schema macro names it."""
    return f"{settings.bigquery_project}.{settings.bigquery_dataset}_{layer}"


def make_dataset(client: "Client", name: str, location: str) -> None:
    from google.cloud.bigquery import Dataset

    dataset = Dataset(name)
    dataset.location = location
    trying(lambda: client.create_dataset(dataset, exists_ok=True), f"Making the dataset {name}")


def lake_table(client: "Client", settings: Settings, table: Any) -> "Table":
    """The table of a contract; made if it is not there, refused if it is another."""
    name = f"{dataset_id(settings, 'lake')}.{table.source}_{table.name}"
    found = trying(lambda: client.create_table(_wanted(name, table), exists_ok=True), f"Making {name}")
    _check(name, table, found.schema)
    return found


def schema(table: Any) -> "list[SchemaField]":
    from google.cloud.bigquery import SchemaField

    return [
        SchemaField(column.name, column.bigquery_type, description=column.description) for column in table.all_columns
    ]


def _wanted(name: str, table: Any) -> "Table":
    from google.cloud.bigquery import Table, TimePartitioning

    wanted = Table(name, schema=schema(table))
    wanted.description = f"{table.description} {table.grain}"
    wanted.time_partitioning = TimePartitioning("DAY", field="day")
    wanted.require_partition_filter = table.path in TABLES
    columns = [column.name for column in table.all_columns]
    clustered = [name for name in CLUSTERED_BY if name in columns][:MOST_CLUSTER_COLUMNS]
    wanted.clustering_fields = clustered or [table.key]
    return wanted


def _check(name: str, table: Any, fields: "list[SchemaField]") -> None:
    found = {field.name: _NAMES.get(field.field_type, field.field_type) for field in fields}
    wanted = {column.name: column.bigquery_type for column in table.all_columns}
    differences = [
        f"{column} is {found.get(column, 'absent')} in BigQuery and {wanted.get(column, 'absent')} in the contract"
        for column in {**wanted, **found}
        if found.get(column) != wanted.get(column)
    ]
    if differences:
        raise WarehouseError(
            f"{name} is not as the contract says: {'; '.join(differences)}. Delete the table and run again: every day"
            " is loaded anew from the lake."
        )
