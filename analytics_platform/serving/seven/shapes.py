"""The shape of a question: an aggregate, a rank, groups, rows; and the words that are left. Pure.

Does not live here: of which kind of thing (``counting``).
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analytics_platform.serving.seven.made import MOST

DIMENSIONS: dict[str, str] = tomllib.loads((Path(__file__).parent / "shapes.toml").read_text("utf-8"))["dimensions"]
ANY = "|".join(f"(?:{words})" for words in sorted(DIMENSIONS.values(), key=len, reverse=True))
_BY = re.compile(
    r"(?<!solved )(?<!handled )\b(?:by|in by|of by|for by) (?:the |single |active )*(?:app (?=people))?"
    rf"(?!people (?:in|who|that|at|on|with|from|§))({ANY})(?! (?:costs?|prices?|spend|tokens?|ratings?"
    rf"|times?|lengths?|counts?|minutes|numbers?|rates?)\b)(?: and (?:by )?({ANY}))?\b"
)
LEAST_WORDS = r"least|fewest|lowest|shortest|fastest|smallest|worst|bottom|cheapest|quickest|minimum|min"
MOST_WORDS = r"most|highest|longest|slowest|largest|biggest|best|top|greatest|maximum|max|most expensive|peak"
MOST_SO = re.compile(
    r"\b(?:most|least) (?:often |frequently )?(?:negative|positive|neutral|mixed)(?:ly)?\b(?! (?:answers"
    r"|conversations)\b)"
)
_PER_PERSON = re.compile(r"\b(?:average|cost\w*|tokens?|how much|price|spend|engaged|minutes|hours|seconds)\b")
_EACH = re.compile(
    rf"^(?:list |show |what are |what |which )(?:the )?(?P<many>{ANY})(?: (?:do|are|come|came|is))*(?: up)?\b"
    r"(?! (?:did|was|were|have))"
)
_AND_WHEN = re.compile(
    r"^(?:who|which people) (?P<did>.+?) and (?:(?:on |at )?(?:what|which) (?:day|date|time)|when)\b.*$"
)
# A rank that names a number: "longest" is a rank of how long.
_STEMS = {"long": "longest|shortest", "slow": "slowest|fastest|quickest", "expensive": "most expensive|cheapest"}
_FLAG_RATE = re.compile(
    r"\b(?:(handover|handed over|error|errors|failure|failed|success|repeat contact) (?:rates?|share)"
    r"|(abandonment|containment)(?: rates?| share)?)\b(?: of)?"
)
_FLAGGED = re.compile(
    r"\b(?:handed over|abandon\w*|fail\w*|flagged|negative|positive|on time|late)\b.*\b(?:often|frequently)\b"
)
_SPLIT = re.compile(
    r"\b(?:the )?(?:split|distribution|breakdown|spread)\b(?: of)?(?: (?:the )?(?:poll|votes|answers))?(?: in)?"
)
_LISTED = ("theme", "language", "intent", "topic", "source", "sentiment")
_COUNTS_PEOPLE = re.compile(r"(?:\b(?:most|least|fewest|how many|number of)|§bound\d+) (?:of )?(?:the )?people\b")
_ALWAYS_SEVERAL = ("answers", "conversations", "people", "cohorts", "videos", "questions")  # one form of both numbers
_SEVERAL = re.compile(r"\b(?:are|were|have|get|do)\b")
_WHO_MOST = re.compile(rf"^(?:who|(?:which|what) people)\b(?=.*\b(?:{MOST_WORDS}|{LEAST_WORDS})\b)")
_UNITS = ("conversation", "message", "session", "view")
_RANK = re.compile(
    rf"\b(?:the )?(?:(?P<least>{LEAST_WORDS})|(?P<most>{MOST_WORDS}))(?: (?P<n>\d{{1,3}}))?\b(?: often| frequently)?"
)
_ASKED_BY = re.compile(
    rf"^(?:in |on |at |for )?(?:which|what)(?: is the| are the| was the)? (?P<many>{ANY})"
    r"(?: (?:do|does|did|is|are|was|were|has|have|had|with|gets?|of))*\b"
)
_WITH = re.compile(
    rf"^(?:list |show |all |the |which )*(?P<many>{ANY}) (?:with|that have|which have|having|have|has|had|where)\b"
)
_RANKED = re.compile(
    rf"^(?:list |show |what (?:is|are|was|were) )*(?:the )?(?:{MOST_WORDS}|{LEAST_WORDS})(?: \d+)? (?P<many>{ANY})"
    r"(?: (?:by|with|of|in|for))?\b"
)
_COMMON = re.compile(
    r"\b(?:most (?:common|frequent|popular|frequently given|often given)|commonest) "
    rf"(?P<many>{ANY})\b(?: (?:of|in|to|for))?"
)
_DISTINCT = re.compile(
    rf"\b(?:how many|number of|count of|count) (?:the )?(?:different|distinct|unique) (?P<many>{ANY})\b"
)
_KINDS = (
    "models?|apps?|bots?|endpoints?|topics?|intents?|languages?|themes?|(?:safety )?rules?|sources?|metrics?|providers?"
)
_HOW_MANY_KINDS = re.compile(
    rf"\b(?:how many|number of) (?:the )?(?P<many>{_KINDS})(?= (?:are|do|did|have|were|exist|there|used?)\b|$)"
)
_PERCENTILE = re.compile(r"\b(?:the )?(?:(\d{2})(?:th|st|nd|rd)? percentile|p(\d{2}))\b(?: of)?")
_HOW_MANY = re.compile(
    r"\b(?:how many times|how many|(?:total )?number of|count of|count|how often|how much"
    r"|total)\b"
)
_FIRST = re.compile(
    r"\b(?:very )?(?:(?P<first>first|earliest|oldest)|(?P<last>last|latest|newest"
    r"|most recent))(?: (?P<n>\d{1,3}))?(?: time)?\b(?! try| tries| attempt| time right)"
)
_WHEN = re.compile(
    r"^(?:and )?(?:when|since when|at what date|on (?:which|what) (?:day|date))\b(?: (?:was|were|did|do"
    r"|does|is|have))*"
)
_WHEN_USUALLY = re.compile(
    r"^(?:when|(?:at )?what time(?: of (?:the )?day)?|(?:at |in )?(?:which|what) hours?)(?: do| does| did"
    r"| are| is| were)+ (?=.*\bpeople\b)"
)
_WHO_FIRST = re.compile(
    r"^(?:who|people)?(?: was| were| is)?(?: the)? (?:very )?(?P<place>first|last|latest"
    r"|earliest)(?: \d+)?(?: people)?(?: to| who| that)? (?P<did>.+)$|^who (?P<did2>.+) (?P<place2>first|last)$"
)
_WHAT_ABOUT = re.compile(
    r"^what (?:do|did|does|are|have|is) (.*?)\b(talk\w*|ask\w*|chat\w*|conversations) (.*?)about\b(?: most)?$"
)
_LISTS = re.compile(
    r"^(?:list|show|which|what|all|see)\b(?: (?:are|is|were|was|did|do|have|has))*(?: (?:the|all|our|people))*"
)


@dataclass
class Shape:
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
    only: str = ""  # the name of the fact, where it is clear
    nameless: bool = False  # the noun is what it is counted by: "the most common topic"


def dimension_of(word: str) -> str:
    return next(name for name, words in DIMENSIONS.items() if re.fullmatch(words, word))


def shapes_of(text: str) -> Iterator[Shape]:
    """The question's shape: what stands before is tried first."""
    if hit := _WHO_FIRST.match(text):
        place = hit["place"] or hit["place2"]
        yield Shape(
            hit["did"] or hit["did2"],
            aggregate="first" if place in ("first", "earliest") else "last",
            limit=1,
            plain=False,
            rows=True,
        )
    if "§question" in text and (hit := _SPLIT.search(text)):
        said = re.sub(
            r"^(?:what|which|how)(?: is| are)?\b|\bin (?:share|%)$",
            " ",
            re.sub(r"\bshare\b(?: of)?", " ", _without(text, hit)),
        )
        yield Shape(said, by=("answer",), aggregate="share", plain=False, nameless=True)
    if hit := _AND_WHEN.match(text):
        yield Shape(hit["did"], plain=False, rows=True)
    if (hit := _WHO_MOST.match(text)) and re.search(r"\b(?:longest|shortest)\b", text):
        yield _measured(Shape(text[hit.end() :], limit=1, plain=False))
    if hit := _WHO_MOST.match(text):
        yield _measured(Shape(text[hit.end() :], by=("person",), limit=1, plain=False))
        return
    if hit := _WHAT_ABOUT.match(text):
        yield Shape(f"{hit[1]} {hit[2]} {hit[3]}", by=("topic",), plain=True)
    one = Shape(text)
    if hit := _WHEN_USUALLY.match(text):
        one.by, one.plain, one.text = ("hour",), False, text[hit.end() :]
        if ranked := _RANK.search(one.text):
            one.rank, one.limit, one.text = "least" if ranked["least"] else "most", 1, _without(one.text, ranked)
        yield one
        one = Shape(text)
    when: re.Match[str] | None = _WHEN.match(text)
    if hit := _DISTINCT.search(text) or _HOW_MANY_KINDS.search(text):
        one.distinct, one.aggregate, one.plain = dimension_of(hit["many"]), "distinct", False
        one.text = _without(text, hit)
        yield _grouped(one)
        if re.fullmatch(r"(?:\s|do|did|were|are|was|is|people|used|there|we|have|in|use|exist|§span\d+)*", one.text):
            yield Shape(
                re.sub(r"\bused?\b", " ", one.text),
                distinct=one.distinct,
                aggregate="distinct",
                plain=False,
                nameless=True,
            )
        return
    if hit := _COMMON.search(text):
        one.by, one.rank, one.plain = (dimension_of(hit["many"]),), "most", False
        one.limit = MOST if re.search(r"\b(?:are|were|have|list)\b", text[: hit.start()]) else 1
        one.nameless = True
        one.text = re.sub(r"^(?:what|which) (?:is|are|was|were)\b|^list\b", " ", _without(text, hit))
        yield one
        one = Shape(text)
    early = _FIRST.search(text)
    if when or (early and not re.search(r"\bat first\b|§week", text)):
        rest = text[when.end() :] if when else text
        place = _FIRST.search(rest)
        if place or (when and text.startswith("since")):
            wanted = "last" if place and place["last"] else "first"
            rest = _FIRST.sub(" ", rest, count=1)
            rest = re.sub(r"^(?:what|which|who) (?:is|are|was|were)\b", " ", rest)
            count = int(place["n"]) if place and place["n"] else 1
            yield Shape(rest, aggregate=wanted, plain=False, rows=not when, limit=count)
        elif when and re.search(r"§person", rest):
            yield Shape(rest, aggregate="first", plain=False, rows=True)
        return
    one = _grouped(one)
    if (
        not one.by
        and (hit := _EACH.match(one.text))
        and hit["many"].endswith("s")
        and dimension_of(hit["many"]) in _LISTED
    ):
        yield Shape(one.text[hit.end() :], by=(dimension_of(hit["many"]),), nameless=True)
    if one.per in _UNITS:  # "messages by conversation": a number of each conversation
        yield _measured(Shape(f"average {one.text} {one.per}s", plain=False, by=one.by, only=f"{one.per}s"))
    yield _measured(one)


