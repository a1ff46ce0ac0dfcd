"""Whole days of a table as a source of the pump: every row that was created on a day, and which ones are gone.

A day is read as one filter, reconciled with what the server counts; rows that landing has in the same version are left
out; rows that landing has and the server has no longer are marked as deleted. Resuming skips days that are done.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from analytics_platform.connectors.nocodb.client import Client, Row
from analytics_platform.connectors.nocodb.connection import Connection
from analytics_platform.connectors.nocodb.known import GONE, ORIGIN, Known
from analytics_platform.connectors.nocodb.paging import Scan
from analytics_platform.connectors.nocodb.rows import Reader
from analytics_platform.contracts import Table
from analytics_platform.errors import SourceError
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.landing import RawLine
from analytics_platform.lake.pump import Batch
from analytics_platform.lake.pump_status import Lag

AT_ONCE = 5_000  # lines of one batch: a segment for each page of 1,000 cost twice as much
_ASKED_BY_ID = 20  # ids of one filter


@dataclass
class Pulled:
    """What became of one day of one table. ``counted`` is the server's own count of the day's window."""

    table: str
    day: date
    counted: int = 0
    came: int = 0
    landed: int = 0
    unchanged: int = 0
    gone: int = 0
    passes: int = 0

    def line(self) -> str:
        return (
            f"{self.table} {self.day}: the server counts {self.counted:,}, {self.came:,} came ({self.passes} passes);"
            f" {self.landed:,} landed, {self.unchanged:,} were there in the same version, {self.gone:,} are gone"
        )


def reader_of(client: Client, connection: Connection, table: Table) -> Reader:
    """A reader that knows the table's columns, from its first record; of an empty table none are known."""
    plain = Reader(table, connection.fields[table.path], connection.inputs)
    first = client.page(table.path, "", "", 0, 1).rows
    return Reader(table, plain.fields, plain.inputs, frozenset(first[0]) if first else frozenset())


class DaySource:
    """Some days of some tables. ``tell`` hears of each day that is done."""

    name = "nocodb"
    pause = 60.0

    def __init__(
        self,
        lake: Lake,
        client: Client,
        connection: Connection,
        days: Sequence[tuple[Table, date]],
        app_id: str = "",
        tell: Callable[[Pulled], None] = lambda _: None,
    ) -> None:
        self._lake, self._client, self._connection = lake, client, connection
        self._days, self._app_id, self._tell = days, app_id, tell
        self._readers: dict[str, Reader] = {}
        self.done: list[Pulled] = []

    def batches(self) -> Generator[Batch, None, None]:
        for table, day in self._days:
            if table.path not in self._readers:
                self._readers[table.path] = reader_of(self._client, self._connection, table)
            yield from self._day(self._readers[table.path], day)

    def _day(self, reader: Reader, day: date) -> Generator[Batch, None, None]:
        known, pulled = Known(self._lake, reader.table), Pulled(reader.table.path, day)
        scan = Scan(
            self._client, reader, self._where(reader, day), self._connection.page_size, self._connection.at_once
        )
        waiting: list[RawLine] = []
        try:
            for rows in scan.pages():
                mine = [row for row in rows if reader.day_of(row) == day]  # the window ends a second late
                lines = new_lines(reader, mine, known.day(day))
                pulled.came += len(mine)
                pulled.landed += len(lines)
                waiting += lines
                if len(waiting) >= AT_ONCE:
                    yield Batch([(reader.table, waiting)], ORIGIN)
                    waiting = []
        except SourceError:
            yield Batch([(reader.table, waiting)], ORIGIN)  # what came before is kept
            raise
        yield Batch([(reader.table, waiting)], ORIGIN)
        pulled.unchanged = pulled.came - pulled.landed
        pulled.counted, pulled.passes = scan.total, scan.passes
        if not self._app_id:
            lines = self._gone(reader, day, known, scan.seen)
            pulled.gone = len(lines)
            yield Batch([(reader.table, lines)], ORIGIN)
        yield Batch((), ORIGIN, pulled)

    def note(self, position: Any) -> None:
        if isinstance(position, Pulled):
            self.done.append(position)
            self._tell(position)

    def is_full(self) -> bool:
        return False

    def lag(self) -> Lag:
        return Lag()

    def _where(self, reader: Reader, day: date) -> str:
        """Both ends are included: strict comparisons differ between databases. Rows of other days are left out."""
        created = reader.name("created_at")
        first = f"({created},gte,exactDate,{day}T00:00:00Z)"
        last = f"({created},lte,exactDate,{day + timedelta(days=1)}T00:00:00Z)"
        app = f"~and({reader.name('app_id')},eq,{self._app_id})" if self._app_id else ""
        return f"{first}~and{last}{app}"

    def _gone(self, reader: Reader, day: date, known: Known, seen: set[str]) -> list[RawLine]:
        """Rows that landing has and the server has no longer: asked for by their ids before they are marked."""
        missing = sorted(name for name, digest in known.day(day).items() if name not in seen and digest != GONE)
        missing = [name for some in _some(missing) for name in self._not_there(reader, some)]
        now = datetime.now(UTC)
        return [
            RawLine(orjson.dumps(payload | {"is_deleted": True, "updated_at": now, "source_digest": GONE}), now)
            for some in _some(missing)
            for payload in known.payloads(day, some)
        ]

    def _not_there(self, reader: Reader, ids: Sequence[str]) -> list[str]:
        asked = [name for name in ids if not name.startswith(("made:", "nocodb:"))]
        if not asked:
            return list(ids)
        where = "~or".join(f"({reader.name('id')},eq,{name})" for name in asked)
        page = self._client.page(reader.table.path, where, reader.order, 0, self._connection.page_size)
        there = {reader.id_of(row) for row in page.rows}
        return [name for name in ids if name not in there]


def new_lines(reader: Reader, rows: Iterable[Row], known: dict[str, str]) -> list[RawLine]:
    """The rows that landing does not have in this version; ``known`` learns them.

    A row that was marked as gone and is back becomes newer than its mark.
    """
    now, lines = datetime.now(UTC), []
    for row in rows:
        name, digest, payload = reader.version(row)
        before = known.get(name)
        if before == digest:
            continue
        known[name] = digest
        if before == GONE:
            payload = orjson.dumps(orjson.loads(payload) | {"updated_at": now})
        lines.append(RawLine(payload, now))
    return lines


def _some(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + _ASKED_BY_ID] for start in range(0, len(names), _ASKED_BY_ID)]
