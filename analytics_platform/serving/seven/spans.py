"""A span of days, and the spans that numbers and names of days mean. Pure.

Does not live here: the words that name them (``dates``).
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}


MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}


MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))


NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10,
            "fourteen": 14, "thirty": 30, "few": 3}  # fmt: skip


COUNT = rf"(\d+|{'|'.join(NUMBERS)})"


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
        if self.start.day == 1 and self.end == month_end(self.start):
            last = self.start - DAY
            return Span(last.replace(day=1), last, "the month before")
        length = self.end - self.start + DAY
        return Span(self.start - length, self.start - DAY, "the time before")


def month_end(first: date) -> date:
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def number(word: str) -> int:
    return NUMBERS.get(word) or int(word)


def iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def between(match: re.Match[str], _today: date) -> Span | None:
    first, last = iso_day(match[1]), iso_day(match[2])
    return Span(first, last, f"{first} to {last}") if first and last and first <= last else None


def since(match: re.Match[str], today: date) -> Span | None:
    first = iso_day(match[1])
    return Span(first, today, f"since {first}") if first else None


def days_of_month(match: re.Match[str], today: date) -> Span | None:
    """3 to 10 march, march 3 to 10."""
    first, last, name = (match[1], match[2], match[3]) if match[1].isdigit() else (match[2], match[3], match[1])
    month = MONTHS[name]
    year = int(match[4]) if match[4] else (today.year if month <= today.month else today.year - 1)
    try:
        start, end = date(year, month, int(first)), date(year, month, int(last))
    except ValueError:
        return None
    return Span(start, end, f"{start} to {end}") if start <= end else None


def on_day(match: re.Match[str], _today: date) -> Span | None:
    day = iso_day(match[1])
    return Span(day, day, f"on {day}") if day else None


def last_units(match: re.Match[str], today: date) -> Span:
    count, unit = number(match[1]), match[2].rstrip("s")
    days = {"day": 1, "week": 7, "month": 30}[unit] * count
    return Span(today - timedelta(days=days - 1), today, f"the last {count} {unit}{'s' if count > 1 else ''}")


def next_units(match: re.Match[str], today: date) -> Span:
    days = number(match[1]) * (7 if match[2].startswith("week") else 1)
    return Span(today + DAY, today + days * DAY, f"the next {days} days")


def ago(match: re.Match[str], today: date) -> Span:
    count, unit = number(match[1]), match[2].rstrip("s")
    if unit == "day":
        day = today - timedelta(days=count)
        return Span(day, day, f"on {day}")
    first = monday(today) - timedelta(weeks=count)
    return Span(first, first + timedelta(days=6), f"the week of {first}")


def month_of(first: date, label: str) -> Span:
    return Span(first, month_end(first), label)


def named_month(match: re.Match[str], today: date) -> Span:
    month = MONTHS[match[1] or match[2]]
    year = int(match[3]) if match[3] else (today.year if month <= today.month else today.year - 1)
    return month_of(date(year, month, 1), f"in {calendar.month_name[month]} {year}")


def nth_week(match: re.Match[str], today: date) -> Span:
    """Days 1 to 7 are the first week of a month, 8 to 14 the second; the last are its last seven days."""
    month = MONTHS[match[2]]
    first = date(today.year if month <= today.month else today.year - 1, month, 1)
    place = ("first", "second", "third", "fourth", "last").index(match[1])
    start = month_end(first) - timedelta(days=6) if place == 4 else first + timedelta(days=7 * place)
    return Span(start, start + timedelta(days=6), f"{start} to {start + timedelta(days=6)}")


def day_of_month(match: re.Match[str], today: date) -> Span | None:
    words = [match[1], match[2]]
    number, name = (words[0], words[1]) if words[0].isdigit() else (words[1], words[0])
    month = MONTHS[name]
    year = int(match[3]) if match[3] else (today.year if month <= today.month else today.year - 1)
    try:
        day = date(year, month, int(number))
    except ValueError:
        return None
    return Span(day, day, f"on {day}")


def weekday(match: re.Match[str], today: date) -> Span:
    wanted = [name.lower() for name in calendar.day_name].index(match[1])
    back = (today.weekday() - wanted) % 7 or 7
    day = today - timedelta(days=back)
    return Span(day, day, f"on {day}")


def weekend(today: date) -> Span:
    saturday = monday(today) - 2 * DAY
    return Span(saturday, saturday + DAY, "last weekend")


def year_of(year: int) -> Span:
    return Span(date(year, 1, 1), date(year, 12, 31), f"in {year}")


def nth_day(match: re.Match[str], today: date) -> Span | None:
    """ "On the 16th": of this month, or of the month before where that day is still to come."""
    number = int(match[1])
    for first in (today.replace(day=1), (today.replace(day=1) - DAY).replace(day=1)):
        if 1 <= number <= month_end(first).day and first.replace(day=number) <= today:
            day = first.replace(day=number)
            return Span(day, day, f"on {day}")
    return None
