"""Load and copy jobs: Parquet into a table or one day partition of it, and tables into tables.

Schemas are compared as the service does: by name, a column too many or of another type is refused, one too few is
NULL. A partition's decorator (``table$20260301``) takes only rows of its day.
"""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from zetasql.wasi._pb2.zetasql.local_service.local_service_pb2 import TableData

from analytics_platform_tests.bigquery import rest
from analytics_platform_tests.bigquery.errors import already_exists, beyond_the_double, invalid, not_found
from analytics_platform_tests.bigquery.storage import Column, Path, Storage, Table
from analytics_platform_tests.bigquery.types import Json, name_of, named, value_of

ReadUri = Callable[[str], bytes]
_EPOCH = date(1970, 1, 1)
_ARROW = {
    pa.string(): "STRING", pa.large_string(): "STRING", pa.int64(): "INT64", pa.int32(): "INT64",
    pa.float64(): "FLOAT64", pa.bool_(): "BOOL", pa.date32(): "DATE", pa.timestamp("us", "UTC"): "TIMESTAMP",
    pa.timestamp("us"): "DATETIME", pa.binary(): "BYTES",
}  # fmt: skip


def load(storage: Storage, config: Json, content: bytes | None, read_uri: ReadUri) -> Json:
    """Run a load job; the answer is its statistics."""
    if config.get("sourceFormat") != "PARQUET":
        raise beyond_the_double(f"loading {config.get('sourceFormat', 'CSV')}")
    files = [content] if content is not None else [read_uri(uri) for uri in config["sourceUris"]]
    arrow = pa.concat_tables([_read(file) for file in files])
    path, day = _decorated(config["destinationTable"])
    table = _table(storage, path, config, arrow.schema)
    _same_schema(table, arrow.schema)
    new = _rows(table, arrow)
    if day is not None:
        _all_of_day(table, new, day)
    disposition = config.get("writeDisposition", "WRITE_APPEND")
    if disposition == "WRITE_EMPTY" and table.rows:
        raise already_exists(f"Table {path[0]}:{path[1]}.{path[2]}")
    kept = table.rows if disposition == "WRITE_APPEND" else [] if day is None else _other_days(table, day)
    storage.write(table, [*kept, *new])
    size = sum(len(file) for file in files)
    return {"load": {"outputRows": str(len(new)), "inputFiles": str(len(files)), "inputFileBytes": str(size)}}


def copy(storage: Storage, config: Json) -> Json:
    """Run a copy job, of a table or of one partition."""
    path, day = _decorated(config["destinationTable"])
    (reference,) = config.get("sourceTables") or [config["sourceTable"]]
    source_path, source_day = _decorated(reference)
    source = storage.table(source_path)
    copied = source.rows if source_day is None else _only_day(source, source_day)
    target = storage.tables.get(path)
    if target is None:
        target = Table(path, source.columns, partitioned_by=source.partitioned_by, clustered_by=source.clustered_by)
        storage.put(target)
    elif config.get("writeDisposition", "WRITE_EMPTY") == "WRITE_EMPTY":
        raise already_exists(f"Table {path[0]}:{path[1]}.{path[2]}")
    append = config.get("writeDisposition") == "WRITE_APPEND"
    kept = target.rows if append else [] if day is None else _other_days(target, day)
    storage.write(target, [*kept, *copied])
    return {"copy": {"copiedRows": str(len(copied))}}


def _read(content: bytes) -> pa.Table:
    try:
        return pq.read_table(io.BytesIO(content))
    except pa.ArrowInvalid as error:
        raise invalid(f"Input file is not in Parquet format: {error}") from None


def _decorated(reference: Json) -> tuple[Path, date | None]:
    project, dataset, name = rest.path_of(reference)
    name, _, partition = name.partition("$")
    if not partition:
        return (project, dataset, name), None
    try:
        return (project, dataset, name), date.fromisoformat(partition)
    except ValueError:
        raise invalid(f"Invalid partition id {partition}: a day is YYYYMMDD") from None


def _table(storage: Storage, path: Path, config: Json, arrow: pa.Schema) -> Table:
    storage.dataset(*path[:2])
    table = storage.tables.get(path)
    if table is None:
        if config.get("createDisposition") == "CREATE_NEVER":
            raise not_found(f"Table {path[0]}:{path[1]}.{path[2]}")
        table = rest.table_of(config, path)
        table.columns = table.columns or [Column(field.name, named(_type(field))) for field in arrow]
        storage.put(table)
    return table


def _type(field: pa.Field) -> str:
    if pa.types.is_decimal(field.type):
        return "NUMERIC" if field.type.scale <= 9 and field.type.precision - field.type.scale <= 29 else "BIGNUMERIC"
    try:
        return _ARROW[field.type]
    except KeyError:
        raise beyond_the_double(f"loading Parquet columns of {field.type} ({field.name})") from None


def _same_schema(table: Table, arrow: pa.Schema) -> None:
    name = f"{table.path[0]}:{table.path[1]}.{table.path[2]}"
    known = {column.name.lower(): column for column in table.columns}
    for field in arrow:
        column = known.get(field.name.lower())
        if column is None:
            raise invalid(f"Provided Schema does not match Table {name}. Cannot add fields (field: {field.name})")
        if name_of(column.type) != _type(field):
            raise invalid(
                f"Provided Schema does not match Table {name}. Field {field.name} has changed type from"
                f" {name_of(column.type)} to {_type(field)}"
            )


def _rows(table: Table, arrow: pa.Table) -> list[Any]:
    names = {name.lower(): name for name in arrow.column_names}
    columns = [
        arrow.column(names[column.name.lower()]).to_pylist() if column.name.lower() in names else [None] * len(arrow)
        for column in table.columns
    ]
    found = []
    for values in zip(*columns, strict=True):
        row = TableData.Row()
        for value, column in zip(values, table.columns, strict=True):
            if value is None and column.mode == "REQUIRED":
                raise invalid(f"Required field {column.name} cannot be null")
            row.cell.append(value_of(value, column.type))
        found.append(row)
    return found


def _day_of(table: Table) -> Callable[[Any], date | None]:
    if table.partitioned_by is None:
        raise invalid(f"{'.'.join(table.path)} is not partitioned; it has no partition to write to")
    index = table.index_of(table.partitioned_by)

    def day(row: Any) -> date | None:
        value = row.cell[index]
        return _EPOCH + timedelta(days=value.date_value) if value.WhichOneof("value") else None

    return day


def _all_of_day(table: Table, rows: list[Any], day: date) -> None:
    day_of = _day_of(table)
    if any(day_of(row) != day for row in rows):
        raise invalid(f"Some rows belong to different partitions rather than destination partition {day:%Y%m%d}")


def _other_days(table: Table, day: date) -> list[Any]:
    day_of = _day_of(table)
    return [row for row in table.rows if day_of(row) != day]


def _only_day(table: Table, day: date) -> list[Any]:
    day_of = _day_of(table)
    return [row for row in table.rows if day_of(row) == day]
