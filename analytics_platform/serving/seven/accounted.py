"""Whether a query holds everything that a question names: its values, days, bounds, groups, orders. Pure.

The last guard before an answer, whoever read the question: what is named in words and missing in the query makes her
abstain. Does not live here: promises of words that are no names (``promises``).
"""

import re
from collections.abc import Iterator

from analytics_platform.semantics import Named, Query, Registry
from analytics_platform.serving.seven.marking import Mark, Marked
from analytics_platform.serving.seven.reply import Made, Understood
from analytics_platform.serving.seven.wishes import Wish, wishes_of

_VALUES = ("lesson", "cohort", "person", "video", "model", "app", "endpoint")
_KINDS = {"kind", "tier", "theme", "topic", "intent", "language", "weekday", "rule", "words", "place"}
_UNITS = {"person", "day", "conversation", "message", "session", "view", "hour"}  # "by person" may be an average
_LISTS = {
    "responses",
    "standing",
    "timeline",
    "safety",
    "inactive",
    "headcount",
    "concurrency",
}  # rows of things, whatever they are by
_THINGS = {"answer", "view", "conversation", "message", "session", "activity"}  # "top 3 lessons by answers"
_COLUMNS = {"question": "question|card", "kind": "kind|type|place", "tier": "tier|severity", "metric": "series|metric"}
_NOUN = re.compile(r"(?:theme|topic|lesson|cohort|question|language|tier|kind)s?\b")
_CODES = {"usd": "USD", "dol": "USD", "us ": "USD", "idr": "IDR", "rup": "IDR", "thb": "THB", "bah": "THB"}
_OF_PEOPLE = re.compile(r"§bound\d+ people\b")
_MIDDLE = re.compile(r"\b(?:median|percentile)\b")
_CURRENCY = re.compile(r"\b(?:in )?(usd|us dollars?|dollars?|idr|rupiah|thb|baht)\b")
_AVERAGED = re.compile(r"\baverage (?:number of )?(?:app )?(?:sessions|views) by\b")
_WHAT_ANSWERED = re.compile(r"^what (?:do|did|have) .*§question")
_COMPARES = re.compile(r"\b(?:compared|versus|vs)\b|\b(?:more|less) often than\b|\b(?:more|less) often\b.* than\b")
_NUMBER = re.compile(r"\b(?:how many|(?<!average )number of) ratings\b")
_STARS = re.compile(r"\b([1-5]) stars?\b")
_COUNTED_PEOPLE = re.compile(
    r"(?<!\w)(?:fewest|most|least|number of|how many|average|daily|§bound\d+) (?:active |new |different |bot "
    r"|app |chat |conversations? )?people\b"
)
_OF_ALL = re.compile(r"\b(?:people|who)\b.*\ball (?:of )?(?:the |our )?(?:questions|videos|cards|checks|quizzes)\b")
_OF_PEOPLE_ONLY = ("app_users", "active_people", "viewers", "people_answering", "people_chatting")
_SESSIONS = re.compile(r"\b(?:sessions?|visits?|logins?)\b")
_AGAIN = re.compile(r"\b(?:watch\w*|view\w*|seen|see|play\w*) (?:\w+ )?(?:again|twice|more than once)\b")
_LANGUAGES = re.compile(r"\b(?:english|thai|indonesian|malay)\b")
_WHAT_ABOUT = re.compile(
    r"^what (?:do|did|does|are) .*\b(?:writ\w+|wrote|talk\w*|say\w*|speak\w*|ask\w*|chat\w*)"
    r"(?: (?:to|with) (?:the )?(?:bot|app))? about\b"
)
_PAID = re.compile(r"\b(?:pay|pays|paid|costs?|price[ds]?|prices|money|expensive|cheap\w*)\b")
_SHARE = re.compile(r"\b(?:share|percent(?:age)?|proportion)\b|%")
_VIEWERS = re.compile(r"\b(?:how many|more|most|fewer|fewest|number of) (?:different )?viewers\b")
_FELT = re.compile(r"\b(?:sentiments?|moods?|tone)\b(?! (?:in one sign))")
_P95 = re.compile(r"\bp9\d\b")
_HOW = re.compile(r"how (?:did|do|does|is|are|was|were|has|have)\b")
_MOST_ERRORS = re.compile(
    r"\b(?:number of|how many) (?:\w+ )?(?:errors|failures|failed requests)|\bmost (?:failed requests"
    r"|errors|failures)\b"
)
_PEAK = re.compile(r"\b(?:max|maximum|peak|min|minimum)\b")


