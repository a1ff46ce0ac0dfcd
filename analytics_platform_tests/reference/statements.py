"""One xAPI statement as learning reads it: its activity, what lies above it, and whether it is a question or an answer.

Lives here: ancestors, attempts, questions, and which lesson a statement names. Does not live here: what several
statements come to, lesson maps.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from analytics_platform_tests.reference.ancestors import ATTEMPT, Above, folded, is_attempt
from analytics_platform_tests.reference.interactions import in_language, words_and_verdict
from analytics_platform_tests.reference.landed import Event, Json, agent, number, part, text
from analytics_platform_tests.reference.texts import duration, plain

CARD = re.compile(r"^(.+)/(form|poll|quiz|rate|submit-media)/([0-9]+)$", re.DOTALL)
WHOLE = {  # verbs that speak of a lesson as a whole
    "launched", "initialized", "attempted", "experienced", "progressed", "completed", "passed", "failed", "terminated",
    "satisfied", "waived", "abandoned",
}  # fmt: skip
OPINIONS = ("form", "poll", "rate", "submit-media")
VIDEO, CMI5 = "https://w3id.org/xapi/video/", "https://w3id.org/xapi/cmi5/context/"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"


@dataclass(frozen=True)
class Statement:
    event: Event

    @property
    def id(self) -> str:
        return self.event.id

    @property
    def at(self) -> datetime:
        return self.event.at

    @property
    def day(self) -> date:
        return self.event.day

    @cached_property
    def actor(self) -> str:
        key = agent(self.event.payload["actor"])
        assert key is not None
        return key

    @cached_property
    def actor_name(self) -> str | None:
        return text(part(self.event.payload, "actor", "name"))

    @cached_property
    def verb_id(self) -> str:
        return str(part(self.event.payload, "verb", "id"))

    @cached_property
    def verb(self) -> str:
        return self.verb_id.rstrip("/").rsplit("/", 1)[-1].lower()

    @cached_property
    def thing(self) -> Json:
        thing = self.event.payload.get("object")
        return thing if isinstance(thing, dict) else {}

    @property
    def is_activity(self) -> bool:
        return (self.thing.get("objectType") or "Activity") == "Activity"

    @cached_property
    def object_id(self) -> str | None:
        return text(self.thing.get("id")) or agent(self.thing)

    @cached_property
    def definition(self) -> Json:
        found = self.thing.get("definition")
        return found if isinstance(found, dict) else {}

    @property
    def kind(self) -> str | None:
        return text(self.definition.get("type"))

    @property
    def interaction_type(self) -> str | None:
        return text(self.definition.get("interactionType"))

    @cached_property
    def name(self) -> str | None:
        """The activity's name, else its description, out of a Quill delta where it is one."""
        told = in_language(self.definition.get("name"))
        return plain(told if told is not None else in_language(self.definition.get("description")))

    # What it says

    def result(self, *path: str) -> Any:
        return part(self.event.payload, "result", *path)

    @property
    def success(self) -> bool | None:
        found = self.result("success")
        return found if isinstance(found, bool) else None

    @property
    def completion(self) -> bool | None:
        found = self.result("completion")
        return found if isinstance(found, bool) else None

    @property
    def response(self) -> str | None:
        return text(self.result("response"))

    @property
    def score(self) -> float | None:
        return number(self.result("score", "scaled"))

    @property
    def move_on(self) -> str | None:
        return text(part(self.event.payload, "context", "extensions", f"{CMI5}extensions/moveon"))

    @property
    def voids(self) -> str | None:
        reference = self.thing.get("objectType") == "StatementRef" and self.object_id
        return reference.lower() if self.verb_id == VOIDED and reference else None

    # What lies above it

    @cached_property
    def above(self) -> list[Above]:
        activities = part(self.event.payload, "context", "contextActivities")
        found = []
        for place in ("parent", "grouping", "other"):
            listed = part(activities, place)
            for one in listed if isinstance(listed, list) else [listed]:
                if part(one, "id") is not None:
                    found.append(Above(place, str(one["id"]), text(part(one, "definition", "type")) or ""))
        return found

    def _those(self, place: str, is_course: bool) -> list[str]:
        return [
            one.url for one in self.above if one.place == place and one.is_course == is_course and one.url is not None
        ]

    @cached_property
    def nearest_parent(self) -> str | None:
        publisher = self._those("grouping", False) if self.is_defined_by_cmi5 else []
        found = [url for url in self._those("parent", False) if url not in publisher]
        return next(iter(found + self._those("parent", True)), None)

    @cached_property
    def nearest_grouping(self) -> str | None:
        return next(iter(self._those("grouping", False)[::-1] + self._those("grouping", True)), None)

    @cached_property
    def course(self) -> str | None:
        untyped = [] if self.is_cmi5 else self._those("grouping", False)
        return next(iter(self._those("grouping", True) + self._those("parent", True) + untyped), None)

    @property
    def is_cmi5(self) -> bool:
        session = part(self.event.payload, "context", "extensions", f"{CMI5}extensions/sessionid")
        return session is not None or self.is_defined_by_cmi5

    @property
    def is_defined_by_cmi5(self) -> bool:
        categories = part(self.event.payload, "context", "contextActivities", "category")
        listed = categories if isinstance(categories, list) else [categories]
        return any(part(one, "id") == f"{CMI5}categories/cmi5" for one in listed)

    @cached_property
    def attempt(self) -> str | None:
        told = [one.raw for one in self.above if is_attempt(one.raw, one.kind)]
        if self.is_activity and self.object_id and is_attempt(self.object_id, self.kind or ""):
            return self.object_id
        return told[0] if told else text(part(self.event.payload, "context", "registration"))

    # What it is about

    @property
    def is_on_attempt(self) -> bool:
        return self.is_activity and is_attempt(self.object_id or "", self.kind or "")

    @cached_property
    def object_url(self) -> str | None:
        """The activity; for an attempt what it is an attempt at."""
        if not self.is_activity or self.object_id is None:
            return None
        url = folded(self.object_id)
        if url is None or ((self.kind or "").endswith("/attempt") and not ATTEMPT.search(self.object_id)):
            return self.nearest_parent or self.nearest_grouping or self.object_id.rstrip("/")
        return url

    @cached_property
    def card(self) -> tuple[str, str, str] | None:
        """Lesson url, type and number of a 7taps card."""
        found = CARD.match(self.object_id or "")
        return (found[1], found[2], found[3]) if found else None

    @property
    def card_type(self) -> str | None:
        return self.card[1] if self.card else None

    @property
    def card_number(self) -> str | None:
        return self.card[2] if self.card else None

    @cached_property
    def is_question(self) -> bool:
        told = (self.kind or "").endswith(("/cmi.interaction", "/question")) or self.interaction_type is not None
        return self.is_activity and (self.card is not None or told or self.verb == "answered")

    @property
    def is_video(self) -> bool:
        """Whether a video player says it: its activity is a video of the profile, or it carries the profile's facts."""
        extensions = [self.result("extensions"), part(self.event.payload, "context", "extensions")]
        facts = [
            key for one in extensions if isinstance(one, dict) for key in one if key.startswith(f"{VIDEO}extensions/")
        ]
        return (self.kind or "") == f"{VIDEO}activity-type/video" or bool(facts)

    @cached_property
    def is_answer(self) -> bool:
        judged = self.response is not None or self.success is not None
        return self.is_question and (self.verb == "answered" or judged)

    @cached_property
    def is_opinion(self) -> bool:
        return self.card_type in OPINIONS or self.interaction_type == "likert"

    @cached_property
    def words(self) -> str | None:
        return words_and_verdict(self.definition, self.response)[0]

    @cached_property
    def is_correct(self) -> bool | None:
        if self.is_opinion or not self.is_answer:
            return None
        return self.success if self.success is not None else words_and_verdict(self.definition, self.response)[1]

    @cached_property
    def lesson(self) -> str | None:
        """The lesson that the statement names, before any map."""
        thing, parent = self.object_url, self.nearest_parent
        if not self.is_activity:
            return parent  # whom it was done with; that it was done within the lesson counts
        if self.is_question:
            found = parent or self.nearest_grouping or (self.card[0] if self.card else None)
            return None if found == thing else found
        if self.is_video:
            return None if parent == thing else parent
        if self.is_on_attempt:
            return thing
        if parent is not None and parent != thing:
            whole = self.verb in WHOLE - {"experienced"}
            typed = (self.kind or "").endswith(("/lesson", "/module", "/assessment", "/unit"))
            return thing if whole and (parent == self.course or typed) else parent
        return thing if self.verb in WHOLE and not (self.kind or "").endswith("/course") else None

    @property
    def counts_for(self) -> str | None:
        """The activity that it counts for: the lesson that it names, else its own activity."""
        return self.lesson or self.object_url

    @property
    def question(self) -> tuple[str | None, str | None]:
        """What makes the question one: its lesson before the map and the card's number, else its activity."""
        return self.counts_for, self.card_number or self.object_url

    @property
    def seconds(self) -> float | None:
        return duration(text(self.result("duration")))


def counted(events: list[Event]) -> list[Statement]:
    """The statements that count: none that is voided, and none that voids."""
    every = [Statement(event) for event in events]
    voiding = {one.id for one in every if one.verb_id == VOIDED}
    voided = {one.voids for one in every if one.voids}
    return [one for one in every if one.id not in voiding and one.id not in voided]


@dataclass
class Known:
    """What statements told last of each activity. What those say that answer it is said of the question."""

    kinds: dict[str, str]
    names: dict[str, str]
    move_on: dict[str, str]
    courses: dict[str, str]


def known(statements: list[Statement]) -> Known:
    found = Known({}, {}, {}, {})
    for one in statements:
        url = None if one.is_question else one.object_url
        if url and one.kind:
            found.kinds[url] = one.kind
        if url and one.name is not None:
            found.names[url] = one.name
        if url and one.move_on:
            found.move_on[url] = one.move_on
        for about in {url, one.counts_for}:
            if about and one.course:
                found.courses[about] = one.course
    return found
