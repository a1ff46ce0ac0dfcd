"""One LRS that takes statements: where the pump's lines go instead of into landing.

It is asked to store them by POST. Where it refuses a batch they are sent one by one, so that a bad one stops no good
ones; what it refuses by itself is kept with the refused requests, and told. Everything else that goes wrong is thrown,
and the pump tries again. Does not live here: which statements (``source``).
"""

import logging
import time
from collections.abc import Sequence

import httpx

from analytics_platform.collector.forwarding.source import Outgoing
from analytics_platform.collector.forwarding.targets import Target
from analytics_platform.collector.store.connection import Database
from analytics_platform.collector.store.refused import keep_refused
from analytics_platform.collector.store.writes import Refused
from analytics_platform.collector.xapi.multipart import write_multipart
from analytics_platform.collector.xapi.versions import Spoken
from analytics_platform.contracts import Table
from analytics_platform.errors import SourceError
from analytics_platform.lake.landing import RawLine

log = logging.getLogger(__name__)

_TIMEOUT = 30.0
_REFUSED = frozenset({400, 409, 413, 415, 422})  # of the statement; the others are of the way to it


class RemoteLrs:
    """A target's LRS. The connection is kept, and made anew after an error."""

    def __init__(self, target: Target, database: Database) -> None:
        self._target, self._database = target, database
        self._client: httpx.Client | None = None
        self.refused = 0

    def append(self, _table: Table, lines: Sequence[RawLine], _origin: str) -> None:
        """Returns when the LRS has every statement, or has refused it."""
        statements = [line for line in lines if isinstance(line, Outgoing)]
        if not statements:
            return
        answer = self._post(statements)
        if answer.status_code in _REFUSED and len(statements) > 1:
            for statement in statements:
                self._take_answer(self._post([statement]), statement)
        else:
            for statement in statements:
                self._take_answer(answer, statement)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _post(self, statements: Sequence[Outgoing]) -> httpx.Response:
        content = b"[" + b",".join(statement.payload for statement in statements) + b"]"
        kind, files = "application/json", [file for statement in statements for file in statement.files]
        if files:
            kind, content = write_multipart(content, files)
        spoken = Spoken.TWO if statements[0].version.startswith("2.") else Spoken.ONE
        headers = {"Content-Type": kind, "X-Experience-API-Version": spoken.value}
        try:
            return self._connected().post("statements", content=content, headers=headers)
        except httpx.HTTPError as error:
            self.close()
            raise SourceError(
                f"The LRS of target {self._target.name} does not answer: {type(error).__name__}."
            ) from None

    def _connected(self) -> httpx.Client:
        if self._client is None:
            auth = (self._target.user, self._target.password())
            self._client = httpx.Client(base_url=self._target.url, auth=auth, timeout=_TIMEOUT)
        return self._client

    def _take_answer(self, answer: httpx.Response, statement: Outgoing) -> None:
        status = answer.status_code
        if answer.is_success:
            return
        if status in _REFUSED:
            self._keep(statement, answer)
        elif status in (401, 403):
            self.close()  # the password's file is read again
            raise SourceError(f"The LRS of target {self._target.name} refuses the credential ({status}).")
        else:
            raise SourceError(f"The LRS of target {self._target.name} answered {status}.")

    def _keep(self, statement: Outgoing, answer: httpx.Response) -> None:
        self.refused += 1
        log.warning(
            "The LRS of target %s refuses statement %s: %d.", self._target.name, statement.id, answer.status_code
        )
        kept = Refused(
            owner=self._target.queue,
            method="POST",
            path=f"to {self._target.name}",
            content_type="application/json",
            status=answer.status_code,
            rule="refused by the target",
            reason=answer.text.replace("\0", "")[:500],
            body=statement.payload,
        )
        connection = self._database.connect()
        try:
            with connection.transaction():
                keep_refused(connection, kept, time.time_ns() // 1000)
        finally:
            connection.close()
