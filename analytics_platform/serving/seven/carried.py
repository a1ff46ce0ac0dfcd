"""What one of two questions in a sentence names and the other leaves out: days, the lesson, the video, the noun. Pure.

Does not live here: how a sentence is cut in questions (``several``).
"""

import re
from collections.abc import Sequence
from datetime import date

from analytics_platform.serving.seven.dates import find_mark
from analytics_platform.serving.seven.shapes import ANY
from analytics_platform.serving.seven.turns import other_end


def completed(first: str, others: Sequence[str], today: date) -> tuple[str, ...]:
    """What one part names and another leaves out is of both: the days, "it", "of them", the noun."""
    parts = [first]
    noun = re.match(r"^how (?:many|much) (\w+)", first)
    things = re.match(r"^how many ((?:\w+ ){1,2}?)(?=(?:in|from|on|at|with|by|are|were|was|did)\b)", first)
    lesson = re.search(r"\blesson \d+[a-z]?\b", first)
    things_first = re.match(r"^(?:list|show|which|what|any|how many) (?:\w+ )??(\w+s)\b", first)
    video = re.search(r"\b(?:the )?(?:\w+ video|video \w+)\b", first)
    grouped = re.search(rf"\b(?:each|every|per|by) ({ANY})\b", first)
    for part in (other_end(first, one) for one in others):
        is_bare = bool(_BARE.match(part))
        if (alone := _ALONE.match(part)) and (told := _FIRST_PEOPLE.sub("", first)) != first:
            part = f"{alone[1]}{' on average' if alone[2] else ''} {told}"  # "and for how long on average"
        if things_first and re.search(r"\bones\b", part):
            part = re.sub(r"\bones\b", things_first[1], part)
        if video and re.search(r"\b(?:afterwards|next|it|then)\b", part):
            part = f"{part} in {video[0]}"
        if noun and (bare := _BARE.match(part)):
            told = re.sub(r"^how many \w+(?: (?:who|that|have|has|had|did|are|were|there))*", "", first).strip()
            rest = re.sub(r"^(?:were|was|are|is) (?=(?:on time|late)\b)", "completed ", part[bare.end() :].strip())
            part = f"how many {noun[1]} {told} and {rest}" if bare["them"] and told else f"how many {noun[1]} {rest}"
        if things and re.match(r"how many (?:in|from|on|at|with|by)\b", part):
            part = f"how many {things[1]} {part[len('how many ') :]}"
        if lesson and (re.search(r"\b(?:it|this|that)\b", part) or not re.search(r"\blesson|\b(?:in|of|by) ", part)):
            part = re.sub(r"\b(?:it|this|that)(?: lesson)?\b", lesson[0], part, count=1)
            part = part if lesson[0] in part else f"{part} in {lesson[0]}"
        if grouped and is_bare and not re.search(r"\b(?:each|every|per|by) ", part):
            part = f"{part} by {grouped[1]}"
        parts.append(part)
    spans = [find_mark(part, today) for part in parts]
    if re.search(r"\b(?:still|now|currently|right now|at the moment)\b", first) and not spans[0]:
        return tuple(parts)
    days = next((part[span[1] : span[2]].strip() for part, span in zip(parts, spans, strict=True) if span), "")
    return tuple(part if span or not days else f"{part} {days}" for part, span in zip(parts, spans, strict=True))


_AVERAGE_ALONE = re.compile(
    r"^(?:what|how (?:high|large|big|long)) (?:is|was|are|were) (?:the|their|its) ((?:average|mean|median"
    r"|highest|lowest|total) \w+(?: \w+)?)"
    r"(?: there| of them| then)?$"
)


def of_the_same(first: str, others: Sequence[str]) -> tuple[str, ...]:
    """ "How many took Check 3, and what was the average score": of those who took it."""
    told = re.sub(r"^how many \w+(?: (?:who|that|have|has|had|did|are|were|there))*", "", first).strip()
    alone = [_AVERAGE_ALONE.match(part) for part in others]
    if not told or told == first or not all(alone):
        return ()
    return (first, *(f"{hit[1]} {told}" for hit in alone if hit))


_ALONE = re.compile(r"^(?:for |at |in |on |by )?(how (?:long|often|much|many times))(?P<on> on average| per person)?$")


_FIRST_PEOPLE = re.compile(
    r"^how many (?:\w+ )?(?:people|users|learners|students|participants|members|viewers)(?: (?:have|has|who|that))* "
)


_BARE = re.compile(
    r"^how many(?P<them> of (?:them|those|these))?"
    r"(?= (?:did|do|have|has|were|are|was|got|completed|finished|started|handed|gave|also|not|\w+ed)\b)"
)
