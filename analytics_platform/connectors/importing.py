"""The one door for files: read, compare with what is stored, and land what is new. Again: nothing changes.

A file is one batch. Rosters, links and lesson maps land in one segment, so that half a batch is never the state;
answers land in pieces, because each of them counts alone. Does not live here: the columns of a kind (its module).
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import orjson

from analytics_platform.connectors import lesson_map, links, responses, roster
from analytics_platform.connectors.reports import Rejects, Report
from analytics_platform.connectors.sheets import Sheet, open_sheet
from analytics_platform.connectors.stored import attach, rows_of
from analytics_platform.contracts import Table
from analytics_platform.contracts.imports import DUE_DATES, EXPORTS, LESSON_MAP, LINKS, ROSTER
from analytics_platform.errors import FileRefused
from analytics_platform.lake import open_lake
from analytics_platform.lake.days import Lake
from analytics_platform.lake.landing import RawLine
from analytics_platform.lake.workbench import workbench
from analytics_platform.settings import Settings

Kind = Literal["roster", "responses", "lesson-map", "links"]
KINDS: tuple[Kind, ...] = ("roster", "responses", "lesson-map", "links")
_SEGMENT_LINES = 50_000  # answers of one segment


@dataclass(frozen=True)
class Options:
    """What a person says about a file. ``valid_from`` is the day of an export, too; NULL is today's local day."""

    dry_run: bool = False
    valid_from: date | None = None
    cohort: str = ""
    encoding: str = ""
    now: datetime | None = None


@dataclass(frozen=True)
class _Import:
    """One import under way."""

    settings: Settings
    lake: Lake
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

    def land(self, table: Table, payloads: Sequence[bytes]) -> None:
        self.lake.landing.append(table, [RawLine(payload, self.now) for payload in payloads], self.file.name)

    def report(
        self,
        kind: Kind,
        taken: int,
        changes: dict[str, int],
        batch_id: str | None,
        rejects: Rejects,
        notes: Sequence[str],
        details: Sequence[str] = (),
    ) -> Report:
        read = taken + rejects.count + changes.get("without an answer", 0)
        said = tuple(note for note in notes if note)
        dry_run = self.options.dry_run
        return Report(kind, self.file.name, read, taken, changes, dry_run, batch_id, rejects, tuple(details), said)


def import_file(settings: Settings, kind: Kind, file: Path, options: Options | None = None) -> Report:
    """Take in a file of one kind and say what happened. A file that cannot be used at all is refused."""
    chosen = options or Options()
    work = _Import(settings, open_lake(settings), file, chosen, chosen.now or datetime.now(UTC))
    importer: dict[Kind, Callable[[_Import], Report]] = {
        "roster": _roster,
        "links": _links,
        "lesson-map": _lesson_map,
        "responses": _responses,
    }
    return importer[kind](work)


def _roster(work: _Import) -> Report:
    sheet, rejects = open_sheet(work.file, roster.FIELDS, work.options.encoding), Rejects()
    members = list(roster.read(sheet, work.options.cohort, rejects))
    _demand_rows(work.file, members, rejects)
    difference = roster.compare(members, rows_of(work.lake, ROSTER, roster.STATE))
    changes = {
        "joined": len(difference.joined),
        "left": len(difference.left),
        "changed": len(difference.changed),
        "unchanged": difference.unchanged,
    }
    cohorts = sorted({member["cohort"] for member in members})
    notes = (f"Cohorts: {', '.join(cohorts)}. Cohorts that the file does not name stay as they are.", _unknown(sheet))
    batch_id = _stored(work, changes, lambda batch: work.land(ROSTER, _lines(batch, members, valid_from=work.day)))
    return work.report("roster", len(members), changes, batch_id, rejects, notes, roster.told(difference))


def _links(work: _Import) -> Report:
    sheet, rejects = open_sheet(work.file, links.FIELDS, work.options.encoding), Rejects()
    found = {link.pair: link for link in links.read(sheet, rejects)}
    _demand_rows(work.file, found, rejects)
    state = {(row["identifier_a"], row["identifier_b"]): row for row in rows_of(work.lake, LINKS, links.STATE)}
    noted = [pair for pair, link in found.items() if pair in state and link.note != state[pair]["note"]]
    changes = {
        "new links": len(found.keys() - state.keys()),
        "dropped links": len(state.keys() - found.keys()),
        "changed notes": len(noted),
        "unchanged": len(found.keys() & state.keys()) - len(noted),
    }
    rows = [
        {"identifier_a": a, "identifier_b": b, "note": link.note, "file_line": link.file_line}
        for (a, b), link in found.items()
    ]
    batch_id = _stored(work, changes, lambda batch: work.land(LINKS, _lines(batch, rows, valid_from=work.day)))
    details = [f"dropped: {a} = {b}" for a, b in state if (a, b) not in found]
    details += [f"new: {a} = {b}" for a, b in found if (a, b) not in state]
    notes = ("The file is the whole list of links: what it does not name is dropped.", _unknown(sheet))
    return work.report("links", len(found), changes, batch_id, rejects, notes, details)


