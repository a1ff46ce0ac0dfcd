"""Readings of a question: subjects with a query of their own, metrics by name, metrics by the ideas of the words.

The first reading that explains every word and keeps every promise answers. Does not live here: what a question names
(``understanding``), promises (``promises``).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from analytics_platform.semantics import Named, Query, Registry
from analytics_platform.serving.seven.measures import meant_metrics
from analytics_platform.serving.seven.metric_questions import Meant, asked_of, find_metric_question
from analytics_platform.serving.seven.promises import broken
from analytics_platform.serving.seven.reply import Asked, Understood
from analytics_platform.serving.seven.series import watched_series
from analytics_platform.serving.seven.subject_list import find_subjects
from analytics_platform.serving.seven.subjects import Subject
from analytics_platform.serving.seven.values import Found
from analytics_platform.serving.seven.wording import find_names, unknown_words, vocabulary

_COUNTS = re.compile(r"\b(?:how many|how much|number of|count of|count the|how often|total)\b")
_MARKED = {"mentions", "said by", "answers", "flagged", "unusual"}  # subjects that know marks
CONDITION = "I do not know which number or list is meant."
Reading = tuple[Understood | str, str]  # with the words that showed it


def read(registry: Registry, text: str, found: Found, asked: Asked) -> Understood | str:
    """The first reading that keeps what the words promise; else why there is none."""
    why = ""
    for reading, matched in _readings(registry, text, asked):
        if isinstance(reading, str):
            why = why or reading
            continue
        lost = broken(text, reading, asked, matched, registry)
        if not lost:
            return _noted(reading, found, asked, text)
        why = why or f"I know {reading.reading}, but not with {_quoted([lost])}, so I do not answer."
    return why or CONDITION


def _readings(registry: Registry, text: str, asked: Asked) -> Iterator[Reading]:
    if {"intent", "topic"} & set(asked.values) and not re.search(
        r"\b(?:conversations|people|topics?|intents?)\b", text
    ):
        text = f"conversations {text}"  # "how many complaints": conversations of which this is the intent
    to_come = bool(re.search(r"\b(?:forecast|predict)", text))
    meant = None if to_come else find_metric_question(text, asked, registry)
    metric = meant if isinstance(meant, Meant) and not asked.words and not _strange(meant.left, asked) else None
    said = f"{text} {asked.words}" if asked.words else text
    subjects = find_subjects(said, [*asked.values, *(["words"] if asked.words else [])])
    first = next(subjects, None)
    by_subject = _of_subject(first, text, asked, registry) if first else None
    by_metric: Reading | None = (metric.understood, metric.phrase) if metric else None
    understood = by_subject is not None and isinstance(by_subject[0], Understood)
    if metric and (not understood or (first and _metric_wins(text, metric, first[2]))):
        yield from (one for one in (by_metric, by_subject) if one)
    else:
        yield from (one for one in (by_subject, by_metric) if one)
    if isinstance(meant, str):
        yield meant, ""
    elif meant and (strange := _strange(meant.left, asked)):
        yield not_known(strange), ""
    if not asked.words and not to_come:
        for match, rest in meant_metrics(text, _ideas_beside(asked)):
            other = asked_of(match, rest, text, asked, registry)
            if isinstance(other, Meant) and not _strange(other.left, asked):
                yield other.understood, text
    for taken in subjects:
        yield _of_subject(taken, text, asked, registry)


def _ideas_beside(asked: Asked) -> frozenset[str]:
    beside = {"model": "bot", "app": "bot", "video": "video"}
    return frozenset(idea for kind, idea in beside.items() if kind in asked.values)


def _of_subject(taken: tuple[Subject, str, str], text: str, asked: Asked, registry: Registry) -> Reading:
    subject, left, matched = taken
    if series := watched_series(text):
        asked = replace(asked, marks={**asked.marks, "metric": series})
    elif subject.name == "forecast" and (find_names(text, "metrics") or unknown_words(left)):
        return "I have no forecast of that.", matched
    known = {mark for kind, mark in asked.marks.items() if kind not in ("metric", "source")}
    marks = set() if subject.name in _MARKED else known
    strange = [word for word in _strange(left, asked) if word not in (vocabulary() | {"learning"}) - marks]
    if strange:
        return not_known(strange), matched
    if asked.several:
        return "I answer this for one at a time: name one of them.", matched
    built = subject.build(asked)
    return (_counted(built, text, _groups_of(text), registry) if isinstance(built, Understood) else built), matched


def not_known(strange: Sequence[str]) -> str:
    return f"I do not know what {_quoted(strange)} means here, so I do not answer half of the question."


def _metric_wins(text: str, metric: Meant, matched: str) -> bool:
    """A rate whose name the subject's words are, a metric by what they name, or a count that is a metric itself."""
    question = metric.understood.question
    if not isinstance(question, Query) or "person" in question.group_by:
        return False
    overlaps = (
        metric.phrase in matched
        or matched in metric.phrase
        or bool(set(metric.phrase.split()) & set(matched.split()) - {"people", "answers", "of", "the"})
    )
    shaped = bool(question.group_by or question.grain)
    overlaps = overlaps or (shaped and bool(find_names(matched, "dimensions")))
    return overlaps if metric.is_share else bool(_COUNTS.search(text)) or (shaped and overlaps)


_ONE_EACH = {
    "standing": "person_id",
    "responses": "answer_id",
    "at_risk": "person_id",
    "struggling": "person_id",
    "inactive": "person_id",
    "safety": "firing_id",
    "incidents": "incident_id",
    "lessons": "lesson_id",
    "cohorts": "cohort",
    "videos": "video_id",
    "questions": "question_id",
}


def _counted(understood: Understood, text: str, groups: list[str], registry: Registry) -> Understood | str:
    """ "How many …" over a list is its length; people are counted once each. "By" something is never left out."""
    question = understood.question
    if not isinstance(question, Named):
        return understood
    known = {column.name for column in registry.named[question.name].columns}
    if strange := [group for group in groups if group not in known]:
        return f"I do not know this by {strange[0].replace('_', ' ')}: {understood.reading}."
    one = _ONE_EACH.get(question.name)
    if one is None or one in groups or not (_COUNTS.search(text) or groups):
        return understood
    if re.search(r"\b(?:how many|number of|count of|count the) people\b", text) and question.name in (
        "responses",
        "safety",
    ):
        one = "person_id"
    counted = replace(question, count=one, by=groups[0] if groups else "", limit=None, order=())
    by = f" by {groups[0].replace('_', ' ')}" if groups else ""
    return replace(understood, question=counted, reading=f"how many {understood.reading}{by}")


def _groups_of(text: str) -> list[str]:
    """The dimensions that stand after "by"."""
    found = [find_names(text[hit.end() :], "dimensions") for hit in re.finditer(r"\bby (?:the )?", text)]
    return [names[0].name for names in found if names and names[0].start == 0]


def _noted(understood: Understood, found: Found, asked: Asked, text: str) -> Understood:
    doubts = f"; {'; '.join(found.doubts)}, I took the first" if found.doubts else ""
    return replace(understood, reading=understood.reading + doubts, asked=asked, text=text)


def _strange(left: str, asked: Asked) -> list[str]:
    return [word for word in unknown_words(left) if word not in asked.words]


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f'"{word}"' for word in words[:4])
