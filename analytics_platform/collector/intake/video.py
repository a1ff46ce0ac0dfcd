"""POST /v1/video/events: what video players send, one event, an array, or NDJSON.

The fields are those of contracts/video.py. Does not live here: statements of the xAPI video profile (``xapi/``).
"""

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.http import Request, Response
from analytics_platform.collector.intake.bodies import events, unpacked
from analytics_platform.collector.intake.events import Event, common, need, numbers, take, texts
from analytics_platform.collector.services import Services

TABLE = "video/events"
REQUIRED = ("video_id", "event_type")
TEXTS = ("video_id", "event_type", "device")
NUMBERS = ("video_time_sec", "duration", "playback_rate", "from", "to")


async def post(request: Request, services: Services) -> Response:
    body = unpacked(request.body, request.headers.get("content-encoding"), services.limits.body)
    found = events(request, body, services.limits.statements)
    for number, event in enumerate(found):
        try:
            _check(event, request)
        except Invalid as error:
            error.within(number)
            raise
    return await take(request, services, TABLE, found)


def _check(event: Event, request: Request) -> None:
    need(event, REQUIRED)
    texts(event, TEXTS)
    numbers(event, NUMBERS, least=0)
    common(event, request, "event_timestamp")
