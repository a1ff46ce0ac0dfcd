"""People over all sources: users, identifiers, retention, lifecycle, and activities that nobody mapped.

Lives here: whom the sources saw, and who came back. Does not live here: who is who (``people``).
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from analytics_platform_tests.reference.landed import Event, text
from analytics_platform_tests.reference.lessons import Lessons
from analytics_platform_tests.reference.progress import share
from analytics_platform_tests.reference.views import views
from analytics_platform_tests.reference.world import Seen, World, actor_of, monday

Row = dict[str, Any]
COUNTED = ("statements", "conversations", "messages", "video_events", "telemetry_events")
WEEK = timedelta(days=7)


@lru_cache(maxsize=1)
def seen_by_person(world: World) -> dict[str, list[Seen]]:
    found = defaultdict(list)
    for one in world.seen:
        found[world.people[one.actor].id].append(one)
    return found


def users(world: World) -> Iterator[Row]:
    seen = seen_by_person(world)
    for person in world.persons:
        theirs = seen.get(person.id, [])
        days = {world.local_day(one.at) for one in theirs}
        yield {
            "person_id": person.id,
            "full_name": person.full_name,
            "email": person.email,
            "cohort": person.cohort,
            "group_name": person.group_name,
            "team_name": person.team_name,
            "former_cohort": person.former_cohort,
            "is_on_roster": person.is_on_roster,
            "identifiers": len(person.identifiers),
            "first_seen_at": theirs[0].at if theirs else None,
            "last_seen_at": theirs[-1].at if theirs else None,
            "first_local_day": min(days, default=None),
            "last_local_day": max(days, default=None),
            "active_days": len(days),
            "sources_seen": len({one.source for one in theirs}),
            **{what: sum(one.what == what for one in theirs) for what in COUNTED},
        }


def person_identifiers(world: World) -> Iterator[Row]:
    for key, person in world.people.items():
        yield {
            "identifier": key,
            "person_id": person.id,
            "kind": key.partition(":")[0],
            "is_on_roster": person.is_named_by_roster,
        }


def unmatched_identifiers(world: World) -> Iterator[Row]:
    seen, exported = defaultdict(list), defaultdict(int)
    for one in world.seen:
        seen[one.actor].append(one)
    for event in world.exports:
        exported[event.payload["actor_key"]] += 1
    for key, person in world.people.items():
        theirs = seen.get(key, [])
        if person.is_named_by_roster or not (theirs or exported[key]):
            continue
        count = {what: sum(one.what == what for one in theirs) for what in COUNTED}
        yield {
            "identifier": key,
            "person_id": person.id,
            "kind": key.partition(":")[0],
            "statements": count["statements"],
            "chat_events": count["conversations"] + count["messages"],
            "video_events": count["video_events"],
            "telemetry_events": count["telemetry_events"],
            "export_answers": exported[key],
            "first_seen_at": theirs[0].at if theirs else None,
            "last_seen_at": theirs[-1].at if theirs else None,
        }


def user_retention(world: World) -> Iterator[Row]:
    weeks = {
        person: {monday(world.local_day(one.at)) for one in theirs} for person, theirs in seen_by_person(world).items()
    }
    cohorts = defaultdict(list)
    for person, active in weeks.items():
        cohorts["first week", str(min(active))].append(person)
        found = world.people[person]
        if cohort := found.cohort or found.former_cohort:
            cohorts["roster", cohort].append(person)
    last = world.last_local_day
    for (kind, cohort), members in cohorts.items():
        first = {person: min(weeks[person]) for person in members}
        assert last
        for number in range((monday(last) - min(first.values())).days // 7 + 1):
            active = sum(first[person] + number * WEEK in weeks[person] for person in members)
            later = sum(any(week >= first[person] + number * WEEK for week in weeks[person]) for person in members)
            # The last day with an event may not be over: a week is over once its Sunday lies before that day.
            is_over = all(first[person] + (number + 1) * WEEK <= last for person in members)
            yield {
                "cohort_kind": kind,
                "cohort": cohort,
                "week_number": number,
                "cohort_size": len(members),
                "active": active,
                "is_complete": is_over,
                "classic_rate": share(active, len(members)) if is_over else None,
                "rolling_rate": share(later, len(members)),
            }


def user_lifecycle(world: World) -> Iterator[Row]:
    days = {person: {world.local_day(one.at) for one in theirs} for person, theirs in seen_by_person(world).items()}
    yield from _cycle("day", timedelta(days=1), days)
    yield from _cycle("week", WEEK, {person: {monday(day) for day in theirs} for person, theirs in days.items()})


def _cycle(period: str, step: timedelta, active: dict[str, set[date]]) -> Iterator[Row]:
    every = {one for theirs in active.values() for one in theirs}
    start = min(every, default=None)
    while start and start <= max(every):
        there = {person for person, theirs in active.items() if start in theirs}
        before = {person for person, theirs in active.items() if start - step in theirs}
        new = {person for person in there if min(active[person]) == start}
        start += step
        if not there and not before:
            continue  # nobody came, nobody went
        yield {
            "period": period,
            "period_start": start - step,
            "active_people": len(there),
            "new_people": len(new),
            "returning_people": len(there & before),
            "resurrecting_people": len(there - before - new),
            "dormant_people": len(before - there),
        }


def user_activities(world: World) -> Iterator[Row]:
    """Statements, exchanges, views of videos, and actions in the app. What a player says in statements is a view.

    Of a view and of an exchange, which is edited, no one line says when it was received.
    """
    done: list[tuple[str, Any, str | None, datetime, str, str | None, Event | None]] = []
    for one in world.statements:
        if not one.is_video:
            verb = "answered" if one.is_answer else one.verb
            done.append(("xapi", one.id, one.actor, one.at, verb, one.object_id, one.event))
    for event in world.messages:
        talk = text(event.payload["conversation_id"])
        done.append(("nocodb", event.id, actor_of("nocodb", event.payload), event.at, "exchanged", talk, None))
    for view in views(world):
        first = view.first
        id = (first.video, first.session, first.actor, first.at)
        done.append(("video", id, first.actor, first.at, "viewed", first.video, None))
    for event in world.telemetry:
        if str(event.payload["event_type"]).lower() == "action":
            action = text(event.payload.get("action"))
            actor = actor_of("telemetry", event.payload)
            id = event.id if event.payload.get("event_id") else (actor, event.at, action)
            done.append(("telemetry", id, actor, event.at, "acted", action, event))
    for source, id, actor, at, activity, subject, event_of in done:
        if actor is None:
            continue  # nobody knows who did it
        yield world.who(actor) | {
            "source": source,
            "activity_id": id,
            "day": at.date(),
            "local_day": world.local_day(at),
            "local_hour": world.local(at).hour,
            "happened_at": at,
            "received_at": event_of.received_at if event_of else None,
            "clock_skewed": event_of.clock_skewed if event_of else None,
            "activity": activity,
            "subject": subject,
        }


def unmapped_activities(world: World, lessons: Lessons) -> Iterator[Row]:
    """Activities that no map names; a video is no lesson to map."""
    found = defaultdict(list)
    for one in world.statements:
        url = one.counts_for
        if url and not one.is_video and not any(url == known or url.startswith(f"{known}/") for known in lessons.urls):
            found[url].append(one)
    for url, ones in found.items():
        yield {
            "source": "xapi",
            "activity": url,
            "identifiers": len({one.actor for one in ones}),
            "answers": sum(one.is_answer for one in ones),
            "first_seen_at": ones[0].at,
            "last_seen_at": ones[-1].at,
        }
    numbers = defaultdict(list)
    for event in world.exports:
        held = [lines for first, lines in lessons.maps if first <= date.fromisoformat(event.payload["exported_on"])]
        held = held or [lines for _, lines in lessons.maps[:1]]
        number = event.payload.get("lesson_number")
        if not (held and any(line.number == number for line in held[-1])):
            numbers[f"lesson number {number or 'missing'}"].append(event.payload["actor_key"])
    for number, actors in numbers.items():
        yield {
            "source": "export",
            "activity": number,
            "identifiers": len(set(actors)),
            "answers": len(actors),
            "first_seen_at": None,
            "last_seen_at": None,
        }
