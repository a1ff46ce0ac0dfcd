"""Any metric by any dimension: which metric the words mean, by what, in which steps, how many, in what order. Pure.

Does not live here: dates and values (found before), sentences.
"""

import re
from dataclasses import dataclass, replace

from analytics_platform.semantics import Filter, Query, Registry
from analytics_platform.semantics.questions import Grain
from analytics_platform.serving.seven.reply import Asked, Understood
from analytics_platform.serving.seven.spans import Span
from analytics_platform.serving.seven.wording import Match, find_names, phrases

# A value of the question as a condition: kind of value → the dimension that names it.
_CONDITIONS = {
    "lesson": "lesson",
    "cohort": "cohort",
    "video": "video_id",
    "model": "model_id",
    "app": "app_id",
    "person": "person",
}
_BY = re.compile(r"\b(?:by|and by|and)\s+(?:the )?")
_COMPARES = re.compile(
    r"\b(?:compared? (?:with|to)|compared?|comparison|versus|vs|than|against|more|fewer|less)\b|\bhow (?:did|"
    r"has|have)\b|\bchang\w+\b"
)
_CHANGES = re.compile(
    r"\b(?:chang\w+|increas\w+|decreas\w+|(?:go|goes|going|went|gone) (?:up|down)|drop|dropped|jump\w*|grow\w*|grew|"
    r"rise|rose|fall|fell)\b"
)
_LISTS_PEOPLE = re.compile(
    r"^(?:\W*and )?who\b|\b(?:which|what|top|most active|least active|list|names of|bottom|"
    r"busiest) (?:active )?people\b"
)
# Who did it is a list of people with how much each of them did.
_OF_A_PERSON = {
    "active_people": "activities",
    "people_answering": "answers",
    "people_chatting": "exchanges",
    "viewers": "views",
    "app_users": "sessions",
    "people_completed": "lesson_completions",
    "people_started": "lesson_starts",
}
# What conversations are about is known of those whose outcome is looked at.
_OUTCOMES = {
    "conversations": "conversations_with_an_outcome",
    "people_chatting": "people_with_an_outcome",
    "people_conversing": "people_with_an_outcome",
}
_WITH_QUIZZES = ("completions", "lesson_completions", "lesson_starts")  # they count more than the lessons of the map
_SHARE = re.compile(r"\b(?:share|rate|ratio)\b")
_AVERAGE = re.compile(r"\b(?:average|median)\b")
_LEAST = re.compile(r"\b(?:lowest|least|fewest|worst|bottom|smallest|furthest behind)\b")
_RANKED = "busiest|quietest|best|worst|strongest|weakest|most active|least active"
_RANKS_PEOPLE = re.compile(r"^(?:the )?(?:top|bottom) \d+ people by\b")
_MOST = re.compile(r"\b(?:highest|most|largest|best|top|biggest|greatest)\b")
_WHICH = re.compile(r"\b(?:(?:in )?which|what|how big are the|all|most \w+|least \w+|top|bottom) (\w+(?: \w+)?)")
_REPEATED = re.compile(r"\b(?:by )?(day|week|month) by (?:day|week|month)\b")
_SOME = re.compile(r"\b(?:any|some|an?|at least one)\s+$")  # "any video" is one of them all, and no list
_BEST_TIME = re.compile(rf"\b(?:which|what|{_RANKED}) (?:\w+ )?(day|week|month)\b")
_PLURAL = re.compile(r"\b\w+s\b")
MOST = 1000
MOST_BOUND = 100_000  # rows among which those inside a bound are looked for
LANGUAGES = {"english": "en", "thai": "th", "indonesian": "id", "malay": "ms"}


@dataclass(frozen=True)
class Meant:
    """A metric question, what of its text nothing took, and the phrase that named the metric."""

    understood: Understood
    left: str
    phrase: str
    is_share: bool


def has_metric(text: str, registry: Registry) -> bool:
    return any(match.name in registry.metrics for match in find_names(text, "metrics"))


def find_metric_question(text: str, asked: Asked, registry: Registry) -> Meant | str | None:
    """The question; a sentence where it cannot be asked like this; None where no metric is named."""
    plain = _CHANGES.sub(" ", _COMPARES.sub(" ", text))
    named = [match for match in find_names(plain, "metrics") if match.name in registry.metrics]
    if not named:
        return None
    # The longest phrase is what the question is about; a shorter one beside it is often a dimension's word.
    metric = max(named, key=lambda match: len(match.phrase))
    return asked_of(metric, _without(plain, metric.name), text, asked, registry)


