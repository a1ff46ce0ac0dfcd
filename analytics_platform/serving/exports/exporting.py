"""One export: rows in a format, a manifest that says what they are and how to check them, and a schema file.

``NAME.parquet`` is written under another name and moved into place, the manifest after it: whoever finds a manifest
finds the whole file that it names. Places are folders, or gs:// and s3:// as the lake's settings reach them.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from pyarrow.fs import FileSystem

from analytics_platform.semantics import ADMIN, Answer, Definition, Named, Query, Viewer, query, registry
from analytics_platform.semantics.asking import mart_rows
from analytics_platform.semantics.errors import unknown
from analytics_platform.semantics.questions import Grain, Value
from analytics_platform.serving.exports.places import open_place
from analytics_platform.serving.formats import Format, schema_of, stream
from analytics_platform.settings import Settings


@dataclass(frozen=True)
class Export:
    """What to write. ``name`` is a mart, a metric or a named query; metrics may be several, with commas."""

    name: str
    format: Format = "parquet"
    group_by: tuple[str, ...] = ()
    grain: Grain | None = None
    start: date | None = None
    end: date | None = None
    parameters: Mapping[str, Value] | None = None
    cohorts: tuple[str, ...] | None = None
    role: str = "admin"


@dataclass(frozen=True)
class Written:
    """What an export left: files, rows, bytes, and the snapshot's version."""

    file: str
    rows: int
    size: int
    version: str


def export(settings: Settings, wanted: Export, to: str, viewer: Viewer = ADMIN) -> Written:
    """Write it, its schema and its manifest below ``to``."""
    found = _rows(settings.model_copy(update={"reader_max_rows": settings.api_max_rows}), wanted, viewer)
    place, folder = open_place(settings, to)
    stem = wanted.name.replace(",", "+")
    file = f"{stem}.{wanted.format}"
    size, digest = _write(place, f"{folder}/{file}", stream(found.table, wanted.format))
    schema = {"name": wanted.name, "columns": _columns(found)}
    _write(place, f"{folder}/{stem}.schema.json", [orjson.dumps(schema, option=orjson.OPT_INDENT_2)])
    manifest = {
        "name": wanted.name,
        "file": file,
        "format": wanted.format,
        "rows": found.table.num_rows,
        "bytes": size,
        "sha256": digest,
        "snapshot": found.version,
        "published_at": found.snapshot.published_at,
        "quality": found.quality.state,
        "definitions": [vars(definition) for definition in found.definitions],
        "sql": found.sql,
    }
    _write(place, f"{folder}/{stem}.manifest.json", [orjson.dumps(manifest, option=orjson.OPT_INDENT_2)])
    return Written(f"{to.rstrip('/')}/{file}", found.table.num_rows, size, found.version)


def _rows(settings: Settings, wanted: Export, viewer: Viewer) -> Answer:
    known, names = registry(settings), tuple(wanted.name.split(","))
    if all(name in known.metrics for name in names):
        asked = Query(names, wanted.group_by, grain=wanted.grain, start=wanted.start, end=wanted.end)
        return query(settings, asked, viewer)
    if wanted.name in known.named:
        return query(settings, Named(wanted.name, wanted.parameters or {}), viewer)
    if wanted.name in known.marts:
        return mart_rows(settings, wanted.name, viewer)
    raise unknown("metric, named query or mart", wanted.name, [*known.metrics, *known.named, *known.marts], "name")


def _columns(found: Answer) -> Sequence[Mapping[str, str]]:
    meanings: Mapping[str, Definition] = {column.name: column for column in found.columns}
    return [{**field, "description": meanings[field["name"]].description} for field in schema_of(found.table)]


def _write(place: FileSystem, path: str, pieces: Iterator[bytes] | list[bytes]) -> tuple[int, str]:
    """Under another name first, then moved: a reader finds the old file or the new one."""
    size, digest = 0, hashlib.sha256()
    part = f"{path}.part"
    output: Any
    with place.open_output_stream(part) as output:
        for piece in pieces:
            output.write(piece)
            size += len(piece)
            digest.update(piece)
    place.move(part, path)
    return size, digest.hexdigest()
