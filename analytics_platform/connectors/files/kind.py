"""``Kind`` describes a kind of file, ``Work`` holds the state of one import. Does not live here: any kind (``kinds/``).

A file is one batch of rows with one ``batch_id``. Rosters, links and lesson maps land in one segment, so that half a
batch is never the state; answers land in pieces, because each of them counts alone.
"""

import hashlib
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import orjson

from analytics_platform.connectors.files.reports import Rejects, Report
from analytics_platform.errors import FileRefused
from analytics_platform.lake.pump import Batch

if TYPE_CHECKING:
    from analytics_platform.connectors.files.sheets import Sheet
    from analytics_platform.contracts import Table
    from analytics_platform.lake.lake import Lake
    from analytics_platform.settings import Settings


@dataclass(frozen=True)
class Options:
    """What a person says about a file. ``valid_from`` is the day of an export, too; None is today's local day."""

    dry_run: bool = False
    valid_from: date | None = None
    cohort: str = ""
    encoding: str = ""
    now: datetime | None = None


@dataclass(frozen=True)
class Work:
    """One import under way."""

    settings: "Settings"
    lake: "Lake"
    file: Path
    options: Options
    now: datetime

    @property
    def day(self) -> date:
        return self.options.valid_from or self.now.astimezone(ZoneInfo(self.settings.platform_timezone)).date()

    @property
    def batch_id(self) -> str:
        """Time of import first, so that later batches sort later; then the content."""
        with self.file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()[:8]
        return f"{self.now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}-{digest}"

    def batch(self, *tables: "tuple[Table, Sequence[bytes]]") -> Batch:
        """Payloads of one or several tables on their way to landing, in this order."""
        from analytics_platform.lake.landing import RawLine

        lines = [(table, [RawLine(payload, self.now) for payload in payloads]) for table, payloads in tables]
        return Batch(lines, self.file.name)

    def changed(self, changes: Mapping[str, int]) -> bool:
        """Whether there is something new to store, and it is meant."""
        return not self.options.dry_run and any(count for name, count in changes.items() if name != "unchanged")


Import = Generator[Batch, None, Report]


@dataclass(frozen=True)
class Kind:
    """A kind of file. ``read`` gives its batches, and the report at the end.

    ``day`` is the option that names the file's day, and what it says; ``cohort`` what the option --cohort says, empty
    where a file has none. Dropped files are taken in by ``order``.
    """

    name: str
    help: str
    read: Callable[[Work], Import]
    day: tuple[str, str] = ("--valid-from", "Day from which it holds; today otherwise.")
    cohort: str = ""
    order: int = 0


def lines(batch: str, rows: Iterable[Mapping[str, Any]], valid_from: date) -> list[bytes]:
    """Rows as payloads. A line of a map may have several due dates, so the row's number is its id, not the line."""
    shared = {"batch_id": batch, "valid_from": valid_from}
    return [orjson.dumps({"row_id": f"{batch}:{n}", **shared, **row}) for n, row in enumerate(rows, 1)]


def demand_rows(file: Path, rows: object, rejects: Rejects) -> None:
    if not rows:
        first = f" Line {rejects.first[0].line}: {rejects.first[0].reason}." if rejects.first else ""
        raise FileRefused(f"{file.name} has no row that can be used.{first} Nothing was imported.")


def unknown_columns(sheet: "Sheet") -> str:
    names = ", ".join(sheet.columns.unknown)
    return f"Columns that are not used: {names}." if names else ""


def report(
    kind: str,
    work: Work,
    taken: int,
    changes: dict[str, int],
    batch_id: str | None,
    rejects: Rejects,
    notes: Sequence[str],
    details: Sequence[str] = (),
) -> Report:
    read = taken + rejects.count + changes.get("without an answer", 0)
    said = tuple(note for note in notes if note)
    dry_run = work.options.dry_run
    return Report(kind, work.file.name, read, taken, changes, dry_run, batch_id, rejects, tuple(details), said)
