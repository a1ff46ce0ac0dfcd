"""Publishing: after a good build, the marts become a new read-only file that is swapped in at once.

``published/marts-<version>.duckdb`` is a copy of the warehouse file, which holds nothing but marts (the steps on the
way to them live in a file of their own); ``published/marts.duckdb`` is a second name of the newest one, and
``manifest.json`` says what is inside. An open reader goes on with the file it has. Old versions are pruned. The copy
can be drafted before, right after the build, so that what is shown is what was tested. Does not live here: reading
(``reader``).
"""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import orjson

from analytics_platform.errors import WarehouseError
from analytics_platform.lake.parse_sql import quote_name, quote_text
from analytics_platform.settings import Settings
from analytics_platform.warehouse.comments import comment, meanings

CURRENT = "marts.duckdb"
MANIFEST = "manifest.json"
DRAFT, DRAFT_MANIFEST = ".draft.duckdb", ".draft.json"
_PORTION = 1 << 30


@dataclass(frozen=True)
class Snapshot:
    """What a published file holds: its version, the days inside, rows by mart, and the run that built it.

    ``failing`` are the blocking checks that were red when it was published, as of another day of a source.
    """

    version: str
    file: str
    build: str
    published_at: str
    first_day: str | None
    last_day: str | None
    rows: dict[str, int]
    failing: list[str] = field(default_factory=list)


def publish(
    settings: Settings, build: str, now: datetime, log: Callable[[str], None], failing: Sequence[str] = ()
) -> Snapshot:
    """Swap in the draft of this build; make one if there is none. Whoever is killed leaves the old version in place."""
    folder = settings.published_folder
    snapshot = _drafted(folder)
    if snapshot is None or snapshot.build != build:
        checkpoint(settings)
        snapshot = draft(settings, build, now)
    if failing:
        snapshot = replace(snapshot, failing=list(failing))
        _write_manifest(folder / DRAFT_MANIFEST, snapshot)
    (folder / DRAFT).replace(folder / snapshot.file)
    _swap(folder, snapshot.file)
    (folder / DRAFT_MANIFEST).replace(folder / MANIFEST)
    for old in _older(folder, settings.published_keep):
        old.unlink()
    log(f"Published {snapshot.file}: {sum(snapshot.rows.values()):,} rows in {len(snapshot.rows)} marts.")
    return snapshot


def draft(settings: Settings, build: str, now: datetime) -> Snapshot:
    """Copy the marts as they are now, for ``publish`` to swap in. There is one draft: that of the last good build."""
    folder = settings.published_folder
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / DRAFT
    _discard(folder)
    version = f"{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}"
    try:
        if settings.privacy == "pseudonymous":
            from analytics_platform.warehouse.pseudonyms import pseudonymous_copy

            pseudonymous_copy(settings, settings.warehouse_file, copy)
        else:
            _copy(settings.warehouse_file, copy)
        snapshot = _label(copy, settings, version, build, now)
        _sync(copy)
        _write_manifest(folder / DRAFT_MANIFEST, snapshot)
    except BaseException:
        _discard(folder)
        raise
    return snapshot


def current(settings: Settings) -> Snapshot | None:
    """The snapshot that readers get now; None before the first publish."""
    return _snapshot(settings.published_folder / MANIFEST)


def _snapshot(manifest: Path) -> Snapshot | None:
    try:
        return Snapshot(**orjson.loads(manifest.read_bytes()))
    except FileNotFoundError:
        return None


def checkpoint(settings: Settings) -> None:
    """Bring the write-ahead log into the warehouse file, so that the file alone is the whole warehouse."""
    if not settings.warehouse_file.exists():
        raise WarehouseError("There is no warehouse to publish yet: materialise the marts first.")
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        connection.execute("checkpoint")


def _drafted(folder: Path) -> Snapshot | None:
    """What the draft holds; its manifest is written when it is whole."""
    if not (folder / DRAFT).exists():
        return None
    return _snapshot(folder / DRAFT_MANIFEST)


