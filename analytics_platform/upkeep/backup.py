"""A backup of what cannot be made again, as one tar file, and its restore onto an empty home.

In it: raw lines, the collector's store, files that people brought, labels (a paid model's answers, when a flag fired
first), daily rows of telemetry that outlive its events, what people said of incidents, alerts, reports. Not in it:
everything that a build makes from these, and secrets. Each file's SHA-256 is in the tar, and a restore that finds one
wrong changes nothing.
"""

import hashlib
import io
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from analytics_platform.errors import UpkeepError
from analytics_platform.settings import Settings

MANIFEST = "backup.json"
_MADE_AGAIN = {
    *("quarantine", "ledger", "keys", "warehouse", "published", "scratch", "dagster_home", "models", "inbox", "pumps"),
    "unwritten",
    # What steps note that they were built from: on a new machine nothing is built, and everything has to wait.
    *("built_from", "ledger_digests", "red_days", "labels_state"),
}
_KEPT_OF_LAKE = ("labels", "insights", "kept")
_NAMED = ("safety_words_file", "alert_routes_file", "report_lists_file")  # files elsewhere; secrets are not copied


@dataclass(frozen=True)
class Saved:
    file: Path
    files: int
    size: int
    notes: tuple[str, ...]


def save(settings: Settings, target: Path, now: datetime) -> Saved:
    """Write the backup whole, or nothing."""
    if target.exists():
        raise UpkeepError(f"{target} is there already, and a backup overwrites nothing. Name another file.")
    digests: dict[str, str] = {}
    draft = target.with_name(f".{target.name}.draft")
    try:
        with tarfile.open(draft, "w") as tar, tempfile.TemporaryDirectory() as scratch:
            for name, file in _contents(settings):
                if file.suffix == ".db":
                    file = _copy_of_database(file, Path(scratch) / "copy.db")
                data = file.read_bytes()
                digests[name] = hashlib.sha256(data).hexdigest()
                _add(tar, name, data, now)
            if not digests:
                raise UpkeepError(f"{settings.home} has nothing to save. Set PLATFORM_HOME as it is for make dev.")
            about = {"saved_at": now.astimezone(UTC).isoformat(), "files": digests}
            _add(tar, MANIFEST, orjson.dumps(about, option=orjson.OPT_INDENT_2), now)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return Saved(target, len(digests), target.stat().st_size, tuple(_notes(settings)))


def restore(settings: Settings, source: Path) -> int:
    """Put a backup into the home, which must be empty; gives the number of files."""
    home = settings.home
    if home.exists() and any(home.iterdir()):
        raise UpkeepError(f"{home} is not empty, and a restore overwrites nothing. Set PLATFORM_HOME to a new folder.")
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as scratch:
        unpacked = Path(scratch) / "home"
        try:
            with tarfile.open(source) as tar:
                tar.extractall(unpacked, filter="data")
            expected = orjson.loads((unpacked / MANIFEST).read_bytes())["files"]
        except (OSError, tarfile.TarError, ValueError, KeyError) as error:
            raise UpkeepError(
                f"{source} is no whole backup ({error}). Nothing was restored; try an older one."
            ) from None
        wrong = [name for name, digest in expected.items() if _digest(unpacked / name) != digest]
        if wrong:
            raise UpkeepError(
                f"{source} is damaged: {len(wrong)} files differ from what was saved, the first is {wrong[0]}."
                " Nothing was restored; try an older one."
            )
        (unpacked / MANIFEST).unlink()
        if home.exists():
            home.rmdir()
        shutil.move(unpacked, home)
    return len(expected)


def _contents(settings: Settings) -> Iterator[tuple[str, Path]]:
    home = settings.home
    for file in sorted(home.rglob("*")):
        parts = file.relative_to(home).parts
        made_again = parts[0] in _MADE_AGAIN or (parts[0] == "lake" and parts[1:2] and parts[1] not in _KEPT_OF_LAKE)
        if file.is_file() and not made_again and not file.name.endswith(("-wal", "-shm", ".draft")):
            yield "/".join(parts), file
    for setting in _NAMED:
        named = Path(getattr(settings, setting) or "/nonexistent")
        if named.is_file() and not named.is_relative_to(home):
            yield f"settings/{setting}/{named.name}", named


def _notes(settings: Settings) -> Iterator[str]:
    if settings.lake_url:
        yield f"Raw lines are at {settings.lake_url} and not in this file: switch on versioning of the bucket."
    if settings.collector_store_url:
        yield "The collector's store is a PostgreSQL database and not in this file: back it up with pg_dump."


def _copy_of_database(file: Path, copy: Path) -> Path:
    """A consistent copy while others write."""
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def _add(tar: tarfile.TarFile, name: str, data: bytes, now: datetime) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = len(data), int(now.timestamp()), 0o600
    tar.addfile(entry, io.BytesIO(data))


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
