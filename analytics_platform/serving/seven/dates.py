"""Spans of days in English: yesterday, last week, in March, since 2026-03-01, the last 14 days. Pure.

A week begins on Monday; "last week" is the whole one before this. Other languages are translated before (``wording``).
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10,
            "fourteen": 14, "thirty": 30, "few": 3}  # fmt: skip
_COUNT = rf"(\d+|{'|'.join(_NUMBERS)})"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """Days from ``start`` to ``end``, both inside; None is open."""

    start: date | None
    end: date | None
    label: str

    def before(self) -> "Span | None":
        """The span of the same length just before; a calendar month's is the month before."""
        if self.start is None or self.end is None:
            return None
        if self.start.day == 1 and self.end == _month_end(self.start):
            last = self.start - DAY
            return Span(last.replace(day=1), last, "the month before")
        length = self.end - self.start + DAY
        return Span(self.start - length, self.start - DAY, "the time before")


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


def _month_end(first: date) -> date:
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _number(word: str) -> int:
    return _NUMBERS.get(word) or int(word)


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _between(match: re.Match[str], _today: date) -> Span | None:
    first, last = _iso(match[1]), _iso(match[2])
    return Span(first, last, f"{first} to {last}") if first and last and first <= last else None


def _since(match: re.Match[str], today: date) -> Span | None:
    first = _iso(match[1])
    return Span(first, today, f"since {first}") if first else None


def _days_of_month(match: re.Match[str], today: date) -> Span | None:
    """3 to 10 march, march 3 to 10."""
    first, last, name = (match[1], match[2], match[3]) if match[1].isdigit() else (match[2], match[3], match[1])
    month = MONTHS[name]
    year = int(match[4]) if match[4] else (today.year if month <= today.month else today.year - 1)
    try:
        start, end = date(year, month, int(first)), date(year, month, int(last))
    except ValueError:
        return None
    return Span(start, end, f"{start} to {end}") if start <= end else None


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


def _on(match: re.Match[str], _today: date) -> Span | None:
    day = _iso(match[1])
    return Span(day, day, f"on {day}") if day else None


def _last_units(match: re.Match[str], today: date) -> Span:
    count, unit = _number(match[1]), match[2].rstrip("s")
    days = {"day": 1, "week": 7, "month": 30}[unit] * count
    return Span(today - timedelta(days=days - 1), today, f"the last {count} {unit}{'s' if count > 1 else ''}")


def _next_units(match: re.Match[str], today: date) -> Span:
    days = _number(match[1]) * (7 if match[2].startswith("week") else 1)
    return Span(today + DAY, today + days * DAY, f"the next {days} days")


def _ago(match: re.Match[str], today: date) -> Span:
    count, unit = _number(match[1]), match[2].rstrip("s")
    if unit == "day":
        day = today - timedelta(days=count)
        return Span(day, day, f"on {day}")
    first = _monday(today) - timedelta(weeks=count)
    return Span(first, first + timedelta(days=6), f"the week of {first}")


def _month_of(first: date, label: str) -> Span:
    return Span(first, _month_end(first), label)


def _named_month(match: re.Match[str], today: date) -> Span:
    month = MONTHS[match[1] or match[2]]
    year = int(match[3]) if match[3] else (today.year if month <= today.month else today.year - 1)
    return _month_of(date(year, month, 1), f"in {calendar.month_name[month]} {year}")


def _week_of(match: re.Match[str], today: date) -> Span | None:
    """The whole week in which a day lies; "the week of March" is none."""
    found = find_span(match[1], today)
    if found is None or found[1] or found[0].start is None or found[0].start != found[0].end:
        return None
    monday = _monday(found[0].start)
    return Span(monday, monday + timedelta(days=6), f"in the week of {monday}")


def _nth_week(match: re.Match[str], today: date) -> Span:
    """Days 1 to 7 are the first week of a month, 8 to 14 the second; the last are its last seven days."""
    month = MONTHS[match[2]]
    first = date(today.year if month <= today.month else today.year - 1, month, 1)
    place = ("first", "second", "third", "fourth", "last").index(match[1])
    start = _month_end(first) - timedelta(days=6) if place == 4 else first + timedelta(days=7 * place)
    return Span(start, start + timedelta(days=6), f"{start} to {start + timedelta(days=6)}")


