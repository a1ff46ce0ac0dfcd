"""Statements in the shapes of Open edX, Moodle, H5P, Storyline and cmi5: one person taking one quiz, as each tells it.

Lives here: the shapes, as their documentation and specifications give them, and visits drawn from a seed. The same
visits are the same statements, ids included. Does not live here: the demo organisation (``other_system``), landing.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

Statement = dict[str, Any]
_ADL = "http://adlnet.gov/expapi/"
_CMI5 = "https://w3id.org/xapi/cmi5/context/"
CHOICES = ("Red", "Green", "Blue")
RIGHT, WRONG = 0, 2  # places in CHOICES


@dataclass(frozen=True)
class Visit:
    """A person's ``number``-th attempt at a system's quiz: which questions were right, and whether it was finished."""

    who: str
    at: datetime
    right: tuple[bool, ...] = (True, True)
    finished: bool = True
    number: int = 1

    @property
    def passed(self) -> bool:
        return all(self.right)

    @property
    def score(self) -> float:
        return sum(self.right) / len(self.right)


def draw_visits(seed: int, people: Sequence[str], start: datetime, days: int) -> list[Visit]:
    """Each person takes the quiz once to three times, on days of the range, with two or three questions."""
    rng, visits = np.random.default_rng(seed), []
    for who in people:
        for number in range(1, int(rng.integers(1, 4)) + 1):
            at = start + timedelta(days=int(rng.integers(0, days)), seconds=int(rng.integers(0, 80_000)))
            right = tuple(bool(one) for one in rng.random(2 + number % 2) < 0.6)
            visits.append(Visit(who, at, right, bool(rng.random() < 0.8), number))
    return visits


class _Told:
    """The statements of one visit, a minute apart, each with an id made of what it is."""

    def __init__(self, system: str, visit: Visit, actor: Statement, context: Statement | None = None) -> None:
        self.system, self.visit, self.actor, self.context = system, visit, actor, context or {}
        self.statements: list[Statement] = []

    @property
    def registration(self) -> str:
        return self._id("registration")

    def say(self, verb: str, thing: Statement, result: Statement | None = None, **context: Any) -> None:
        number = len(self.statements)
        said = {
            "id": self._id(str(number)),
            "timestamp": (self.visit.at + timedelta(minutes=number)).isoformat(),
            "actor": self.actor,
            "verb": {"id": verb if "://" in verb else f"{_ADL}verbs/{verb}"},
            "object": {"objectType": "Activity", **thing},
            "context": {**self.context, **context},
        }
        self.statements.append(said | ({"result": result} if result else {}))

    def _id(self, name: str) -> str:
        visit = self.visit
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.system}/{visit.who}/{visit.number}/{visit.at}/{name}"))


def _activity(url: str, kind: str | None = None, name: str | None = None, **more: Any) -> Statement:
    definition = {"type": kind if not kind or "://" in kind else f"{_ADL}activities/{kind}"} if kind else {}
    definition |= ({"name": {"en-US": name}} if name else {}) | more
    return {"id": url} | ({"definition": definition} if definition else {})


def _account(home: str, name: str) -> Statement:
    return {"objectType": "Agent", "account": {"homePage": home, "name": name}}


def _choices(ids: Sequence[str]) -> list[Statement]:
    return [{"id": key, "description": {"en-US": text}} for key, text in zip(ids, CHOICES, strict=True)]


def _scaled(visit: Visit) -> Statement:
    return {"scaled": visit.score, "raw": 100 * visit.score, "min": 0, "max": 100}


def open_edx(visit: Visit) -> list[Statement]:
    """Graded answers are ``evaluated`` beside ``attempted`` without a result; the course is the parent."""
    course = _activity("https://edx.example.org/course/course-v1:Org+Colours+2026", "course", "Colours")
    above = {"contextActivities": {"parent": [course]}}
    told = _Told("edx", visit, _account("https://edx.example.org", f"edx-{visit.who}"), above)
    for number, right in enumerate(visit.right, 1):
        url = f"https://edx.example.org/xblock/block-v1:Org+Colours+2026+type@problem+block@{number}"
        told.say("attempted", _activity(url, "cmi.interaction"))
        told.say(
            "https://w3id.org/xapi/acrossx/verbs/evaluated",
            _activity(url, "cmi.interaction", f"Problem {number}", interactionType="choice"),
            {"response": CHOICES[RIGHT if right else WRONG], "success": right, "score": {"scaled": float(right)}},
        )
    told.say("http://id.tincanapi.com/verb/navigated", _activity("https://edx.example.org/outline", "link"))
    if visit.finished:
        told.say("passed" if visit.passed else "completed", course)
    return told.statements


def moodle(visit: Visit) -> list[Statement]:
    """Each attempt is an activity below the quiz; site, course and quiz are groupings; choices are sent as texts."""
    home = "https://moodle.example.org"
    site = _activity(home, "http://id.tincanapi.com/activitytype/lms")
    course = _activity(
        f"{home}/course/view.php?id=2", "http://id.tincanapi.com/activitytype/lms/course", "Moodle course"
    )
    quiz = _activity(f"{home}/mod/quiz/view.php?id=5", "assessment", "Colour quiz")
    number = 100 * visit.number + sum(map(ord, visit.who)) % 100
    attempt = _activity(f"{home}/mod/quiz/attempt.php?attempt={number}&cmid=5", "attempt")
    told = _Told("moodle", visit, _account(home, visit.who), {"platform": "Moodle"})

    def below(*above: Statement) -> Statement:
        return {"grouping": [site, *above]}

    told.say("http://id.tincanapi.com/verb/viewed", quiz, contextActivities=below(course))
    told.say("http://activitystrea.ms/schema/1.0/start", attempt, contextActivities=below(course, quiz))
    for place, right in enumerate(visit.right, 1):
        question = _activity(
            f"{home}/question/question.php?cmid=5&id={place}", "cmi.interaction", f"Question {place}",
            interactionType="choice", choices=_choices("123"), correctResponsesPattern=[CHOICES[RIGHT]],
        )  # fmt: skip
        told.say(
            "answered", question, {"response": CHOICES[RIGHT if right else WRONG], "completion": True},
            contextActivities=below(course, quiz, attempt),
        )  # fmt: skip
    if visit.finished:
        result = {"completion": True, "success": visit.passed, "score": _scaled(visit), "duration": "PT3M"}
        told.say("completed", attempt, result, contextActivities=below(course, quiz))
    return told.statements


def h5p(visit: Visit) -> list[Statement]:
    """Sent from the browser: the content is the parent of its questions, known by a random part of their url."""
    home, category = "https://h5p.example.org", [{"id": "http://h5p.org/libraries/H5P.QuestionSet-1.20"}]
    content = _activity(f"{home}/wp-admin/admin-ajax.php?action=h5p_embed&id=7", None, "Question set")
    actor = {"objectType": "Agent", "name": visit.who.title(), "mbox": f"mailto:{visit.who}@example.org"}
    told = _Told("h5p", visit, actor)
    told.say("attempted", content, contextActivities={"category": category})
    for place, right in enumerate(visit.right, 1):
        question = _activity(
            f"{content['id']}&subContentId=0c1d-{place}", "cmi.interaction", description={"en-US": f"Set {place}"},
            interactionType="choice", choices=_choices("012"), correctResponsesPattern=["0[,]1"],
        )  # fmt: skip
        told.say("interacted", question, contextActivities={"parent": [content], "category": category})
        result = {"response": "1[,]0" if right else "0", "completion": True, "duration": "PT12.5S"}
        told.say("answered", question, result, contextActivities={"parent": [content], "category": category})
    if visit.finished:
        scored = {"completion": True, "success": visit.passed, "score": _scaled(visit)}
        told.say("completed", content, scored, contextActivities={"category": category})
    return told.statements


def storyline(visit: Visit) -> list[Statement]:
    """Slides are ``experienced``; the course is parent and grouping; each attempt has a registration."""
    course = _activity("https://publish.example.org/6dPq0x_course_id", "course", "Storyline course")
    above = {"parent": [course], "grouping": [course]}
    told = _Told("storyline", visit, {"mbox": f"mailto:{visit.who}@example.org"})
    told.context = {"registration": told.registration}
    told.say("attempted", course, contextActivities={"grouping": [course]})
    for place, right in enumerate(visit.right, 1):
        slide = _activity(f"{course['id']}/5Ab{place}", "module", f"Slide {place}")
        told.say("experienced", slide, contextActivities=above)
        question = _activity(
            f"{slide['id']}/6Xy{place}", "cmi.interaction", f"Pick {place}", interactionType="choice",
            choices=_choices(["choice_a", "choice_b", "choice_c"]), correctResponsesPattern=["choice_a"],
        )  # fmt: skip
        result = {"response": "choice_a" if right else "choice_c", "success": right, "duration": "P0Y0M0DT0H0M12S"}
        told.say("answered", question, result, contextActivities=above)
    if visit.finished:
        told.say("passed" if visit.passed else "failed", course, {"score": _scaled(visit), "success": visit.passed})
    return told.statements


def cmi5(visit: Visit) -> list[Statement]:
    """An assignable unit that wants to be completed and passed; the publisher's id is the grouping, and no course."""
    home = "https://cmi5.example.org"
    unit, course = _activity(f"{home}/au/1", "lesson", "Unit"), f"{home}/course/1"
    publisher, profile = {"id": "https://publisher.example.org/colours/au"}, {"id": f"{_CMI5}categories/cmi5"}
    told = _Told("cmi5", visit, _account(home, visit.who))
    session = {f"{_CMI5}extensions/sessionid": f"{visit.who}-{visit.number}"}
    told.context = {
        "registration": told.registration,
        "contextActivities": {"grouping": [publisher], "category": [profile]},
        "extensions": session,
    }
    launch = {f"{_CMI5}extensions/moveon": "CompletedAndPassed", f"{_CMI5}extensions/launchmode": "Normal"}
    told.say("launched", unit, extensions=session | launch)
    told.say("initialized", unit)
    for place, right in enumerate(visit.right, 1):
        question = _activity(
            f"{unit['id']}/q/{place}", "cmi.interaction", f"True {place}", interactionType="true-false",
            correctResponsesPattern=["true"],
        )  # fmt: skip
        told.say(
            "answered", question, {"response": "true" if right else "false"},
            contextActivities={"parent": [unit], "grouping": [publisher]},
        )  # fmt: skip
    if visit.finished:
        told.say("completed", unit, {"completion": True, "duration": "PT5M"})
        told.say("passed" if visit.passed else "failed", unit, {"success": visit.passed, "score": _scaled(visit)})
    told.say("terminated", unit, {"duration": "PT6M"})
    if visit.finished and visit.passed:
        told.say(
            "https://w3id.org/xapi/adl/verbs/satisfied",
            _activity(course, "https://w3id.org/xapi/cmi5/activitytype/course"),
        )
    return told.statements


SYSTEMS: dict[str, Callable[[Visit], list[Statement]]] = {
    "open_edx": open_edx,
    "moodle": moodle,
    "h5p": h5p,
    "storyline": storyline,
    "cmi5": cmi5,
}
