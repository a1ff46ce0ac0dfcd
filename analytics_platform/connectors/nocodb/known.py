"""Which version of each row landing has, day by day: a row is landed again only when it differs from its newest line.

Read from landing itself, so it is right after any crash, and a backfill that is run twice adds nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import orjson

from analytics_platform.contracts import Table
from analytics_platform.lake import parse_sql
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.workbench import workbench

ORIGIN = "nocodb"
GONE = "gone"  # the digest of a row that is no longer there


@dataclass
class Known:
    """The newest digest of each row of the days that were asked about."""

    lake: Lake
    table: Table
    _days: dict[date, dict[str, str]] = field(default_factory=dict)

    def day(self, day: date) -> dict[str, str]:
        """Row id to digest, of everything that a connector landed on this day."""
        if day not in self._days:
            found = self._ask(
                day, "payload ->> '$.id', arg_max(payload ->> '$.source_digest', received_at)", "group by 1"
            )
            self._days[day] = {name: digest for name, digest in found if name}
        return self._days[day]

    def payloads(self, day: date, ids: Iterable[str]) -> list[dict[str, object]]:
        """The newest payloads of some rows of a day."""
        names = ", ".join(parse_sql.quote_text(name) for name in ids)
        found = self._ask(
            day,
            "arg_max(payload::varchar, received_at)",
            f"and payload ->> '$.id' in ({names}) group by payload ->> '$.id'",
        )
        return [orjson.loads(text) for (text,) in found]

    def _ask(self, day: date, columns: str, rest: str) -> list[tuple[str, ...]]:
        segments = self.lake.landing.segments(self.table, day)
        if not segments:
            return []
        with workbench(self.lake) as (connection, folder):
            files = self.lake.store.local([segment.key for segment in segments], folder)
            lines = parse_sql.scan_lines([str(file) for file in files])
            found: list[tuple[str, ...]] = connection.execute(
                f"select {columns} from {lines}"
                f" where problem is null and payload ->> '$.source_digest' is not null {rest}"
            ).fetchall()
        return found
