"""Any metric by any dimension: which metric the words mean, by what, in which steps, how many, in what order. Pure.

Does not live here: dates and values (found before), sentences.
"""

import re
from dataclasses import dataclass, replace

from analytics_platform.semantics import Filter, Query, Registry
from analytics_platform.semantics.questions import Grain
from analytics_platform.serving.seven.dates import Span
from analytics_platform.serving.seven.reply import Understood
from analytics_platform.serving.seven.subjects import Asked
from analytics_platform.serving.seven.wording import find_names

# A value of the question as a condition: kind of value → the dimension that names it.
_CONDITIONS = {
    "lesson": "lesson",
    "cohort": "cohort",
    "video": "video_id",
    "model": "model_id",
    "app": "app_id",
    "person": "person",
}
_BY = re.compile(
    r"\b(?:by|per|for each|in each|of each|each|across|split by|broken down by|grouped by|for every)\s+(?:the )?"
)
_COMPARES = re.compile(
    r"\b(?:compared? (?:with|to)|versus|vs|than|against)\b.*$|\b(?:and )?the (?:week|month|"
    r"day|time) before\b|\bhow (?:did|has|have)\b.*\bchang\w+\b"
)
_LEAST = re.compile(r"\b(?:lowest|least|fewest|worst|bottom|smallest)\b")
_MOST = re.compile(r"\b(?:highest|most|largest|best|top|biggest|greatest)\b")
_WHICH = re.compile(r"\b(?:which|what) (\w+)")


@dataclass(frozen=True)
class Meant:
    """A metric question, and what of its text nothing took."""

    understood: Understood
    left: str


def find_metric_question(text: str, asked: Asked, registry: Registry) -> Meant | str | None:
    """The question; a sentence where it cannot be asked like this; None where no metric is named."""
    compares = _COMPARES.search(text)
    plain = _COMPARES.sub(" ", text) if compares else text
    named = [match for match in find_names(plain, "metrics") if match.name in registry.metrics]
    if not named:
        return None
    # The longest phrase is what the question is about; a shorter one beside it is often a dimension's word.
    metric = max(named, key=lambda match: len(match.phrase))
    rest = plain[: metric.start] + " " * len(metric.phrase) + plain[metric.end :]
    known = registry.metrics[metric.name]
    shorts = {dimension.short for dimension in known.dimensions}
    groups, grain, rest = _groups(rest, shorts)
    where: list[Filter] = []
    for kind, value in asked.values.items():
        dimension = _CONDITIONS[kind]
        if dimension not in shorts:
            return f"{known.definition.label} cannot be asked for {asked.names[kind]}: it is not counted by {kind}."
        where.append(Filter(dimension, "=", (value,)))
    groups = tuple(group for group in groups if group in shorts)
    if not groups and asked.top is not None:
        first = next((match for match in find_names(rest, "dimensions") if match.name in shorts), None)
        if first is not None:
            groups = (first.name,)
            rest = rest[: first.start] + " " * len(first.phrase) + rest[first.end :]
    span = asked.span if asked.span and (asked.span.start or asked.span.end) else None
    if known.needs_time and grain is None:
        grain = "day"
    descending = not _LEAST.search(text)
    ranked = bool(groups) and not grain and (bool(_MOST.search(text) or _LEAST.search(text)) or asked.top is not None)
    if ranked:  # what has no name cannot be the first
        where += [Filter(group, "is not null") for group in groups]
    order = (f"-{metric.name}" if descending else metric.name,) if ranked or (groups and not grain) else ()
    question = Query(
        metrics=(metric.name,),
        group_by=groups,
        where=tuple(where),
        grain=grain,
        start=span.start if span else None,
        end=span.end if span else None,
        order=order,
        limit=asked.top or (1 if ranked and _single(text) else 200),
    )
    reading = _reading(known.definition.label, groups, grain, asked)
    before = _before(question, span) if compares else None
    return Meant(Understood(question, reading, before), rest)


def _groups(text: str, shorts: set[str]) -> tuple[tuple[str, ...], Grain | None, str]:
    """What follows "by", "per" or "each", a "which lesson" at the front, and steps of time."""
    groups: list[str] = []
    grain: Grain | None = None
    rest = text
    for match in _BY.finditer(text):
        tail = text[match.end() :]
        found = next((m for m in find_names(tail, "dimensions") if m.start <= 4 and m.name in shorts), None)
        step = next((m for m in find_names(tail, "grains") if m.start == 0), None)
        if step is not None and (found is None or len(step.phrase) >= len(found.phrase)):
            grain = step.name  # type: ignore[assignment]
            rest = rest.replace(step.phrase, " " * len(step.phrase), 1)
        elif found is not None:
            groups.append(found.name)
            rest = rest.replace(found.phrase, " " * len(found.phrase), 1)
    asked_for = _WHICH.search(text)
    if asked_for:
        found = next((m for m in find_names(asked_for[1], "dimensions") if m.name in shorts), None)
        if found is not None and found.name not in groups:
            groups.append(found.name)
            rest = rest.replace(found.phrase, " " * len(found.phrase), 1)
    if grain is None:
        step = next((m for m in find_names(rest, "grains") if m.phrase not in ("day", "week", "month")), None)
        if step is not None:
            grain = step.name  # type: ignore[assignment]
            rest = rest[: step.start] + " " * len(step.phrase) + rest[step.end :]
    return tuple(dict.fromkeys(groups)), grain, rest


def _single(text: str) -> bool:
    """ "Which lesson has …" wants one, "which lessons" wants several."""
    found = _WHICH.search(text)
    return bool(found and not found[1].endswith("s"))


def _before(question: Query, span: Span | None) -> Query | None:
    earlier = span.before() if span else None
    return replace(question, start=earlier.start, end=earlier.end) if earlier else None


def _reading(label: str, groups: tuple[str, ...], grain: Grain | None, asked: Asked) -> str:
    by = [group.replace("_", " ") for group in groups] + ([grain] if grain else [])
    parts = label[:1].lower() + label[1:] + (f" by {' and '.join(by)}" if by else "")
    return parts + asked.told(*asked.names, days=True)
