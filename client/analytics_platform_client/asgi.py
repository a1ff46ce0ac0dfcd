"""ASGI middleware (FastAPI, Starlette): each request is one api-request, each exception one error."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from analytics_platform_client.client import WHO, Client
from analytics_platform_client.requests import folded, who

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]


class AsgiMiddleware:
    """Records each HTTP request. The endpoint is the route's own pattern where the framework tells it."""

    def __init__(
        self, app: App, client: Client, user_cookie: str = "user_id", session_cookie: str = "session_id"
    ) -> None:
        self._app, self._client = app, client
        self._cookies = (user_cookie, session_cookie)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: dict[str, str] = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name in (b"x-user-id", b"x-session-id", b"cookie")
        }
        token = WHO.set(who(headers, *self._cookies))
        began, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            status = 500
            self._client.track_error(error, {"endpoint": _endpoint(scope)})
            raise
        finally:
            took = round((time.perf_counter() - began) * 1000, 3)
            self._client.track_api_request(_endpoint(scope), scope["method"], status, took)
            WHO.reset(token)


def _endpoint(scope: MutableMapping[str, Any]) -> str:
    pattern = getattr(scope.get("route"), "path", None)
    return str(pattern) if pattern else folded(scope["path"])
