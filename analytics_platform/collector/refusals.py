"""What becomes of a request that is refused: its answer, its count, and for some days the request itself.

The count shows when a vendor has changed a field. The kept requests can be inspected and taken in again.
Does not live here: keeping them (``store/refused``).
"""

import re

import orjson

from analytics_platform.collector.errors import Invalid, NotJson, Refusal
from analytics_platform.collector.http import Request, Response
from analytics_platform.collector.routes import Route
from analytics_platform.collector.services import Services
from analytics_platform.collector.store.writes import KeepRefused, Refused

_KEPT = frozenset({400, 403, 409, 413, 415})
_OWN_WORDS = re.compile(r"'[^']*'|[0-9a-fA-F-]{8,}|\d+(?:\.\d+)*|\S{40,}")


class Refusals:
    """One per process."""

    def __init__(self, services: Services) -> None:
        self._desk = services

    def keep(self, refusal: Refusal, route: Route, request: Request | None) -> None:
        """Count it, and keep what a known sender sent in vain. Nobody waits for this."""
        if request is None or request.credential is None or not route.kept or refusal.status not in _KEPT:
            return
        if request.method not in ("PUT", "POST"):
            return
        owner, rule = request.credential.id, rule_of(refusal)
        self._desk.metrics.refuse(owner, rule)
        refused = Refused(
            owner,
            request.method,
            request.path,
            request.headers.get("content-type", ""),
            refusal.status,
            rule.replace("\0", ""),  # PostgreSQL has no place for it in a text
            str(refusal).replace("\0", ""),
            request.body,
        )
        self._desk.writer.note(KeepRefused(refused))


def answer_of(refusal: Refusal) -> Response:
    answer = {"error": str(refusal)} | ({"where": refusal.where} if refusal.where else {})
    return Response(refusal.status, orjson.dumps(answer), headers=list(refusal.headers))


def rule_of(refusal: Refusal) -> str:
    """Which rule was broken, without anything of what was sent: few different texts, that can be counted."""
    if isinstance(refusal, NotJson):
        return "no JSON"
    words = _OWN_WORDS.sub("…", refusal.why)[:120]
    return f"{refusal.top}: {words}" if isinstance(refusal, Invalid) and refusal.top else words
