"""One request to the collector, and what its answer means for the events in it."""

import base64
import http.client
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple
from urllib.parse import urlsplit

from analytics_platform_client.buffer import Event

SINGLE = "/api/analytics/session/"  # sessions take one event each, everything else takes arrays


class Verdict(Enum):
    """taken: done. refused: sending these again is no use. away: the collector cannot take them now."""

    taken = "taken"
    refused = "refused"
    away = "away"


class Answer(NamedTuple):
    verdict: Verdict
    wait_seconds: float = 0.0
    said: str = ""


class Connection:
    """A connection that is kept open, used by one thread."""

    def __init__(self, url: str, user: str, password: str, timeout: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no address of a collector: write it as http://127.0.0.1:8090")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=timeout)
        self._base = parts.path.rstrip("/")
        login = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}

    def send(self, path: str, events: Sequence[Event]) -> Answer:
        """Send events of one path; never raises."""
        single = path.startswith(SINGLE)
        body = events[0].body if single else b"[" + b",".join(event.body for event in events) + b"]"
        try:
            self._connection.request("POST", self._base + path, body, self._headers)
            response = self._connection.getresponse()
            said = response.read(2000)
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return Answer(Verdict.away, 0.0, f"{type(error).__name__}: {error}")
        return _meant(response.status, response.getheader("Retry-After"), said)

    def close(self) -> None:
        self._connection.close()


def _meant(status: int, retry_after: str | None, said: bytes) -> Answer:
    words = f"{status} {said[:200].decode('utf-8', 'replace')}"
    if status < 300:
        return Answer(Verdict.taken)
    if status in (400, 404, 405, 409, 413, 415, 422):
        return Answer(Verdict.refused, 0.0, words)
    # 401 and 403 too: a password may be put right, and the events are still wanted then.
    return Answer(Verdict.away, _seconds(retry_after), words)


def _seconds(text: str | None) -> float:
    try:
        return min(max(float(text or 0), 0.0), 300.0)
    except ValueError:
        return 0.0


def by_path(events: Sequence[Event]) -> Sequence[tuple[str, Sequence[Event]]]:
    """Events in portions that one request takes, the kinds in the order in which they came first."""
    found: dict[str, list[Event]] = {}
    for event in events:
        found.setdefault(event.path, []).append(event)
    portions = []
    for path, held in found.items():
        portions += [(path, [one]) for one in held] if path.startswith(SINGLE) else [(path, held)]
    return portions
