"""What people answered to a card that the question describes in its own words: shares of a poll, marks, texts. Pure.

"Where do people say their phone"
" sleeps" is the card "Where does your phone sleep?". Every word is the card's, an option's,
a condition's or one of asking; else it is no reading. Does not live here: which title is near (``titles``).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from analytics_platform.serving.seven.clauses import Clause, quoted, read_clause
from analytics_platform.serving.seven.facts import facts
from analytics_platform.serving.seven.loosely import group_of
from analytics_platform.serving.seven.made import MOST
from analytics_platform.serving.seven.marking import Marked
from analytics_platform.serving.seven.phrasing import FILLER
from analytics_platform.serving.seven.reply import Made, Understood
from analytics_platform.serving.seven.titles import Nearest, content, nearest, options_in, stem
from analytics_platform.serving.seven.values import Rows
from analytics_platform.serving.seven.wishes import Wish, wish_of
from analytics_platform.serving.seven.wording import EMPTY, canonical, tidy, vocabulary

OPTIONS = (
    "select question, response, count(*) as answers from user_responses where card_type in ('poll', 'quiz') "
    "and response is not null group by question, response order by answers desc"
)
# Words of asking what people answered. Which card it is, another word says.
_ASKING = frozenset(
    """say says said saying think thinks thought tell told report reported mention mentioned answer answers
    answered respond responded response responses reply replies result results poll polls vote votes voted
    outcome outcomes question questions card cards survey quiz asked ask asks asking we the their them they do
    does did is are was were choose chose chosen pick picked prefer preferred give gave given write wrote
    written put state stated name named see look looks like common commonly popular frequent frequently usually
    mostly typically really about most often over level levels rate rates rated rating ratings score scores
    number go goes went up down change changed changes rise rose fall fell improve improved grow grew same
    different before after exercise and or than better worse more less feel feels felt own each of in to for
    with on at a an any some all how what which where when who whom whose breakdown split distribution people
    person everyone free text texts share shares first last start end beginning course way ways kind kinds
    options option choices choice""".split()  # noqa: SIM905
)
_CHANGE = re.compile(
    r"\b(?:chang\w+|rise|rising|rose|risen|improv\w+|increas\w+|decreas\w+|fall|fell|grow|grew|go (?:up|down)"
    r"|went (?:up|down)"
    r"|going (?:up|down)|over the course|from the first|between the first|since the first|before and after"
    r"|(?:at )?(?:the )?(?:beginning|start|started) and (?:at )?(?:the )?end|first and (?:the )?last)\b"
)
_CHOSE = re.compile(r"\b(?:choose|chose|chosen|pick\w*|vote[ds]?|opted|answered|said|selected)\b")
_WH = re.compile(r"^(?:and )?(where|what|which|who|whom|when|how)\b")


@dataclass(frozen=True)
class Card:
    """``is_sure``: the whole title is in the question, with two words or more."""

    understood: Understood
    is_sure: bool


@dataclass(frozen=True)
class _Asked:
    wish: Wish
    clause: Clause
    titles: tuple[str, ...]
    kinds: frozenset[str]
    options: tuple[str, ...]
    by: tuple[tuple[str, str], ...]


def read_card(text: str, marked: Marked, rows: Rows, zone: str) -> Card | None:
    """The reading; None where no card is clearly meant or a word is left over."""
    if marked.strange or marked.is_ahead:
        return None
    known = [row for row in rows("questions") if row.get("question")]
    lessons = {one for mark in marked.marks.values() if mark.kind == "lesson" for one in mark.ids}
    inside = [row for row in known if not lessons or row["lesson_id"] in lessons]
    near, rest = _near(marked, inside)
    rest = _CHANGE.sub(" ", rest)
    if near is None and _CHOSE.search(marked.text):
        near, rest = _of_an_option(marked, rows), marked.text
    if near is None or not (cards := [row for row in inside if row["question"] in near.titles]):
        return None
    # Words of the other cards of the lesson that is named: "the breathing exercise in lesson 5".
    same = {row["lesson_id"] for row in cards} if near.matched > 1 else lessons
    beside = frozenset(
        stem(word)
        for row in known
        if row["lesson_id"] in same or row["question"] in near.titles
        for word in content(canonical(tidy(str(row["question"]))))
    )
    wish, options, left = _wished(rest, beside, cards, rows)
    if wish.rank and wish.limit == MOST and not re.search(r"\b(?:answers|options|choices|are|were)\b", text):
        wish = replace(wish, limit=1)
    left = re.sub(r"\b(?:before|after|between|from)\b", " ", left) if _CHANGE.search(marked.text) else left
    clause = read_clause(f"answers {left}", marked.marks, zone, only=facts()["answers"])
    if clause is None or clause.negative or clause.bound or any(words in wish.text for words in ("§bound", "§second")):
        return None
    by = [(name, group_of(clause.fact, name, zone)) for name in wish.by if name not in ("question", "answer", "person")]
    changes = _CHANGE.search(marked.text)
    if changes and not by and not lessons:
        several = len({row["lesson_id"] for row in cards}) > len(near.titles)
        by.append(("lesson", "lesson_name") if several else ("week", group_of(clause.fact, "week", zone)))
    if any(not expression for _, expression in by) or wish.over[0] or wish.distinct or wish.early:
        return None
    kinds = frozenset(str(row["card_type"]) for row in cards)
    made = _made(_Asked(wish, clause, near.titles, kinds, options, tuple(by)))
    if made is None:
        return None
    titles = " and ".join(f'"{title.split(chr(10))[0]}"' for title in near.titles)
    told = f" ({', '.join([*clause.told, *([clause.span.name] if clause.span else [])])})" if clause.conditions else ""
    chosen = f" with {' or '.join(options)}" if options else ""
    grouped = f", by {' and '.join(name for name, _ in by)}" if by else ""
    reading = f"answers to the question {titles}{chosen}{told}{grouped}"
    found = Understood(made, reading, missing=f"Nobody answered: {reading}.", text=marked.text)
    return Card(found, near.coverage == 1 and near.matched > 1)


@lru_cache(maxsize=1)
def _generic() -> frozenset[str]:
    """Words that alone show no card: those of asking, and the nouns of what has numbers of its own."""
    words = (word for word in vocabulary() if any(fact.names.fullmatch(word) for fact in facts().values()))
    return EMPTY | FILLER | _ASKING | frozenset(words)


def _near(marked: Marked, known: Sequence[Mapping[str, object]]) -> tuple[Nearest | None, str]:
    """The card that is quoted, or the nearest by its words, and the text without the words that showed it."""
    for name, mark in marked.marks.items():
        if mark.kind == "question" and name in marked.text and "with" not in mark.name:
            return Nearest(mark.ids, frozenset(), 1, 2), marked.text.replace(name, " ")
    by_words: dict[str, list[str]] = {}
    for row in known:
        by_words.setdefault(canonical(tidy(str(row["question"]).split("\n")[0])), []).append(str(row["question"]))
    found = nearest(marked.text, by_words, _generic())
    if found is None:
        return None, marked.text
    titles = tuple(dict.fromkeys(full for one in found.titles for full in by_words[one]))
    shared = set(found.words) | {word for one in found.titles for word in one.split() if word not in ("by", "and")}
    text, begins = marked.text, _WH.match(marked.text)
    if begins and any(re.search(rf"\b{begins[1]}\b", one) for one in found.titles):
        text = text[begins.end() :]
    kept = [word for word in text.split() if word not in shared]
    return replace(found, titles=titles), " ".join(kept)


def _of_an_option(marked: Marked, rows: Rows) -> Nearest | None:
    """ "How many chose breathing out slowly": the one card that has this option, of two words or more."""
    named = {
        (str(row["question"]), str(row["response"])): frozenset(
            map(stem, content(canonical(tidy(str(row["response"])))))
        )
        for row in rows(OPTIONS)
    }
    said = set(map(stem, content(marked.text)))
    fitting = [pair for pair, parts in named.items() if len(parts) > 1 and parts <= said]
    titles = {title for title, _ in fitting}
    return Nearest(tuple(titles), frozenset(), 1, 1) if len(titles) == 1 else None


def _wished(
    text: str, beside: frozenset[str], cards: Sequence[Mapping[str, object]], rows: Rows
) -> tuple[Wish, tuple[str, ...], str]:
    """What is wanted, the options that are named, and the words that conditions must explain."""
    wish = wish_of(text)
    wish = replace(wish, who=wish.who and bool(re.search(r"\b(?:who|whom|names|list)\b", text)))
    titles = {row["question"] for row in cards}
    named = {
        str(row["response"]): frozenset(map(stem, content(canonical(tidy(str(row["response"]))))))
        for row in rows(OPTIONS)
        if row["question"] in titles
    }
    options = options_in(content(wish.text), named)[:1]
    known = {part for option in options for part in named[option]} | beside
    left = [
        word
        for word in wish.text.split()
        if word.startswith("§") or (word.removesuffix("'s") not in _ASKING and stem(word) not in known)
    ]
    return wish, options, " ".join(left)


def _made(one: _Asked) -> Made | None:
    wish, groups = one.wish, [*one.by]
    if len(one.titles) > 1:
        groups = [("question", "question"), *groups]
    where = " and ".join([*one.clause.conditions, f"question in ({', '.join(map(quoted, one.titles))})"])
    source = f"from user_responses where {where}"
    if one.options:
        return _of_options(one, groups, source)
    if wish.aggregate in ("total", "share") and one.kinds - {"poll", "quiz"}:
        return None
    if wish.who:
        listed = "select full_name, cohort, person_id, response as answer, responded_at"
        return Made(f"{listed} {source} and response is not null order by responded_at desc limit {MOST}", "full_name")
    if wish.people or (wish.counts and not wish.aggregate):
        return _grouped(groups, "count(distinct person_id) as people, count(*) as answers", source, "people", one)
    if one.kinds == {"rate"} and wish.spread:
        return _grouped([("rating", "rating"), *groups], "count(*) as answers", source, "answers", one)
    if one.kinds == {"rate"}:
        function = "median" if wish.aggregate == "median" else "avg"
        numbers = f"{function}(rating) as average, count(rating) as ratings, count(distinct person_id) as people"
        return _grouped(groups, numbers, source, "average", one)
    if wish.aggregate in ("average", "median"):
        return None
    if one.kinds <= {"submit-media"}:
        return _grouped(groups, "count(*) as answers, count(distinct person_id) as people", source, "answers", one)
    of = f" over (partition by {', '.join(sql for _, sql in groups)})" if groups else " over ()"
    share = f"count(*) as answers, count(distinct person_id) as people, count(*) * 1.0 / sum(count(*)){of} as share"
    column = (
        [("answer", "response")] if one.kinds & {"poll", "quiz"} else [("answer", "response"), ("language", "language")]
    )
    if {"theme", "sentiment"} & {name for name, _ in one.by}:
        column = []
    return _grouped([*groups, *column], share, f"{source} and response is not null", "answers", one)


def _of_options(one: _Asked, groups: Sequence[tuple[str, str]], source: str) -> Made | None:
    chosen = f"response in ({', '.join(map(quoted, one.options))})"
    if one.wish.who:
        listed = "select full_name, cohort, person_id, response as answer, responded_at"
        return Made(f"{listed} {source} and {chosen} order by responded_at desc limit {MOST}", "full_name")
    if one.wish.aggregate in ("average", "median", "total"):
        return None
    numbers = (
        f"count(distinct case when {chosen} then person_id end) as people, sum(case when {chosen} then 1 else 0 end) "
        f"as answers, avg(case when {chosen} then 1.0 else 0 end) as share, count(*) as of_all_answers"
    )
    return _grouped(groups, numbers, f"{source} and response is not null",
                    "share" if one.wish.aggregate == "share" else "people", one)  # fmt: skip


def _grouped(groups: Sequence[tuple[str, str]], numbers: str, source: str, counted: str, one: _Asked) -> Made:
    columns = ", ".join([*(f"{sql} as {name.replace(' ', '_')}" for name, sql in groups), numbers])
    sql = f"select {columns} {source}"
    unit = "share" if counted == "share" else ""
    if not groups:
        return Made(sql, "", counted, unit)
    first = groups[0][0]
    ordered = first in ("week", "day", "month", "rating", "lesson")
    order = first if ordered else f"{counted} {'asc' if one.wish.rank == 'least' else 'desc'} nulls last"
    grouped = ", ".join(str(place) for place in range(1, len(groups) + 1))
    named = groups[-1][0] if groups[-1][0] != "language" else "answer"
    sql = f"{sql} group by {grouped}"
    if one.wish.rank and not ordered:
        sql = f"select * from ({sql}) as answers qualify rank() over (order by {order}) <= {one.wish.limit}"
    return Made(f"{sql} order by {order} limit {MOST}", named, counted, unit, True)
