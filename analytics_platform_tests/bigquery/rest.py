"""Resources as the service's JSON has them: datasets, tables, rows, and the job's answers. Pure.

https://cloud.google.com/bigquery/docs/reference/rest
"""

import itertools
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from analytics_platform_tests.bigquery.errors import beyond_the_double
from analytics_platform_tests.bigquery.storage import Column, Path, Table
from analytics_platform_tests.bigquery.types import Json, cell, from_rest, name_of, named, size_of, to_rest, value_of


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


def parameters(config: Json) -> tuple[str, list[tuple[str, Any, Any]]]:
    """A query's text and parameters (name, type, value). ``?`` becomes ``@p0`` …: the evaluator knows names only."""
    given, count = config.get("queryParameters") or [], itertools.count()
    sql: str = config["query"]
    if given and config.get("parameterMode", "POSITIONAL").upper() == "POSITIONAL":
        sql = _NO_QUESTION.sub(lambda found: found.group() if found.group() != "?" else f"@p{next(count)}", sql)
    return sql, [_parameter(item, item.get("name") or f"p{i}") for i, item in enumerate(given)]


def _parameter(item: Json, name: str) -> tuple[str, Any, Any]:
    kind = named(item["parameterType"]["type"])
    text = (item.get("parameterValue") or {}).get("value")
    if name_of(kind) not in _PARSED:
        raise beyond_the_double("parameters of this type")
    return name, kind, value_of(None if text is None else _PARSED[name_of(kind)](text), kind)


# Strings, quoted names and comments, in which a question mark is none; or a question mark.
_NO_QUESTION = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`|--[^\n]*|/\*.*?\*/|\?""", re.DOTALL)
_PARSED: dict[str, Callable[[str], Any]] = {
    "STRING": str, "INT64": int, "FLOAT64": float, "BOOL": "true".__eq__, "NUMERIC": Decimal,
    "DATE": date.fromisoformat, "TIMESTAMP": datetime.fromisoformat,
}  # fmt: skip
