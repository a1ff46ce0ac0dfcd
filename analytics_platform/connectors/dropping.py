"""The watched folder: ``PLATFORM_HOME/imports/{roster,responses,lesson-map,links}/``. Who calls it is told in ``defs``.

A file that was put there is imported and moved to ``done/`` or ``rejected/``, with its report beside it. What a command
line would say is said by names: a date in the file's name is its day, folders below ``responses/`` and ``roster/`` are
the cohort (``responses/North/Harbour/export.csv`` is of ``North / Harbour``).
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from analytics_platform.connectors.importing import KINDS, Kind, Options, import_file
from analytics_platform.connectors.reports import Report
from analytics_platform.errors import FileRefused
from analytics_platform.settings import Settings

SETTLED_SECONDS = 3  # a file that was written to more recently may still be copied
_UNFINISHED = (".part", ".tmp", ".crdownload", ".partial", ".filepart")
_DATE = re.compile(r"(?<!\d)(20\d\d-\d\d-\d\d)(?!\d)")


@dataclass(frozen=True)
class Taken:
    """A file that was there: where it is now, and its report; NULL when it was refused as a whole."""

    kind: Kind
    file: Path
    report: Report | None

    def summary(self) -> str:
        """One line without any personal value: for logs."""
        if self.report is None:
            return f"{self.kind}: a file was refused as a whole; see imports/rejected"
        return self.report.summary()


def take_dropped(settings: Settings, now: datetime | None = None) -> list[Taken]:
    """Import every file that lies in the folder, in the order of kinds that helps most: maps and rosters first."""
    at = now or datetime.now(UTC)
    return [_take(settings, kind, file, at) for kind, file in list(dropped_files(settings))]


def dropped_files(settings: Settings) -> Iterator[tuple[Kind, Path]]:
    """The files that are complete and were not taken yet; makes the folders."""
    for kind in ("lesson-map", "roster", "links", "responses"):
        folder = settings.imports_folder / kind
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(folder.rglob("*")):
            unfinished = file.name.startswith((".", "~")) or file.suffix.lower() in _UNFINISHED
            if file.is_file() and not unfinished and time.time() - file.stat().st_mtime >= SETTLED_SECONDS:
                yield _kind(kind), file


def options_of(kind: Kind, file: Path, now: datetime) -> Options:
    """What the name of a file says; ``file`` is relative to its kind's folder."""
    found = _DATE.search(file.name)
    try:
        day = date.fromisoformat(found[1]) if found else None
    except ValueError:
        day = None  # digits that are no date
    cohort = " / ".join(file.parent.parts) if kind in ("roster", "responses") else ""
    return Options(valid_from=day, cohort=cohort, now=now)


def _take(settings: Settings, kind: Kind, file: Path, now: datetime) -> Taken:
    folder = settings.imports_folder
    options = options_of(kind, file.relative_to(folder / kind), now)
    report: Report | None = None
    try:
        report = import_file(settings, kind, file, options)
        words = "\n".join(report.lines())
    except FileRefused as error:
        words = str(error)
        if kind == "responses" and not options.cohort:
            words += f" In this folder a cohort is a folder: {kind}/<group>/<team>/{file.name}."
    target = folder / ("rejected" if report is None else "done") / kind / f"{now:%Y%m%dT%H%M%S}-{file.name}"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.with_name(target.name + ".report.txt").write_text(words + "\n", "utf-8")
    file.replace(target)
    return Taken(kind, target, report)


def _kind(name: str) -> Kind:
    return next(kind for kind in KINDS if kind == name)