def _lesson_map(work: _Import) -> Report:
    sheet, rejects = open_sheet(work.file, lesson_map.FIELDS, work.options.encoding), Rejects()
    lessons = list(lesson_map.read(sheet, rejects))
    _demand_rows(work.file, lessons, rejects)
    stored = rows_of(work.lake, LESSON_MAP, lesson_map.IN_FORCE.format(day=work.day))
    batch = stored[0]["batch_id"] if stored else ""
    due = [row for row in rows_of(work.lake, DUE_DATES, "select * from stored") if row["batch_id"] == batch]
    changes, details = lesson_map.compare(lessons, lesson_map.lessons_of(stored, due))
    cohorts = {cohort for lesson in lessons for cohort in lesson.due if cohort}
    known = {row["cohort"] for row in rows_of(work.lake, ROSTER, f"select distinct cohort from ({roster.STATE})")}
    strangers = sorted(cohorts - known) if known else []
    notes = (
        f"The map holds from {work.day} on; older maps stay for the days before.",
        f"Due dates for cohorts that no roster names: {', '.join(strangers)}." if strangers else "",
        _unknown(sheet),
    )
    batch_id = _stored(work, changes, lambda batch: _land_map(work, batch, lessons))
    return work.report("lesson-map", len(lessons), changes, batch_id, rejects, notes, details)


def _land_map(work: _Import, batch: str, lessons: Sequence[lesson_map.Lesson]) -> None:
    """Due dates first: a batch counts once its lessons are there, and then its due dates are, too."""
    due = [
        {"lesson_number": lesson.lesson_number, "cohort": cohort, "due_on": day, "file_line": lesson.file_line}
        for lesson in lessons
        for cohort, day in lesson.due.items()
    ]
    work.land(DUE_DATES, _lines(batch, due, valid_from=work.day))
    rows = [
        {
            "position": e.position,
            "lesson_number": e.lesson_number,
            "name": e.name,
            "url": e.url,
            "file_line": e.file_line,
        }
        for e in lessons
    ]
    work.land(LESSON_MAP, _lines(batch, rows, valid_from=work.day))


def _responses(work: _Import) -> Report:
    sheet = open_sheet(work.file, responses.FIELDS, work.options.encoding)
    with workbench(work.lake) as (connection, folder):
        responses.load(connection, sheet, work.options.cohort)
        attach(connection, folder, work.lake, EXPORTS, "stored")
        changes, rejects = responses.find_new(connection), responses.rejects_of(connection)
        taken = changes["new answers"] + changes["already stored"]
        batch_id = None
        if changes["new answers"] and not work.options.dry_run:
            batch_id = work.batch_id
            for payloads in responses.payloads(connection, batch_id, work.day, _SEGMENT_LINES):
                work.land(EXPORTS, payloads)
    if not (taken or changes["without an answer"] or rejects.count):
        raise FileRefused(f"{work.file.name} has a header and no rows. Nothing was imported.")
    notes = (f"Exported on {work.day}: the lesson map of that day names its lessons.", _unknown(sheet))
    return work.report("responses", taken, changes, batch_id, rejects, notes)


def _stored(work: _Import, changes: dict[str, int], land: Callable[[str], None]) -> str | None:
    """Land the batch if there is something new and it is meant; its id."""
    if work.options.dry_run or not any(count for name, count in changes.items() if name != "unchanged"):
        return None
    batch_id = work.batch_id
    land(batch_id)
    return batch_id


def _lines(batch: str, rows: Sequence[dict[str, Any]], valid_from: date) -> list[bytes]:
    shared = {"batch_id": batch, "valid_from": valid_from}
    # A line of a map may have several due dates, so the row's number is its id, not the line.
    return [orjson.dumps({"row_id": f"{batch}:{n}", **shared, **row}) for n, row in enumerate(rows, 1)]


def _demand_rows(file: Path, rows: object, rejects: Rejects) -> None:
    if not rows:
        first = f" Line {rejects.first[0].line}: {rejects.first[0].reason}." if rejects.first else ""
        raise FileRefused(f"{file.name} has no row that can be used.{first} Nothing was imported.")


def _unknown(sheet: Sheet) -> str:
    names = ", ".join(sheet.columns.unknown)
    return f"Columns that are not used: {names}." if names else ""