def forgotten(found: Understood, marked: Marked, wish: Wish, registry: Registry) -> str:
    """What the question names and the query does not hold; empty where it holds all."""
    question = found.question
    said = " ".join(_said(found))
    for name, mark in marked.marks.items():
        if name in marked.text and not _holds(found, said, mark):
            return mark.name
    if lost := _ungrouped(question, wish, registry):
        return f"by {lost}"
    if (hit := _CURRENCY.search(marked.text)) and _CODES[hit[1][:3]].lower() not in said:
        return hit[0]
    if (hit := _MIDDLE.search(marked.text)) and not re.search(r"median|quantile|p50|p9|percentile", said):
        return hit[0]
    if _OF_PEOPLE.search(marked.text) and isinstance(question, Query) and "person" in " ".join(question.group_by):
        return "a number of people"
    if wish.when and wish.rank and isinstance(question, Named) and question.limit != 1:
        return "when"
    if lost := _headless(found, marked, registry):
        return lost
    if isinstance(question, Made) and (lost := _unspoken(question, marked, wish)):
        return lost
    if isinstance(question, Query) and question.metrics[0].startswith("average") and _NUMBER.search(marked.text):
        return "how many"
    if (hit := _AGAIN.search(marked.text)) and not re.search(r"unique_watched|rewatch|again|having", said):
        return hit[0]
    if (hit := _WHAT_ABOUT.search(marked.text)) and not re.search(
        r"theme|topic|about|contains|strpos|intent|response", f"{said} {found.reading}"
    ):
        return hit[0]
    if isinstance(question, Made) and wish.rank_word in ("best", "worst") and question.counted == "number":
        return wish.rank_word
    if hit := _OF_ALL.search(marked.text):
        return hit[0]
    if isinstance(question, Query) and question.metrics[0] in _OF_PEOPLE_ONLY and "person" in question.group_by:
        return "by person"
    if (hit := _STARS.search(marked.text)) and not re.search(rf"(?:=|exactly) {hit[1]}\b", said):
        return hit[0]
    if (
        isinstance(question, Made)
        and (hit := _P95.search(marked.text))
        and "quantile" not in said
        and "p95" not in said
    ):
        return hit[0]
    if (
        isinstance(question, Made)
        and not question.counted
        and "full_name, cohort from users" not in said
        and _HOW.match(marked.text)
    ):
        return "how"
    if wish.rank and isinstance(question, Named) and question.name in ("system_health", "kpis") and question.limit != 1:
        return wish.rank_word
    if isinstance(question, Named) and "-error_rate" in question.order and _MOST_ERRORS.search(marked.text):
        return "a number of errors"
    if isinstance(question, Made) and not question.of_each and _COMPARES.search(marked.text) and _compared(marked):
        return "one compared with the other"
    if isinstance(question, Query) and _AVERAGED.search(marked.text) and "seconds" in question.metrics[0]:
        return "average number"
    if " having " in said and " group by " not in said:
        return "a bound on each"
    if isinstance(question, Named) and (hit := _NOUN.match(str(question.parameters.get("contains", "")))):
        return hit[0]
    if isinstance(question, Named) and re.search(r"\w (?:or|and) \w", str(question.parameters.get("contains", ""))):
        return "one word or the other"
    if (
        isinstance(question, Query)
        and wish.early
        and not (question.grain or found.before)
        and "first" not in question.metrics[0]
    ):
        return wish.early
    if wish.is_ordered and isinstance(question, Query) and question.limit == 1:
        return "first"
    if wish.by and isinstance(question, Made) and _PEAK.search(marked.text) and not re.search(r"\b(?:max|min)\(", said):
        return "max" if wish.rank == "most" else "min"
    return ""


def _compared(marked: Marked) -> bool:
    """Whether several of one kind are named: two lessons, two cohorts."""
    kinds = [mark.kind for name, mark in marked.marks.items() if name in marked.text]
    return len(set(_LANGUAGES.findall(marked.text))) > 1 or any(
        kinds.count(kind) > 1 for kind in ("lesson", "cohort", "model", "app", "video", "topic")
    )


