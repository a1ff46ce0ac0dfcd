"""Everything that came in, read once: the events of each source, the imported files, and who is who.

Lives here: what the subjects beside it share. Does not live here: any number.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from analytics_platform_tests.reference.landed import Event, Json, events, flag, text
from analytics_platform_tests.reference.people import Person, people
from analytics_platform_tests.reference.statements import Known, Statement, counted, known


@dataclass(frozen=True)
class Seen:
    """One event of one identifier, whatever the source."""

    source: str
    what: str  # statements, conversations, messages, video_events or telemetry_events
    actor: str
    at: datetime


@dataclass(frozen=True, eq=False)  # each reading of the lines is its own: what follows from it is kept
class World:
    home: Path
    zone: str = "UTC"
    first_day: date = date(2020, 1, 1)

    def _events(self, table: str) -> list[Event]:
        return events(self.home, table, self.first_day)

    def _rows(self, table: str) -> list[Json]:
        return [event.payload for event in self._events(table)]

    @cached_property
    def statements(self) -> list[Statement]:
        return counted(self._events("xapi/statements"))

    @cached_property
    def known(self) -> Known:
        return known(self.statements)

    @cached_property
    def conversations(self) -> list[Event]:
        return self._events("nocodb/conversations")

    @cached_property
    def messages(self) -> list[Event]:
        """What was deleted is in no mart."""
        return [one for one in self._events("nocodb/messages") if not flag(one.payload.get("is_deleted"))]

    @cached_property
    def video_events(self) -> list[Event]:
        return self._events("video/events")

    @cached_property
    def telemetry(self) -> list[Event]:
        return self._events("telemetry/events")

    @cached_property
    def roster(self) -> list[Json]:
        return self._rows("people/roster")

    @cached_property
    def lesson_map(self) -> list[Json]:
        return self._rows("lessons/map")

    @cached_property
    def due_dates(self) -> list[Json]:
        return self._rows("lessons/due_dates")

    @cached_property
    def exports(self) -> list[Event]:
        return self._events("responses/exports")

    @cached_property
    def catalogue(self) -> list[Json]:
        return self._rows("videos/catalogue")

    # Who and when

    @cached_property
    def seen(self) -> list[Seen]:
        """Every event of somebody known, in the order of time."""
        found = [Seen("xapi", "statements", one.actor, one.at) for one in self.statements]
        for source, what, listed in (
            ("nocodb", "conversations", self.conversations),
            ("nocodb", "messages", self.messages),
            ("video", "video_events", self.video_events),
            ("telemetry", "telemetry_events", self.telemetry),
        ):
            found += [Seen(source, what, who, one.at) for one in listed if (who := actor_of(source, one.payload))]
        return sorted(found, key=lambda one: one.at)

    @cached_property
    def people(self) -> dict[str, Person]:
        named = {one.actor for one in self.seen} | {one.payload["actor_key"] for one in self.exports}
        # An anonymous label is nobody's name.
        rows = [one.payload for one in self.exports if one.payload["actor_key"].startswith("name:")]
        learners = {row["actor_key"]: row["learner"] for row in rows}
        return people(named, self.statements, self.roster, self._rows("people/links"), learners)

    @property
    def persons(self) -> Iterator[Person]:
        """Each person once."""
        return (person for key, person in self.people.items() if key == person.id)

    def person(self, actor: str | None) -> Person | None:
        return self.people.get(actor) if actor else None

    def who(self, actor: str | None) -> Json:
        """Whoever an identifier is, as marts of what people did say it beside the identifier."""
        person = self.person(actor)
        return {
            "actor_key": actor,
            "person_id": person.id if person else None,
            "cohort": person.cohort if person else None,
        }

    def local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))

    def local_day(self, at: datetime) -> date:
        return self.local(at).date()

    @cached_property
    def last_local_day(self) -> date | None:
        return max((self.local_day(one.at) for one in self.seen), default=None)


def actor_of(source: str, payload: Json) -> str | None:
    """Who a row is of: a chat user or account, or the app's and the player's user."""
    if source == "nocodb":
        if payload.get("from_end_user_id") is not None:
            return f"chat:{text(payload['from_end_user_id'])}"
        account = payload.get("from_account_id")
        return f"chat_account:{text(account)}" if account is not None else None
    user = text(payload.get("user_id"))
    return f"user:{user}" if user else None


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
