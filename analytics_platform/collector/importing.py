"""Files of statements through the same checks as the front door, into the collector's store.

A statement without an id gets one, made from its content and the number of equal statements before it in the file. So a
file that is imported twice is stored once. The collector may run at the same time. Does not live here: judging
statements (``intake/lenient``), how files are written (``statement_files``), shipping them to landing (``shipping``).
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from analytics_platform.collector.intake.lenient import Portion, portions
from analytics_platform.collector.statement_files import statement_texts
from analytics_platform.collector.store.connection import Database
from analytics_platform.collector.store.transaction import perform
from analytics_platform.collector.xapi.preparing import Prepared, key_of
from analytics_platform.collector.xapi.primitives import moment

_EXAMPLES = 10
OWNER = "import"
EARLY = "left out: before PLATFORM_FIRST_DAY"


@dataclass
class ImportReport:
    """How many statements had which verdict, why those that were refused were, and the first of them in words.

    ``early`` counts statements of days before the first partition, ``oldest`` is the oldest of those days.
    """

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    early: int = 0
    oldest: date | None = None

    def take(self, file: Path, verdicts: Iterable[dict[str, str]]) -> None:
        for verdict in verdicts:
            self.counts[verdict["verdict"]] += 1
            if "reason" not in verdict:
                continue
            top = re.split(r"[.\[]", verdict.get("where", ""), maxsplit=1)[0]
            self.reasons[f"{verdict['verdict']}: {top} {verdict['reason']}".replace(":  ", ": ")] += 1
            if len(self.examples) < _EXAMPLES:
                where = f" {verdict['where']}" if "where" in verdict else ""
                number = int(verdict["index"]) + 1  # people count from 1
                self.examples.append(f"{file.name} #{number}{where}: {verdict['reason']}")

    def are_early(self, statements: Iterable[Prepared], first_day: date) -> list[bool]:
        """Which statements' own times lie before the first day; they are counted."""
        days = [_day_of(statement) or first_day for statement in statements]
        early = [day for day in days if day < first_day]
        self.early += len(early)
        self.oldest = min([*early, self.oldest or date.max]) if early else self.oldest
        return [day < first_day for day in days]

    def about_early(self, first_day: date, date_by_receipt: bool) -> str:
        """What became of the statements from before the first day, and what to do about it."""
        many = "1 statement is" if self.early == 1 else f"{self.early:,} statements are"
        which = f"{many} of days before PLATFORM_FIRST_DAY ({first_day})"
        which += f", the oldest of {self.oldest}"
        if date_by_receipt:
            return f"{which}. They are dated on today."
        return (
            f"{which}. They were left out, because they would be dated on today. Set PLATFORM_FIRST_DAY={self.oldest}"
            " and import the files again (what is stored already is not stored twice), or say --date-by-receipt."
        )


def import_statements(
    database: Database,
    files: Sequence[Path],
    public_url: str,
    progress: Callable[[int], None],
    first_day: date = date.min,
    date_by_receipt: bool = False,
) -> ImportReport:
    """Load files; ``progress`` is told the bytes read of them all.

    History from before ``first_day`` would be dated on the day of import: unless that is wanted, it is left out and
    counted. A later import with an earlier first day takes it in, for what is stored already is not stored twice.
    """
    authority = {"objectType": "Agent", "account": {"homePage": public_url, "name": OWNER}}
    report = ImportReport()
    connection = database.connect()
    try:
        for file, portion in _portions(files, authority, progress):
            early = report.are_early(portion.statements, first_day)
            if not date_by_receipt:
                portion.leave_out(early, EARLY)
            outcome = perform(connection, [portion.write(OWNER, void_all=True)], time.time_ns() // 1000)[0]
            if isinstance(outcome, Exception):
                raise outcome
            report.take(file, portion.settle(outcome))  # type: ignore[arg-type]
    finally:
        connection.close()
    return report


def _day_of(statement: Prepared) -> date | None:
    """The UTC day of a statement's own time."""
    written = orjson.loads(statement.body).get("timestamp")
    return moment(written).astimezone(UTC).date() if written else None


def _portions(
    files: Sequence[Path], authority: dict[str, Any], progress: Callable[[int], None]
) -> Iterator[tuple[Path, Portion]]:
    before = 0
    for file in files:
        seen: Counter[bytes] = Counter()
        with file.open("rb") as raw:
            for portion in portions(statement_texts(file, raw), authority):
                for statement in portion.statements:
                    if not statement.given:
                        _name(statement, seen)
                yield file, portion
                # Arrow closes the file when it has read it to its end.
                progress(before + (file.stat().st_size if raw.closed else raw.tell()))
        before += file.stat().st_size


def _name(statement: Prepared, seen: Counter[bytes]) -> None:
    """Give a statement the id that its content has: equal statements of one file are as many statements."""
    number = seen[statement.fingerprint] = seen[statement.fingerprint] + 1
    made = str(UUID(bytes=sha256(statement.fingerprint + b"%d" % number).digest()[:16], version=5))
    statement.body = statement.body.replace(statement.id, made, 1)
    statement.id, statement.key, statement.given = made, key_of(made), True
