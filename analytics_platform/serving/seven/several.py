"""Questions that are put together of questions: two in one, one for two times, one number over another. Pure.

Each part is a question of its own and is understood by itself; the rows of the parts stand side by side, joined by what
they are of. A part that nobody understands makes the whole no question. Does not live here: understanding a part
(``understanding``), asking it (``asking``).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from analytics_platform.semantics import Query
from analytics_platform.serving.seven.carried import completed, of_the_same
from analytics_platform.serving.seven.dates import find_mark
from analytics_platform.serving.seven.reply import Made, Reply

Row = Mapping[str, Any]
_ASKS = r"(?:how (?:many|much|long|often)|what|which|who|when|(?:the )?(?:average|median|number of|share of|total))\b"
_JOINED = re.compile(
    rf"(?:,|;)? (?:and|&|as well as|plus)(?: also| then)? (?=(?:for |at |in |on |by )?{_ASKS})|(?<=\w)[,;]?"
    rf" (?=how (?:many|much)\b)"
)
_WHEN_IT_WAS = re.compile(
    r"^(?:when|(?:on |at )?(?:which|what) (?:day|date|time))(?: (?:was|is|were|did) (?:it|that|this))?(?: happen)?$"
)
# "… and how many is that": the number stands beside the name anyway.
_ALSO_NUMBER = re.compile(
    r"(?:,|;)? (?:and|with) (?:by |at )?(?:how (?:many|much|long|often|big|large|high)|what (?:is|are|was"
    r"|were) (?:it|they|that"
    r"|the (?:numbers?|counts?|values?|rates?|figures?))|(?:their|its|the) (?:numbers?|counts?|values?|figures?))"
    r"(?: (?:is|are|was|were|did|do|does|has|have|had|there|it|they|that|this|each|one|he|she|the|in|of|them|get|got"
    r"|give|gave|send|sent|receive|make|made|by|much|share|percent|%|times|minutes|seconds|exactly))*$"
)
_BOTH = re.compile(
    r"^(?P<head>(?:(?:how many|show|list|give|compare|number of|the number of|total) )?)"
    r"(?:the |number of )*(?P<one>(?:\w+ )?[a-z]{4,}s|traffic|activity) and (?:the |how many |number of"
    r" )*(?P<two>(?:\w+ )?[a-z]{4,}s|traffic|activity)"
    r"(?P<tail>(?: (?:by|per|in|of|for|from|at|on|each|every|do|did|does|are|were|was|have|has|had|last|this|yesterday"
    r"|today|since|between|during|so far)\b.*)?)$"
)
_COMPARING = re.compile(
    r"\b(?:compared?|comparison|comparing|(?:how )?(?:did|do|does|has|have|is|are|was|were)(?= .*\b(?:chang"
    r"|differ|rise|fall"
    r"|grow|develop|compare))|chang\w*|differ\w*|(?:between|from)(?=\s*(?:of )?$))\b"
)
_VERSUS = re.compile(r"^\s*(?:and|with|to|vs\.?|versus|against|than(?: in| the)?|,|or|compared (?:to|with)|over)\s*$")
_PER = re.compile(
    r"^(?:(?:what|how (?:much|many|high)|which)(?: is| are| was| were| do we| did we)? )?(?:the )?(?P<top>.+?) "
    r"(?:per|for (?:each|every|one)|by|divided by|for) (?:an? |one |single )?(?:(?P<n>\d[\d,.]*|hundred|thousand"
    r"|million) )(?P<unit>[a-z][a-z ]*?)(?P<tail>(?: (?:by|per|in|of|for|from|at|on|each|with|last|this|yesterday|today"
    r"|since|between|during)\b.*)?)$"
)
_NUMBERS = {"hundred": 100, "thousand": 1000, "million": 1_000_000}


@dataclass(frozen=True)
class Parts:
    """Questions whose answers stand side by side, as numbers of two times, or as one over the other."""

    texts: tuple[str, ...]
    way: Literal["beside", "times", "ratio"] = "beside"
    labels: tuple[str, ...] = ()
    factor: float = 1
    is_likely: bool = False  # one of the two alone is half of the question
    is_said: bool = False  # the words ask two questions outright, so that one of them alone is no answer


_IN_WHICH_LESSON = re.compile(
    r"(?:,| and)+ (?:in |on |at )?(?:which|what) lesson (?:are|were|is|did) (?:they|each)(?: \w+){0,3}$"
)
_SILENT = re.compile(r"\b(?:at risk|silent|quiet|inactive|stuck|disappeared)\b")


def without_its_number(text: str) -> str:
    """ "Which video has most views, and how many": who and which come with their numbers."""
    if _SILENT.search(text):  # the list of them says it
        text = _IN_WHICH_LESSON.sub("", text)
    asks_which = re.match(r"^(?:which|what|who|in which|on which|at which|list|names? of|name|show|top)\b", text)
    hit = _ALSO_NUMBER.search(text)
    return text[: hit.start()] if asks_which and hit else text


_CHANGED = re.compile(
    r"\b(?:compare\w*|change\w*|differ\w*|(?:ris|fall|grow|increas|decreas|declin|drop|improv|develop|mov)(?:e"
    r"|es|ed|en|ing|s)?"
    r"|rose|fell|grew|up or down|(?:go|goes|going|went|gone) (?:up|down)|more or (?:less|fewer)|better or worse)\b"
)
_FROM_TO = re.compile(
    r"\b(?:from|between) (?P<one>(?:last |this |the )?[\w -]{3,24}?) (?:to|and) (?P<two>[\w -]{3,24}?)(?=$|"
    r" (?:for|in|of|by|per)\b)"
)


def with_two_times(text: str, today: date) -> str:
    """ "Did views rise from October to November": two times, and not the days of both."""
    hit = _FROM_TO.search(text)
    if hit is None or not _CHANGED.search(text):
        return text
    for said in (hit["one"], hit["two"]):
        found = find_mark(said, today)
        if found is None or said[: found[1]].strip() or said[found[2] :].strip():
            return text
    rest = re.sub(r"\s+", " ", _CHANGED.sub(" ", f"{text[: hit.start()]} {text[hit.end() :]}"))
    rest = re.sub(
        r"^(?:(?:how|did|do|does|has|have|is|are|was|were|much|the|by|what)\b ?)+",
        "",
        rest.replace(" or ", " ").strip(),
    )
    return (
        f"compare {rest} in {hit['two']} with in {hit['one']}".replace("in in", "in")
        .replace("in last", "last")
        .replace("in this", "this")
    )


def parts_of(text: str, today: date) -> Iterator[Parts]:
    """Every way in which the question is several; the surest first."""
    asks = re.match(
        r"(?:(?:at|in|on|for) (?:which|what)|how (?:many|much|long|often|is|are)|what|where|number of|average|which|who"
        r"|list|show)\b",
        text,
    )
    first, *others = _JOINED.split(text) if asks else [text]
    others = [] if any(re.fullmatch(r"how (?:many|much)(?: (?!\w+ed\b)\w+)?", part) for part in others) else others
    if others and not any(map(_WHEN_IT_WAS.match, others)) and not re.search(r"\b(?:between|both)\b[^,]*$", first):
        if same := of_the_same(first, others):
            yield Parts(same, is_said=True)
        yield Parts(completed(first, others, today), is_said=True)
    if (hit := _BOTH.match(text)) and not re.match(r"(?:who|which|when|where|average)\b", text):
        head = hit["head"] if hit["head"] and not hit["head"].startswith("compare") else "number of "
        yield Parts(tuple(f"{head}{one}{hit['tail']}".strip() for one in (hit["one"], hit["two"])), is_likely=True)
    if hit := _PER.match(text):
        said = hit["n"].replace(",", "")
        number = _NUMBERS.get(said) or float(said.rstrip("."))
        yield Parts((f"total {hit['top']}{hit['tail']}", f"number of {hit['unit']}{hit['tail']}"), "ratio", (), number)
    if times := _times(text, today):
        yield times


def _times(text: str, today: date) -> Parts | None:
    """ "Views this week and last week", "did answers rise from October to November": the later time stands first."""
    one = find_mark(text, today)
    if one is None:
        return None
    span, start, end = one
    other = find_mark(" " * end + text[end:], today)
    if other is None or not _VERSUS.match(text[end : other[1]]):
        return None
    later, last, after = other
    if find_mark(" " * after + text[after:], today) or span.start is None or later.start is None:
        return None
    before, rest = _COMPARING.sub(" ", text[:start]), _COMPARING.sub(" ", text[after:])
    said = ((span, text[start:end]), (later, text[last:after]))
    ordered = sorted(said, key=lambda pair: str(pair[0].start), reverse=True)
    texts = tuple(re.sub(r"\s+", " ", f"{before} {words} {rest}").strip() for _, words in ordered)
    return Parts(texts, "times", tuple(span.label for span, _ in ordered))


def joined(ways: Iterable[Parts], ask: Callable[[str], Reply]) -> Reply | None:
    """The answer of the first way of which every part has one."""
    for parts in ways:
        replies: list[Reply] = []
        for text in parts.texts:
            replies.append(ask(text))
            if replies[-1].status != "answered":
                break
        else:
            if found := merged(parts, replies) or _told_beside(parts, replies):
                return found
    return None


def _told_beside(parts: Parts, replies: Sequence[Reply]) -> Reply | None:
    """Two questions that were asked outright: the rows of both where they are alike, else each in its sentence."""
    if not parts.is_said or len({reply.sql for reply in replies}) < len(replies):
        return None
    alike = len({reply.columns for reply in replies}) == 1
    rows = [row for reply in (replies if alike else replies[:1]) for row in reply.rows]
    return replace(
        replies[0],
        text=" ".join(reply.text for reply in replies),
        reading="; and ".join(reply.reading for reply in replies),
        sql=";\n".join(reply.sql for reply in replies),
        rows=tuple({str(row): row for row in rows}.values()),
        definitions=tuple(one for reply in replies for one in reply.definitions),
    )


def merged(parts: Parts, replies: Sequence[Reply]) -> Reply | None:
    """The answers side by side; None where they are not numbers of the same things."""
    found = [_numbers_of(reply) for reply in replies]
    tables = [one for one in found if one is not None]
    if len({reply.sql for reply in replies}) < len(replies) and parts.way == "beside":
        return None  # what tells the parts apart was lost
    if len(tables) < len(found) or len({_plain_keys(keys) for _, keys, _ in tables}) > 1:
        return None
    keys = tables[0][1]
    names = [name for name, _, _ in tables]
    if parts.way == "times":
        names = [names[0], f"{names[0]}_before"]
    elif len(set(names)) < len(names):
        names = [f"{name}_{place}" for place, name in enumerate(names, 1)]
    every = dict.fromkeys(key for _, _, rows in tables for key in rows)
    rows = [
        {
            **dict(zip(keys, key, strict=True)),
            **{name: one[2].get(key) for name, one in zip(names, tables, strict=True)},
        }
        for key in every
    ]
    readings = [reply.reading for reply in replies]
    if parts.way == "ratio":
        rows = [{**row, "ratio": _over(row[names[0]], row[names[1]], parts.factor)} for row in rows]
        readings = [f"{readings[0]}, for every {parts.factor:g} of: {readings[1]}"]
    reading = "; and ".join(readings)
    text = " ".join(reply.text for reply in replies)
    if parts.way == "ratio":
        text = f"{_told(rows, keys)} {text}"
    return Reply(
        "answered", text, reading, ";\n".join(reply.sql for reply in replies), tuple(rows[0]) if rows else (),
        tuple(rows), definitions=tuple(one for reply in replies for one in reply.definitions),
        version=replies[0].version, published_at=replies[0].published_at, quality=replies[0].quality,
    )  # fmt: skip


def _plain_keys(keys: Sequence[str]) -> tuple[str, ...]:
    """An app is an app, whether its column is called app or app_id."""
    return tuple(re.sub(r"_(?:id|name)$", "", key) for key in keys)


def _told(rows: Sequence[Row], keys: Sequence[str]) -> str:
    said = [
        f"{' '.join(str(row[key]) for key in keys)} {row['ratio']:,.4g}".strip()
        for row in rows
        if row["ratio"] is not None
    ]
    return f"{'; '.join(said[:5])}."


def _over(top: Any, bottom: Any, factor: float) -> float | None:
    return float(top) * factor / float(bottom) if top is not None and bottom else None


def _numbers_of(reply: Reply) -> tuple[str, tuple[str, ...], dict[tuple[Any, ...], Any]] | None:
    """The name of the number, of what it is, and the numbers; None where the answer is a list."""
    question = reply.understood.question if reply.understood else None
    if isinstance(question, Query):
        name = question.metrics[0]
        keys = tuple(one for one in reply.columns if one not in (name, f"{name}_before"))
    elif isinstance(question, Made):
        name = question.counted
        keys = tuple(one for one in reply.columns if one == question.named or one == "currency")
        if not question.of_each and question.named and question.named != "currency":
            return None
    else:
        name = "count"
        keys = (question.by,) if question and question.by else ()
    if not name or not reply.rows or name not in reply.columns or (len(reply.rows) > 1 and not keys):
        return None
    rows = {tuple(row[key] for key in keys): row[name] for row in reply.rows}
    return (name, keys, rows) if len(rows) == len(reply.rows) else None
