"""No body larger than LARGEST is read, whatever its headers say: questions are short."""

from collections.abc import MutableMapping
from typing import Any

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from analytics_platform.serving.api.problems import TOO_LARGE

LARGEST = 128 * 1024


class _TooLarge(Exception):
    pass


class LimitBodies:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        size, answered = 0, False

        async def counted() -> MutableMapping[str, Any]:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > LARGEST:
                raise _TooLarge
            return message

        async def watched(message: MutableMapping[str, Any]) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, counted, watched)
        except _TooLarge:
            if not answered:
                await _refuse(scope, send)


async def _refuse(scope: Scope, send: Send) -> None:
    body = orjson.dumps(
        {
            "type": f"/problems/{TOO_LARGE.name}",
            "title": TOO_LARGE.title,
            "status": TOO_LARGE.status,
            "detail": f"A body may have {LARGEST:,} bytes.",
            "instance": scope["path"],
            "remedy": TOO_LARGE.remedy,
        }
    )
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": TOO_LARGE.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
