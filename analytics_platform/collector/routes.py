"""The map from method and path to handler. xAPI's resources answer with and without /xapi; a final slash is ignored.

Does not live here: what happens around a handler (``app``), what handlers do (``resources/``, ``intake/``).
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from analytics_platform.collector import tracker
from analytics_platform.collector.http import Request, Response
from analytics_platform.collector.intake import telemetry, video
from analytics_platform.collector.intake.bulk import Bulk
from analytics_platform.collector.resources import others, statements
from analytics_platform.collector.resources.documents import ACTIVITY_PROFILE, AGENT_PROFILE, STATE
from analytics_platform.collector.services import Services

Handler = Callable[[Request, Services], Awaitable[Response]]


@dataclass(frozen=True)
class Route:
    """One path. ``label`` names it in the metrics, ``events`` what a public key must be for to send there."""

    label: str
    handlers: dict[str, Handler]
    xapi: bool = False
    public: bool = False
    bulk: bool = False
    events: str | None = None
    kept: bool = False  # what it refuses is kept for some days
    open: bool = False  # to pages of any origin


def _documents(resource: object) -> dict[str, Handler]:
    return {name.upper(): getattr(resource, name) for name in ("get", "put", "post", "delete")}


# https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#B.s1
_XAPI = {
    "/statements": Route(
        "statements",
        {"PUT": statements.put, "POST": statements.post, "GET": statements.get},
        xapi=True,
        kept=True,
    ),
    "/activities/state": Route("state", _documents(STATE), xapi=True),
    "/agents/profile": Route("agent_profile", _documents(AGENT_PROFILE), xapi=True),
    "/activities/profile": Route("activity_profile", _documents(ACTIVITY_PROFILE), xapi=True),
    "/agents": Route("agents", {"GET": others.agents}, xapi=True),
    "/activities": Route("activities", {"GET": others.activities}, xapi=True),
    "/about": Route("about", {"GET": others.about}, xapi=True, public=True),
}

_START = "/api/analytics/session/"
_END = "/end"


class Routes:
    """Finds the route of a path, and what stands for its open part."""

    def __init__(self, extra: dict[str, Route]) -> None:
        own = {
            "/v1/xapi/batch": Route("batch", {"POST": Bulk().post}, bulk=True),
            "/v1/video/events": Route("video", {"POST": video.post}, events="video", kept=True),
            "/v1/tracker.js": Route("tracker", {"GET": tracker.get}, public=True, open=True),
            "/api/analytics/session/start": Route(
                "session_start", {"POST": telemetry.session_start}, events="telemetry", kept=True
            ),
        }
        tracks = {
            f"/api/analytics/track/{kind}": Route(
                f"track_{kind}", {"POST": telemetry.track}, events="telemetry", kept=True
            )
            for kind in telemetry.REQUIRED
        }
        under_xapi = {f"/xapi{path}": route for path, route in _XAPI.items()}
        self._fixed: dict[str, Route] = {**_XAPI, **under_xapi, **own, **tracks, **extra}
        self._session_end = Route("session_end", {"POST": telemetry.session_end}, events="telemetry", kept=True)

    def find(self, path: str) -> tuple[Route, str] | None:
        """The route and its open part: a session's id, or a track's kind."""
        if path[:5].lower() == "/xapi":
            path = f"/xapi{path[5:]}"
        route = self._fixed.get(path)
        if route is not None:
            return route, path.rpartition("/")[2]
        if path.startswith(_START) and path.endswith(_END):
            session = path[len(_START) : -len(_END)]
            if session and "/" not in session and "\0" not in session and len(session) <= 200:
                return self._session_end, session
        return None
