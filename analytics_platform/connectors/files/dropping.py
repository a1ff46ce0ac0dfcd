"""The watched folder ``PLATFORM_HOME/imports/<kind>/`` as a source of the pump. ``defs/imports`` pumps it.

A file that was put there is imported and moved to ``done/`` or ``rejected/``, with its report beside it. Names stand
for the options of the command line: a date in the file's name is its day, folders below a kind that has cohorts are the
cohort (``responses/North/Harbour/export.csv`` is of ``North / Harbour``).
"""

import glob
import re
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from analytics_platform.connectors.files.importing import work_of
from analytics_platform.connectors.files.kind import Kind, Options
from analytics_platform.connectors.files.kinds import kind_of, kinds
from analytics_platform.connectors.files.reports import Report
from analytics_platform.errors import FileRefused
from analytics_platform.lake import open_lake
from analytics_platform.lake.pump import Batch, Pump
from analytics_platform.lake.pump_status import Lag, StatusFile
from analytics_platform.settings import Settings

SETTLED_SECONDS = 3  # a file that was written to more recently may still be copied
_UNFINISHED = (".part", ".tmp", ".crdownload", ".partial", ".filepart")
_REPORT = ".report.txt"
_DATE = re.compile(r"(?<!\d)(20\d\d-\d\d-\d\d)(?!\d)")


@dataclass(frozen=True)
class Taken:
    """A file that was there: where it is now, and its report; None when it was refused as a whole."""

    kind: str
    file: Path
    report: Report | None

    def summary(self) -> str:
        """One line without any personal value: for logs."""
        if self.report is None:
            return f"{self.kind}: a file was refused as a whole; see imports/rejected"
        return self.report.summary()


@dataclass(frozen=True)
class Refused:
    """A file that was refused as a whole and still lies in ``rejected/``; ``reason`` may quote what is in it."""

    kind: str
    name: str
    refused_at: str
    reason: str


@dataclass(frozen=True)
class _Done:
    """The position behind a file: it can be moved away."""

    taken: Taken
    file: Path
    words: str


class DroppedFiles:
    """Every complete file of the folder, kind by kind: maps and rosters first, which help the others most."""

    name = "files"
    pause = 30.0

    def __init__(self, settings: Settings, now: datetime | None = None) -> None:
        self._settings = settings
        self._now = now
        self.taken: list[Taken] = []

    def batches(self) -> Generator[Batch, None, None]:
        for name, file in list(dropped_files(self._settings)):
            yield from self._one(kind_of(name), file, self._now or datetime.now(UTC))

    def _one(self, kind: Kind, file: Path, now: datetime) -> Generator[Batch, None, None]:
        folder, report = self._settings.imports_folder, None
        options = options_of(kind, file.relative_to(folder / kind.name), now)
        try:
            report = yield from kind.read(work_of(self._settings, file, options))
            words = "\n".join(report.lines())
        except FileRefused as error:
            words = str(error)
            if kind.cohort and not options.cohort:
                words += f" In this folder a cohort is a folder: {kind.name}/<group>/<team>/{file.name}."
        place = folder / ("rejected" if report is None else "done") / kind.name
        taken = Taken(kind.name, place / f"{now:%Y%m%dT%H%M%S}-{file.name}", report)
        yield Batch((), file.name, _Done(taken, file, words))

    def note(self, position: Any) -> None:
        if not isinstance(position, _Done):
            return  # in the middle of a file
        target = position.taken.file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.with_name(target.name + _REPORT).write_text(position.words + "\n", "utf-8")
        position.file.replace(target)
        self.taken.append(position.taken)

    def is_full(self) -> bool:
        return False

    def lag(self) -> Lag:
        ages = [time.time() - file.stat().st_mtime for _, file in dropped_files(self._settings)]
        return Lag(None, max(ages, default=0.0))


def take_dropped(settings: Settings, now: datetime | None = None) -> list[Taken]:
    """Import every file that lies in the folder."""
    source = DroppedFiles(settings, now)
    Pump(source, open_lake(settings).landing, StatusFile.of(settings.home)).once()
    return source.taken


def dropped_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    """The kind and path of files that are complete and were not taken yet; makes the folders."""
    for kind in kinds():
        folder = settings.imports_folder / kind
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(folder.rglob("*")):
            unfinished = file.name.startswith((".", "~")) or file.suffix.lower() in _UNFINISHED
            if file.is_file() and not unfinished and time.time() - file.stat().st_mtime >= SETTLED_SECONDS:
                yield kind, file


def refused_files(settings: Settings) -> list[Refused]:
    """Refused files that nobody has dealt with: the file still lies there, and none of its name was taken later."""
    found = []
    for report in sorted((settings.imports_folder / "rejected").glob(f"*/*{_REPORT}")):
        kind, stamped = report.parent.name, report.name.removesuffix(_REPORT)
        at, _, name = stamped.partition("-")
        taken = sorted((settings.imports_folder / "done" / kind).glob(f"{'?' * len(at)}-{glob.escape(name)}"))
        # Exports of several cohorts have one name, so that another cohort's says nothing of this one.
        later = kind != "responses" and any(file.name[: len(at)] > at for file in taken)
        if report.with_name(stamped).exists() and not later:
            reason = report.read_text("utf-8", "replace").replace(name, "the file")
            found.append(Refused(kind, name, at, reason))
    return found


def options_of(kind: Kind, file: Path, now: datetime) -> Options:
    """What the name of a file says; ``file`` is relative to its kind's folder."""
    found = _DATE.search(file.name)
    try:
        day = date.fromisoformat(found[1]) if found else None
    except ValueError:
        day = None  # digits that are no date
    cohort = " / ".join(file.parent.parts) if kind.cohort else ""
    return Options(valid_from=day, cohort=cohort, now=now)