def _measured(one: Shape) -> Shape:
    """The aggregate and the rank, taken out of the text."""
    if hit := _FLAG_RATE.search(one.text):
        one.text = f"share of {one.text[: hit.start()]} {hit[1] or hit[2]} {one.text[hit.end() :]}"
    if one.by and re.search(
        rf"{_FLAGGED.pattern}|\b(?:most|least) often\b.*\b(?:handed over|abandon\w*|fail\w*)", one.text
    ):
        one.text = f"share of {one.text}"  # "hands over most often": the share, and not the number
    if one.by and MOST_SO.search(one.text):
        one.text = f"share of {one.text}"  # "sound the most negative": the share, and not the number
    if hit := _PERCENTILE.search(one.text):
        one.aggregate, one.plain = f"p0.{hit[1] or hit[2]}", (hit[1] or hit[2]) == "95" and "percentile" not in hit[0]
        one.text = _without(one.text, hit)
    elif "median" in one.text.split():
        one.aggregate, one.plain, one.text = "median", False, one.text.replace("median", " ")
    elif "average" in one.text.split():
        one.aggregate, one.text = "average", one.text.replace("average", " ")
    elif hit := re.search(r"\bshare\b(?: of)?", one.text):
        one.aggregate, one.text = "share", f"{one.text[: hit.start()]} {one.text[hit.end() :]}"
        one.text = re.sub(
            r"^\s*(?:what|which|how (?:big|large|high))?(?: is)?(?: a| the)?\b|\b(?:what|which)\s*$", " ", one.text
        )
        one.text = re.sub(r"\b(?:what|which)(?=\s\s)", " ", one.text)
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
    elif not one.by and not one.per and one.aggregate == "count" and not one.distinct:
        one.rows = True  # "open incidents": which they are
    one.people = counts_people and one.aggregate == "count" and (bool(one.by) or not one.rows)
    return one


