"""POST /v1/xapi/batch: bulk loads of statements, lenient. One load at a time, so that memory stays flat."""

import asyncio
from collections import Counter
from typing import Any

from analytics_platform.collector.access import may_void_all, need_write
from analytics_platform.collector.errors import Overloaded, Refusal
from analytics_platform.collector.http import ClientGone, Request, Response, json_response
from analytics_platform.collector.intake.arrays import array_texts
from analytics_platform.collector.intake.bodies import is_array, lines_of, unpacked
from analytics_platform.collector.intake.lenient import portions
from analytics_platform.collector.services import Services
from analytics_platform.collector.xapi.fast_path import is_object
from analytics_platform.collector.xapi.parameters import Parameters

_MOST_WAITING = 8


class Bulk:
    """The route; holds the turn of loads."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)
        self._waiting = 0

    async def post(self, request: Request, services: Services) -> Response:
        """200 and a verdict for each item, in order. A load that breaks off may be sent again: repeats are no harm."""
        need_write(request.who)
        Parameters(request.query, frozenset())
        if self._waiting >= _MOST_WAITING:
            raise Overloaded("Too many bulk loads at once; nothing of this one was stored.", status=429, seconds=5)
        self._waiting += 1
        # The body is whole, so what comes next is that the client hangs up.
        gone = asyncio.ensure_future(request.receive()) if request.receive is not None else None
        try:
            async with self._turn:
                return await _load(request, services, gone)
        finally:
            self._waiting -= 1
            if gone is not None:
                gone.cancel()


async def _load(request: Request, services: Services, gone: "asyncio.Future[Any] | None") -> Response:
    texts = await asyncio.to_thread(_texts, request, services)
    answers: list[dict[str, Any]] = []
    for portion in portions(texts, services.access.authority(request.who)):
        if gone is not None and gone.done():
            raise ClientGone
        write = portion.write(request.who.id, may_void_all(request.who))
        for line in portion.refused:
            services.metrics.refuse(request.who.id, line.problem or "no JSON")
        answers.extend(portion.settle(await services.writer.store(write)))
    counts = Counter(answer["verdict"] for answer in answers)
    totals = {name: counts[name] for name in ("stored", "duplicate", "conflict", "refused")}
    return json_response({"received": len(answers), **totals, "verdicts": answers})


def _texts(request: Request, services: Services) -> list[bytes]:
    """The items of the body. Counted while they are taken apart: a kilobyte can unpack to a million of them."""
    body = unpacked(request.body, request.headers.get("content-encoding"), services.limits.bulk)
    most = services.limits.bulk_items
    texts: list[bytes] = []
    if is_array(body):
        for text in array_texts([body]):
            texts.append(text)
            if len(texts) > most:
                raise _too_many(most)
        return texts
    if request.media_type == "application/json" and body[:1] == b"{" and is_object(body):
        return [body]
    if body.count(b"\n") > most:
        raise _too_many(most)
    return list(lines_of(body))


def _too_many(most: int) -> Refusal:
    return Refusal(413, f"More than {most} items in one load; nothing was stored. Send several loads.")
