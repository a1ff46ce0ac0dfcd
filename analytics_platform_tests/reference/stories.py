"""What arrives in a story: other systems' statements, odd ones of every shape, and the files that people bring.

Lives here: lines drawn from a seed, from small sets of names, so that they meet. No two events share a moment: which
of two is the later one is nobody's definition. Does not live here: chats, players and the app (``streams``), delivery.
"""

import hashlib
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from analytics_platform.simulator.other_systems import SYSTEMS, draw_visits
from analytics_platform_tests.reference.delivering import Line
from analytics_platform_tests.reference.statements import VOIDED

START = datetime(2026, 3, 21, tzinfo=UTC)  # summer time begins in the story
DAYS = 12
ADL, LMS, TAPS = "http://adlnet.gov/expapi", "https://lms.example.org", "https://courses.example.org"
CMI5 = "https://w3id.org/xapi/cmi5/context"
VERBS = (
    "answered", "answered", "evaluated", "attempted", "launched", "experienced", "completed", "completed", "passed",
    "failed", "progressed", "satisfied", "waived", "initialized", "terminated", "viewed", "interacted", "scored",
)  # fmt: skip
NAMES = ("ann", "ben", "cem", "dan", "eve", "fay", "gus", "hal")
QUESTIONS: tuple[dict[str, Any], ...] = (
    {"interactionType": "choice", "choices": [{"id": key, "description": {"en-US": word}} for key, word in
     (("r", "Red"), ("g", "Green"), ("b", "Blue"))], "correctResponsesPattern": ["r[,]g"]},
    {"interactionType": "true-false", "correctResponsesPattern": ["true"]},
    {"interactionType": "numeric", "correctResponsesPattern": ["2[:]4"]},
    {"interactionType": "fill-in", "correctResponsesPattern": ["{case_matters=true}Oslo", "{lang=en}oslo"]},
    {"interactionType": "likert", "scale": [{"id": "1", "description": {"en": "Never"}}]},
    {"interactionType": "sequencing", "choices": [{"id": key, "description": {"en": key.upper()}} for key in "ab"],
     "correctResponsesPattern": ["a[,]b"]},
    {"interactionType": "other"},
    {},
)  # fmt: skip
RESPONSES = ("r[,]g", "g[,]r", "r", "true", "False", "3", "9", "Oslo", "oslo", "1", "a[,]b", "b[,]a", "none", "x | y")


def actor(rng: random.Random, who: str) -> dict[str, Any]:
    """One of the ways in which a sender names somebody."""
    mail = f"{who}@example.org"
    return rng.choice(
        [
            {"mbox": f"mailto:{mail}"},
            {"mbox": f"MAILTO:{mail.title()}", "name": who.title()},
            {"account": {"homePage": "https://7taps.com/", "name": f"id-{who}"}, "name": f" {mail.title()} "},
            {"account": {"homePage": LMS, "name": who}},
            {"mbox_sha1sum": hashlib.sha1(f"mailto:{mail}".encode(), usedforsecurity=False).hexdigest()},
            {"openid": f"https://id.example.org/{who}"},
        ]
    )


def _activity(url: str, kind: str | None = None, **definition: Any) -> dict[str, Any]:
    definition |= {"type": kind if "://" in kind else f"{ADL}/activities/{kind}"} if kind else {}
    return {"id": url} | ({"definition": definition} if definition else {})


def _lesson(rng: random.Random) -> str:
    return f"{LMS}/course/{rng.randint(1, 2)}/unit/{rng.randint(1, 3)}" + rng.choice(["", "", "/"])


def thing(rng: random.Random) -> dict[str, Any]:
    """A lesson, a course, a page, an attempt, a question, a card, a person."""
    kind = rng.choice([None, None, "lesson", "module", "assessment", "course", "page", "objective", "attempt"])
    named = {"name": {"en-US": f"Name {rng.randint(1, 3)}"}} if rng.random() < 0.5 else {}
    match rng.randint(0, 9):
        case 0 | 1:
            return _activity(_lesson(rng), kind, **named)
        case 2:
            return _activity(f"{LMS}/course/{rng.randint(1, 2)}", rng.choice(["course", None]), **named)
        case 3:
            return _activity(
                f"{_lesson(rng).rstrip('/')}/page/{rng.randint(1, 2)}", rng.choice([kind, "page"]), **named
            )
        case 4:
            return _activity(
                f"{LMS}/mod/quiz/attempt.php?attempt={rng.randint(1, 4)}&cmid=5", rng.choice(["attempt", None])
            )
        case 5:
            return _activity(f"{_lesson(rng).rstrip('/')}?attempt={rng.randint(1, 3)}&x=1", kind, **named)
        case 6 | 7:
            place, typed = rng.randint(0, len(QUESTIONS) - 1), rng.choice(["cmi.interaction", "question", None])
            return _activity(f"{LMS}/q/{place}", typed, **QUESTIONS[place], **named)
        case 8:
            return card(rng)
    return rng.choice([{"objectType": "Agent", "mbox": "mailto:ann@example.org"}, _activity(f"{LMS}/q/free", None)])


