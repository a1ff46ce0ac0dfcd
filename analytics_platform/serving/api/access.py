"""Who asks: the viewer of a request's key or token, and how fast they may ask.

Does not live here: keys (``keys``), how a token is believed (``tokens``), what its claims mean (``identity``).
"""

import threading
import time
from collections import OrderedDict

from fastapi import Request

from analytics_platform.semantics import Viewer
from analytics_platform.serving.api.keys import Keys
from analytics_platform.serving.api.problems import AWAY, TOO_FAST, UNAUTHORIZED, Problem
from analytics_platform.serving.identity import Identities
from analytics_platform.settings import Settings
from analytics_platform.tokens.issuer import Issuer
from analytics_platform.tokens.keys import IssuerAway
from analytics_platform.tokens.signed import BadToken

MOST_NAMES = 10_000
WRONG_KEYS_PER_MINUTE = 30


class Rate:
    """A bucket for each name that fills evenly; an empty one says how many seconds to wait."""

    def __init__(self, per_minute: float) -> None:
        self._per_second, self._most = per_minute / 60, max(1.0, per_minute / 6)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, name: str, now: float | None = None) -> float:
        """Take one; seconds to wait when there is none."""
        now = time.monotonic() if now is None else now
        with self._lock:
            left, at = self._buckets.pop(name, (self._most, now))
            left = min(self._most, left + (now - at) * self._per_second)
            taken = left >= 1
            self._buckets[name] = (left - 1 if taken else left, now)
            while len(self._buckets) > MOST_NAMES:
                self._buckets.popitem(last=False)
        return 0.0 if taken else (1 - left) / self._per_second


class Access:
    """Every route but /health, /metrics and the documentation asks here first. Belongs to one event loop."""

    def __init__(self, settings: Settings) -> None:
        self._keys = Keys(settings)
        self._rate, self._wrong = Rate(settings.api_requests_per_minute), Rate(WRONG_KEYS_PER_MINUTE)
        self._issuer = Issuer.of("OIDC", settings.oidc_issuer, settings.oidc_audience, settings.oidc_keys_url)
        self._identities = Identities.of(settings)

    async def viewer(self, request: Request) -> Viewer:
        """The viewer of the key in ``Authorization: Bearer`` or ``X-API-Key``, or of an issuer's token."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = request.headers.get("x-api-key", "")
        token = token.strip()
        if not token:
            raise _unauthorized("The request names no key.")
        try:
            viewer = await self._of_token(token) if self._issuer and token.count(".") == 2 else self._keys.viewer(token)
        except BadToken as error:
            self._guessed(request)
            raise _unauthorized(f"The bearer token does not count: {error}.", ', error="invalid_token"') from None
        if viewer is None:
            self._guessed(request)
            raise _unauthorized("The key is not known, or was revoked.")
        _slow_down(self._rate.wait(viewer.name))
        return viewer

    async def _of_token(self, token: str) -> Viewer | None:
        if self._issuer is None:
            return None
        try:
            return self._identities.viewer(self._issuer.name, await self._issuer.claims(token))
        except IssuerAway as error:
            raise Problem(AWAY, f"{error} Keys go on.", headers={"Retry-After": "30"}) from None

    def _guessed(self, request: Request) -> None:
        """Guessing is slow."""
        _slow_down(self._wrong.wait(request.client.host if request.client else "unknown"))


def _unauthorized(detail: str, more: str = "") -> Problem:
    return Problem(UNAUTHORIZED, detail, "authorization", {"WWW-Authenticate": f'Bearer realm="analytics"{more}'})


def _slow_down(seconds: float) -> None:
    if seconds:
        raise Problem(TOO_FAST, f"Wait {seconds:.1f} s.", headers={"Retry-After": str(int(seconds) + 1)})
