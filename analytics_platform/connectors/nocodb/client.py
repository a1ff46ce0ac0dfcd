"""One page of records over HTTP: the pace, what is tried again and for how long, and errors that say what to do.

429, 5xx, timeouts, resets and bodies that break off are tried again, a ``Retry-After`` is obeyed by all threads. What
will not get better (401, 404, a wrong filter) is an error at once. Does not live here: which pages (``paging``).
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import orjson

from analytics_platform.connectors.nocodb.connection import Connection
from analytics_platform.errors import SourceError
from analytics_platform.lake.pump import backoff

Row = dict[str, Any]
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0


@dataclass(frozen=True)
class Page:
    """``total`` is what the server counts for the whole filter; ``size`` what a full page has on this server."""

    rows: list[Row]
    total: int
    size: int


class _Later(Exception):
    """The server asks to come again, or broke off. ``seconds`` is what it asked for."""

    def __init__(self, why: str, seconds: float = 0.0) -> None:
        super().__init__(why)
        self.seconds = seconds


class Pace:
    """At most so many requests a second, over all threads; 0 is no limit."""

    def __init__(self, per_second: float, sleep: Callable[[float], None]) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._sleep = sleep
        self._free_at = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        with self._lock:
            now = time.monotonic()
            at = max(now, self._free_at)
            self._free_at = at + self._gap
        if at > now:
            self._sleep(at - now)

    def hold(self, seconds: float) -> None:
        """Nobody asks before so many seconds have passed."""
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic() + seconds)


class Client:
    """Asks one NocoDB. May be used by several threads."""

    def __init__(self, connection: Connection, sleep: Callable[[float], None] = time.sleep) -> None:
        self._connection = connection
        self._sleep = sleep
        self._pace = Pace(connection.per_second, sleep)
        self._http = httpx.Client(
            base_url=connection.url, headers={"xc-token": connection.token}, timeout=connection.timeout
        )

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def page(self, path: str, where: str, sort: str, offset: int, limit: int) -> Page:
        """Records of a table from an offset on. Behind the end there are none, which the server calls an error."""
        asked = {"limit": limit, "offset": offset, "where": where, "sort": sort}
        parameters = {name: value for name, value in asked.items() if value or name == "limit"}
        started, tries = time.monotonic(), 0
        while True:
            self._pace.wait()
            tries += 1
            try:
                return self._once(path, parameters)
            except _Later as later:
                spent = time.monotonic() - started
                wait = later.seconds or backoff(FIRST_WAIT, tries, LONGEST_WAIT)
                if spent + wait > self._connection.patience:
                    raise SourceError(
                        f"NocoDB did not give records {offset} to {offset + limit} of {path} ({where or 'all'}):"
                        f" {later}, tried {tries} times in {spent:.0f} s. What came before is landed; to go on,"
                        " materialise the partition again, or run analytics-platform collect … --resume. A longer"
                        " NOCODB_RETRY_SECONDS waits longer."
                    ) from None
                if later.seconds:
                    self._pace.hold(later.seconds)
                else:
                    self._sleep(wait)

    def _once(self, path: str, parameters: dict[str, Any]) -> Page:
        table = self._connection.tables[path]
        try:
            answer = self._http.get(f"/api/v2/tables/{table}/records", params=parameters)
        except httpx.TransportError as error:
            raise _Later(f"the connection failed ({type(error).__name__})") from None
        if answer.status_code == 429 or answer.status_code >= 500:
            raise _Later(f"it answered {answer.status_code}", _retry_after(answer))
        try:
            body = orjson.loads(answer.content)
        except orjson.JSONDecodeError:
            body = None
        if answer.status_code == 422 and isinstance(body, dict) and body.get("error") == "ERR_INVALID_OFFSET_VALUE":
            return Page([], 0, 0)  # rows vanished since they were counted
        if answer.status_code != 200:
            raise SourceError(_refused(answer.status_code, body, path, table, self._connection.url))
        if not isinstance(body, dict) or not isinstance(body.get("list"), list):
            raise _Later("its answer is no whole JSON document")
        info = body.get("pageInfo") or {}
        rows = body["list"]
        return Page(rows, int(info.get("totalRows") or len(rows)), int(info.get("pageSize") or parameters["limit"]))


def _retry_after(answer: httpx.Response) -> float:
    """Seconds, or a date: https://www.rfc-editor.org/rfc/rfc9110#name-retry-after"""
    written = answer.headers.get("Retry-After", "")
    try:
        return max(0.0, float(written))
    except ValueError:
        pass
    try:
        return max(0.0, float(parsedate_to_datetime(written).timestamp()) - time.time())
    except ValueError:
        return 0.0


def _refused(status: int, body: object, path: str, table: str, url: str) -> str:
    """NocoDB has two shapes of errors: {"error", "message"} and {"msg"}."""
    said = ""
    if isinstance(body, dict):
        said = str(body.get("message") or body.get("msg") or body.get("error") or "")[:300]
    remedy = {
        401: "set NOCODB_TOKEN to an API token of NocoDB (account menu, Tokens)",
        403: "give the token's user read access to the base",
        404: f"there is no table {table!r}: set NOCODB_{path.rpartition('/')[2].upper()}_TABLE to the table's id",
        422: "a field name is wrong, most likely: see NOCODB_FIELDS, and run analytics-platform doctor",
    }.get(status, f"is {url} the address of a NocoDB with its v2 API?")
    return f"NocoDB answered {status} for {path}{f' ({said})' if said else ''}: {remedy}."
