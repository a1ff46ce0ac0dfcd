"""POST /v1/xapi/batch: bulk loads of statements, lenient. One load at a time, so that memory stays flat."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Any

from analytics_platform.collector.access import need_write
from analytics_platform.collector.desk import Desk
from analytics_platform.collector.errors import Overloaded
from analytics_platform.collector.http import Request, Response, json_response
from analytics_platform.collector.intake.bodies import is_array, lines_of, unpacked
from analytics_platform.collector.intake.lenient import portions
from analytics_platform.collector.xapi.parameters import Parameters
from analytics_platform.collector.xapi.parts import is_object, texts_of

_MOST_WAITING = 8


class Bulk:
    """The route; holds the turn of loads."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)
        self._waiting = 0

    async def post(self, request: Request, desk: Desk) -> Response:
        """200 and a verdict for each item, in order. A load that breaks off may be sent again: repeats are no harm."""
        need_write(request.who)
        Parameters(request.query, frozenset())
        if self._waiting >= _MOST_WAITING:
            raise Overloaded("Too many bulk loads at once; nothing of this one was stored.", status=429, seconds=5)
        self._waiting += 1
        try:
            async with self._turn:
                return await _load(request, desk)
        finally:
            self._waiting -= 1


async def _load(request: Request, desk: Desk) -> Response:
    body = unpacked(request.body, request.headers.get("content-encoding"), desk.limits.bulk)
    texts: Iterable[bytes]
    if is_array(body):
        texts = texts_of(body)
    elif request.media_type == "application/json" and body[:1] == b"{" and is_object(body):
        texts = [body]
    else:
        texts = lines_of(body)
    answers: list[dict[str, Any]] = []
    for portion in portions(texts, desk.access.authority(request.who)):
        answers.extend(portion.settle(await desk.writer.store(portion.work(request.who.id))))
    counts = Counter(answer["verdict"] for answer in answers)
    totals = {name: counts[name] for name in ("stored", "duplicate", "conflict", "refused")}
    return json_response({"received": len(answers), **totals, "verdicts": answers})
