"""Numbers, shares, times and rows of one kind of thing: by what, of whose, in which order. Pure.

Does not live here: people of whom several things hold (``groups``), SQL (``made``).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from analytics_platform.serving.seven.clauses import Clause, hour_of, read_clause
from analytics_platform.serving.seven.facts import Fact, facts
from analytics_platform.serving.seven.groups import people_of
from analytics_platform.serving.seven.made import MOST, Asked, People, compared, numbers, rows
from analytics_platform.serving.seven.marking import Mark
from analytics_platform.serving.seven.reply import Understood

_DIMENSIONS = {
    "lesson": "lessons?", "cohort": "cohorts?|groups?", "model": "models?", "app": "apps?|bots?", "video": "videos?",
    "question": "questions?|cards?", "topic": "topics?|subjects?", "intent": "intents?", "sentiment": "sentiments?|moods?",
    "language": "languages?", "theme": "themes?", "tier": "tiers?|severit(?:y|ies)|levels?", "rule": "(?:safety )?rules?",
    "source": "sources?", "weekday": "weekdays?|days? of (?:the )?week", "hour": "hours?(?: of (?:the )?day)?|times? of (?:the )?day|time",
    "day": "days?|dates?", "week": "weeks?", "month": "months?", "endpoint": "endpoints?", "status": "status(?:es)?",
    "metric": "metrics?|series", "card type": "card types?|types? of (?:cards?|questions?)", "kind": "kinds?|(?:process )?types?",
    "provider": "providers?", "person": "people|viewers?", "answer": "answers?", "length": "lengths?", "activity": "activity|activities",
    "conversation": "conversations?", "message": "messages?", "session": "sessions?", "view": "views?", "direction": "directions?",
}  # fmt: skip
_ANY = "|".join(f"(?:{words})" for words in sorted(_DIMENSIONS.values(), key=len, reverse=True))
_BY = re.compile(
    rf"\b(?:by|in by|of by|for by) (?:the |single )?(?!people (?:in|who|that|at|on|with|from|§))({_ANY})(?: and (?:by )?({_ANY}))?\b"
)
_LEAST = r"least|fewest|lowest|shortest|fastest|smallest|worst|bottom|cheapest|quickest|minimum|min"
_MOST = r"most|highest|longest|slowest|largest|biggest|best|top|greatest|maximum|max|most expensive|peak"
# A rank that names a number: "longest" is a rank of how long.
_STEMS = {"long": "longest|shortest", "slow": "slowest|fastest|quickest", "expensive": "most expensive|cheapest"}
_FLAG_RATE = re.compile(r"\b(handover|handed over|abandonment|containment|error|errors|failure|failed|success|repeat contact) rates?\b(?: of)?")
_COUNTS_PEOPLE = re.compile(r"(?:\b(?:most|least|fewest|how many|number of)|§bound\d+) (?:of )?(?:the )?people\b")
_ALWAYS_SEVERAL = ("answers", "conversations", "people", "cohorts", "videos", "questions")  # one form of both numbers
_SEVERAL = re.compile(r"\b(?:are|were|have|get|do)\b")
_WHO_MOST = re.compile(rf"^(?:who|(?:which|what) people)\b(?=.*\b(?:{_MOST}|{_LEAST})\b)")
_UNITS = ("conversation", "message", "session", "view")
_RANK = re.compile(rf"\b(?:the )?(?:(?P<least>{_LEAST})|(?P<most>{_MOST}))(?: (?P<n>\d{{1,3}}))?\b(?: often| frequently)?")
_ASKED_BY = re.compile(rf"^(?:in |on |at |for )?(?:which|what)(?: is the| are the| was the)? (?P<many>{_ANY})(?: (?:do|does|did|is|are|was|were|has|have|had|with|gets?|of))*\b")
_WITH = re.compile(rf"^(?:list |show |all |the |which )*(?P<many>{_ANY}) (?:with|that have|which have|having|have|has|had|where)\b")
_RANKED = re.compile(rf"^(?:list |show |what (?:is|are|was|were) )*(?:the )?(?:{_MOST}|{_LEAST})(?: \d+)? (?P<many>{_ANY})(?: (?:by|with|of|in|for))?\b")
_COMMON = re.compile(rf"\b(?:most (?:common|frequent|popular|frequently given|often given)|commonest) (?P<many>{_ANY})\b(?: (?:of|in|to|for))?")
_DISTINCT = re.compile(rf"\b(?:how many|number of|count of|count) (?:the )?(?:different|distinct|unique) (?P<many>{_ANY})\b")
_PERCENTILE = re.compile(r"\b(?:the )?(?:(\d{2})(?:th|st|nd|rd)? percentile|p(\d{2}))\b(?: of)?")
_HOW_MANY = re.compile(r"\b(?:how many times|how many|(?:total )?number of|count of|count|how often|how much|total)\b")
_FIRST = re.compile(r"\b(?:very )?(?:(?P<first>first|earliest|oldest)|(?P<last>last|latest|newest|most recent))(?: (?P<n>\d{1,3}))?(?: time)?\b(?! try| tries| attempt| time right)")
_WHEN = re.compile(r"^(?:and )?(?:when|since when|at what date|on (?:which|what) (?:day|date))\b(?: (?:was|were|did|do|does|is|have))*")
_WHEN_USUALLY = re.compile(r"^(?:when|(?:at )?what time(?: of (?:the )?day)?|(?:at |in )?(?:which|what) hours?)(?: do| does| did| are| is| were)+ (?=.*\bpeople\b)")
_WHO_FIRST = re.compile(r"^(?:who|people)?(?: was| were| is)?(?: the)? (?:very )?(?P<place>first|last|latest|earliest)(?: \d+)?(?: people)?(?: to| who| that)? (?P<did>.+)$|^who (?P<did2>.+) (?P<place2>first|last)$")
_OF = re.compile(r"\b(?:of|by|from|did|do|does|have|has|for|among|in|with)(?: all)?(?: the| those| our)? people (?=who|that|at risk|on the roster|in §|with )(?:who |that )?")
_THAN_REST = re.compile(r"^(?:do|does|did|have|are) (?:the )?(?:people who |people that )?(?P<who>.+?)(?: people)? (?P<did>(?:completed|started|answers?|answered|watched|watch) .*?)(?:more|fewer|less)(?P<what>.*?) than (?:the |those |people )*(?:who|rest|others?|not|that).*$")
_WHAT_ABOUT = re.compile(r"^what (?:do|did|does|are|have|is) (.*?)\b(talk\w*|ask\w*|chat\w*|conversations) (.*?)about\b(?: most)?$")
_LISTS = re.compile(r"^(?:list|show|which|what|all|see)\b(?: (?:are|is|were|was|did|do|have|has))*(?: (?:the|all|our|people))*")
_SPLITS = re.compile(r"\b(?:is|are|was|were|that|which|in|goe?s?|went|gets?|got|had|has|have|contain\w*|mention\w*|comes?|came|to|used?|end\w*|fail\w*)\b")


@dataclass
class _Reading:
    """What was taken out of the text so far."""

    text: str
    by: tuple[str, ...] = ()
    per: str = ""
    rank: str = ""
    limit: int = MOST
    aggregate: str = "count"
    distinct: str = ""
    people: bool = False
    plain: bool = True  # a number or an average that a metric may be, too
    rows: bool = False
    counted: bool = False
    nameless: bool = False  # the noun is what it is counted by: "the most common topic"


def count_of_facts(text: str, marks: Mapping[str, Mark], zone: str) -> Understood | None:
    """The question about one kind of thing; None where it is none."""
    for said, of in _relative(text, marks, zone):
        for reading in _readings(said):
            found = list(_answers(reading, marks, zone, of))
            if len(found) > 1 and reading.nameless and not re.search(r"§(?:question|topic|app)", said):
                return None  # "the most common language": of answers, or of conversations
            if found:
                return max(found, key=lambda one: one[0])[1]
    if hit := _THAN_REST.match(text):
        people = people_of(hit["who"], marks, zone)
        clause = read_clause(f"{hit['did']} {hit['what']}", marks, zone)
        if people and clause and clause.bare and not clause.negative and clause.fact.person:
            return Understood(compared(people, clause), f"{clause.fact.said} by person, of people with {people.in_words} and of the others")
    return None


def _relative(text: str, marks: Mapping[str, Mark], zone: str) -> Iterator[tuple[str, People | None]]:
    """The text, and the text without "of people who …" and these people."""
    yield text, None
    if hit := _OF.search(text):
        words = text[hit.end() :].split()
        for at in range(len(words), 0, -1):
            of = people_of(" ".join(words[:at]), marks, zone)
            if of is not None:
                yield f"{text[: hit.start()]} {' '.join(words[at:])}".strip(), of


def _dimension(word: str) -> str:
    return next(name for name, words in _DIMENSIONS.items() if re.fullmatch(words, word))


def _readings(text: str) -> Iterator[_Reading]:
    """The question's shape: what stands before is tried first."""
    if hit := _WHO_FIRST.match(text):
        place = hit["place"] or hit["place2"]
        yield _Reading(hit["did"] or hit["did2"], aggregate="first" if place in ("first", "earliest") else "last", limit=1, plain=False, rows=True)
    if hit := _WHO_MOST.match(text):
        ranked = _Reading(text[hit.end() :], by=("person",), limit=1, plain=False)
        yield _measured(ranked)
        return
    if hit := _WHAT_ABOUT.match(text):
        yield _Reading(f"{hit[1]} {hit[2]} {hit[3]}", by=("topic",), plain=True)
    one = _Reading(text)
    if hit := _WHEN_USUALLY.match(text):
        one.by, one.plain, one.text = ("hour",), False, text[hit.end() :]
        if ranked := _RANK.search(one.text):
            one.rank, one.limit, one.text = "least" if ranked["least"] else "most", 1, _without(one.text, ranked)
        yield one
        one = _Reading(text)
    when = _WHEN.match(text)
    if hit := _DISTINCT.search(text):
        one.distinct, one.aggregate, one.plain = _dimension(hit["many"]), "distinct", False
        one.text = _without(text, hit)
        yield _grouped(one)
        return
    if hit := _COMMON.search(text):
        one.by, one.rank, one.plain = (_dimension(hit["many"]),), "most", False
        one.limit = MOST if re.search(r"\b(?:are|were|have|list)\b", text[: hit.start()]) else 1
        one.nameless = True
        one.text = re.sub(r"^(?:what|which) (?:is|are|was|were)\b|^list\b", " ", _without(text, hit))
        yield one
        one = _Reading(text)
    first = _FIRST.search(text)
    if when or (first and not re.search(r"\bat first\b|§week", text)):
        rest = text[when.end() :] if when else text
        place = _FIRST.search(rest)
        if place or (when and text.startswith("since")):
            wanted = "last" if place and place["last"] else "first"
            rest = _FIRST.sub(" ", rest, count=1)
            rest = re.sub(r"^(?:what|which|who) (?:is|are|was|were)\b", " ", rest)
            count = int(place["n"]) if place and place["n"] else 1
            yield _Reading(rest, aggregate=wanted, plain=False, rows=not when, limit=count)
        elif when and re.search(r"§person", rest):
            yield _Reading(rest, aggregate="first", plain=False, rows=True)
        return
    one = _grouped(one)
    if one.per in _UNITS:  # "messages by conversation": a number of each conversation
        yield _measured(_Reading(f"average {one.text} {one.per}s", plain=False))
    yield _measured(one)