def asked_of(metric: Match, rest: str, text: str, asked: Asked, registry: Registry) -> Meant | str:
    """The question about this metric; ``rest`` is the text without the words that named it."""
    known = registry.metrics[metric.name]
    is_share = known.kind in ("ratio", "derived") or known.definition.unit == "share"
    span = asked.span if asked.span and (asked.span.start or asked.span.end) else None
    if metric.name == "people_completed" and span:  # it counts by the day of opening; this one by that of completing
        if "lesson" not in asked.values or "lesson" in asked.several:
            return "I know completions by their day: ask how many lessons were completed, or name one lesson."
        metric = replace(metric, name="completions")
        known = registry.metrics[metric.name]
    if {"topic", "intent"} & set(asked.values) and metric.name in _OUTCOMES:
        metric = replace(metric, name=_OUTCOMES[metric.name])
        known = registry.metrics[metric.name]
    shorts = {dimension.short for dimension in known.dimensions}
    person = (_asks_who(rest, text) or _bounded_people(text, asked)) and "person" in shorts
    groups, grain, rest = _groups(rest, shorts, _ranks(text), person)
    best = _BEST_TIME.search(text) if grain is None and not groups and _ranks(text) else None
    if best:  # the busiest day, which week had most: steps of time in the order of the number
        grain, person, rest = best[1], False, re.sub(rf"\b(?:(?:{_RANKED}) )?{best[1]}\b", " ", rest)  # type: ignore[assignment]
    if person and _RANKS_PEOPLE.search(text):  # "top 5 people by time watching videos": what follows is the measure
        groups = ()
    if person and groups and not _LISTS_PEOPLE.search(text):
        person = False
    if person and metric.name in _OF_A_PERSON:  # how many people a person is, nobody asks
        often = asked.bound is not None and metric.name == "people_chatting"
        metric = replace(metric, name="conversations" if often else _OF_A_PERSON[metric.name])
        known = registry.metrics[metric.name]
    conditions = _conditions(asked, shorts, known.definition.label)
    if isinstance(conditions, str):
        return conditions
    where, compared = conditions
    groups = tuple(dict.fromkeys([*(["person"] if person else []), *groups, *compared]))
    if metric.name in ("people_completed", "people_started") and re.search(
        r"\b(?:all|both|any) (?:the )?lessons\b", text
    ):
        return f"{known.definition.label} are known lesson by lesson, not for all lessons together."
    if wrong := _other_measure(rest, is_share, metric.name, known.definition.label):
        return wrong
    if known.needs_time and grain is None:
        grain = "day"
    if grain is None and span is None and not groups and _CHANGES.search(text):
        grain = "week"  # whether it goes up or down, without a time to compare with
    languages = [said for said in LANGUAGES if re.search(rf"\b{said}\b", rest)]
    if languages and "language" in shorts:
        where = [*where, Filter("language", "in", tuple(LANGUAGES[said] for said in languages))]
        rest = re.sub(rf"\b(?:{'|'.join(languages)}|or)\b", " ", rest)
        if len(languages) > 1:
            groups = tuple(dict.fromkeys([*groups, "language"]))
    if needed := [name.split("__")[-1] for name in known.needs if name.split("__")[-1] not in groups]:
        groups = (*groups, *needed)  # money of two currencies is never added
    ranked = bool(best) or (bool(groups) and not grain and (_ranks(text) or asked.top is not None))
    if groups and (ranked or person or asked.bound):  # what has no name cannot be the first
        where = [*where, *(Filter(group, "is not null") for group in groups)]
    order = (metric.name if asked.least else f"-{metric.name}",) if best or (groups and not grain) else ()
    question = Query(
        metrics=(metric.name,),
        group_by=groups,
        where=tuple(where),
        grain=grain,
        start=span.start if span else None,
        end=span.end if span else None,
        order=order,
        limit=asked.top or (1 if ranked and (asked.single or best) else MOST),
    )
    if asked.bound:
        if not groups:
            return f"Say of whom or what: each with {asked.bound}."
        question = replace(
            question, limit=MOST_BOUND, order=(metric.name if asked.bound.from_below else f"-{metric.name}",)
        )
    compares = bool(_CHANGES.search(text)) and span is not None
    reading = _reading(known.definition.label, groups, grain, asked)
    if metric.name in _WITH_QUIZZES and "lesson" not in asked.values and "lesson_name" not in groups:
        reading += ", quizzes and other activities of an LMS among them"
    if asked.bound:
        counts = bool(re.search(r"\b(?:how many|number of|count)\b", text))
        understood = Understood(question, f"{reading}, {asked.bound}", bound=asked.bound, counts=counts)
        return Meant(understood, rest, metric.phrase, is_share)
    understood = Understood(question, reading, _before(question, span) if compares else None)
    return Meant(understood, rest, metric.phrase, is_share)


