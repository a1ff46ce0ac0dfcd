"""POST /v1/xapi/batch: bulk loads of statements, lenient. One load at a time, so that memory stays flat."""

import asyncio
from collections import Counter
from typing import Any

from analytics_platform.collector.access import need_write
from analytics_platform.collector.desk import Desk
from analytics_platform.collector.errors import Overloaded
from analytics_platform.collector.http import Request, Response, json_response, parse_json
from analytics_platform.collector.intake.bodies import is_array, lines_of, unpacked
from analytics_platform.collector.intake.lenient import array_items, line_items, portions
from analytics_platform.collector.xapi.parameters import Parameters

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
    if is_array(body):
        items = array_items(parse_json(body))
    elif request.media_type == "application/json" and body[:1] == b"{" and b"\n" not in body.strip():
        items = array_items([parse_json(body)])
    else:
        items = line_items(lines_of(body))
    answers: list[dict[str, Any]] = []
    for portion in portions(items, desk.access.authority(request.who)):
        answers.extend(portion.settle(await desk.writer.store(portion.work(request.who.id))))
    counts = Counter(answer["verdict"] for answer in answers)
    totals = {name: counts[name] for name in ("stored", "duplicate", "conflict", "refused")}
    return json_response({"received": len(answers), **totals, "verdicts": answers})
