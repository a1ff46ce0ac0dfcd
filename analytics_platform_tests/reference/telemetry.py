"""What the app says of itself: sessions, api_performance, ai_performance, system_health, kpis, errors, engagement.

Lives here: these marts, event by event. Does not live here: series and incidents (``insights/``).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import floor
from typing import Any

from analytics_platform_tests.reference.landed import OfEvent, number, part, text
from analytics_platform_tests.reference.world import World, actor_of

Row = dict[str, Any]
GAP, LONGEST = timedelta(minutes=30), timedelta(hours=24)


@dataclass(frozen=True)
class Said(OfEvent):
    """One telemetry event."""

    @cached_property
    def kind(self) -> str:
        return str(self.facts["event_type"]).replace("-", "_").lower()

    @cached_property
    def actor(self) -> str | None:
        return actor_of("telemetry", self.facts)

    @property
    def session(self) -> str | None:
        return text(self.facts.get("session_id")) or None

    def number(self, name: str) -> float | None:
        return number(self.facts.get(name))

    @property
    def status(self) -> float:
        return self.number("status_code") or 0

    @property
    def is_failure(self) -> bool:
        return self.kind == "error" or (self.kind == "api_request" and self.status >= 500)

    @property
    def endpoint(self) -> str | None:
        asked = text(self.facts.get("endpoint"))
        return (asked or "").partition("?")[0] or None

    @property
    def place(self) -> str:
        context = self.facts.get("context")
        named = [text(part(context, name)) for name in ("endpoint", "component", "page", "path", "file")]
        return next((one.partition("?")[0] for one in [self.endpoint, *named] if one), "unknown")


def said(world: World) -> list[Said]:
    return [Said(event) for event in world.telemetry]


def counts(ones: list[Said]) -> Row:
    return {
        "events": len(ones),
        "actions": sum(one.kind == "action" for one in ones),
        "requests": sum(one.kind == "api_request" for one in ones),
        "errors": sum(one.is_failure for one in ones),
    }


def sessions(world: World) -> Iterator[Row]:
    visitors = defaultdict(list)
    for one in said(world):
        if one.actor or one.session:
            visitors[one.session, one.actor].append(one)
    for (session, actor), ones in visitors.items():
        pieces: list[list[Said]] = []
        for one in ones:
            if not pieces or one.at - pieces[-1][-1].at > (GAP if session is None else LONGEST):
                pieces.append([])
            pieces[-1].append(one)
        for piece in pieces:
            is_cut = piece[-1].at - piece[0].at > LONGEST
            days = defaultdict(list)
            for one in piece:
                days[one.event.day if is_cut else None].append(one)
            for part_of in days.values():
                first, last = part_of[0].at, part_of[-1].at
                yield (
                    counts(part_of)
                    | world.who(actor)
                    | {
                        "session_id": session,
                        "day": first.date(),
                        "local_day": world.local_day(first),
                        "started_at": first,
                        "ended_at": last,
                        "duration_seconds": (last - first).total_seconds(),
                        "is_cut": is_cut,
                    }
                )


def errors(world: World) -> Iterator[Row]:
    found = defaultdict(list)
    for one in said(world):
        if one.is_failure:
            kind = text(one.facts.get("error_type")) or "unknown" if one.kind == "error" else f"http_{int(one.status)}"
            found[kind, one.place].append(one)
    for (kind, place), ones in found.items():
        yield {
            "error_type": kind,
            "place": place,
            "first_seen_at": ones[0].at,
            "last_seen_at": ones[-1].at,
            "first_seen_day": ones[0].event.day,
            "last_seen_day": ones[-1].event.day,
            "occurrences": len(ones),
            "days_seen": len({one.event.day for one in ones}),
            "users": len({one.actor for one in ones if one.actor}),
        }


def user_engagement_daily(world: World) -> Iterator[Row]:
    found: dict[tuple[str, date], list[Said]] = defaultdict(list)
    for one in said(world):
        if one.actor:
            found[world.people[one.actor].id, world.local_day(one.at)].append(one)
    for (who, day), ones in found.items():
        visits = defaultdict(set)
        for one in ones:
            visits[one.session, one.actor].add(floor(one.at.timestamp() / 10))
        yield counts(ones) | {
            "person_id": who,
            "cohort": world.people[who].cohort,
            "local_day": day,
            "visits": len(visits),
            "ai_runs": sum(one.kind == "cognitive_process" for one in ones),
            "engaged_seconds": sum(10 * (len(signs) - 1) + 5 for signs in visits.values()),
            "first_at": ones[0].at,
            "last_at": ones[-1].at,
        }