def _without(text: str, hit: re.Match[str]) -> str:
    return f"{text[: hit.start()]} {text[hit.end() :]}".strip()


def _grouped(one: Shape) -> Shape:
    """What it is counted by, and whether the first of a ranking is wanted."""
    text = one.text
    names: list[str] = []
    while hit := _BY.search(text):
        names += [dimension_of(word) for word in hit.groups() if word]
        text = _without(text, hit)
    if names:
        averaged = bool(re.search(r"\baverage (?:number|count|amount)|\bhow many\b.*\baverage\b", text))
        for name in names:
            of_person = name == "person" and bool(_PER_PERSON.search(text))
            if not one.per and (name in _UNITS or of_person or (averaged and name not in ("week", "month"))):
                one.per, one.plain = name, False
            else:
                one.by = (*one.by, name)
        one.plain = one.plain and not {"weekday", "hour"} & set(one.by)
        if one.per == "person" and one.by == ("day",):
            one.plain = True  # "by person and day" has a metric of its own
    elif re.search(
        r"\bhow many\b.*\b(?:does|do|did|has|have)\b.*\bpeople\b.*\baverage\b|\baverage number\b.*\bby people\b", text
    ):
        one.per, one.plain = "person", False
    if not one.by and not one.per:
        hit = _ASKED_BY.match(text) or _WITH.match(text) or _RANKED.match(text)
        if hit and (_RANK.search(text) or "§bound" in text) and dimension_of(hit["many"]) not in _UNITS:
            one.by = (dimension_of(hit["many"]),)
            one_form = hit["many"] in _ALWAYS_SEVERAL
            several = _SEVERAL.search(hit[0]) if one_form else hit["many"].endswith("s")
            one.limit = MOST if several or not _RANK.search(text) else 1
            one.plain = one.plain and "§bound" not in text and not {"weekday", "hour"} & set(one.by)
            rank = _RANK.search(hit[0])
            text = f"{rank[0] if rank else ''} {text[hit.end() :]}"
    one.text = text
    return one