def _measured(one: _Reading) -> _Reading:
    """The aggregate and the rank, taken out of the text."""
    if hit := _FLAG_RATE.search(one.text):
        one.text = f"share of {one.text[: hit.start()]} {hit[1]} {one.text[hit.end() :]}"
    if hit := _PERCENTILE.search(one.text):
        one.aggregate, one.plain = f"p0.{hit[1] or hit[2]}", (hit[1] or hit[2]) == "95" and "percentile" not in hit[0]
        one.text = _without(one.text, hit)
    elif "median" in one.text.split():
        one.aggregate, one.plain, one.text = "median", False, one.text.replace("median", " ")
    elif "average" in one.text.split():
        one.aggregate, one.text = "average", one.text.replace("average", " ")
    elif hit := re.search(r"\bshare\b(?: of)?", one.text):
        one.aggregate, one.text = "share", f"{one.text[: hit.start()]} {one.text[hit.end() :]}"
        one.text = re.sub(r"^\s*(?:what|which|how (?:big|large|high))?(?: is)?(?: a| the)?\b", " ", one.text)
    counts_people = bool(_COUNTS_PEOPLE.search(one.text))
    if hit := _RANK.search(one.text):
        best = "least" if hit["least"] else "most"
        if not one.by and one.aggregate in ("count", "average"):
            one.aggregate, one.plain, one.rows = best, False, True
        else:
            one.rank = best
        one.limit = int(hit["n"]) if hit["n"] else one.limit
        word = hit["least"] or hit["most"]
        stem = next((name for name, ranks in _STEMS.items() if re.fullmatch(ranks, word)), "")
        one.text = f"{one.text[: hit.start()]} {stem} {one.text[hit.end() :]}".strip()
    if hit := _HOW_MANY.search(one.text):
        one.text = _without(one.text, hit)
        one.counted = True
    elif hit := _LISTS.match(one.text):
        one.rows = one.rows or (one.aggregate == "count" and not one.by)
        one.text = one.text[hit.end() :]
    one.people = counts_people and one.aggregate == "count" and (bool(one.by) or not one.rows)
    return one


