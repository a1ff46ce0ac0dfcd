"""One export: rows in a format, a manifest that says what they are and how to check them, and a schema file.

``NAME.parquet`` is written under another name and moved into place, the manifest after it: whoever finds a manifest
finds the whole file that it names. Places are folders, or gs:// and s3:// as the lake reaches them.
"""

import hashlib
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import orjson

from analytics_platform.lake.store import Store, open_store
from analytics_platform.semantics import ADMIN, Answer, Definition, Named, Query, Viewer, query
from analytics_platform.semantics.errors import unknown
from analytics_platform.semantics.guard import ask_sql
from analytics_platform.semantics.questions import Grain, Value
from analytics_platform.semantics.registry import registry
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


@dataclass(frozen=True)
class Written:
    """What an export left: files, rows, bytes, and the snapshot's version."""

    file: str
    rows: int
    size: int
    version: str


@dataclass(frozen=True)
class Place:
    """Where files go. ``beside`` holds what is half written, where moving it is one step."""

    store: Store
    beside: Path

    def write(self, key: str, pieces: Iterable[bytes]) -> tuple[int, str]:
        """Beside its place first, then moved there whole; its size and its digest."""
        digest, size = hashlib.sha256(), 0
        with tempfile.TemporaryDirectory(prefix=".export-", dir=self.beside) as folder:
            part = Path(folder) / "part"
            with part.open("wb") as writing:
                for piece in pieces:
                    size += writing.write(piece)
                    digest.update(piece)
            self.store.publish(part, key)
        return size, digest.hexdigest()


def open_place(settings: Settings, to: str) -> Place:
    """A folder, or a gs:// or s3:// place, for which this machine's scratch is beside."""
    beside = settings.home / "scratch" if "://" in to else Path(to).absolute()
    beside.mkdir(parents=True, exist_ok=True)
    return Place(open_store(to.rstrip("/") if "://" in to else str(beside), beside, settings.lake_endpoint), beside)


def export(settings: Settings, wanted: Export, to: str, viewer: Viewer = ADMIN) -> Written:
    """Write it, its schema and its manifest below ``to``."""
    found = rows_of(settings, wanted, viewer)
    place = open_place(settings, to)
    stem = wanted.name.replace(",", "+")
    file = f"{stem}.{wanted.format}"
    size, digest = place.write(file, stream(found.table, wanted.format))
    schema = {"name": wanted.name, "columns": _columns(found)}
    place.write(f"{stem}.schema.json", [orjson.dumps(schema, option=orjson.OPT_INDENT_2)])
    manifest = {
        "name": wanted.name,
        "file": file,
        "format": wanted.format,
        "rows": found.table.num_rows,
        "bytes": size,
        "sha256": digest,
        "snapshot": found.version,
        "published_at": found.snapshot.published_at,
        "quality": asdict(found.quality),
        "definitions": [asdict(definition) for definition in found.definitions],
        "notes": found.notes,
        "sql": found.sql,
    }
    place.write(f"{stem}.manifest.json", [orjson.dumps(manifest, option=orjson.OPT_INDENT_2)])
    return Written(f"{to.rstrip('/')}/{file}", found.table.num_rows, size, found.version)


def rows_of(settings: Settings, wanted: Export, viewer: Viewer) -> Answer:
    """What an export writes, as this viewer sees it."""
    settings = settings.model_copy(update={"reader_max_rows": settings.api_max_rows})
    known, names = registry(settings), tuple(wanted.name.split(","))
    if all(name in known.metrics for name in names):
        asked = Query(names, wanted.group_by, grain=wanted.grain, start=wanted.start, end=wanted.end)
        return query(settings, asked, viewer)
    if wanted.name in known.named:
        return query(settings, Named(wanted.name, wanted.parameters or {}), viewer)
    if wanted.name in known.marts:
        return ask_sql(settings, f"select * from {wanted.name}", viewer)
    raise unknown("metric, named query or mart", wanted.name, [*known.metrics, *known.named, *known.marts], "name")


def _columns(found: Answer) -> Sequence[Mapping[str, str]]:
    meanings: Mapping[str, Definition] = {column.name: column for column in found.columns}
    return [{**field, "description": meanings[field["name"]].description} for field in schema_of(found.table)]
