"""The ASGI application: what happens around every handler. Route, version, access, body, answer, refusal.

Does not live here: the routes (``routes``), starting and stopping (``server``).
"""

import logging
import re
from collections.abc import Awaitable, Callable

import orjson

from analytics_platform.collector.desk import Desk
from analytics_platform.collector.errors import Invalid, Refusal
from analytics_platform.collector.health import health_routes
from analytics_platform.collector.http import (
    BodyBudget,
    ClientGone,
    Receive,
    Request,
    Response,
    Scope,
    Send,
    parse_query,
    read_body,
)
from analytics_platform.collector.routes import Route, Routes
from analytics_platform.collector.store.reading import written
from analytics_platform.collector.xapi.alternate import translated
from analytics_platform.collector.xapi.dates import now_micros
from analytics_platform.collector.xapi.other_resources import VERSION

log = logging.getLogger(__name__)

Step = Callable[[], Awaitable[None]]
_SPOKEN = re.compile(r"1\.0(?:\.\d+)?", re.ASCII).fullmatch


class App:
    """One collector's ASGI application. ``start`` and ``stop`` are run by the lifespan events."""

    def __init__(self, desk: Desk, start: Step, stop: Step) -> None:
        self._desk = desk
        self._routes = Routes(health_routes())
        self._budget = BodyBudget(desk.limits.bodies_together)
        self._start, self._stop = start, stop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await self._start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        path = path.rstrip("/") or "/"
        found = self._routes.find(path)
        held = [0]
        try:
            if found is None:
                raise Refusal(404, "There is nothing at this path.")
            response = await self._respond(scope, receive, path, found, held)
        except Refusal as refusal:
            response = _refused(refusal)
        except ClientGone:
            return
        finally:
            self._budget.give_back(held[0])
        label = found[0].label if found is not None else "unknown"
        self._desk.metrics.requests[label, response.status] += 1
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#3.3.s3.b1
        headers = [(b"x-experience-api-version", VERSION.encode())]
        headers += [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in response.headers]
        if label == "statements":
            # Everything acknowledged is committed, so what is read is consistent through now:
            # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.3.s2.b5
            headers.append((b"x-experience-api-consistent-through", written(now_micros()).encode()))
        if response.status != 204:
            headers.append((b"content-type", response.content_type.encode("latin-1", "replace")))
            headers.append((b"content-length", str(len(response.body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.1.s3.b1.b1
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else response.body})

    async def _respond(
        self, scope: Scope, receive: Receive, path: str, found: tuple[Route, str], held: list[int]
    ) -> Response:
        route, part = found
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        request = Request(scope["method"], path, parse_query(scope["query_string"]), headers, part=part)
        if route.xapi and request.method == "POST" and "method" in request.query:
            request.body = await self._body(receive, request, route, held)
            request = translated(request)
        handler = _handler(route, request.method)
        if route.xapi and not route.public:
            _speaks(request.headers.get("x-experience-api-version"))
        if not route.public:
            request.credential = await self._desk.access.verify(request.headers.get("authorization"))
        if request.method in ("PUT", "POST") and not held[0]:
            request.body = await self._body(receive, request, route, held)
        return await handler(request, self._desk)

    async def _body(self, receive: Receive, request: Request, route: Route, held: list[int]) -> bytes:
        limits = self._desk.limits
        most = limits.bulk if route.bulk else limits.body
        declared = request.headers.get("content-length")
        body = await read_body(receive, declared, most, limits.request_seconds, self._budget)
        held[0] = len(body)
        return body


def _handler(route: Route, method: str) -> Callable[[Request, Desk], Awaitable[Response]]:
    handler = route.handlers.get("GET" if method == "HEAD" else method)
    if handler is None:
        allowed = sorted(route.handlers) + (["HEAD"] if "GET" in route.handlers else [])
        raise Refusal(405, f"{method[:20]} is not possible here.", (("Allow", ", ".join(allowed)),))
    return handler


def _speaks(version: str | None) -> None:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#3.3.s3.b3 and b4"""
    if version is None:
        raise Invalid("is missing; send 1.0.3", "X-Experience-API-Version")
    if not _SPOKEN(version):
        raise Invalid("must be 1.0 or 1.0.x", "X-Experience-API-Version")


def _refused(refusal: Refusal) -> Response:
    answer = {"error": str(refusal)} | ({"where": refusal.where} if refusal.where else {})
    return Response(refusal.status, orjson.dumps(answer), headers=list(refusal.headers))