def _without(text: str, hit: re.Match[str]) -> str:
    return f"{text[: hit.start()]} {text[hit.end() :]}".strip()


def _grouped(one: _Reading) -> _Reading:
    """What it is counted by, and whether the first of a ranking is wanted."""
    text = one.text
    if hit := _BY.search(text):
        names = [_dimension(word) for word in hit.groups() if word]
        if len(names) == 1 and (names[0] in _UNITS or (names[0] == "person" and re.search(r"\b(?:average|cost\w*|tokens?|how much|price)\b", text)) or (re.search(r"\baverage (?:number|count|amount)|\bhow many\b.*\baverage\b", text) and names[0] not in ("week", "month"))):
            one.per, one.plain = names[0], False
        else:
            one.by = tuple(names)
            one.plain = one.plain and not {"weekday", "hour"} & set(names)
        text = _without(text, hit)
    elif re.search(r"\bhow many\b.*\b(?:does|do|did|has|have)\b.*\bpeople\b.*\baverage\b|\baverage number\b.*\bby people\b", text):
        one.per, one.plain = "person", False
    if not one.by and not one.per:
        hit = _ASKED_BY.match(text) or _WITH.match(text) or _RANKED.match(text)
        if hit and (_RANK.search(text) or "§bound" in text) and _dimension(hit["many"]) not in _UNITS:
            one.by = (_dimension(hit["many"]),)
            one_form = hit["many"] in _ALWAYS_SEVERAL
            several = _SEVERAL.search(hit[0]) if one_form else hit["many"].endswith("s")
            one.limit = MOST if several or not _RANK.search(text) else 1
            one.plain = one.plain and "§bound" not in text and not {"weekday", "hour"} & set(one.by)
            rank = _RANK.search(hit[0])
            text = f"{rank[0] if rank else ''} {text[hit.end() :]}"
    one.text = text
    return one