def _headless(found: Understood, marked: Marked, registry: Registry) -> str:
    """ "Kinds of viewers", "which tiers": a number alone does not say which."""
    question = found.question
    if isinstance(question, Named) and (question.by or question.name not in ("responses", "safety")):
        return ""
    if isinstance(question, Made):
        return ""
    if isinstance(question, Query) and (question.group_by or question.grain or len(question.metrics) > 1):
        return ""
    first = next(wishes_of(marked.text))
    heads = [name for name in first.by if name not in first.grouped]
    return heads[0] if heads and heads[0] in _KINDS else ""


def _unspoken(made: Made, marked: Marked, wish: Wish) -> str:
    """Words that ask for another number than the SQL counts."""
    sql = made.sql.lower()
    if wish.rank_word and not re.search(r"rank\(\)|max\(|min\(|order by|quantile", sql):
        return wish.rank_word
    if re.search(r"\baverage\b", marked.text) and "avg(" not in sql and "nullif(" not in sql:
        return "average"
    who = re.search(r"\bdistinct (?:concat|person)|people|peak|\bfrom users\b|\busers from errors\b", sql)
    if _COUNTED_PEOPLE.search(marked.text) and not (wish.who or who or "how long" in marked.text):
        return "how many people"
    if wish.people and made.of_each and made.counted != "people" and "distinct" not in sql and " as people" not in sql:
        return "how many people"
    if " from sessions" in sql and re.search(r"\berrors?\b", marked.text) and not _SESSIONS.search(marked.text):
        return "errors"
    if (hit := _PAID.search(marked.text)) and "price" not in sql:
        return hit[0]
    if (
        (hit := _SHARE.search(marked.text))
        and made.unit != "share"
        and not re.search(r"share|rate|avg\(|nullif|percent", sql)
    ):
        return hit[0]
    if (hit := _VIEWERS.search(marked.text)) and " from video_views" in sql and "person_id" not in sql:
        return hit[0]
    if (hit := _FELT.search(marked.text)) and "sentiment" not in sql and not hit[0].startswith("negative"):
        return hit[0]
    return "what they answered" if _WHAT_ANSWERED.search(marked.text) and " as answer" not in sql else ""


def _said(found: Understood) -> Iterator[str]:
    for question in (found.question, found.before):
        if isinstance(question, Made):
            yield question.sql.lower()
        elif isinstance(question, Query):
            yield from map(str, (question.metrics, question.group_by, question.start, question.end))
            yield from (str(value).lower() for one in question.where for value in one.values)
        elif isinstance(question, Named):
            yield from (str(value).lower() for value in question.parameters.values())
    if found.bound:
        yield found.bound.sql


def _holds(found: Understood, said: str, mark: Mark) -> bool:
    is_made = isinstance(found.question, Made)
    if mark.bound is not None:
        if mark.bound.unit == "seconds" and re.search(rf"count\([^)]*\) \W+ ?{mark.bound.number:g}\b", said):
            return False  # "in under 5 minutes" is no number of times
        return bool(re.search(rf"(?<![\w.]){re.escape(f'{mark.bound.number:g}')}(?![\w.]|-)", said))
    if mark.span is not None:
        days = [str(day) for day in (mark.span.start, mark.span.end) if day]
        return not days or any(day in said for day in days)
    if mark.kind in ("week", "second"):
        return any(re.search(rf"\b{one}\b", said) for one in mark.ids)
    if mark.kind in _VALUES or (is_made and mark.kind not in ("second", "week", "hours", "weekdays")):
        return any(one.lower().replace("'", "''") in said or one.lower() in said for one in mark.ids)
    return True


def _ungrouped(question: Query | Named | Made, wish: Wish, registry: Registry) -> str:
    for name in set(wish.grouped) - _THINGS:
        if isinstance(question, Made):
            averaged = question.counted == "average" and name in _UNITS
            shown = not question.counted and re.search(rf"\b{name}", question.sql.partition(" from ")[0])
            if not (question.of_each or averaged or shown):
                return name
        elif isinstance(question, Query):
            groups = " ".join(question.group_by)
            if not (question.grain or name in _UNITS or re.search(_COLUMNS.get(name, name), groups)):
                return name
        elif question.name in _LISTS and not question.by:
            return name
        elif name not in _UNITS and not question.by:
            columns = " ".join(column.name for column in registry.named[question.name].columns)
            if not re.search(_COLUMNS.get(name, name), columns):
                return name
    return ""