def card(rng: random.Random) -> dict[str, Any]:
    lesson, number = rng.randint(1, 3), rng.randint(1, 4)
    kind = ("form", "poll", "quiz", "rate", "quiz")[(lesson + number) % 5]
    words = f"Card {number} of {lesson}"
    delta = json.dumps({"ops": [{"insert": words, "attributes": {"bold": True}}, {"insert": "\n"}]})
    return _activity(f"{TAPS}/l{lesson}/{kind}/{100 + number}", "question", name={"en-US": delta})


def context(rng: random.Random) -> dict[str, Any]:
    above: dict[str, Any] = {}
    if rng.random() < 0.5:
        parents = [
            _activity(_lesson(rng), rng.choice([None, "module", "lesson"])),
            _activity(f"{LMS}/course/{rng.randint(1, 2)}", rng.choice(["course", "course", None])),
            _activity(f"{LMS}/mod/quiz/attempt.php?attempt={rng.randint(1, 4)}&cmid=5", "attempt"),
            _activity(f"{LMS}/goal", "objective"),
        ]
        some = rng.sample(parents, rng.randint(1, 2))
        above["parent"] = some if rng.random() < 0.7 else some[0]
    if rng.random() < 0.4:
        groups = [
            _activity(LMS, "lms"),
            _activity(f"{LMS}/course/{rng.randint(1, 2)}", rng.choice(["course", None])),
            _activity(_lesson(rng), None),
            _activity(f"{_lesson(rng).rstrip('/')}/try/{rng.randint(1, 3)}", "attempt"),
        ]
        above["grouping"] = rng.sample(groups, rng.randint(1, 3))
    found: dict[str, Any] = {"contextActivities": above}
    if rng.random() < 0.2:
        above["category"] = [{"id": f"{CMI5}/categories/cmi5"}]
        word = rng.choice(["Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed", "NotApplicable"])
        found["extensions"] = {f"{CMI5}/extensions/moveon": word} if rng.random() < 0.4 else {}
    if rng.random() < 0.3:
        found["registration"] = f"registration-{rng.randint(1, 5)}"
    return found


