"""What a question wants, whatever it is about: a number, a list, a rank, groups, an order. In any order of words. Pure.

Each word is taken once; what is left must belong to one kind of thing (``loosely``). Does not live here: kinds of
things (``facts``).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from analytics_platform.serving.seven.made import MOST
from analytics_platform.serving.seven.shapes import ANY, LEAST_WORDS, MOST_SO, MOST_WORDS, dimension_of

_ORDER = re.compile(
    r"\b(?:(?:sorted|ordered|ranked|in order)\b[ ,]*)?(?:from )?(?:the )?(?:(?P<up>lowest|smallest|least|worst|fewest"
    r"|shortest|cheapest|fastest)|(?P<down>highest|biggest|largest|most|best|longest|slowest)) first\b"
    r"|\b(?P<up2>ascending|low to high|lowest to highest)\b|\b(?P<down2>descending|high to low|highest to lowest)\b"
)
_BY = re.compile(
    r"\b(?:in |of |for |from |split |grouped )?by (?:the |different |single |of the )*(?!people (?:in|who|that|at|on"
    rf"|with|from|§(?!span)))({ANY})(?! (?:costs?|prices?|spend|tokens?|ratings?|times?|lengths?|counts?"
    rf"|minutes|numbers?|rates?)\b)(?:(?: and|,)(?: by)? ({ANY}))?\b"
)
_EVERY = {"daily": "day", "weekly": "week", "monthly": "month", "hourly": "hour"}
_ADVERB = re.compile(rf"\b({'|'.join(_EVERY)})\b(?! (?:active|people))")
_PERCENTILE = re.compile(r"\b(?:the )?(?:(\d{2})(?:th|st|nd|rd)? percentile|p(\d{2}))\b(?: of)?")
_AGGREGATES = (
    ("median", re.compile(r"\bmedian\b")),
    ("average", re.compile(r"\b(?:on )?average\b")),
    ("total", re.compile(r"\b(?:in )?total\b|\baltogether\b|\boverall\b|\bsum(?: of)?\b")),
    ("share", re.compile(r"\b(?:(?:what|which|how (?:big|large|high)) (?:is )?(?:the |a )?)?share(?: of)?\b")),
)
_DISTINCT = re.compile(rf"\b(?:different|distinct|unique) ({ANY})\b")
_PLACES = {"second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5}
_RANK = re.compile(
    rf"\b(?:the )?(?:(?P<place>{'|'.join(_PLACES)})[ -])?(?:(?P<n>\d{{1,3}}) )?"
    rf"(?:(?P<least>{LEAST_WORDS}|easiest|quietest)|(?P<most>{MOST_WORDS}|busiest|hardest))\b"
    r"(?: (?P<n2>\d{1,3})(?! (?:days?|weeks?))\b)?(?: often| frequently)?"
)
# A rank that names a number: "longest" is a rank of how long.
_STEMS = {"longest": "long", "shortest": "long", "slowest": "slow", "fastest": "slow", "quickest": "slow",
          "most expensive": "expensive", "cheapest": "expensive",
          "hardest": "right at first", "easiest": "right at first"}  # fmt: skip
_AND_WHEN = re.compile(
    r"(?<=\w) and (?:on |at |in )?(?:when|(?:which|what) (?:day|date|minute|hour|time|moment))(?: (?:was|is|were|did))?"
    r"(?: (?:it|that|this))?(?: (?:happen|be))?$"
)
_RATIO = re.compile(
    r"\b(?:by|for) (?:an? )?(?:(?P<n>\d{1,9})|(?P<word>hundred|thousand|million|1k|1m)) (?P<unit>[a-z]+(?:"
    r" of (?:an? )?answers?)?)\b"
)
_MANY = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "1k": 1000, "1m": 1_000_000}
_COUNT = re.compile(
    r"\b(?:how many times|how many|how often|how much|(?:the )?(?:total )?(?:numbers?|count|amount) of|count)\b"
)
_EARLY = re.compile(
    r"\b(?:the )?(?:very )?(?:(?P<first>first|earliest|oldest)|(?P<last>last|latest|newest|most recent))\b"
    r"(?: time)?(?! try| tries| attempt| time right)(?: (?P<n>\d{1,3})\b)?"
)
_WHO = re.compile(r"^(?:list |show |see |give |name |names of |which |what |all |the |every )*(?:who|whom|whose"
                  r"|people)\b(?: (?:who|that|which|are|is|were|was))*|(?<!people )\bwho\b")  # fmt: skip
_WHEN = re.compile(r"^(?:since )?when\b|\b(?:on |at )?(?:which|what) (?:date|time)\b")
_HEAD = re.compile(
    rf"^(?:list |show |see |give |name |names of |all |the |our |on |at |in |for )*(?:which|what)?(?: is| are| was"
    rf"| were)?(?: the| all| our| different)*(?: ?(?P<kind>(?!of|is|(?:are|do|does|did|has|have|had|can"
    rf"|checks?)\b)[a-z]+))? ?(?P<noun>{ANY})\b"
    r"(?! (?:of|did|does|do)\b)"
)
_INNER = re.compile(rf"\b(?:which|what) (?P<kind>)(?P<noun>{ANY})\b")
_ASKS_WHICH = re.compile(r"\b(?:which|what) (?!is|are|was|were|share|do|does|did|number|time|date)[a-z]+")
_EACH = re.compile(
    r"^(?:list |show |the |which |what |are |is )*(themes|topics|intents|languages|tiers|kinds|weekdays|sentiments"
    r"|moods) (?:of|in|among) (?=\w|§)"
)
_LEADING = re.compile(rf"^(?:(?:list|show|which|what|who|are|the) )*(\d{{1,3}})(?= (?:people|{ANY}))")
_WHAT_ANSWERED = re.compile(r"^what (?:do|did|have) .*§question")
_SPREAD = re.compile(r"\b(?:the )?(?:distribution|spread|histogram|breakdown|split)(?: of)?\b")
_OF_PEOPLE = re.compile(r"\b(?:by|of|for|from) (?=people (?:who|that|in|with|at|on)\b)")
_IN_ORDER_OF = re.compile(r"\bby (?:their |the )?(?:number of )?(?=[a-z][\w -]*$)")


@dataclass(frozen=True)
class Wish:
    """``head`` is what "which …" names; ``text`` is what nothing of this took."""

    text: str
    by: tuple[str, ...] = ()
    aggregate: str = ""
    distinct: str = ""
    rank: str = ""
    limit: int = MOST
    place: int = 1
    ascending: bool | None = None
    counts: bool = False
    people: bool = False  # how many people
    who: bool = False
    when: bool = False
    early: str = ""  # first or last
    grouped: tuple[str, ...] = ()  # what stands after "by"
    is_ordered: bool = False  # "lowest first"
    spread: bool = False  # "the distribution of"
    rank_word: str = ""
    which: bool = False  # it asks which, so a number alone is no answer
    and_when: bool = False  # "the highest load, and on which day"
    over: tuple[int, str] = (0, "")  # "per 1,000 tokens"

    def take(self, pattern: re.Pattern[str], instead: str = " ") -> tuple[re.Match[str] | None, "Wish"]:
        hit = pattern.search(self.text)
        if hit is None:
            return None, self
        text = re.sub(r"\s+", " ", f"{self.text[: hit.start()]} {instead} {self.text[hit.end() :]}").strip()
        return hit, replace(self, text=text)


def wishes_of(text: str) -> Iterator[Wish]:
    """The wish, with the noun at its head as what it is counted by, and as what it is about."""
    one = wish_of(text)
    plain, single = one, not re.search(r"\b(?:are|were|have|do)\b", text)
    same = ("videos", "cohorts", "questions", "answers", "conversations", "people")  # one form of both numbers
    head = _HEAD.match(one.text) or _INNER.search(one.text)
    if (
        head
        and "answer" not in one.grouped
        and not one.who
        and not one.when
        and not one.counts
        and dimension_of(head["noun"]) not in one.by
        and not (dimension_of(head["noun"]) in ("app", "answer") and head["noun"] != "apps" and not one.which)
    ):
        name = dimension_of(head["noun"])
        rest = f"{one.text[: head.start()]} {head['kind'] or ''} {one.text[head.end() :]}".strip()
        ordered, grouped = replace(one, text=rest).take(_IN_ORDER_OF)
        rest, ascending = grouped.text, False if ordered and one.ascending is None else one.ascending
        limit = one.limit
        if one.rank and limit == MOST and single and (not head["noun"].endswith("s") or head["noun"] in same):
            limit = 1
        yield replace(one, text=rest, by=(name, *one.by), limit=limit, ascending=ascending)
    if one.who and one.rank:
        _, one = one.take(_IN_ORDER_OF)
        yield replace(one, by=("person", *one.by), who=False, limit=1 if one.limit == MOST else one.limit)
    yield plain


def wish_of(text: str) -> Wish:
    """What is wanted, the noun at its head being what it is about."""
    text = re.sub(r"\bactive people\b", "people active", text)
    one = Wish(_OF_PEOPLE.sub(" ", text), which=bool(_ASKS_WHICH.search(text)))
    hit, one = one.take(_AND_WHEN)
    one = replace(one, and_when=bool(hit))
    hit, one = one.take(_RATIO)
    if hit:
        one = replace(one, over=(int(hit["n"] or _MANY[hit["word"]]), hit["unit"]))
    hit, one = one.take(_ORDER)
    if hit:
        one = replace(one, ascending=bool(hit["up"] or hit["up2"]), is_ordered=True)
    hit, one = one.take(_SPREAD)
    one = replace(one, spread=bool(hit))
    while True:
        hit, one = one.take(_BY)
        if hit is None:
            break
        one = replace(one, by=(*one.by, *(dimension_of(word) for word in hit.groups() if word)))
    hit, one = one.take(_ADVERB)
    if hit:
        one = replace(one, by=(*one.by, _EVERY[hit[1]]))
    hit, one = one.take(re.compile(r"\b(?:over time|trends?(?: of)?|development of)\b"))
    if hit and not one.by:
        one = replace(one, by=("day",))
    if _WHAT_ANSWERED.search(one.text):
        one = replace(one, by=("answer", *one.by))
    hit, one = one.take(_EACH) if not one.by else (None, one)
    if hit:
        one = replace(one, by=(dimension_of(hit[1]),))
    one = _aggregated(replace(one, grouped=one.by))
    hit, one = one.take(_DISTINCT, r" ")
    if hit:
        one = replace(one, distinct=dimension_of(hit[1]), counts=True)
    hit, one = one.take(re.compile(r"\b(?:how many|number of|count of|count)(?: of)?(?: the| our| all| different"
                                   r"| unique)* people\b(?: (?:who|that|which|are|have|has))*"))  # fmt: skip
    if hit:
        one = replace(one, counts=True, people=True)
    hit, one = one.take(_WHEN)
    one = replace(one, when=bool(hit))
    one = _ranked(one)
    hit, one = one.take(_COUNT)
    one = replace(one, counts=one.counts or bool(hit))
    if not one.people and not one.counts and not one.aggregate:
        hit, one = one.take(_WHO)
        one = replace(one, who=bool(hit))
    return one


def _aggregated(one: Wish) -> Wish:
    hit, one = one.take(_PERCENTILE)
    if hit:
        return replace(one, aggregate=f"p0.{hit[1] or hit[2]}")
    for name, pattern in _AGGREGATES:
        hit, one = one.take(pattern)
        if hit:
            one = replace(one, aggregate=one.aggregate or name, counts=one.counts and name != "average")
            if name != "average":
                break
    return one


def _ranked(one: Wish) -> Wish:
    lasts = re.search(
        r"\bhow (?:long|many (?:minutes|hours|seconds))\b|\b(?:average|long|minutes|hours) .*\blast$", one.text
    )
    hit, one = (None, one) if lasts else one.take(_EARLY)  # "how long do they last"
    if hit:
        one = replace(one, early="first" if hit["first"] else "last", limit=int(hit["n"]) if hit["n"] else one.limit)
    found = _RANK.search(one.text)
    if found is None:
        return one
    if MOST_SO.search(one.text) and not one.aggregate and not one.counts:
        one = replace(one, aggregate="share")  # "the most negative answers" of a lesson: the share, and not the number
    leading, one = one.take(_LEADING)
    if leading:
        one = replace(one, limit=int(leading[1]))
        found = _RANK.search(one.text) or found
    word = found["least"] or found["most"]
    hit, one = one.take(_RANK, _STEMS.get(word, " "))
    number = found["n"] or found["n2"]
    place = _PLACES[found["place"]] if found["place"] else 1
    limit = 1 if place > 1 else int(number) if number else one.limit
    least = bool(found["least"]) or word in ("fastest", "quickest")
    return replace(one, rank="least" if least else "most", limit=limit, place=place, rank_word=word)
