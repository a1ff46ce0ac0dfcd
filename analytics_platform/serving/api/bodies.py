"""No body larger than LARGEST is read, whatever its headers say: questions are short."""

from collections.abc import MutableMapping
from typing import Any

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from analytics_platform.serving.api.problems import TOO_LARGE

LARGEST = 128 * 1024


class LimitBodies:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        size, refused = 0, False

        async def counted() -> MutableMapping[str, Any]:
            nonlocal size, refused
            message = await receive()
            size += len(message.get("body", b""))
            if size > LARGEST and not refused:
                refused = True
                await _refuse(scope, send)
            return {"type": "http.disconnect"} if refused else message

        async def unless_refused(message: MutableMapping[str, Any]) -> None:
            if not refused:
                await send(message)

        await self._app(scope, counted, unless_refused)


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
