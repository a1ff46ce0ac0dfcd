"""One LRS that takes statements: where the pump's lines go instead of into landing.

Statements are sent by POST. If the LRS refuses a batch, its statements are sent one by one, so that a bad one does not
stop good ones. A statement refused on its own is kept with the refused requests, and logged. Any other error is raised,
and the pump retries. An LRS that names no 2.0 among its versions gets statements of 2.0 as ones of 1.0.3, without their
version; those that say what only 2.0 knows are kept with the refused ones.
Does not live here: which statements (``source``).
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace

import httpx

from analytics_platform.collector.exact import dumps, loads
from analytics_platform.collector.forwarding.source import Outgoing
from analytics_platform.collector.forwarding.targets import Target
from analytics_platform.collector.store.connection import Database
from analytics_platform.collector.store.refused import keep_refused
from analytics_platform.collector.store.writes import Refused
from analytics_platform.collector.xapi.multipart import write_multipart
from analytics_platform.collector.xapi.versions import NEW_IN_TWO, Spoken, needs_two
from analytics_platform.contracts import Table
from analytics_platform.errors import SourceError
from analytics_platform.lake.landing import RawLine

log = logging.getLogger(__name__)

_TIMEOUT = 30.0
_LATER = frozenset({429, 502, 503, 504})
_REFUSED = frozenset({400, 409, 413, 415, 422})  # of the statement; the others are of the way to it


class RemoteLrs:
    """A target's LRS. The connection is kept, and made anew after an error."""

    def __init__(self, target: Target, database: Database) -> None:
        self._target, self._database = target, database
        self._client: httpx.Client | None = None
        self._only_one = False  # it speaks 1.0.x, and no 2.0
        self.refused = 0

    def append(self, _table: Table, lines: Sequence[RawLine], _origin: str) -> None:
        """Returns when the LRS has every statement, or has refused it."""
        statements = self._spoken_there([line for line in lines if isinstance(line, Outgoing)])
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

    def _spoken_there(self, statements: Sequence[Outgoing]) -> list[Outgoing]:
        """The statements as the LRS understands them; one that it cannot is kept here."""
        self._connected()
        if not self._only_one:
            return list(statements)
        found = []
        for statement in statements:
            whole = loads(statement.payload)
            if not statement.version.startswith("2."):
                found.append(statement)
            elif needs_two(whole):
                self._keep(statement, 400, f"Its context has {' or '.join(NEW_IN_TWO)}, and it is an LRS of 1.0.x.")
            else:
                whole.pop("version", None)
                found.append(replace(statement, payload=dumps(whole), version=Spoken.ONE.value))
        return found

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
            client = httpx.Client(base_url=self._target.url, auth=auth, timeout=_TIMEOUT)
            try:
                self._only_one = speaks_only_one(client, self._target.name)
            except SourceError:
                client.close()  # it is asked again
                raise
            self._client = client
        return self._client

    def _take_answer(self, answer: httpx.Response, statement: Outgoing) -> None:
        status = answer.status_code
        if answer.is_success:
            return
        if status in _REFUSED:
            self._keep(statement, status, answer.text)
        elif status in (401, 403):
            self.close()  # the password's file is read again
            raise SourceError(f"The LRS of target {self._target.name} refuses the credential ({status}).")
        else:
            raise SourceError(f"The LRS of target {self._target.name} answered {status}.")

    def _keep(self, statement: Outgoing, status: int, why: str) -> None:
        self.refused += 1
        log.warning("The LRS of target %s refuses statement %s: %d.", self._target.name, statement.id, status)
        kept = Refused(
            owner=self._target.queue,
            method="POST",
            path=f"to {self._target.name}",
            content_type="application/json",
            status=status,
            rule="refused by the target",
            reason=why.replace("\0", "")[:500],
            body=statement.payload,
        )
        connection = self._database.connect()
        try:
            with connection.transaction():
                keep_refused(connection, kept, time.time_ns() // 1000)
        finally:
            connection.close()


def speaks_only_one(client: httpx.Client, target: str) -> bool:
    """Whether the LRS names its versions, and none of 2.0 among them. One that names none is asked as the statement is.

    https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.8.s4 (About)
    """
    try:
        answer = client.get("about", headers={"X-Experience-API-Version": Spoken.ONE.value})
    except httpx.HTTPError as error:
        raise SourceError(f"The LRS of target {target} does not answer: {type(error).__name__}.") from None
    if answer.status_code in _LATER:  # told wrongly, a 1.0.x LRS would refuse what it could have had
        raise SourceError(
            f"The LRS of target {target} answered {answer.status_code} where it was asked what it speaks."
        )
    try:
        named = answer.json()["version"] if answer.is_success else []
    except (ValueError, KeyError, TypeError):
        return False
    return isinstance(named, list) and bool(named) and not any(str(one).startswith("2.0") for one in named)