def _without(text: str, metric: str) -> str:
    """The text without any phrase of the metric: "app sessions" and "sessions were there" may overlap."""
    blank = list(text)
    for phrase, name in phrases("metrics"):
        if name == metric and phrase in text:
            for hit in re.finditer(rf"\b{re.escape(phrase)}\b", text):
                blank[hit.start() : hit.end()] = " " * len(phrase)
    return "".join(blank)


def _asks_who(rest: str, text: str) -> bool:
    """ "Who watched most", "the five most active people": a list of people, and not how many."""
    if re.search(r"\b(?:how many|number of|count of|share)\b", text):
        return False
    return bool(_LISTS_PEOPLE.search(text) or re.search(r"\bby (?:people|apiece)\b", rest))


def _bounded_people(text: str, asked: Asked) -> bool:
    """ "How many people gave more than 20 answers": each of them is looked at."""
    return asked.bound is not None and bool(re.search(r"\b(?:who|people)\b", text))


def _ranks(text: str) -> bool:
    return bool(
        _MOST.search(text) or _LEAST.search(text) or re.search(r"\b(?!interest|latest|request)\w{3,}est\b", text)
    )


Conditions = tuple[list[Filter], list[str]]


def _conditions(asked: Asked, shorts: set[str], label: str) -> Conditions | str:
    """The values of the question as filters; several of one kind are compared with each other."""
    where: list[Filter] = []
    compared: list[str] = []
    for kind, value in asked.values.items():
        dimension = _CONDITIONS.get(kind, kind)
        if dimension not in shorts:
            return f"{label} cannot be asked for {asked.names[kind]}: it is not counted by {kind}."
        if kind in asked.several:
            where.append(Filter(dimension, "in", asked.several[kind]))
            compared.append("lesson_name" if kind == "lesson" else dimension)
        else:
            where.append(Filter(dimension, "=", (value,)))
    return where, compared


def _other_measure(rest: str, is_share: bool, name: str, label: str) -> str:
    """A share or an average of something that has none must not be answered with its number."""
    if _SHARE.search(rest) and not is_share:
        return f"No share is defined of {label.lower()}; I know their number."
    if _AVERAGE.search(rest) and not is_share and not name.startswith(("average", "latency")):
        return f"No average is defined of {label.lower()}; I know their number."
    return ""


def _groups(text: str, shorts: set[str], ranks: bool, alone: bool) -> tuple[tuple[str, ...], Grain | None, str]:
    """What follows "by", a "which lesson", the noun of a ranking, and steps of time."""
    groups: list[str] = []
    grain: Grain | None = None
    repeated = _REPEATED.search(text)
    if repeated:
        grain = repeated[1]  # type: ignore[assignment]
        text = text[: repeated.start()] + " " + text[repeated.end() :]
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
    asked_for = None if alone else _WHICH.search(text)
    if asked_for:
        # "Which bot model": the last noun is what is asked for.
        found = next((m for m in reversed(find_names(asked_for[1], "dimensions")) if m.name in shorts), None)
        if found is not None and found.name not in groups:
            groups.append(found.name)
            for part in find_names(asked_for[1], "dimensions"):
                rest = rest.replace(part.phrase, " " * len(part.phrase), 1)
    if not groups and not alone and (ranks or _PLURAL.search(rest)):
        found = next((m for m in find_names(rest, "dimensions") if m.name in shorts), None)
        if found is not None and (ranks or found.phrase.endswith("s")):
            if not _SOME.search(rest[: found.start]):
                groups.append(found.name)
            rest = rest[: found.start] + " " * len(found.phrase) + rest[found.end :]
    if grain is None:
        step = next((m for m in find_names(rest, "grains") if m.phrase not in ("day", "week", "month")), None)
        if step is not None:
            grain = step.name  # type: ignore[assignment]
            rest = rest[: step.start] + " " * len(step.phrase) + rest[step.end :]
    return tuple(dict.fromkeys(groups)), grain, rest


def _before(question: Query, span: Span | None) -> Query | None:
    earlier = span.before() if span else None
    return replace(question, start=earlier.start, end=earlier.end) if earlier else None


def _reading(label: str, groups: tuple[str, ...], grain: Grain | None, asked: Asked) -> str:
    by = [group.replace("_", " ") for group in groups] + ([grain] if grain else [])
    label = f"{label} of the chatbot" if "latency" in label else label
    parts = label[:1].lower() + label[1:] + (f" by {' and '.join(by)}" if by else "")
    language = f" in {asked.marks['language'].capitalize()}" if "language" in asked.marks else ""
    return parts + language + asked.told(*asked.names, days=True)