def _day_of_month(match: re.Match[str], today: date) -> Span | None:
    words = [match[1], match[2]]
    number, name = (words[0], words[1]) if words[0].isdigit() else (words[1], words[0])
    month = MONTHS[name]
    year = int(match[3]) if match[3] else (today.year if month <= today.month else today.year - 1)
    try:
        day = date(year, month, int(number))
    except ValueError:
        return None
    return Span(day, day, f"on {day}")


def _weekday(match: re.Match[str], today: date) -> Span:
    wanted = [name.lower() for name in calendar.day_name].index(match[1])
    back = (today.weekday() - wanted) % 7 or 7
    day = today - timedelta(days=back)
    return Span(day, day, f"on {day}")


def _weekend(today: date) -> Span:
    saturday = _monday(today) - 2 * DAY
    return Span(saturday, saturday + DAY, "last weekend")


def _year(year: int) -> Span:
    return Span(date(year, 1, 1), date(year, 12, 31), f"in {year}")


def _nth(match: re.Match[str], today: date) -> Span | None:
    """ "On the 16th": of this month, or of the month before where that day is still to come."""
    number = int(match[1])
    for first in (today.replace(day=1), (today.replace(day=1) - DAY).replace(day=1)):
        if 1 <= number <= _month_end(first).day and first.replace(day=number) <= today:
            day = first.replace(day=number)
            return Span(day, day, f"on {day}")
    return None


def _fixed(build: Callable[[date], Span]) -> Callable[[re.Match[str], date], Span]:
    return lambda _match, today: build(today)


