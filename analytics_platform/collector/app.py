"""The ASGI application: what happens around every handler. Route, version, access, body, answer, refusal.

Does not live here: the routes (``routes``), starting and stopping (``server``), what becomes of a refusal
(``refusals``).
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from analytics_platform.collector.cors import Headers, Origins
from analytics_platform.collector.errors import Invalid, Overloaded, Refusal
from analytics_platform.collector.health import health_routes
from analytics_platform.collector.http import (
    BodyBudget,
    ClientGone,
    Hold,
    Receive,
    Request,
    Response,
    Scope,
    Send,
    parse_query,
    read_body,
)
from analytics_platform.collector.logs import new_request_id, request_id
from analytics_platform.collector.proxies import Proxies
from analytics_platform.collector.refusals import Refusals, answer_of
from analytics_platform.collector.resources.alternate import FORM_BYTES, UNKNOWN_FORM_BYTES, form_method, translated
from analytics_platform.collector.routes import Route, Routes
from analytics_platform.collector.services import Services
from analytics_platform.collector.store.credentials import Credential
from analytics_platform.collector.store.statement_queries import written
from analytics_platform.collector.xapi.dates import now_micros
from analytics_platform.collector.xapi.versions import Spoken, spoken_in

log = logging.getLogger(__name__)

Step = Callable[[], Awaitable[None]]
_SPEAKERS = 10_000


@dataclass(slots=True)
class _Visit:
    """One request on its way through the application."""

    scope: Scope
    receive: Receive
    headers: dict[str, str]
    path: str
    peer: str
    client: str  # the address that it comes from, behind the proxies that are trusted
    hold: Hold
    spoken: Spoken
    request: Request | None = None


class App:
    """One collector's ASGI application. ``start`` and ``stop`` are run by the lifespan events."""

    def __init__(self, services: Services, origins: Origins, proxies: Proxies, start: Step, stop: Step) -> None:
        self._desk = services
        self._routes = Routes(health_routes())
        self._budget = BodyBudget(services.limits.bodies_together)
        self._origins, self._proxies = origins, proxies
        self._refusals = Refusals(services)
        self._start, self._stop = start, stop
        self._last_spoken: OrderedDict[str, Spoken] = OrderedDict()  # by credential

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
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        peer = scope["client"][0] if scope.get("client") else ""
        path = self._proxies.without_prefix(scope["path"]).rstrip("/") or "/"
        client = self._proxies.client(peer, headers)
        spoken = spoken_in(headers.get("x-experience-api-version")) or Spoken.ONE
        visit = _Visit(scope, receive, headers, path, peer, client, Hold(self._budget), spoken)
        name = new_request_id(headers.get("x-request-id"))
        request_id.set(name)
        found = self._routes.find(path)
        try:
            if found is None:
                raise Refusal(404, "There is nothing at this path.")
            response = await self._respond(visit, *found)
        except Refusal as refusal:
            response = answer_of(refusal)
            if found is not None:
                self._refusals.keep(refusal, found[0], visit.request)
        except ClientGone:
            return
        except asyncio.CancelledError:  # the server stops, and has waited for this request as long as it will
            response = answer_of(Overloaded("The collector is being stopped; send this again.", seconds=5))
        finally:
            visit.hold.release()
        label = found[0].label if found is not None else "unknown"
        self._desk.metrics.requests[label, response.status] += 1
        if "origin" in headers and found is not None and not found[0].open:
            response.headers += await self._cross_origin(visit, found[0])
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#3.3.s3.b1
        sent = [
            (b"x-experience-api-version", visit.spoken.value.encode()),
            (b"x-request-id", name.encode()),
            (b"x-content-type-options", b"nosniff"),
        ]
        sent += [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in response.headers]
        if label == "statements":
            # Everything acknowledged is committed, so what is read is consistent through now:
            # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.1.3.s2.b5
            sent.append((b"x-experience-api-consistent-through", written(now_micros()).encode()))
        if response.status not in (204, 304):
            sent.append((b"content-type", response.content_type.encode("latin-1", "replace")))
            sent.append((b"content-length", str(len(response.body)).encode()))
        await send({"type": "http.response.start", "status": response.status, "headers": sent})
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.1.s3.b1.b1
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else response.body})

    async def _respond(self, visit: _Visit, route: Route, part: str) -> Response:
        method, headers = visit.scope["method"], visit.headers
        if method == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers:
            return await self._preflight(visit, route)
        query = parse_query(visit.scope["query_string"])
        request = Request(method, visit.path, query, headers, part=part)
        if route.xapi and method == "POST" and "method" in query:
            request = await self._alternate(visit, request)
        visit.request = request
        request.prefix = self._proxies.prefix(visit.peer, headers)
        handler = _handler(route, request.method)
        if route.xapi:
            packed = request.headers.get("content-encoding", "identity").lower() != "identity"
            if packed and request.method in ("PUT", "POST"):
                raise Refusal(415, "Bodies of xAPI's routes are not packed; /v1/xapi/batch takes gzip and zstd.")
        if not route.public and request.credential is None:
            request.credential = await self._known(visit, request, route)
        if route.xapi and not route.public:
            request.spoken = visit.spoken = self._speaks(visit, request)
        if method in ("PUT", "POST") and not request.is_form:
            most = self._desk.limits.bulk if route.bulk else self._desk.limits.body
            request.body = await self._body(visit, request.credential.id if request.credential else visit.client, most)
        request.receive = visit.receive
        return await handler(request, self._desk)

    def _speaks(self, visit: _Visit, request: Request) -> Spoken:
        """What a request speaks. One that does not say it is refused, in the version that its credential spoke last.

        https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#3.3.s3.b3 and b4
        """
        header, who = request.headers.get("x-experience-api-version"), request.who.id
        spoken = spoken_in(header)
        if spoken is None:
            visit.spoken = self._last_spoken.get(who, Spoken.ONE)
            why = "is missing; send 1.0.3 or 2.0.0" if header is None else "must be 1.0, 1.0.x, 2.0 or 2.0.x"
            raise Invalid(why, "X-Experience-API-Version")
        if spoken is Spoken.TWO and request.is_form:
            raise Invalid("names 2.0, which does not have the alternate request syntax.", "X-Experience-API-Version")
        self._last_spoken[who] = spoken
        self._last_spoken.move_to_end(who)
        if len(self._last_spoken) > _SPEAKERS:
            self._last_spoken.popitem(last=False)
        return spoken

    async def _known(self, visit: _Visit, request: Request, route: Route) -> Credential:
        authorization = request.headers.get("authorization")
        key = request.query.get("key")
        if authorization is None and key is not None and route.events is not None:
            origin = visit.headers.get("origin")
            return await self._desk.access.verify_page(key, origin, route.events, visit.client)
        credential = await self._desk.access.verify(authorization, visit.client)
        if credential.is_public:
            raise Refusal(403, "A public key is sent as the parameter key.")
        return credential

    async def _alternate(self, visit: _Visit, request: Request) -> Request:
        """The request that a form stands for. Nobody's form is small: it is read before anybody is known."""
        if visit.spoken is Spoken.TWO:
            raise Invalid("belongs to the alternate request syntax, which xAPI 2.0 does not have.", "method")
        form_method(request)
        credential, who, most = None, visit.client, UNKNOWN_FORM_BYTES
        if "authorization" in request.headers:
            credential = await self._desk.access.verify(request.headers["authorization"], visit.client)
            who, most = credential.id, FORM_BYTES
        request.body = await self._body(visit, who, most)
        meant = await translated(request)
        if meant.headers.get("authorization") == request.headers.get("authorization"):
            meant.credential = credential
        return meant

    async def _body(self, visit: _Visit, who: str, most: int) -> bytes:
        declared = visit.headers.get("content-length")
        return await read_body(visit.receive, declared, most, self._desk.limits.request_seconds, who, visit.hold)

    async def _preflight(self, visit: _Visit, route: Route) -> Response:
        if not await self._allows(visit, route):
            raise Refusal(403, "Pages of this origin are not allowed; COLLECTOR_CORS_ORIGINS names those that are.")
        return Response(204, headers=self._origins.preflight(route.handlers))

    async def _cross_origin(self, visit: _Visit, route: Route) -> Headers:
        vary = [("Vary", "Origin")]
        try:
            allowed = await self._allows(visit, route)
        except Refusal:  # the store cannot be asked for the page's key; the answer says what is wrong all the same
            allowed = False
        return vary + (self._origins.headers(visit.headers["origin"]) if allowed else [])

    async def _allows(self, visit: _Visit, route: Route) -> bool:
        origin = visit.headers["origin"]
        if self._origins.allows(origin):
            return True
        if route.events is None:
            return False
        try:
            key = parse_query(visit.scope["query_string"]).get("key")
        except Invalid:
            return False
        page = await self._desk.access.page(key) if key else None
        return page is not None and origin in page.origins and route.events in page.events


def _handler(route: Route, method: str) -> Callable[[Request, Services], Awaitable[Response]]:
    handler = route.handlers.get("GET" if method == "HEAD" else method)
    if handler is None:
        allowed = sorted(route.handlers) + (["HEAD"] if "GET" in route.handlers else [])
        raise Refusal(405, f"{method[:20]} is not possible here.", (("Allow", ", ".join(allowed)),))
    return handler
