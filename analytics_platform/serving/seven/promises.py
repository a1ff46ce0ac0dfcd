"""What the words of a question promise must be in its query: a share, a list of people, an order, days, names.

A reading that breaks a promise is no answer. Pure. Does not live here: finding readings (``understanding``).
"""

import re
from collections.abc import Callable

from analytics_platform.semantics import Named, Query, Registry
from analytics_platform.serving.seven import lists
from analytics_platform.serving.seven import promises_of_time as time
from analytics_platform.serving.seven.lists import AVERAGES, BY_TIME, DATED, ORDERED, PEOPLE, ROWS, SHARES
from analytics_platform.serving.seven.promises_of_time import question_of
from analytics_platform.serving.seven.reply import Asked, Understood
from analytics_platform.serving.seven.wording import canonical, find_names

_SHARE = re.compile(r"\b(?:share|percent\w*|proportion|fraction|ratio|rates?)\b(?! (?:the|my|our|their|your)\b)|%")
_RATED = re.compile(r"\b(?:rate|rates) (?:the |this |lesson|it)|\bhow (?:do|did|would) people rate")
_AVERAGE = re.compile(r"\b(?:average|median|typically|usually|normally)\b")
_WHO = re.compile(r"^(?:\W*(?:and|so|please|tell me|show me|list|give me|do you know) )*(?:who|whom|whose)\b"
                  r"|\b(?:which|list|names? of|name|show(?: me)?|give me) (?:the |all |all the )?people\b"
                  r"|^(?:the )?(?:top|bottom|best|worst)(?: \d+)? people\b")  # fmt: skip
_COUNTED = re.compile(r"\b(?:how many|how much|number of|count of|count the|how often|total)\b")
_PEOPLE_COUNTED = re.compile(r"\b(?:how many|number of) people\b")
_RANK = re.compile(
    r"\b(?:most|least|fewest|highest|lowest|best|worst|top|bottom|(?!inter|lat|requ|t|qu|r|w|n|h|ear|old|new)\w{3,}est)\b"
)
# "The most expensive model": the noun of a rank is what is ranked.
_RANKED_NOUN = re.compile(
    r"\b(?:most|least|fewest|highest|lowest|best|worst|\w{3,}est) (?:\w+ )?"
    r"(lessons?|cohorts?|videos?|models?|apps?|topics?|themes?|languages?|endpoints?)\b"
)
_GRAIN = re.compile(r"\b(?:by (?:day|week|month)|daily|weekly|monthly|day by day|week by week)\b")
_COMMON = re.compile(
    r"\bmost (?:common|commonly|frequent\w*|often|asked|discussed|popular|mentioned|talked|of)\b|\bmost$"
)
_EXTREME = re.compile(r"\b(?:first|earliest|oldest|newest|latest|longest|shortest)\b")
_WHICH = re.compile(
    r"\b(?:which|what) (?:the |\d+ |top |bottom |\w+est |most \w+ |is the \w+est |is the most \w+ )*(\w+ ?\w*)"
)
_BOT = re.compile(r"\bbot\b")
_MONEY = re.compile(
    r"\b(?:cost\w*|(?<!time )(?<!people )(?:spend|spent|spending)(?! in\b| on lessons| watching)|pay|paid|price\w*|"
    r"expensive|cheap\w*|money)\b"
)
_TOKENS = re.compile(r"\btokens?\b")
_VIDEO = re.compile(r"\b(?:videos?|viewers?|views?|watched|watch)\b")
_ERRORS = re.compile(r"\b(?:errors?|fail\w*|crash\w*)\b")
_ENGAGED = re.compile(r"\bengaged (?:time|minutes|seconds|hours)\b")
_LAST_SEEN = re.compile(r"\blast (?:seen|active)\b")
_FELT = re.compile(r"\b(?:sentiment|mood|tone)\b")
_MOOD = re.compile(r"\b(positive|negative)\b")


# "Number of answers", "median answers": what is counted is the noun behind, and nothing else.
_COUNTED_NOUN = re.compile(
    r"\b(?:number of|median|average|total|count of) (?:number of )?(answers|sessions|conversations|messages)\b"
)
_MARTS_OF = {"answers": "response|answer|tries|question", "sessions": "session"}
_RANKED_BY = re.compile(r"\b(?:top|bottom|rank\w*|sort\w*|order\w*)\b.* by (?:the )?((?:\w+ )?\w+)$")


def broken(text: str, understood: Understood, asked: Asked, matched: str, registry: Registry) -> str:
    """The words of the first promise that the query does not keep; empty where it keeps all."""
    plain = canonical(text)
    return next((said for check in _CHECKS if (said := check(plain, understood, asked, matched, registry))), "")


def _metric_shows_share(question: Query, registry: Registry) -> bool:
    known = [registry.metrics[name] for name in question.metrics]
    return any(one.kind in ("ratio", "derived") or one.definition.unit == "share" for one in known)


