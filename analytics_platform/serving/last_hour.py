"""The last hour as one of its readers may see it: the API and the pages show the same.

Does not live here: how it is computed (``insights/live``). Keep one window for each process.
"""

from dataclasses import asdict, replace
from typing import Any

from analytics_platform.insights.live import Live, LiveWindow
from analytics_platform.semantics import Viewer
from analytics_platform.semantics.errors import NotAllowed
from analytics_platform.semantics.viewers import FEWEST_PEOPLE


def last_hour(window: LiveWindow, viewer: Viewer) -> Live:
    """The hour up to now. Who sees no people sees no count of fewer than five; who sees some cohorts sees nothing."""
    if viewer.cohorts is not None:
        raise NotAllowed("The last hour knows no cohorts, so a key for some cohorts cannot see it.")
    live = window.ask()
    if viewer.sees_people:
        return live
    return replace(
        live,
        active_users=_enough(live.active_users),
        viewers={video: people for video, people in live.viewers.items() if people >= FEWEST_PEOPLE},
        minutes=[replace(minute, active_users=_enough(minute.active_users)) for minute in live.minutes],
    )


def as_json(live: Live) -> dict[str, Any]:
    """The hour, and its minutes under ``data`` as rows have it in other answers."""
    whole = asdict(live)
    return {**{name: value for name, value in whole.items() if name != "minutes"}, "data": whole["minutes"]}


def _enough(people: int | None) -> int | None:
    return people if not people or people >= FEWEST_PEOPLE else None
