"""Exports of a chatbot builder's two tables: the same rows as NocoDB gives, from a file. Shared by their two kinds.

A row that landing has in the same version is left out. Does not live here: what a record becomes (``nocodb/rows``).
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from analytics_platform.connectors.files.kind import Import, Work, report
from analytics_platform.connectors.files.reports import Rejects
from analytics_platform.errors import FileRefused
from analytics_platform.lake.pump import Batch

AT_ONCE = 5_000  # rows of one batch


def importer(name: str, path: str) -> Callable[[Work], Import]:
    """What takes in an export of one table."""

    def take(work: Work) -> Import:
        from analytics_platform.connectors.files.records import records
        from analytics_platform.connectors.nocodb.connection import fields_of, inputs_of
        from analytics_platform.connectors.nocodb.days import new_lines
        from analytics_platform.connectors.nocodb.known import Known
        from analytics_platform.connectors.nocodb.rows import Reader
        from analytics_platform.contracts import TABLES

        table, rejects = TABLES[path], Rejects()
        fields, inputs = fields_of(work.settings.nocodb_fields)[path], inputs_of(work.settings)
        known, reader, waiting = Known(work.lake, table), Reader(table, fields, inputs), list[tuple[date, Any]]()
        today, taken, new = datetime.now(UTC).date(), 0, 0

        def batch() -> Batch:
            days = sorted({day for day, _ in waiting})
            lines = [
                line
                for day in days
                for line in new_lines(reader, [row for its, row in waiting if its == day], known.day(day))
            ]
            waiting.clear()
            return Batch([(table, lines)], work.file.name)

        names = [*table.shape, *fields.values()]
        for line, row in records(work.file, names, work.options.encoding, rejects):
            if not taken:
                reader = Reader(table, fields, inputs, frozenset(row))
            day = reader.day_of(row)
            if day is None:
                rejects.add(line, f"has no time of creation that can be read in {reader.name('created_at')}")
                continue
            day = min(day, today)  # a row of the future lives on the day of its receipt, as landing has it
            if day < work.lake.first_day:
                rejects.add(line, f"is of {day}: set PLATFORM_FIRST_DAY, now {work.lake.first_day}, to an earlier day")
                continue
            taken += 1
            waiting.append((day, row))
            if len(waiting) == AT_ONCE:
                made = batch()
                new += len(made.lines[0][1])
                if not work.options.dry_run:
                    yield made
        made = batch()
        new += len(made.lines[0][1])
        if not work.options.dry_run:
            yield made
        if not taken and not rejects.count:
            raise FileRefused(f"{work.file.name} has no rows. Nothing was imported.")
        batch_id = work.batch_id if new and not work.options.dry_run else None
        changes = {"new or edited rows": new, "already stored": taken - new}
        return report(name, work, taken, changes, batch_id, rejects, ())

    return take
