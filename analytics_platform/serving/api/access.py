"""Who asks: the viewer of a request's key, and how fast they may ask. Does not live here: keys (``keys``)."""

import threading
import time
from collections import OrderedDict

from fastapi import Request

from analytics_platform.semantics import Viewer
from analytics_platform.serving.api.keys import Keys
from analytics_platform.serving.api.problems import TOO_FAST, UNAUTHORIZED, Problem

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
    """Every route but /health, /metrics and the documentation asks here first."""

    def __init__(self, keys: Keys, per_minute: int) -> None:
        self._keys, self._rate, self._wrong = keys, Rate(per_minute), Rate(WRONG_KEYS_PER_MINUTE)

    def viewer(self, request: Request) -> Viewer:
        """The viewer of the key in ``Authorization: Bearer`` or ``X-API-Key``."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = request.headers.get("x-api-key", "")
        viewer = self._keys.viewer(token.strip()) if token else None
        if viewer is None:
            if token:  # guessing is slow
                _slow_down(self._wrong.wait(request.client.host if request.client else "unknown"))
            detail = "The key is not known, or was revoked." if token else "The request names no key."
            raise Problem(UNAUTHORIZED, detail, "authorization", {"WWW-Authenticate": 'Bearer realm="analytics"'})
        _slow_down(self._rate.wait(viewer.name))
        return viewer


def _slow_down(seconds: float) -> None:
    if seconds:
        raise Problem(TOO_FAST, f"Wait {seconds:.1f} s.", headers={"Retry-After": str(int(seconds) + 1)})
