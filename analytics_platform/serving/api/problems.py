"""Errors as problem details (RFC 9457): what is wrong, with which parameter, and what to do instead.

https://www.rfc-editor.org/rfc/rfc9457. Does not live here: what is wrong (``semantics.errors``, ``errors``).
"""

import logging
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from analytics_platform.errors import PlatformError, QueryRefused, WarehouseError
from analytics_platform.semantics.errors import NoData, NotAllowed, NotReady, SemanticsError, UnknownName, WrongQuestion

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kind:
    status: int
    name: str
    title: str
    remedy: str


UNAUTHORIZED = Kind(
    401, "unauthorized", "A key is needed", "Send Authorization: Bearer KEY; analytics-platform api-keys add makes one."
)
TOO_FAST = Kind(429, "too-fast", "Too many requests", "Wait as long as Retry-After says.")
AWAY = Kind(503, "issuer-away", "Tokens cannot be checked now", "Come again, or use a key of this API.")
BUSY = Kind(503, "busy", "Too many queries at once", "Ask again as soon as Retry-After says.")
NOT_READY = Kind(503, "not-ready", "Metrics are being made ready", "Ask again as soon as Retry-After says.")
TOO_LARGE = Kind(413, "too-large", "The body is too large", "Send less.")
GONE = Kind(410, "cursor-gone", "The cursor belongs to an older snapshot", "Start again without a cursor.")
FORMAT = Kind(406, "format", "The format is not known", "Ask for json, csv, xml, parquet or arrow.")
NO_DATA = Kind(404, "no-data", "No data yet", "Build the mart and publish; GET /api/data/schema lists what is there.")
NOT_ALLOWED = Kind(403, "not-allowed", "Not allowed for this key", "Ask with a key of another role, or for less.")
UNKNOWN = Kind(404, "unknown-name", "There is no such name", "Take a name that the detail lists.")
WRONG = Kind(400, "wrong-question", "It cannot be asked like this", "Change the parameter.")
REFUSED = Kind(422, "query-refused", "The query goes over a limit", "Narrow it, aggregate, or set a limit.")
NO_SNAPSHOT = Kind(
    503, "no-snapshot", "The snapshot cannot be read", "Publish one: make demo, or the marts in Dagster."
)
_KINDS: list[tuple[type[Exception], Kind]] = [
    (NoData, NO_DATA),
    (NotReady, NOT_READY),
    (NotAllowed, NOT_ALLOWED),
    (UnknownName, UNKNOWN),
    (WrongQuestion, WRONG),
    (QueryRefused, REFUSED),
    (WarehouseError, NO_SNAPSHOT),
]


class Problem(PlatformError):
    """A problem of HTTP itself: a key, a format, a rate."""

    def __init__(self, kind: Kind, detail: str, parameter: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.kind, self.parameter, self.headers = kind, parameter, headers


def problem(
    request: Request, kind: Kind, detail: str, parameter: str = "", headers: dict[str, str] | None = None
) -> Response:
    body: dict[str, Any] = {
        "type": f"/problems/{kind.name}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": request.url.path,
        "remedy": kind.remedy,
    }
    if parameter:
        body["parameter"] = parameter
    return Response(orjson.dumps(body), kind.status, headers, "application/problem+json")


def add_problems(app: FastAPI) -> None:
    """Every error leaves as a problem; an unforeseen one says nothing of the inside."""

    def ours(request: Request, error: Exception) -> Response:
        if isinstance(error, Problem):
            return problem(request, error.kind, str(error), error.parameter, error.headers)
        parameter = error.parameter if isinstance(error, SemanticsError) else ""
        for kind_of_error, kind in _KINDS:
            if isinstance(error, kind_of_error):
                headers = {"Retry-After": "5"} if kind is NOT_READY else None
                return problem(request, kind, str(error), parameter, headers)
        return unforeseen(request, error)

    def invalid(request: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            return unforeseen(request, error)
        first = error.errors()[0]
        where = [str(part) for part in first["loc"][1:]]
        said = f"{'.'.join(where) or first['loc'][0]}: {first['msg']}"
        return problem(request, Kind(400, "invalid", "A parameter is not valid", "See the route in /docs."), said,
                       where[0] if where else str(first["loc"][0]))  # fmt: skip

    def http(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            return unforeseen(request, error)
        kind = Kind(error.status_code, "http", str(error.detail), "See /docs for the routes and their methods.")
        return problem(request, kind, str(error.detail), headers=dict(error.headers or {}))

    def unforeseen(request: Request, error: Exception) -> Response:
        logger.error("%s %s failed", request.method, request.scope.get("route"), exc_info=error)
        kind = Kind(500, "unforeseen", "Something went wrong here", "Try again; the log of the API says more.")
        return problem(request, kind, "The server could not answer.")

    app.add_exception_handler(PlatformError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unforeseen)
