"""Spans of days in English: yesterday, last week, in March, since 2026-03-01, the last 14 days. Pure.

A week begins on Monday; "last week" is the whole one before this. Other languages are translated before (``wording``).
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from analytics_platform.serving.seven.spans import (
    COUNT,
    DAY,
    MONTH,
    Span,
    ago,
    between,
    day_of_month,
    days_of_month,
    last_units,
    monday,
    month_end,
    month_of,
    named_month,
    next_units,
    nth_day,
    nth_week,
    on_day,
    since,
    weekday,
    weekend,
    year_of,
)

Found = tuple[Span, str]


def find_span(text: str, today: date) -> Found | None:
    """The first span that the text names, and the text without it."""
    found = _first(text, today)
    if found is None:
        return None
    span, start, end = found
    return span, f"{text[:start]} {text[end:]}".strip()


def find_spans(text: str, today: date) -> tuple[list[Span], str]:
    """Every span in the order of the text, and the text without them."""
    spans: list[Span] = []
    while found := find_span(text, today):
        spans.append(found[0])
        text = found[1]
    return spans, re.sub(r"\s+", " ", text).strip()


def find_mark(text: str, today: date) -> tuple[Span, int, int] | None:
    """The first span, and where it begins and ends."""
    return _first(text, today)


def _first(text: str, today: date) -> tuple[Span, int, int] | None:
    """The span that begins first; of those that begin together the one whose pattern stands first."""
    best: tuple[Span, int, int] | None = None
    for pattern, build in _COMPILED:
        for match in pattern.finditer(text):
            span = build(match, today)
            if span is not None:
                if best is None or match.start() < best[1]:
                    best = span, match.start(), match.end()
                break
    return best


def _from_to(match: re.Match[str], today: date) -> Span | None:
    first, last = (find_span(match[n], today) for n in (1, 2))
    if not first or not last or first[1] or last[1] or first[0].start is None or last[0].end is None:
        return None
    start, end = first[0].start, last[0].end
    return Span(start, end, f"{start} to {end}") if start <= end else None


def _bounded(match: re.Match[str], today: date) -> Span | None:
    """Since, after, before, until something that is a span itself."""
    found = find_span(match[2], today)
    if found is None or found[1] or found[0].start is None or found[0].end is None:
        return None
    start, end = found[0].start, found[0].end
    if match[1] in ("since", "after", "starting"):
        first = end + DAY if match[1] == "after" else start
        return Span(first, today, f"since {first}")
    last = start - DAY if match[1] == "before" else end
    return Span(None, last, f"until {last}")


def _week_of(match: re.Match[str], today: date) -> Span | None:
    """The whole week in which a day lies; "the week of March" is none."""
    found = find_span(match[1], today)
    if found is None or found[1] or found[0].start is None or found[0].start != found[0].end:
        return None
    first = monday(found[0].start)
    return Span(first, first + timedelta(days=6), f"in the week of {first}")


def _fixed(build: Callable[[date], Span]) -> Callable[[re.Match[str], date], Span]:
    return lambda _match, today: build(today)


# One day or stretch by its name, for ranges of two of them.
_ATOM = (
    rf"(?:\d{{4}}-\d\d-\d\d|(?:\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{MONTH})|(?:{MONTH}) \d{{1,2}}(?:st|nd|rd|th)?"
    rf"|(?:in )?(?:{MONTH}))(?: \d{{4}})?|the \d{{1,2}}(?:st|nd|rd|th)|yesterday|today|(?:last |this )?(?:week"
    rf"|month)|(?:last )?(?:mon|tues|"
    rf"wednes|thurs|fri|satur|sun)day)"
)
_NTH = r"(\d{1,2})(?:st|nd|rd|th)"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_PATTERNS: list[tuple[str, Callable[[re.Match[str], date], Span | None]]] = [
    (rf"\b(?:between |from )?{_DAY} ?(?:and|to|until|-|–) ?{_DAY} (?:of )?({MONTH})\b(?: (\d{{4}}))?", days_of_month),
    (rf"\b(?:between |from )?({MONTH}) {_DAY} ?(?:and|to|until|-|–) ?{_DAY}\b(?: (\d{{4}}))?", days_of_month),
    (rf"\b(?:between|from) ({_ATOM}) (?:and|to|until|till) ({_ATOM})\b", _from_to),
    (
        rf"\b(?:in |during |for )?(?:the )?week (?:of|from|beginning|starting|that (?:began|started))(?:"
        rf" on)? ({_ATOM})\b",
        _week_of,
    ),
    (rf"\b(since|after|before|until|till|starting)(?: on)? ({_ATOM})\b", _bounded),
    (r"\b(?:in |during )?(?:the )?(first|second|third|fourth|last) week of (" + MONTH + r")\b", nth_week),
    (r"\b(?:between|from) (\d{4}-\d\d-\d\d) (?:and|to|until) (\d{4}-\d\d-\d\d)\b", between),
    (r"\bsince (\d{4}-\d\d-\d\d)\b", since),
    (r"\b(?:on )?(\d{4}-\d\d-\d\d)\b", on_day),
    (rf"\b(?:on )?(?:the )?(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({MONTH})\b(?: (\d{{4}}))?", day_of_month),
    (rf"\b(?:on )?({MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?\b(?: (\d{{4}}))?", day_of_month),
    (
        rf"\b(?:(?:in|during|of|for) ({MONTH})|(?:all )?((?!may\b|mar\b|sun\b)(?:{MONTH})))\b(?: (\d{{4}}))?",
        named_month,
    ),
    (
        rf"\b(?:in |over |during |within )?(?:the )?(?:last|past|previous) {COUNT} (days?|weeks?|months?)\b",
        last_units,
    ),
    (rf"\bfor (?:more than |over |at least )?(?:the )?{COUNT} (days?|weeks?|months?)\b(?! (?:ago|from))", last_units),
    (rf"\b{COUNT} (days?|weeks?) ago\b", ago),
    (r"\b(?:for |by )?tomorrow\b", _fixed(lambda t: Span(t + DAY, t + DAY, "tomorrow"))),
    (
        r"\b(?:in |for |during )?(?:the )?(?:next|coming|upcoming) week\b",
        _fixed(lambda t: Span(monday(t) + 7 * DAY, monday(t) + 13 * DAY, "next week")),
    ),
    (
        rf"\b(?:in |for |during |over )?(?:the )?(?:next|coming) {COUNT} (days?|weeks?)\b",
        next_units,
    ),
    (
        r"\b(?:in |for |during )?(?:the )?(?:next|coming) month\b",
        _fixed(lambda t: month_of(month_end(t) + DAY, "next month")),
    ),
    (r"\b(?:lately|recently|in recent days|these days)\b", _fixed(lambda t: Span(t - 6 * DAY, t, "the last 7 days"))),
    (r"\b(?:the )?day before yesterday\b", _fixed(lambda t: Span(t - 2 * DAY, t - 2 * DAY, f"on {t - 2 * DAY}"))),
    (
        r"\byesterday (?:evening|morning|night|afternoon)\b",
        _fixed(lambda t: Span(t - DAY, t - DAY, "yesterday, the whole day")),
    ),
    (r"\b(?:yesterday|ystd|yday)(?:'s)?\b", _fixed(lambda t: Span(t - DAY, t - DAY, "yesterday"))),
    (r"\b(?:the )?(?:last|past) weekend\b", _fixed(weekend)),
    (r"\b(?:today|so far today|this (?:morning|evening))(?:'s)?\b", _fixed(lambda t: Span(t, t, "today"))),
    (
        r"\b(?:in |during )?(?:the )?week before last\b",
        _fixed(lambda t: Span(monday(t) - 14 * DAY, monday(t) - 8 * DAY, "the week before last")),
    ),
    (
        r"\b(?:in |during )?(?:the )?month before last\b",
        _fixed(
            lambda t: month_of(((t.replace(day=1) - DAY).replace(day=1) - DAY).replace(day=1), "the month before last")
        ),
    ),
    (
        r"\b(?:in |during )?(?:the )?(?:last|past|previous) (?:week|wk)\b",
        _fixed(lambda t: Span(monday(t) - 7 * DAY, monday(t) - DAY, "last week")),
    ),
    (r"\b(?:in |during )?(?:this|the current) week\b", _fixed(lambda t: Span(monday(t), t, "this week"))),
    (
        r"\b(?:in |during )?(?:the )?(?:last|past|previous) month\b",
        _fixed(lambda t: month_of((t.replace(day=1) - DAY).replace(day=1), "last month")),
    ),
    (r"\b(?:in |during )?(?:this|the current) month\b", _fixed(lambda t: Span(t.replace(day=1), t, "this month"))),
    (r"\b(?:in |during )?this year\b", _fixed(lambda t: Span(t.replace(month=1, day=1), t, "this year"))),
    (r"\b(?:on )?(?:last )?(monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b", weekday),
    (rf"\b(?:on|since|by|for|of) the {_NTH}\b(?! (?:{MONTH}|of|\w))", nth_day),
    (rf"\bthe {_NTH}$", nth_day),
    (r"\b(?:in |during )?(?:the )?(?:last|past|previous) year\b", _fixed(lambda t: year_of(t.year - 1))),
    (r"\b(?:in |during |of )?(?:the )?(?:year )?(20\d\d)\b(?!-)", lambda match, _today: year_of(int(match[1]))),
    (
        r"\b(?:since (?:the )?(?:course )?(?:began|start(?:ed)?|beginning)|since the course (?:began|started)|so far"
        r"|overall|ever|all time|in total|altogether|(?:over |in |during |for )?(?:the )?(?:whole|entire"
        r"|full) (?:period|time)"
        r"|since launch|from the (?:very )?(?:start|beginning)|up to now|(?<!up )to date)\b",
        _fixed(lambda _t: Span(None, None, "since the beginning")),
    ),
]
_COMPILED = [(re.compile(pattern), build) for pattern, build in _PATTERNS]
