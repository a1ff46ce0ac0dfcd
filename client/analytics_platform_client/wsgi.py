"""WSGI middleware (Flask, Django): each request is one api-request, each exception one error."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from analytics_platform_client.client import WHO, Client
from analytics_platform_client.requests import Who, folded, who

_HEADERS = {"HTTP_X_USER_ID": "x-user-id", "HTTP_X_SESSION_ID": "x-session-id", "HTTP_COOKIE": "cookie"}
Environ = dict[str, Any]


class WsgiMiddleware:
    """Records each request when its answer is closed. ``endpoint_of`` may name endpoints better than by their path."""

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],
        client: Client,
        user_cookie: str = "user_id",
        session_cookie: str = "session_id",
        endpoint_of: Callable[[Environ], str | None] | None = None,
    ) -> None:
        self._app, self._client, self._endpoint_of = app, client, endpoint_of
        self._cookies = (user_cookie, session_cookie)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        asking = who({name: environ[key] for key, name in _HEADERS.items() if key in environ}, *self._cookies)
        request = _Request(self._client, self._endpoint(environ), environ["REQUEST_METHOD"], asking)

        def noted(status: str, headers: list[Any], *more: Any) -> Any:
            request.status = int(status[:3])
            return start_response(status, headers, *more)

        token = WHO.set(asking)
        try:
            return _Answer(self._app(environ, noted), request)
        except Exception as error:
            request.failed(error)
            raise
        finally:
            WHO.reset(token)

    def _endpoint(self, environ: Environ) -> str:
        named = self._endpoint_of(environ) if self._endpoint_of else None
        return named or folded(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""))


class _Request:
    """One request until it is told, once."""

    def __init__(self, client: Client, endpoint: str, method: str, asking: Who) -> None:
        self._client, self._endpoint, self._method, self._asking = client, endpoint, method, asking
        self._began, self._told = time.perf_counter(), False
        self.status = 500

    def tell(self) -> None:
        if not self._told:
            self._told = True
            took = round((time.perf_counter() - self._began) * 1000, 3)
            user, session = self._asking
            self._client.track_api_request(
                self._endpoint, self._method, self.status, took, user_id=user, session_id=session
            )

    def failed(self, error: Exception) -> None:
        user, session = self._asking
        self._client.track_error(error, {"endpoint": self._endpoint}, user_id=user, session_id=session)
        self.status = 500
        self.tell()


class _Answer:
    """The app's answer, which tells of itself when the server closes it."""

    def __init__(self, parts: Iterable[bytes], request: _Request) -> None:
        self._parts, self._request = parts, request

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._parts
        except Exception as error:
            self._request.failed(error)
            raise

    def close(self) -> None:
        try:
            close = getattr(self._parts, "close", None)
            if close is not None:
                close()
        finally:
            self._request.tell()
