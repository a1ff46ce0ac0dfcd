"""Lesson maps: which lesson number has which name and url, from a day on, and by when a cohort is to complete it.

Numbers are text (``0a``, ``01``); urls may be missing or shared. A map holds from its ``valid_from`` until the next
one; of two for one day the later import wins. Does not live here: which statement belongs to which lesson (dbt).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from analytics_platform.connectors.files.headers import Field, demand
from analytics_platform.connectors.files.kind import Import, Kind, Work, demand_rows, lines, report, unknown_columns
from analytics_platform.connectors.files.kinds.roster import STATE as ROSTER_STATE
from analytics_platform.connectors.files.reports import Rejects
from analytics_platform.connectors.files.sheets import Sheet, open_sheet
from analytics_platform.contracts.imports import DUE_DATES, LESSON_MAP, ROSTER
from analytics_platform.lake.pump import Batch

FIELDS = (
    # "Lesson" alone is the number; beside a number it is the name, so it stands later there.
    Field("lesson_number", ("lesson number", "number", "lesson no", "lesson nr", "no", "nr", "lesson")),
    Field("name", ("name", "lesson name", "title", "lesson title", "heading", "topic", "description", "lesson")),
    Field("url", ("url", "lesson url", "link", "lesson link", "address")),
    Field("due", ("due date", "due on", "due"), open_ended=True),
)
# The map in force on a day: the newest batch of the newest valid_from until then.
IN_FORCE = """
select * from stored where valid_from <= date '{day}'
qualify valid_from = max(valid_from) over () and batch_id = max(batch_id) over (partition by valid_from)
order by position"""

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True)
class Lesson:
    """One line of a map; ``due`` by cohort, None for every cohort."""

    position: int
    lesson_number: str
    name: str | None
    url: str | None
    due: Mapping[str | None, date] = field(default_factory=dict)
    file_line: int = 0

    @property
    def content(self) -> tuple[Any, ...]:
        return self.position, self.name, self.url, tuple(sorted((c or "", d) for c, d in self.due.items()))


def read(sheet: Sheet, rejects: Rejects) -> Iterable[Lesson]:
    """The lessons of a file in its order. A due date that cannot be read is refused, and its lesson stays."""
    demand(sheet.columns, FIELDS, ("lesson_number",), sheet.file.name, sheet.header)
    seen: dict[str, int] = {}
    for row in sheet.rows():
        number = lesson_number(row.values.get("lesson_number", ""))
        problem = row.problem or ("" if number else "has no lesson number")
        if not problem and seen.setdefault(number, row.line) != row.line:
            problem = f"repeats the lesson number of line {seen[number]}"
        if problem:
            rejects.add(row.line, problem)
            continue
        due: dict[str | None, date] = {}
        for cohort, written in row.open_ended.get("due", {}).items():
            day = due_date(written) if written else None
            if day:
                due[cohort or None] = day
            elif written:
                rejects.add(row.line, f"{cohort or 'the'} due date cannot be read for certain; write it as 2026-03-31")
        url = row.values.get("url", "").rstrip("/") or None
        yield Lesson(len(seen), number, row.values.get("name") or None, url, due, row.line)


def lesson_number(value: str) -> str:
    """The number as written, without the word: ``Lesson 0a`` is ``0a``."""
    return re.sub(r"^lesson\s+", "", value, flags=re.IGNORECASE).strip()


def due_date(value: str) -> date | None:
    """``2026-03-31``, ``31.3.2026``, or with slashes where only one order is possible; None otherwise."""
    try:
        if found := _ISO.fullmatch(value):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _DOTTED.fullmatch(value):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := _SLASHED.fullmatch(value):
            one, two, year = int(found[1]), int(found[2]), int(found[3])
            if one > 12 or one == two:
                return date(year, two, one)
            return date(year, one, two) if two > 12 else None
    except ValueError:
        return None
    return None


def lessons_of(map_rows: Iterable[Mapping[str, Any]], due_rows: Iterable[Mapping[str, Any]]) -> list[Lesson]:
    """Stored rows of one batch as lessons again."""
    due: dict[str, dict[str | None, date]] = {}
    for row in due_rows:
        due.setdefault(row["lesson_number"], {})[row["cohort"]] = row["due_on"]
    return [
        Lesson(row["position"], row["lesson_number"], row["name"], row["url"], due.get(row["lesson_number"], {}))
        for row in map_rows
    ]


def compare(lessons: Iterable[Lesson], in_force: Iterable[Lesson]) -> tuple[dict[str, int], list[str]]:
    """Counts of new, changed, dropped and unchanged lessons, and each change in words."""
    now = {lesson.lesson_number: lesson for lesson in lessons}
    before = {lesson.lesson_number: lesson for lesson in in_force}
    changed = [n for n in now if n in before and now[n].content != before[n].content]
    counts = {
        "new lessons": len(now.keys() - before.keys()),
        "changed lessons": len(changed),
        "dropped lessons": len(before.keys() - now.keys()),
        "unchanged": len(now.keys() & before.keys()) - len(changed),
    }
    words = [f"new: {number} {now[number].name or ''}".rstrip() for number in now if number not in before]
    words += [f"changed: {number} ({', '.join(_fields(now[number], before[number]))})" for number in changed]
    return counts, words + [f"dropped: {number}" for number in before if number not in now]


def _fields(now: Lesson, before: Lesson) -> list[str]:
    names = ("place", "name", "url", "due dates")
    return [name for name, a, b in zip(names, now.content, before.content, strict=True) if a != b]


def take(work: Work) -> Import:
    """The file as a batch, if it differs from the map in force on its day."""
    from analytics_platform.connectors.files.stored import rows_of

    sheet, rejects = open_sheet(work.file, FIELDS, work.options.encoding), Rejects()
    lessons = list(read(sheet, rejects))
    demand_rows(work.file, lessons, rejects)
    stored = rows_of(work.lake, LESSON_MAP, IN_FORCE.format(day=work.day))
    batch = stored[0]["batch_id"] if stored else ""
    due = [row for row in rows_of(work.lake, DUE_DATES, "select * from stored") if row["batch_id"] == batch]
    changes, details = compare(lessons, lessons_of(stored, due))
    batch_id = work.batch_id if work.changed(changes) else None
    if batch_id:
        yield _batch(work, batch_id, lessons)
    cohorts = {cohort for lesson in lessons for cohort in lesson.due if cohort}
    known = {row["cohort"] for row in rows_of(work.lake, ROSTER, f"select distinct cohort from ({ROSTER_STATE})")}
    strangers = sorted(cohorts - known) if known else []
    notes = (
        f"The map holds from {work.day} on; older maps stay for the days before.",
        f"Due dates for cohorts that no roster names: {', '.join(strangers)}." if strangers else "",
        unknown_columns(sheet),
    )
    return report("lesson-map", work, len(lessons), changes, batch_id, rejects, notes, details)


def _batch(work: Work, batch_id: str, lessons: Sequence[Lesson]) -> Batch:
    """Due dates first: a batch counts once its lessons are there, and then its due dates are, too."""
    due = [
        {"lesson_number": lesson.lesson_number, "cohort": cohort, "due_on": day, "file_line": lesson.file_line}
        for lesson in lessons
        for cohort, day in lesson.due.items()
    ]
    names = ("position", "lesson_number", "name", "url", "file_line")
    rows = [{name: getattr(lesson, name) for name in names} for lesson in lessons]
    return work.batch(
        (DUE_DATES, lines(batch_id, due, valid_from=work.day)),
        (LESSON_MAP, lines(batch_id, rows, valid_from=work.day)),
    )


KIND = Kind(
    name="lesson-map",
    help="Which lesson number has which name, url and due dates, from a day on.",
    read=take,
    order=1,
)