# One day or stretch by its name, for ranges of two of them.
_ATOM = (
    rf"(?:\d{{4}}-\d\d-\d\d|(?:\d{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{_MONTH})|(?:{_MONTH}) \d{{1,2}}(?:st|nd|rd|th)?"
    rf"|(?:in )?(?:{_MONTH}))(?: \d{{4}})?|the \d{{1,2}}(?:st|nd|rd|th)|yesterday|today|(?:last |this )?(?:week|month)|(?:last )?(?:mon|tues|"
    rf"wednes|thurs|fri|satur|sun)day)"
)
_NTH = r"(\d{1,2})(?:st|nd|rd|th)"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_PATTERNS: list[tuple[str, Callable[[re.Match[str], date], Span | None]]] = [
    (rf"\b(?:between |from )?{_DAY} ?(?:and|to|until|-|–) ?{_DAY} (?:of )?({_MONTH})\b(?: (\d{{4}}))?", _days_of_month),
    (rf"\b(?:between |from )?({_MONTH}) {_DAY} ?(?:and|to|until|-|–) ?{_DAY}\b(?: (\d{{4}}))?", _days_of_month),
    (rf"\b(?:between|from) ({_ATOM}) (?:and|to|until|till) ({_ATOM})\b", _from_to),
    (
        rf"\b(?:in |during |for )?(?:the )?week (?:of|from|beginning|starting|that (?:began|started))(?:"
        rf" on)? ({_ATOM})\b",
        _week_of,
    ),
    (rf"\b(since|after|before|until|till|starting)(?: on)? ({_ATOM})\b", _bounded),
    (r"\b(?:in |during )?(?:the )?(first|second|third|fourth|last) week of (" + _MONTH + r")\b", _nth_week),
    (r"\b(?:between|from) (\d{4}-\d\d-\d\d) (?:and|to|until) (\d{4}-\d\d-\d\d)\b", _between),
    (r"\bsince (\d{4}-\d\d-\d\d)\b", _since),
    (r"\b(?:on )?(\d{4}-\d\d-\d\d)\b", _on),
    (rf"\b(?:on )?(?:the )?(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({_MONTH})\b(?: (\d{{4}}))?", _day_of_month),
    (rf"\b(?:on )?({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?\b(?: (\d{{4}}))?", _day_of_month),
    (
        rf"\b(?:(?:in|during|of|for) ({_MONTH})|(?:all )?((?!may\b|mar\b|sun\b)(?:{_MONTH})))\b(?: (\d{{4}}))?",
        _named_month,
    ),
    (
        rf"\b(?:in |over |during |within )?(?:the )?(?:last|past|previous) {_COUNT} (days?|weeks?|months?)\b",
        _last_units,
    ),
    (rf"\bfor (?:more than |over |at least )?(?:the )?{_COUNT} (days?|weeks?|months?)\b(?! (?:ago|from))", _last_units),
    (rf"\b{_COUNT} (days?|weeks?) ago\b", _ago),
    (r"\b(?:for |by )?tomorrow\b", _fixed(lambda t: Span(t + DAY, t + DAY, "tomorrow"))),
    (
        r"\b(?:in |for |during )?(?:the )?(?:next|coming|upcoming) week\b",
        _fixed(lambda t: Span(_monday(t) + 7 * DAY, _monday(t) + 13 * DAY, "next week")),
    ),
    (
        rf"\b(?:in |for |during |over )?(?:the )?(?:next|coming) {_COUNT} (days?|weeks?)\b",
        _next_units,
    ),
    (
        r"\b(?:in |for |during )?(?:the )?(?:next|coming) month\b",
        _fixed(lambda t: _month_of(_month_end(t) + DAY, "next month")),
    ),
    (r"\b(?:lately|recently|in recent days|these days)\b", _fixed(lambda t: Span(t - 6 * DAY, t, "the last 7 days"))),
    (r"\b(?:the )?day before yesterday\b", _fixed(lambda t: Span(t - 2 * DAY, t - 2 * DAY, f"on {t - 2 * DAY}"))),
    (
        r"\byesterday (?:evening|morning|night|afternoon)\b",
        _fixed(lambda t: Span(t - DAY, t - DAY, "yesterday, the whole day")),
    ),
    (r"\b(?:yesterday|ystd|yday)(?:'s)?\b", _fixed(lambda t: Span(t - DAY, t - DAY, "yesterday"))),
    (r"\b(?:the )?(?:last|past) weekend\b", _fixed(_weekend)),
    (r"\b(?:today|so far today|this (?:morning|evening))(?:'s)?\b", _fixed(lambda t: Span(t, t, "today"))),
    (
        r"\b(?:in |during )?(?:the )?week before last\b",
        _fixed(lambda t: Span(_monday(t) - 14 * DAY, _monday(t) - 8 * DAY, "the week before last")),
    ),
    (
        r"\b(?:in |during )?(?:the )?month before last\b",
        _fixed(
            lambda t: _month_of(((t.replace(day=1) - DAY).replace(day=1) - DAY).replace(day=1), "the month before last")
        ),
    ),
    (
        r"\b(?:in |during )?(?:the )?(?:last|past|previous) (?:week|wk)\b",
        _fixed(lambda t: Span(_monday(t) - 7 * DAY, _monday(t) - DAY, "last week")),
    ),
    (r"\b(?:in |during )?(?:this|the current) week\b", _fixed(lambda t: Span(_monday(t), t, "this week"))),
    (
        r"\b(?:in |during )?(?:the )?(?:last|past|previous) month\b",
        _fixed(lambda t: _month_of((t.replace(day=1) - DAY).replace(day=1), "last month")),
    ),
    (r"\b(?:in |during )?(?:this|the current) month\b", _fixed(lambda t: Span(t.replace(day=1), t, "this month"))),
    (r"\b(?:in |during )?this year\b", _fixed(lambda t: Span(t.replace(month=1, day=1), t, "this year"))),
    (r"\b(?:on )?(?:last )?(monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b", _weekday),
    (rf"\b(?:on|since|by|for|of) the {_NTH}\b(?! (?:{_MONTH}|of|\w))", _nth),
    (rf"\bthe {_NTH}$", _nth),
    (r"\b(?:in |during )?(?:the )?(?:last|past|previous) year\b", _fixed(lambda t: _year(t.year - 1))),
    (r"\b(?:in |during |of )?(?:the )?(?:year )?(20\d\d)\b(?!-)", lambda match, _today: _year(int(match[1]))),
    (
        r"\b(?:since (?:the )?(?:course )?(?:began|start(?:ed)?|beginning)|since the course (?:began|started)|so far"
        r"|overall|ever|all time|in total|altogether|(?:over |in |during |for )?(?:the )?(?:whole|entire"
        r"|full) (?:period|time)"
        r"|since launch|from the (?:very )?(?:start|beginning)|up to now|(?<!up )to date)\b",
        _fixed(lambda _t: Span(None, None, "since the beginning")),
    ),
]
_COMPILED = [(re.compile(pattern), build) for pattern, build in _PATTERNS]