def _share(text: str, understood: Understood, _asked: Asked, _matched: str, registry: Registry) -> str:
    hit, question = _SHARE.search(text), question_of(understood)
    if hit is None or _RATED.search(text):
        if isinstance(question, Query) and _COUNTED.search(text) and "how much" not in text and "how often" not in text:
            units = {registry.metrics[name].definition.unit for name in question.metrics}
            return "a number, and not a share" if units == {"share"} else ""
        return ""
    if isinstance(question, Query):
        return "" if _metric_shows_share(question, registry) or question.metrics[0] == "average_rating" else hit[0]
    wanted = SHARES.get(question.name)
    return "" if wanted is not None and re.search(wanted, text) else hit[0]


def _of_everything(text: str, understood: Understood, _asked: Asked, _matched: str, _registry: Registry) -> str:
    """A list over everything is none of one kind: activity by hour of answers, videos by views of those to the end."""
    hit = re.search(lists.TOO_WIDE.get(getattr(question_of(understood), "name", ""), r"(?!)"), text)
    return hit[0] if hit else ""


def _average(text: str, understood: Understood, _asked: Asked, _matched: str, registry: Registry) -> str:
    hit, question = _AVERAGE.search(text), question_of(understood)
    if hit is None:
        return ""
    if isinstance(question, Query):
        name = question.metrics[0]
        fits = _metric_shows_share(question, registry) or name.startswith("average")
        return "" if fits else hit[0]
    return "" if question.name in AVERAGES else hit[0]


def _who(text: str, understood: Understood, _asked: Asked, _matched: str, registry: Registry) -> str:
    question = question_of(understood)
    if hit := _PEOPLE_COUNTED.search(text):  # how many people is no rating, and no number of what they did
        if understood.counts or not isinstance(question, Query):
            return hit[0] if getattr(question, "name", "") == "dropoff" else ""
        return "" if registry.metrics[question.metrics[0]].definition.unit == "people" else hit[0]
    if not _WHO.search(text) or re.search(r"\b(?:how many|share|number of)\b", text):
        return ""
    if isinstance(question, Query):
        return "" if "person" in question.group_by else "who"
    return "" if question.name in PEOPLE or question.count == "person_id" else "who"


def _often(text: str, understood: Understood, _asked: Asked, _matched: str, _registry: Registry) -> str:
    """ "How often" is a number; of lists only these tell it."""
    question = question_of(understood)
    counted = isinstance(question, Query) or bool(question.count)
    fits = counted or getattr(question, "name", "") in ("errors", "slowest_endpoints", "ai_kinds", "stickiness")
    return "how often" if "how often" in text and not fits else ""


def _rank(text: str, understood: Understood, asked: Asked, matched: str, _registry: Registry) -> str:
    hit, question = _RANK.search(text), question_of(understood)
    asked_for = _WHICH.search(text)
    nouns = {name.name for name in find_names(asked_for[1], "dimensions")} if asked_for else set()
    ranked = _RANKED_NOUN.search(text)
    if ranked and isinstance(question, Query) and not question.grain:
        wanted = {name.name for name in find_names(ranked[1], "dimensions")}
        if wanted and not wanted & set(question.group_by):
            return ranked[0]
    if isinstance(question, Query):
        if (
            nouns - {"person"}
            and not (question.group_by or question.grain)
            and asked_for
            and asked_for[1].split()[0] not in ("time",)
        ):
            return asked_for[0]
        if hit and not question.order and "at risk" not in text and not _COMMON.search(text):
            return hit[0] if "p95" not in question.metrics[0] else ""
        return ""
    rows = set(ROWS.get(question.name, "").split())
    if nouns - {"person"} and rows and not nouns & rows and question.by not in nouns:
        return asked_for[0] if asked_for else ""
    ordered = bool(asked.top) or question.name in ORDERED
    if hit and hit[0] not in matched and not _COMMON.search(text) and not ordered:
        return hit[0]
    return ""


def _grouped(text: str, understood: Understood, _asked: Asked, _matched: str, _registry: Registry) -> str:
    """What stands after "by", and steps of time, are in the answer; a person with each lesson is another question."""
    question = question_of(understood)
    if isinstance(question, Named):
        steps = _GRAIN.search(text)
        return steps[0] if steps and question.name not in BY_TIME else ""
    if {"person", "lesson_name"} <= set(question.group_by) and "by people" not in text:
        return "every lesson"
    for hit in re.finditer(r"\bby (?:the )?", text):
        named = [one for one in find_names(text[hit.end() :], "dimensions") if one.start == 0]
        if named and named[0].name != "person" and named[0].name not in question.group_by and not question.grain:
            return f"by {named[0].phrase}"
    return ""


def _extreme(text: str, understood: Understood, _asked: Asked, matched: str, _registry: Registry) -> str:
    hit = _EXTREME.search(re.sub(r"\bfirst (?:try|attempt|time|seen|answer)\b|\blast (?:seen|active)\b", " ", text))
    if hit is None or hit[0] in matched:
        return ""
    question = question_of(understood)
    newest = isinstance(question, Named) and hit[0] in ("newest", "latest") and question.name in DATED
    ordered = isinstance(question, Query) and bool(question.order)
    return "" if newest or (ordered and hit[0] in ("longest", "shortest")) else hit[0]


