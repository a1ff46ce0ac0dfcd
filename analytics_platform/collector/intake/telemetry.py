"""/api/analytics/…: what an app says of itself. The route names the kind of event, contracts/telemetry.py its fields.

Does not live here: what ids and times have in common with video (``events``).
"""

from uuid import uuid4

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.http import Request, Response
from analytics_platform.collector.intake.bodies import events, unpacked
from analytics_platform.collector.intake.events import Event, common, flags, need, numbers, take, texts, wholes
from analytics_platform.collector.services import Services

TABLE = "telemetry/events"

REQUIRED: dict[str, tuple[str, ...]] = {
    "action": ("action",),
    "api-request": ("endpoint", "method", "status_code", "response_time"),
    "cognitive-process": ("membrane_type", "processing_time", "success"),
    "system-metrics": (),
    "error": ("error_type", "error_message"),
}
TEXTS = ("action", "endpoint", "method", "ip", "membrane_type", "error_message", "error_type", "stack_trace")
MEASURES = ("cpu", "memory", "disk", "throughput", "error_rate", "cache_hit_rate", "network_io", "response_time")
COUNTS = ("status_code", "input_tokens", "output_tokens", "active_sessions")


async def track(request: Request, services: Services) -> Response:
    """One event, an array, or NDJSON of the route's kind."""
    found = _events(request, services)
    for number, event in enumerate(found):
        try:
            _check(event, request, request.part)
        except Invalid as error:
            if len(found) > 1:
                error.within(number)
            raise
    return await take(request, services, TABLE, found)


async def session_start(request: Request, services: Services) -> Response:
    """A session begins; one without an id gets one, which the answer tells."""
    event = _single(request, services)
    texts(event, ("session_id",))
    session = event.get("session_id") or request.headers.get("x-session-id") or str(uuid4())
    event |= {"event_type": "session-start", "session_id": session}
    event.setdefault("event_id", f"{session}:start")
    common(event, request, "timestamp")
    return await take(request, services, TABLE, [event], {"session_id": session})


async def session_end(request: Request, services: Services) -> Response:
    """The session of the route ends; ending it again is no second event."""
    event = _single(request, services)
    event |= {"event_type": "session-end", "session_id": request.part}
    event.setdefault("event_id", f"{request.part}:end")
    common(event, request, "timestamp")
    return await take(request, services, TABLE, [event], {"session_id": request.part})


def _single(request: Request, services: Services) -> Event:
    found = _events(request, services) if request.body.strip() else [{}]
    if len(found) != 1:
        raise Invalid("The body must be one object.")
    return found[0]


def _events(request: Request, services: Services) -> list[Event]:
    body = unpacked(request.body, request.headers.get("content-encoding"), services.limits.body)
    return events(request, body, services.limits.statements)


def _check(event: Event, request: Request, kind: str) -> None:
    need(event, REQUIRED[kind])
    measures = (*MEASURES, "active_sessions")
    if kind == "system-metrics" and all(event.get(name) is None for name in measures):
        raise Invalid(f"is missing: send at least one of {', '.join(measures)}", "cpu")
    texts(event, TEXTS)
    numbers(event, (*MEASURES, "processing_time"))
    wholes(event, COUNTS)
    flags(event, ("success",))
    common(event, request, "timestamp")
    event["event_type"] = kind