def _copy(source: Path, target: Path) -> None:
    """Gigabytes: at once where the file system lets two files share blocks (XFS, btrfs), else copied by the kernel."""
    if sys.platform == "linux":
        try:
            with source.open("rb") as reading, target.open("wb") as writing:
                while os.copy_file_range(reading.fileno(), writing.fileno(), _PORTION):
                    pass
        except OSError:  # two file systems, or one that cannot
            pass
        else:
            if target.stat().st_size == source.stat().st_size:
                return
    shutil.copyfile(source, target)  # it works, or says what is wrong


def _discard(folder: Path) -> None:
    for file in (DRAFT_MANIFEST, DRAFT, f"{DRAFT}.wal"):
        (folder / file).unlink(missing_ok=True)


def _label(draft: Path, settings: Settings, version: str, build: str, now: datetime) -> Snapshot:
    """Write what is inside into ``about.snapshot`` and into comments, so that the file tells it itself."""
    with duckdb.connect(str(draft)) as connection:
        rows = row_counts(connection)
        if not rows:
            raise WarehouseError("The warehouse has no marts: materialise them before publishing.")
        first, last = _days(connection)
        published_at = now.astimezone(UTC).isoformat()
        snapshot = Snapshot(version, f"marts-{version}.duckdb", build, published_at, first, last, rows)
        told = asdict(snapshot) | {"time_zone": settings.platform_timezone}
        columns = ", ".join(
            f"{quote_text(value) if isinstance(value, str) else 'null'}::varchar as {quote_name(key)}"
            for key, value in told.items()
            if key not in ("rows", "failing")
        )
        connection.execute("create schema about")
        connection.execute(f"create table about.snapshot as select {columns}")
        comment(connection, meanings(settings))
        connection.execute("checkpoint")
    return snapshot


def row_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """The marts of an open warehouse or snapshot, tables and views, sorted, each with its rows."""
    found = connection.execute("""
        select table_name from duckdb_tables() where schema_name = 'main'
        union all
        select view_name from duckdb_views() where schema_name = 'main' and not internal
        order by 1
    """).fetchall()
    known = _rows_of_views(connection)
    return {
        mart: known[mart] if mart in known else _one(connection, f"select count(*) from {quote_name(mart)}")
        for (mart,) in found
    }


def _rows_of_views(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """As the build counted them: counting a view of a year takes seconds."""
    try:
        return dict(connection.execute("select mart, row_count from facts.rows_of_views").fetchall())
    except duckdb.CatalogException:
        return {}


def _days(connection: duckdb.DuckDBPyConnection) -> tuple[str | None, str | None]:
    """The first and last UTC day of any fact."""
    facts = connection.execute("""
        select schema_name, table_name from duckdb_tables() join duckdb_columns() using (schema_name, table_name)
        where schema_name in ('main', 'facts') and column_name = 'day'
    """).fetchall()
    if not facts:
        return None, None
    union = " union all ".join(
        f"select min(day) as a, max(day) as b from {quote_name(schema)}.{quote_name(table)}" for schema, table in facts
    )
    row = connection.execute(f"select min(a)::varchar, max(b)::varchar from ({union})").fetchone()
    return row if row else (None, None)


def _swap(folder: Path, file: str) -> None:
    """Give the newest version its well-known name, in one rename."""
    link = folder / f".{CURRENT}"
    link.unlink(missing_ok=True)
    link.hardlink_to(folder / file)
    link.replace(folder / CURRENT)


def _write_manifest(file: Path, snapshot: Snapshot) -> None:
    part = file.with_suffix(".part")
    part.write_bytes(orjson.dumps(asdict(snapshot), option=orjson.OPT_INDENT_2))
    _sync(part)
    part.replace(file)


def _older(folder: Path, keep: int) -> list[Path]:
    return sorted(folder.glob("marts-*.duckdb"))[:-keep]


def _sync(file: Path) -> None:
    with file.open("rb") as handle:
        os.fsync(handle.fileno())


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    return int(row[0]) if row else 0