def _mood(text: str, understood: Understood, _asked: Asked, _matched: str, _registry: Registry) -> str:
    hit, question = _MOOD.search(text), question_of(understood)
    if hit is None and (felt := _FELT.search(text)):
        fits = "sentiment" in str(question) or "positive" in str(question) or "negative" in str(question)
        return "" if fits or getattr(question, "name", "") in ("themes", "answers_about") else felt[0]
    if hit is None:
        return ""
    if isinstance(question, Query):
        filtered = any(one.dimension == "sentiment" for one in question.where) or "sentiment" in question.group_by
        return "" if filtered or hit[0] in question.metrics[0] or "sentiment" in question.metrics[0] else hit[0]
    return "" if "sentiment" in question.parameters or question.name in ("themes", "answers_about") else hit[0]


def _named_values(_text: str, understood: Understood, asked: Asked, _matched: str, _registry: Registry) -> str:
    """Every lesson, cohort, person … and every day that was named must be in the query."""
    question = question_of(understood)
    if isinstance(question, Query):
        used = {value for one in question.where for value in one.values}
        days = question.start is not None or question.end is not None
    else:
        used = set(question.parameters.values())
        days = bool({"start", "end"} & set(question.parameters))
    missing = [asked.names[kind] for kind, value in asked.values.items() if value not in used]
    if missing or (asked.words and asked.words not in used):
        return missing[0] if missing else asked.words
    span = asked.span
    return span.label if span and (span.start or span.end) and not days else ""


def _nouns(text: str, understood: Understood, _asked: Asked, _matched: str, registry: Registry) -> str:
    """Money is answered by money, tokens by tokens, videos by what is known of videos, errors by errors."""
    question = question_of(understood)
    if isinstance(question, Query):
        name, marts = question.metrics[0], registry.metrics[question.metrics[0]].marts
    else:
        name, marts = question.name, registry.named[question.name].marts
    free = name in ("incidents", "forecasts", "timeline", "responses", "answers_about", "inactive", "moments", "kpis")
    chats = any(re.match(r"conversation|exchange|model_usage|user_conv", mart) for mart in marts)
    wanted = (
        (_BOT, chats or name.startswith(("active", "activit"))),
        (_MONEY, name in ("price", "model_costs", "conversations")),
        (_TOKENS, "token" in name),
        (_VIDEO, any("video" in mart for mart in marts) or name.startswith(("activit", "active"))),
        (_ENGAGED, "engaged" in name or name in ("engagement", "engagement_rate")),
        (_LAST_SEEN, name in ("person", "timeline", "inactive")),
        (_ERRORS, "error" in name or "fail" in name or name in ("slowest_endpoints", "ai_kinds", "system_health")),
    )
    return next((hit[0] for noun, kept in wanted if not kept and not free and (hit := noun.search(text))), "")


def _counted_noun(text: str, understood: Understood, _asked: Asked, _matched: str, registry: Registry) -> str:
    hit, question = _COUNTED_NOUN.search(text), question_of(understood)
    if hit is None or isinstance(question, Named):
        return ""
    metric = registry.metrics[question.metrics[0]]
    told = " ".join((question.metrics[0], *metric.marts))
    return "" if re.search(_MARTS_OF.get(hit[1], "conversation|exchange|message|chat"), told) else hit[0]


def _ranked_by(text: str, understood: Understood, _asked: Asked, matched: str, _registry: Registry) -> str:
    """A list has its own order: "top videos by completion rate" is not the one by views."""
    hit, question = _RANKED_BY.search(text), question_of(understood)
    if isinstance(question, Named) and question.name == "videos" and _RANK.search(text) and "viewers" in text.split():
        return "viewers"
    if hit is None or isinstance(question, Query) or find_names(hit[1], "dimensions"):
        return ""
    return "" if hit[1] in matched else f"by {hit[1]}"


_NOT = re.compile(
    r"\b(?:not|no(?= (?:error|answer|view|session|activit|conversation|message|request)))\b"
    r"(?! (?:only|just|handed over))"
)


def _negated(text: str, understood: Understood, _asked: Asked, _matched: str, _registry: Registry) -> str:
    """ "Has not" is no "has": those who did are not those who did not."""
    question = question_of(understood)
    if not _NOT.search(text):
        return ""
    if isinstance(question, Query):
        return "" if question.metrics[0] in ("containment", "completion_rate") else "not"
    parts = str(question.parameters)
    kept = question.name in lists.NEGATIVE or any(part in parts for part in ("not started", "partial", "on_time"))
    return "" if kept else "not"


Check = Callable[[str, Understood, Asked, str, Registry], str]
_CHECKS: tuple[Check, ...] = (
    _of_everything, _named_values, _share, _average, _who, _often, time.when, time.long, time.on_time, time.over_time,
    time.future, _rank, _grouped, _extreme, _mood, _nouns, _negated, _counted_noun, _ranked_by,
)  # fmt: skip
