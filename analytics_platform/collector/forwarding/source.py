"""What a target has not been sent yet, as a source of the pump: places of the store behind the one noted last.

A request carries statements of one version only, and those with attachments go alone. Does not live here: which
statements a target wants (``targets``), sending them (``sending``).
"""

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import orjson

from analytics_platform.collector.exact import dumps, loads
from analytics_platform.collector.forwarding.targets import Target
from analytics_platform.collector.store.connection import Connection, Database, Row
from analytics_platform.collector.store.queue import STATEMENTS, last_within, mark_shipped, shipped_place
from analytics_platform.collector.store.statement_queries import StoredStatement, attachments, statement_by_id
from analytics_platform.collector.xapi import preparing
from analytics_platform.collector.xapi.multipart import Attachment
from analytics_platform.collector.xapi.preparing import ATTACHED, GONE, VOIDING
from analytics_platform.contracts import TABLES
from analytics_platform.lake.erased import Erased, Erasures
from analytics_platform.lake.landing import RawLine
from analytics_platform.lake.pump import Batch
from analytics_platform.lake.pump_status import Lag
from analytics_platform.lake.scrubbing import without

TABLE = TABLES["xapi/statements"]
_BYTES = 2 << 20  # looked at at once
_STATEMENTS = 100  # of one request: many an LRS takes no more


@dataclass(frozen=True)
class Outgoing(RawLine):
    """A statement on its way out, with the version that it speaks and the attachments that it needs."""

    id: str = ""
    version: str = ""
    files: tuple[Attachment, ...] = ()


class ForwardSource:
    """One target's. One process at a time reads it."""

    pause = 5.0

    def __init__(self, target: Target, database: Database, erasures: Erasures | None = None) -> None:
        self.name = target.queue
        self._target, self._database, self._erasures = target, database, erasures
        self._connection: Connection | None = None

    def batches(self) -> Generator[Batch, None, None]:
        with self._database.alone(self.name) as mine:
            if not mine:
                return
            self._connection = connection = self._database.connect()
            try:
                erased = self._erasures.read() if self._erasures else None
                place = start_place(connection, self._target)
                while (last := last_within(connection, STATEMENTS, place, _BYTES)) > place:
                    for lines, position in self._requests(connection, place, last, erased):
                        yield Batch([(TABLE, lines)], self.name, position)
                    place = last
            finally:
                connection.close()
                self._connection = None

    def _requests(
        self, connection: Connection, after: int, last: int, erased: Erased | None
    ) -> Iterator[tuple[list[Outgoing], int]]:
        """What one request carries, and the place behind it."""
        waiting: list[Outgoing] = []
        place = after
        rows = connection.rows(
            f"select seq, stored, flags, body from statements where seq > ? and seq <= ? and flags & {GONE} = 0"
            " order by seq",
            [after, last],
        )
        for row in rows:
            found = self._outgoing(connection, row, erased)
            if found is not None:
                if waiting and not _go_together(waiting, found):
                    yield waiting, place
                    waiting = []
                waiting.append(found)
            place = row[0]
        yield waiting, last

    def _outgoing(self, connection: Connection, row: Row, erased: Erased | None) -> Outgoing | None:
        stored = StoredStatement(*row)
        statement = orjson.loads(stored.body)
        if not self._wants(connection, stored, statement):
            return None
        payload = stored.json.encode()
        if erased:
            whole = loads(payload)
            less = without(TABLE.path, whole, erased)
            if less is None:
                return None
            payload = payload if less is whole else dumps(less)
        found = Outgoing(payload, datetime.fromtimestamp(stored.stored / 1e6, UTC), None, statement["id"])
        files: list[Attachment] = []
        if stored.flags & ATTACHED:
            hashes = sorted({file["sha2"].lower() for file in preparing.attachments(statement)})
            files = attachments(connection, hashes, None)
        return replace(found, version=statement["version"], files=tuple(files))

    def _wants(self, connection: Connection, stored: StoredStatement, statement: dict[str, Any]) -> bool:
        """What voids a statement goes where that statement goes, and where nobody knows which it is."""
        if self._target.takes(statement):
            return True
        if not stored.flags & VOIDING:
            return False
        voided = statement_by_id(connection, statement["object"]["id"], None)
        return voided is None or voided.gone or self._target.takes(orjson.loads(voided.body))

    def note(self, position: Any) -> None:
        if self._connection is not None:
            mark_shipped(self._connection, self.name, position)

    def is_full(self) -> bool:
        return False

    def lag(self) -> Lag:
        connection = self._database.connect()
        try:
            return forward_lag(connection, self.name)
        finally:
            connection.close()


def start_place(connection: Connection, target: Target) -> int:
    """The place behind which a target's statements begin; a new target's is written down."""
    if not connection.rows("select 1 from shipped where queue = ?", [target.queue]):
        newest = connection.rows("select coalesce(max(seq), 0) from statements")[0][0]
        mark_shipped(connection, target.queue, newest if target.start == "now" else 0)
    return shipped_place(connection, target.queue)


def forward_lag(connection: Connection, queue: str) -> Lag:
    """Stored statements that were not looked at for a target, and for how many seconds the oldest one waits."""
    place = shipped_place(connection, queue)
    newest = connection.rows("select coalesce(max(seq), 0) from statements")[0][0]
    first = connection.rows("select stored from statements where seq > ? order by seq limit 1", [place])
    return Lag(max(0, newest - place), max(0.0, time.time() - first[0][0] / 1e6) if first else 0.0)


def _go_together(waiting: list[Outgoing], found: Outgoing) -> bool:
    before = waiting[-1]
    alone = bool(found.files or before.files)
    return not alone and before.version[:2] == found.version[:2] and len(waiting) < _STATEMENTS
