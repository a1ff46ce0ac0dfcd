"""The little of HTTP that handlers see: a request with its body read within limits, and a response.

Bare ASGI: a framework's layers cost more than a statement's whole validation. Does not live here: routes (``app``).
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from analytics_platform.collector import exact
from analytics_platform.collector.errors import Invalid, Overloaded, Refusal
from analytics_platform.collector.percent import parse_pairs
from analytics_platform.collector.store.credentials import Credential
from analytics_platform.collector.xapi.versions import Spoken

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class ClientGone(Exception):
    """The client hung up before its body was whole; there is nobody to answer."""


@dataclass(slots=True)
class Request:
    """One request. Header names are lower case; ``path`` has no trailing slash."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    credential: Credential | None = None
    part: str = ""  # what a route's {…} stands for
    prefix: str = ""  # what clients see before the path
    is_form: bool = False  # the alternate syntax: its body came in a form
    spoken: Spoken = Spoken.ONE
    receive: Receive | None = None  # tells a long load that its client has gone

    @property
    def who(self) -> Credential:
        if self.credential is None:
            raise Refusal(401, "Authentication is needed.")
        return self.credential

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(slots=True)
class Response:
    """One response."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: list[tuple[str, str]] = field(default_factory=list)


def json_response(value: Any, status: int = 200, headers: list[tuple[str, str]] | None = None) -> Response:
    return Response(status, orjson.dumps(value), headers=headers or [])


def parse_query(text: bytes) -> dict[str, str]:
    """Query or form parameters; each at most once, valid UTF-8, without NUL (which PostgreSQL has no place for)."""
    if not text:
        return {}
    try:
        pairs = parse_pairs(text)
    except ValueError:
        raise Invalid("The parameters are not URL-encoded UTF-8, or too many.") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid("A parameter is there twice.")
    if any("\0" in value for value in found.values()):
        raise Invalid("A parameter has a NUL character.")
    return found


def parse_json(body: bytes) -> Any:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.4.s1.b1 (UTF-8)"""
    return exact.loads(body)


class BodyBudget:
    """Bytes of bodies held at the same time, so that memory stays flat whoever comes, and who holds how many of them.

    The first bytes of each body are free: a small request goes through whoever holds the rest.
    """

    FREE = 16 << 10

    def __init__(self, most: int) -> None:
        self._left, self._share = most, most // 2
        self._held: dict[str, int] = {}

    def take(self, who: str, size: int) -> None:
        held = self._held.get(who, 0) + size
        if size > self._left or held > self._share:
            raise Overloaded("Too many large bodies at once; nothing was stored.", status=429, seconds=1)
        self._left -= size
        self._held[who] = held

    def give_back(self, who: str, size: int) -> None:
        self._left += size
        self._held[who] -= size
        if not self._held[who]:
            del self._held[who]


class Hold:
    """What one request's body takes from the budget, until its answer is ready."""

    def __init__(self, budget: BodyBudget) -> None:
        self._budget, self._taken, self._who = budget, 0, ""

    def grow(self, who: str, size: int) -> None:
        more = size - BodyBudget.FREE - self._taken
        if more > 0:
            self._budget.take(who, more)
            self._taken, self._who = self._taken + more, who

    def release(self) -> None:
        if self._taken:
            self._budget.give_back(self._who, self._taken)
            self._taken = 0


async def read_body(receive: Receive, declared: str | None, most: int, seconds: float, who: str, hold: Hold) -> bytes:
    """The whole body; the budget that it takes is held by ``who`` until the hold is released."""
    if declared is not None and declared.isdecimal() and int(declared[:20]) > most:
        raise Refusal(413, f"The body is larger than the {most} bytes that are allowed.")
    taken = 0
    chunks: list[bytes] = []
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientGone
                chunk = message.get("body", b"")
                if chunk:
                    taken += len(chunk)
                    if taken > most:
                        raise Refusal(413, f"The body is larger than the {most} bytes that are allowed.")
                    hold.grow(who, taken)
                    chunks.append(chunk)
                if not message.get("more_body"):
                    return chunks[0] if len(chunks) == 1 else b"".join(chunks)
    except TimeoutError:
        raise Refusal(408, f"The body did not arrive within {seconds:g} seconds.", (("Connection", "close"),)) from None
