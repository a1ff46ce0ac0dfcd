"""The way of a question: refuse, translate, find days, values and subject or metric, ask the semantics, tell.

Does not live here: each of these steps.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from analytics_platform.errors import PlatformError
from analytics_platform.semantics import LOCAL, Answer, Named, Query, Viewer, query
from analytics_platform.semantics.registry import registry
from analytics_platform.serving.seven.dates import find_span
from analytics_platform.serving.seven.metric_questions import Meant, find_metric_question
from analytics_platform.serving.seven.refusing import outside, refusal
from analytics_platform.serving.seven.reply import Chart, Reply, Understood
from analytics_platform.serving.seven.sentences import compare, tell
from analytics_platform.serving.seven.subject_list import find_subject
from analytics_platform.serving.seven.subjects import Asked
from analytics_platform.serving.seven.values import Found, Rows, find_values
from analytics_platform.serving.seven.wording import forgive, in_english, lexicon, tidy, unknown_words, vocabulary
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse

MOST_LETTERS = 1000
# Named query → the column that names a row in a sentence, and the number said of it.
SPOKEN = {
    "standing": ("full_name", ""),
    "responses": ("response", ""),
    "dropoff": ("question", "people_lost"),
    "struggling": ("full_name", "right_share"),
    "at_risk": ("full_name", "days_silent"),
    "learner_risk": ("person_id", "chance"),
    "answers_about": ("lesson_name", "answers"),
    "themes": ("theme", "answers"),
    "theme_changes": ("theme", "change"),
    "model_costs": ("model_id", "price_per_conversation"),
    "questions": ("question", "first_try_correct"),
    "safety": ("full_name", ""),
    "slowest_endpoints": ("endpoint", "avg_ms"),
    "videos": ("video_id", "views"),
    "lessons": ("lesson_name", "people_started"),
    "cohorts": ("cohort", "people"),
    "timeline": ("activity", ""),
    "incidents": ("series_id", "deviation"),
    "errors": ("error_type", "occurrences"),
    "conversation_categories": ("topic", "conversations"),
}
SUGGESTIONS = (
    "who completed lesson 5 on time",
    "where do learners drop off",
    "active people by cohort last week",
    'answers that mention "sleep"',
    "was yesterday unusual",
)
_TOP = re.compile(
    r"\b(?:top|first|bottom|last) (\d{1,3})\b|\b(\d{1,3}) (?:most|hardest|best|worst|slowest|largest|biggest)\b"
)
_QUOTED = re.compile(r'"([^"]{1,80})"|(?<!\w)\'([^\']{1,80})\'(?!\w)')
_WORDS = re.compile(
    r"\b(?:mention\w*|about|containing|contains?|with the words?|that say|saying|talk about|"
    r"include)\s+(?:the words? )?(.{2,60}?)"
    r"(?=$| in lesson| in the| from | since | by | last | this | yesterday| of (?:cohort|group))"
)
_ABOUT = re.compile(r"\b(\w+)(?: time)? (?:levels?|patterns?)\b|\b(priorit)ies\b|\b(habit)s?\b|\b(mood)\b")
_COUNTS = re.compile(r"\b(?:how many|number of|count of|how often)\b")
_FOLLOWS = re.compile(
    r"^(?:and|what about|how about|now|only|but|also|then|same)\b|^(?:by|per|for|in|last|this|yesterday|since)\b"
)


def ask(
    settings: Settings,
    question: str,
    viewer: Viewer = LOCAL,
    before: Understood | None = None,
    today: date | None = None,
) -> Reply:
    """Answer a question; ``before`` is what the last answer of this conversation understood."""
    now = today or datetime.now(ZoneInfo(settings.platform_timezone)).date()
    text = tidy(question)
    if not text or len(question) > MOST_LETTERS:
        return _abstain(f"Ask one question of at most {MOST_LETTERS} letters.")
    if said := refusal(text):
        return Reply("refused", said, suggestions=SUGGESTIONS)
    text = in_english(text)
    if said := refusal(text):
        return Reply("refused", said, suggestions=SUGGESTIONS)
    if said := outside(text):
        return _abstain(said)
    understood = _understand(settings, text, viewer, before, now)
    if isinstance(understood, str):
        return _abstain(understood)
    return _answer(settings, understood, viewer)


def _understand(
    settings: Settings, text: str, viewer: Viewer, before: Understood | None, now: date
) -> Understood | str:
    quoted = _QUOTED.search(text)
    words = next((part for part in (quoted.groups() if quoted else ()) if part), "")
    text = _QUOTED.sub(" ", text) if quoted else text
    text = forgive(text)
    dated = find_span(text, now)
    span, text = dated if dated else (None, text)
    top = _TOP.search(text)
    count = int(next(part for part in top.groups() if part)) if top else None
    text = _TOP.sub(" ", text)
    if not words:
        said = _WORDS.search(text)
        words = _core(said[1]) if said else ""
    if not words:
        about = _ABOUT.search(text)
        words = next((part for part in about.groups() if part), "") if about else ""
    found = find_values(re.sub(rf"\b{re.escape(words)}\b", " ", text) if words else text, _rows_of(settings, viewer))
    if found.unknown:
        return f"There is no {', no '.join(found.unknown)} in the data."
    asked = Asked(found.values, found.names, span, count, words)
    follows = before is not None and _FOLLOWS.search(text)
    if follows and before is not None:
        continued = _continue(settings, before, found, asked)
        if continued is not None:
            return continued
    return _fresh(settings, f"{found.text} {words}" if words else found.text, found, asked)


def _fresh(settings: Settings, text: str, found: Found, asked: Asked) -> Understood | str:
    """A subject with its own query first, else a metric; words that nobody knows make her abstain."""
    known = registry(settings)
    meant = find_metric_question(found.text, asked, known)
    if _COUNTS.search(text) and isinstance(meant, Meant) and not _strange(meant.left, asked):
        return _noted(meant.understood, found)
    taken = find_subject(text)
    if taken is not None:
        subject, left = taken
        if all(need in asked.values or (need == "words" and asked.words) for need in subject.needs):
            built = subject.build(asked)
            if isinstance(built, str):
                if isinstance(meant, Meant) and not _strange(meant.left, asked):
                    return meant.understood
                return built
            known_words = vocabulary() | {"learning"}  # learning priorities, learning habits
            if not [word for word in _strange(left, asked) if word not in known_words]:
                return _noted(built, found)
    if isinstance(meant, Meant):
        strange = _strange(meant.left, asked)
        if not strange:
            return _noted(meant.understood, found)
        return f"I do not know what {_listed(strange)} means here, so I do not answer half of the question."
    if isinstance(meant, str):
        return meant
    if taken is not None and (strange := _strange(taken[1], asked)):
        return f"I do not know what {_listed(strange)} means here, so I do not answer half of the question."
    return "I do not know which number or list is meant."


def _continue(settings: Settings, before: Understood, found: Found, asked: Asked) -> Understood | None:
    """A short follow-up changes the last question: another span, another group, another value."""
    question = before.question
    if isinstance(question, Named):
        more = asked.parameters(*asked.values, days=True)
        accepted = {p.name for p in registry(settings).named[question.name].parameters}
        if not more or not set(more) <= accepted:
            return None
        reading = before.reading.split(" (")[0] + asked.told(*asked.values, days=True)
        return replace(before, question=replace(question, parameters={**question.parameters, **more}), reading=reading)
    label = registry(settings).metrics[question.metrics[0]].definition.label.lower()
    meant = find_metric_question(f"{label} {found.text}", asked, registry(settings))
    if not isinstance(meant, Meant):
        metric = question.metrics[0]
        meant = find_metric_question(f"{_phrase(metric)} {found.text}", asked, registry(settings))
    if not isinstance(meant, Meant) or not isinstance(meant.understood.question, Query):
        return None
    new = meant.understood.question
    kept = replace(
        question,
        group_by=new.group_by or question.group_by,
        where=new.where or question.where,
        grain=new.grain or question.grain,
        start=new.start if asked.span else question.start,
        end=new.end if asked.span else question.end,
        order=new.order or question.order,
        limit=max(new.limit or 0, question.limit or 0) or None,
    )
    if new.metrics != question.metrics:
        return None
    return Understood(kept, meant.understood.reading)


def _phrase(metric: str) -> str:
    said = lexicon()["metrics"].get(metric)
    return str(said[0]) if isinstance(said, list) and said else metric.replace("_", " ")


def _noted(understood: Understood, found: Found) -> Understood:
    if not found.doubts:
        return understood
    return replace(understood, reading=f"{understood.reading}; {'; '.join(found.doubts)}, I took the first")


def _answer(settings: Settings, understood: Understood, viewer: Viewer) -> Reply:
    try:
        answer = query(settings, understood.question, viewer)
        earlier = query(settings, understood.before, viewer) if understood.before else None
    except PlatformError as error:
        return _abstain(str(error))
    rows = answer.rows
    if rows and all(row.get("reason") for row in rows):  # an engine that abstained says why
        return _abstain(f"There is no answer yet: {rows[0]['reason']}.")
    text = tell(
        rows, [*answer.definitions, *answer.columns], understood.reading, understood.missing, _spoken(understood)
    )
    if earlier is not None and isinstance(understood.question, Query):
        number = understood.question.metrics[0]
        keys = [name for name in answer.table.column_names if name != number]
        text += " " + compare(rows, earlier.rows, number, keys, "the time before")
    if answer.quality.state != "good":
        text += f" The data is stale: {'; '.join(answer.quality.reasons)}."
    for note in answer.notes:
        text += f" {note}"
    return Reply(
        status="answered",
        text=text,
        reading=understood.reading,
        sql=answer.sql,
        columns=tuple(answer.table.column_names),
        rows=tuple(rows),
        chart=_chart(answer, understood),
        definitions=answer.definitions,
        version=answer.version,
        published_at=answer.snapshot.published_at,
        quality=answer.quality.state,
        understood=understood,
    )


def _spoken(understood: Understood) -> tuple[str, str]:
    """The columns that the sentences name and count by."""
    question = understood.question
    return SPOKEN.get(question.name, ("", "")) if isinstance(question, Named) else ("", question.metrics[0])


def _chart(answer: Answer, understood: Understood) -> Chart:
    question, names = understood.question, answer.table.column_names
    if answer.table.num_rows < 2:
        return Chart()
    if isinstance(question, Query):
        number = question.metrics[0]
        if question.grain:
            return Chart("line", names[0], number, question.group_by[0] if question.group_by else "")
        return Chart("bar", question.group_by[0], number) if question.group_by else Chart()
    shapes = {
        "dropoff": Chart("bar", "question", "people_lost"),
        "retention_curve": Chart("line", "video_second", "unique_retention"),
        "themes": Chart("bar", "theme", "answers"),
        "theme_changes": Chart("bar", "theme", "change"),
        "model_costs": Chart("bar", "model_id", "price_per_conversation"),
        "slowest_endpoints": Chart("bar", "endpoint", "avg_ms"),
        "answers_about": Chart("bar", "lesson_name", "answers"),
    }
    return shapes.get(question.name, Chart())


def _rows_of(settings: Settings, viewer: Viewer) -> Rows:
    current = open_warehouse(settings).current()
    version = current.version if current else ""
    return lambda name: _list(settings, viewer, name, version)


@lru_cache(maxsize=64)
def _list(settings: Settings, viewer: Viewer, name: str, _version: str) -> tuple[Mapping[str, object], ...]:
    """The values of a list, kept while the snapshot stays; empty where the viewer may not see it."""
    try:
        return tuple(query(settings, Named(name), viewer).rows)
    except PlatformError:
        return ()


def _strange(left: str, asked: Asked) -> list[str]:
    return [word for word in unknown_words(left) if word not in asked.words]


def _core(words: str) -> str:
    """The words to look for, without little words around them."""
    return re.sub(r"^(?:the|a|an|their|my|our)\s+|\s+(?:the|a|an|please)$", "", words.strip())


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f'"{word}"' for word in words[:4])


def _abstain(why: str) -> Reply:
    return Reply("abstained", why, suggestions=SUGGESTIONS)
