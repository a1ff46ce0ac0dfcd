"""Resources as the service's JSON has them: datasets, tables, rows, and the job's answers. Pure.

https://cloud.google.com/bigquery/docs/reference/rest
"""

from typing import Any

from analytics_platform_tests.bigquery.storage import Column, Path, Table
from analytics_platform_tests.bigquery.types import Json, cell, from_rest, size_of, to_rest


def dataset(project: str, name: str, found: dict[str, Any]) -> Json:
    reference = {"projectId": project, "datasetId": name}
    body = {key: value for key, value in found.items() if key != "datasetReference"}
    return {"kind": "bigquery#dataset", "id": f"{project}:{name}", "datasetReference": reference, "etag": "x", **body}


def table_reference(path: Path) -> Json:
    return dict(zip(("projectId", "datasetId", "tableId"), path, strict=True))


def path_of(reference: Json) -> Path:
    return reference["projectId"], reference["datasetId"], reference["tableId"]


def table_item(table: Table) -> Json:
    """A table as a list shows it."""
    item: Json = {
        "kind": "bigquery#table",
        "id": f"{table.path[0]}:{table.path[1]}.{table.path[2]}",
        "tableReference": table_reference(table.path),
        "type": "TABLE" if table.view is None else "VIEW",
        "creationTime": str(table.created),
    }
    if table.partitioned_by:
        partitioning = {"type": "DAY", "field": table.partitioned_by, "requirePartitionFilter": table.filter_required}
        item["timePartitioning"] = partitioning
    if table.clustered_by:
        item["clustering"] = {"fields": table.clustered_by}
    if table.view is not None:
        item["view"] = {"query": table.view, "useLegacySql": False}
    return item


def whole_table(table: Table, location: str) -> Json:
    pairs = ((value, column) for row in table.rows for value, column in zip(row.cell, table.columns, strict=True))
    size = sum(size_of(value, column.type) for value, column in pairs)
    return table_item(table) | {
        "etag": str(table.version),
        "description": table.description,
        "labels": table.labels,
        "location": location,
        "lastModifiedTime": str(table.created + table.version),
        "numRows": str(len(table.rows)),
        "numBytes": str(size),
        "requirePartitionFilter": table.filter_required,
        "schema": schema(table.columns),
    }


def schema(columns: list[Column]) -> Json:
    return {"fields": [to_rest(column.name, column.type, column.mode, column.description) for column in columns]}


def columns_of(fields: list[Json]) -> list[Column]:
    return [
        Column(field["name"], from_rest(field), field.get("mode", "NULLABLE"), field.get("description", ""))
        for field in fields
    ]


def table_of(body: Json, path: Path) -> Table:
    """A table as a client asks for it."""
    table = Table(path, columns_of(body.get("schema", {}).get("fields", [])))
    partitioning = body.get("timePartitioning") or {}
    table.partitioned_by = partitioning.get("field")
    table.filter_required = bool(body.get("requirePartitionFilter") or partitioning.get("requirePartitionFilter"))
    table.clustered_by = list((body.get("clustering") or {}).get("fields", []))
    table.description, table.labels = body.get("description") or "", body.get("labels") or {}
    return table


def rows(columns: list[Column], found: list[Any]) -> list[Json]:
    return [
        {"f": [{"v": cell(value, column.type)} for value, column in zip(row.cell, columns, strict=True)]}
        for row in found
    ]
