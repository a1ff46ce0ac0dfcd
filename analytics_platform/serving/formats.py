"""Rows as bytes: JSON, CSV, XML, Parquet, Arrow. The API and exports write the same. Pure.

A text cell that a spreadsheet would take for a formula is written as it is: these are files for programs. JSON has NULL
for no data, dates as ISO 8601, money as text, so that nothing is rounded.
"""

import io
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Literal
from xml.sax.saxutils import escape, quoteattr

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

Format = Literal["json", "csv", "xml", "parquet", "arrow"]
MEDIA: dict[str, Format] = {
    "application/json": "json",
    "text/csv": "csv",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/vnd.apache.parquet": "parquet",
    "application/vnd.apache.arrow.stream": "arrow",
}
FORMATS: dict[Format, str] = {format: media for media, format in reversed(MEDIA.items())}
_BATCH = 16_384
# What XML 1.0 cannot hold, even escaped: https://www.w3.org/TR/xml/#charsets
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def json_bytes(value: Any) -> bytes:
    return orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    raise TypeError


def stream(table: pa.Table, format: Format) -> Iterator[bytes]:
    """The rows alone, in pieces. JSON is a list of objects."""
    return {"json": _json, "csv": _csv, "xml": _xml, "parquet": _parquet, "arrow": _arrow}[format](table)


def _json(table: pa.Table) -> Iterator[bytes]:
    yield b"["
    first = True
    for batch in table.to_batches(_BATCH):
        if batch.num_rows:
            yield (b"" if first else b",") + json_bytes(batch.to_pylist())[1:-1]
            first = False
    yield b"]"


def _csv(table: pa.Table) -> Iterator[bytes]:
    flat = flattened(table)
    sink = io.BytesIO()
    with pa.csv.CSVWriter(sink, flat.schema) as writer:
        for batch in flat.to_batches(_BATCH):
            writer.write_batch(batch)
            yield taken(sink)
    yield taken(sink)


def _xml(table: pa.Table) -> Iterator[bytes]:
    names = [(name, quoteattr(name)) for name in table.column_names]
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<rows>\n'
    for batch in flattened(table).to_batches(_BATCH):
        lines = []
        for row in batch.to_pylist():
            cells = (f"<value name={quoted}>{_text(row[name])}</value>" for name, quoted in names
                     if row[name] is not None)  # fmt: skip
            lines.append(f"<row>{''.join(cells)}</row>\n")
        yield "".join(lines).encode()
    yield b"</rows>\n"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return escape(_NO_XML.sub("", f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)))


def _parquet(table: pa.Table) -> Iterator[bytes]:
    sink = io.BytesIO()
    with pa.parquet.ParquetWriter(sink, table.schema, compression="zstd") as writer:
        writer.write_table(table)
    yield sink.getvalue()


def _arrow(table: pa.Table) -> Iterator[bytes]:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        for batch in table.to_batches(_BATCH):
            writer.write_batch(batch)
            yield taken(sink)
    yield taken(sink)


def flattened(table: pa.Table) -> pa.Table:
    """Lists become text with a bar between: a cell holds one value."""
    for number, field in enumerate(table.schema):
        if pa.types.is_list(field.type):
            table = table.set_column(number, field.name, pc.binary_join(table.column(number), " | "))
    return table


def taken(sink: io.BytesIO) -> bytes:
    value = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return value


def schema_of(table: pa.Table) -> Sequence[dict[str, str]]:
    return [{"name": field.name, "type": str(field.type)} for field in table.schema]