def _answers(one: _Reading, marks: Mapping[str, Mark], zone: str, of: People | None) -> Iterator[tuple[int, Understood]]:
    for fact in facts().values():
        for score, asked, said in _asked(one, fact, marks, zone):
            if of is not None and not fact.person:
                continue
            asked = replace(asked, of=of)
            told = f"{said} {asked.clause.in_words}" + (f", of people with {of.in_words}" if of else "")
            told += f", by {' and '.join(name for name, _ in asked.by)}" if asked.by else ""
            told += f", {asked.rank} first" if asked.rank else ""
            made = rows(asked) if one.rows and not asked.by and (not fact.peaks or not asked.expression) else numbers(asked)
            clause = asked.clause
            special = {"topic", "intent", "question", "words", "language"} & set(clause.named)
            plain = one.plain and of is None and len(clause.flags) + len(special) < 2 and not {"question", "words"} & special
            yield score, Understood(made, told.strip(), simple=plain)


def _asked(one: _Reading, fact: Fact, marks: Mapping[str, Mark], zone: str) -> Iterator[tuple[int, Asked, str]]:
    if fact.is_table:
        clause = _clause(fact, one.text, marks, zone)
        if clause is not None and one.aggregate in ("count", "share") and not one.rank and set(one.by) <= set(fact.by):
            one.rows = True
            yield clause.score + 2, Asked(clause), ""
        return
    by = [(name, _by(fact, name, zone)) for name in one.by]
    per = fact.units.get(one.per) or fact.by.get(one.per) or (fact.day if one.per == "day" else "") if one.per else ""
    if any(not expression for _, expression in by) or (one.per and not per) or (one.people and not fact.person):
        return
    several = [(kind, fact.values[kind]) for kind in fact.values if kind in fact.by and len([m for m in marks.values() if m.kind == kind]) > 1]
    by += [(kind, fact.by[kind]) for kind, _ in several if kind not in one.by and not one.rows]
    shape = {"by": tuple(by), "rank": one.rank, "limit": one.limit, "per": per}
    if one.distinct:
        column = fact.units.get(one.distinct) or fact.by.get(one.distinct)
        if column and (clause := _clause(fact, one.text, marks, zone)) and not one.people:
            yield clause.score, Asked(clause, "distinct", column, **shape), f"number of different {one.distinct}s:"
        return
    if one.aggregate in ("first", "last"):
        if fact.at and (clause := _clause(fact, one.text, marks, zone)):
            expression = "" if one.rows else fact.at
            yield clause.score, Asked(clause, one.aggregate, expression, **shape), f"{one.aggregate} of"
        return
    for chapter, aggregates in ((fact.shares, ("share",)), (fact.totals, ("average", "count", "most", "least", "p0.95")), (fact.counts, ("count",))):
        for name, (words, sql) in chapter.items():
            if one.aggregate in aggregates and words.search(one.text) and fact.names.search(one.text):
                clause = _clause(fact, words.sub(" ", one.text), marks, zone, named=False)
                if clause is not None and (not one.rows or one.by):
                    unit = "share" if chapter is fact.shares else ""
                    yield clause.score + 3, Asked(clause, "count", sql, unit, **shape), f"{name}:"
    if one.aggregate == "share":
        yield from _shares(one, fact, marks, zone, shape)
        return
    measured = one.aggregate != "count" or bool(re.search(r"^(?:how (?:long|fast|slow|quick\w*)|what)?\b", one.text))
    for measure in fact.measures if measured and not one.people else ():
        hit = measure.words.search(one.text)
        if not hit or not fact.names.search(one.text) or ("§bound" in one.text and one.aggregate == "count"):
            continue
        score = 2 * len(hit[0].split())
        clause = _clause(fact, measure.words.sub(" ", one.text), marks, zone, named=False)
        if clause is None:
            continue
        aggregate = one.aggregate if one.aggregate != "count" else "total" if measure.unit == "money" or "token" in measure.name or "how much" in one.text else "average"
        expression, shape_of = measure.expression, dict(shape)
        if one.per and fact.names.fullmatch(hit[0]) and measure.unit == "":
            shape_of["per"] = ""  # "how many attempts do people need": a number of each row
            aggregate = "average"
        elif one.per:
            aggregate, expression = "count", f"sum({measure.expression})"
        if one.rank and one.aggregate == "count":
            aggregate = "total" if measure.unit == "money" or "token" in measure.name else "average"
        if aggregate in ("most", "least"):
            expression = fact.peaks.get(expression, expression) if aggregate == "most" else expression
            if one.rows and fact.peaks:
                yield clause.score + score, Asked(clause, aggregate, expression, measure.unit, **shape_of), f"{aggregate} {measure.name} of"
            else:
                shape_of |= {"rank": aggregate, "limit": one.limit if one.limit != MOST else 1}
                yield clause.score + score, Asked(clause, aggregate, expression, measure.unit, **shape_of), f"{aggregate} {measure.name} of"
            continue
        yield clause.score + score, Asked(clause, aggregate, expression, measure.unit, money=measure.unit == "money", **shape_of), f"{aggregate} {measure.name} of"
    if one.aggregate not in ("count", "average") or (one.aggregate == "average" and not one.per):
        return
    clause = _clause(fact, one.text, marks, zone, named=not one.nameless)
    if clause is not None:
        expression = f"count(distinct {fact.person})" if one.people else ""
        said = "average number of" if one.per else "people:" if one.people else "" if one.rows else "number of"
        yield clause.score, Asked(clause, "count", expression, **shape), f"{said}"