def result(rng: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if rng.random() < 0.4:
        found["success"] = rng.random() < 0.5
    if rng.random() < 0.25:
        found["completion"] = rng.random() < 0.8
    if rng.random() < 0.5:
        found["response"] = rng.choice(RESPONSES)
    if rng.random() < 0.3:
        found["score"] = {"scaled": rng.randint(-4, 4) / 4}
    if rng.random() < 0.3:
        found["duration"] = rng.choice(["PT1M5S", "P0Y0M0DT0H0M12S", "PT1,5S", "P1M", "soon"])
    return found


def statement(rng: random.Random, number: int) -> dict[str, Any]:
    verb = rng.choice(VERBS)
    return {
        "id": f"odd-{number}",
        "actor": actor(rng, rng.choice(NAMES)),
        "verb": {"id": f"{ADL}/verbs/{verb}" + rng.choice(["", "", "/"])},
        "object": thing(rng),
        "result": result(rng),
        "context": context(rng),
    }


def moment(rng: random.Random) -> datetime:
    return START + timedelta(microseconds=rng.randrange(DAYS * 86_400_000_000))


def statements(rng: random.Random, count: int) -> list[Line]:
    """Other systems' quizzes, the course, and odd statements; some without a time, a few with a wrong clock."""
    told = [
        said
        for system, tell in SYSTEMS.items()
        for visit in draw_visits(rng.randrange(1000) + len(system), NAMES[:4], START, DAYS - 1)
        for said in tell(visit)
    ]
    lines = []
    for said in told:
        # Two visits may begin at one moment.
        at = datetime.fromisoformat(said["timestamp"]) + timedelta(microseconds=rng.randrange(30_000_000))
        lines.append(Line("xapi/statements", said | {"timestamp": at.isoformat()}, at))
    for number in range(count):
        at, said = moment(rng), statement(rng, number)
        luck = rng.random()
        if luck < 0.6:
            said["timestamp"] = at.isoformat()
        elif luck < 0.62:
            said["timestamp"] = rng.choice(["1975-01-01T00:00:00Z", (at + timedelta(days=2)).isoformat()])
        lines.append(Line("xapi/statements", said, at))
    return lines


def voiding(rng: random.Random, number: int, lines: list[Line]) -> Line:
    """One statement that voids another, or a voiding one, or one that never came."""
    ids = [line.payload["id"] for line in lines if isinstance(line.payload, dict) and "verb" in line.payload]
    at = moment(rng)
    said = {
        "id": f"void-{number}",
        "timestamp": at.isoformat(),
        "actor": {"mbox": f"mailto:{rng.choice(['admin', 'ann'])}@example.org"},
        "verb": {"id": VOIDED},
        "object": {"objectType": "StatementRef", "id": rng.choice([*ids, "void-0", "nobody"]).upper()},
    }
    return Line("xapi/statements", said, at)


def files(rng: random.Random) -> list[Line]:
    """Two rosters of one cohort and one of another, two lesson maps, due dates, links, an export."""
    lines = []

    def bring(table: str, batch: str, day: int, rows: list[dict[str, Any]], key: str = "row_id") -> None:
        at = START + timedelta(days=day, seconds=rng.randrange(80_000))
        for number, row in enumerate(rows, 2):
            head = {key: f"{table}-{batch}-{number}", "batch_id": batch, "file_line": number}
            head |= {} if table == "responses/exports" else {"valid_from": str(at.date())}
            lines.append(Line(table, head | row, at))

    def members(*names: str, cohort: str) -> list[dict[str, Any]]:
        group, _, team = cohort.partition(" / ")
        told = {"group_name": group, "team_name": team or None, "cohort": cohort}
        return [{"email": f"{name}@example.org", "full_name": f"{name.title()} Lee", **told} for name in names]

    bring("people/roster", "b1", 1, members("ann", "ben", "cem", "ida", cohort="North / Hill"))
    bring("people/roster", "b2", 4, members("dan", "eve", cohort="South"))
    bring("people/roster", "b3", 7, members("ann", "ben", "dan", cohort="North / Hill"))
    bring("people/links", "b1", 2, [
        {"identifier_a": "user:u-ann", "identifier_b": "mbox:ann@example.org"},
        {"identifier_a": f"account:{LMS}|ben", "identifier_b": "mbox:ben@example.org"},
        {"identifier_a": "chat:c-cem", "identifier_b": "user:u-cem"},
        {"identifier_a": "user:u-cem", "identifier_b": "openid:https://id.example.org/cem"},
        {"identifier_a": "name:North / Hill|Ann Lee", "identifier_b": "mbox:ann@example.org"},
    ])  # fmt: skip
    first = [("1", "Sleep", f"{TAPS}/l1"), ("2", "Food", f"{TAPS}/l2-old"), ("3", "Later", None)]
    second = [("1", "Deep sleep", f"{TAPS}/l1"), ("2", "Food", f"{TAPS}/l2"), ("2b", "Unit", f"{LMS}/course/1/unit/1")]
    for batch, day, told in (("b1", 0, first), ("b2", 6, second)):
        rows = [
            {"position": n, "lesson_number": number, "name": name, "url": url}
            for n, (number, name, url) in enumerate(told, 1)
        ]
        bring("lessons/map", batch, day, rows)
        due = str((START + timedelta(days=day + 4)).date())
        bring("lessons/due_dates", batch, day, [
            {"lesson_number": "1", "cohort": None, "due_on": due},
            {"lesson_number": "2", "cohort": "South", "due_on": due},
        ])  # fmt: skip
    bring("responses/exports", "b1", 9, [
        {"exported_on": str((START + timedelta(days=8)).date()), "actor_key": key, "learner": key.partition("|")[2],
         "cohort": "North / Hill", "lesson_number": lesson, "card_number": "1", "card_type": kind,
         "question": "Card 1 of 1", "response": said}
        for key, lesson, kind, said in (
            ("name:North / Hill|Ann Lee", "1", "form", "none"), ("name:North / Hill|Ann Lee", "1", "form", " None "),
            ("name:North / Hill|Bo", "1", "poll", "x | y"),
            ("anonymous:North / Hill|Anonymous 1", "9", "rate", "⭐⭐ — so"),
        )
    ], "response_id")  # fmt: skip
    return lines
