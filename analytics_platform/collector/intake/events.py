"""What video and telemetry share: the ids, the time, the kinds of fields, and taking events in.

An event is one line of landing, as the contract of its table reads it. Its id makes it unique; an event without an id
gets one. An invalid time is refused. For an event without a time the lake takes the time of receipt.
"""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from analytics_platform.collector.access import need_events
from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.exact import dumps
from analytics_platform.collector.http import Request, Response, json_response
from analytics_platform.collector.services import Services
from analytics_platform.collector.store.writes import Line, StoreLines
from analytics_platform.collector.xapi.primitives import moment, shallow

Event = dict[str, Any]
_LONGEST_ID = 200


def need(event: Event, names: Iterable[str]) -> None:
    """Fields that must be there; an empty text is none."""
    for name in names:
        if event.get(name) is None or event[name] == "":
            raise Invalid("is missing", name)


def texts(event: Event, names: Iterable[str]) -> None:
    for name in names:
        value = event.get(name)
        if value is not None and not isinstance(value, str):
            raise Invalid("must be a string", name)


def numbers(event: Event, names: Iterable[str], least: float | None = None) -> None:
    for name in names:
        value = event.get(name)
        if value is None:
            continue
        if type(value) not in (int, float):
            raise Invalid("must be a number", name)
        if least is not None and value < least:
            raise Invalid(f"must be {least:g} or more", name)


def wholes(event: Event, names: Iterable[str]) -> None:
    for name in names:
        value = event.get(name)
        if value is not None and (type(value) is not int or abs(value) >= 1 << 63):
            raise Invalid("must be a whole number", name)


def flags(event: Event, names: Iterable[str]) -> None:
    for name in names:
        if event.get(name) is not None and type(event[name]) is not bool:
            raise Invalid("must be true or false", name)


def common(event: Event, request: Request, time_name: str) -> None:
    """Ids (from headers too), time and nesting; an id is given to an event that has none."""
    texts(event, ("event_id", "user_id", "session_id", time_name))
    for name, header in (("user_id", "x-user-id"), ("session_id", "x-session-id")):
        if not event.get(name) and request.headers.get(header):
            event[name] = request.headers[header]
    if event.get(time_name) is not None:
        try:
            moment(event[time_name])
        except Invalid as error:
            error.within(time_name)
            raise
    shallow(event)
    event["event_id"] = event.get("event_id") or str(uuid4())
    if len(event["event_id"]) > _LONGEST_ID or "\0" in event["event_id"]:
        raise Invalid(f"must have at most {_LONGEST_ID} characters, none of them NUL", "event_id")


async def take(
    request: Request, services: Services, path: str, found: list[Event], extra: Event | None = None
) -> Response:
    """201 with the ids, in order; an id that is there already is no second event."""
    need_events(request.who)
    if request.who.is_public:  # anybody can read the key in the page, so these events say that they came by it
        for event in found:
            event["public_key"] = request.who.id
    lines = [Line(path, dumps(event), event["event_id"]) for event in found]
    new = sum(await services.writer.take(StoreLines(lines))) if lines else 0
    answer = {"ids": [line.id for line in lines], "stored": new, "duplicate": len(lines) - new}
    return json_response(answer | (extra or {}), status=201)