def _clause(fact: Fact, text: str, marks: Mapping[str, Mark], zone: str, named: bool = True) -> Clause | None:
    """The words as conditions of this fact; negative parts are questions about people."""
    if named and not fact.names.search(text):
        return None
    clause = read_clause(text, marks, zone, only=fact)
    return None if clause is None or clause.negative else clause


def _by(fact: Fact, name: str, zone: str) -> str:
    if name in ("week", "month") and fact.day:
        return f"cast(date_trunc('{name}', {fact.day}) as date)"
    if name == "weekday" and fact.day:
        return f"strftime({fact.day}, '%A')"
    if name == "hour" and fact.has_hours:
        return hour_of(fact, zone)
    return fact.by.get(name, "")


def _shares(one: _Reading, fact: Fact, marks: Mapping[str, Mark], zone: str, shape: dict[str, object]) -> Iterator[tuple[int, Asked, str]]:
    """What of the conditions stands after the verb is of the share; what stands before it is of the whole."""
    clause = _clause(fact, one.text, marks, zone)
    if clause is None or clause.bound:
        return
    hit = fact.names.search(one.text)
    cut = _SPLITS.search(one.text, hit.end()) if hit else None
    whole = read_clause(one.text[: cut.start()], marks, zone, only=fact) if cut else None
    held = tuple(part for part in clause.where if whole is None or part not in whole.where)
    if not held and clause.flags:
        held = clause.where[: len(clause.flags)]
    if not held and not one.by:
        return
    rest = tuple(part for part in clause.where if part not in held)
    told = f"share of {fact.said}" + (f" with {', '.join(t for t, part in zip(clause.told, clause.where, strict=True) if part in held)}:" if held else ":")
    yield clause.score, Asked(replace(clause, where=rest), "share", share_of=held, **shape), told  # type: ignore[arg-type]
