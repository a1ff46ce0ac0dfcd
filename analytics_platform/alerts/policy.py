"""When a message may go: critical at once, the rest grouped, not in quiet hours, not too often. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from analytics_platform.alerts.routes import Route
from analytics_platform.alerts.state import Message

MOST_TRIES = 12
_FIRST_WAIT, _LONGEST_WAIT = 30, 3600  # seconds: with twelve tries the last comes after some six hours


def batches(
    waiting: Sequence[Message], route: Route, now: datetime, zone: str, sent_in_hour: int
) -> list[list[Message]]:
    """What goes now; each inner list is one message to people. A safety alert is always a message of its own."""
    due = [message for message in waiting if message.next_at <= now]
    at_once = [message for message in due if _is_urgent(message)]
    alone = [[message] for message in at_once if message.alert.kind == "safety"]
    together = [message for message in at_once if message.alert.kind != "safety"]
    urgent = [*alone, *([together] if together else [])]
    rest = [message for message in due if not _is_urgent(message)]
    if not rest or is_quiet(route, now, zone) or sent_in_hour + len(urgent) >= route.most_per_hour:
        return urgent
    if now - min(message.queued_at for message in rest) < timedelta(seconds=route.group_seconds):
        return urgent
    single = [[message] for message in rest if message.alert.kind == "safety"]
    grouped = [message for message in rest if message.alert.kind != "safety"]
    room = route.most_per_hour - sent_in_hour - len(urgent)
    return [*urgent, *[*([grouped] if grouped else []), *single][:room]]


def is_quiet(route: Route, now: datetime, zone: str) -> bool:
    if route.quiet is None:
        return False
    (start, end), local = route.quiet, now.astimezone(ZoneInfo(zone)).time()
    return start <= local < end if start <= end else local >= start or local < end


def next_try(tries: int, now: datetime, told_to_wait: float = 0) -> datetime | None:
    """When to try again after so many failures; None when it is given up."""
    if tries >= MOST_TRIES:
        return None
    return now + timedelta(seconds=max(told_to_wait, min(_FIRST_WAIT * 2 ** (tries - 1), _LONGEST_WAIT)))


def _is_urgent(message: Message) -> bool:
    return message.what == "alert" and message.alert.severity == "critical"
