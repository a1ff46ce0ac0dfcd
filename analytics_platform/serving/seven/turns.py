"""Turns of phrase that ask for what the readers know by other words: "at which second do most people leave". Pure.

"Which video …, and which one least" are two questions of one noun, "she" is the person who was named, "the 17th" is a
day. A turn keeps every word that says something. Does not live here: yes or no and tails (``phrasing``), greetings
(``frames``), single words (``plainly``).
"""

import re
import tomllib
from calendar import monthrange
from datetime import date
from functools import cache
from pathlib import Path

from analytics_platform.serving.seven.shapes import LEAST_WORDS, MOST_WORDS
from analytics_platform.serving.seven.values import NUMBERS, Rows, find_values
from analytics_platform.serving.seven.wording import tidy

_PRONOUN = re.compile(r"\b(?:(she|he)(?='s\b|\b)|(her|his)(?= \w)|(him|her))\b", re.IGNORECASE)
_NTH = re.compile(
    r"\b(?:on )?(?:(monday|tuesday|wednesday|thursday|friday|saturday|sunday),? )?"
    r"(?:on )?the (\d{1,2})(?:st|nd|rd|th)\b"
    r"(?! (?:of|lesson|percentile|day|week|place|second|question|card|try|attempt|january|february|march|april|may|june"
    r"|july|august|september|october|november|december))"
)
_WEEK_IN_WORDS = re.compile(r"\bin week ([a-z]+)\b")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NOW = re.compile(r"\b(?:as of (?:now|today)|right now|at the moment|at present|currently|just now|presently|so far)\b")
_PEOPLE = r"(?:the |our )*(?:people|viewers|learners|users|students|participants|members|they)"
_RANKS = rf"{LEAST_WORDS}|{MOST_WORDS}|least often|most often"
_RANK = re.compile(rf"\b(?:the )?({_RANKS})\b(?: often)?")
_ONE_END = re.compile(rf"^(?:and )?(?:(?:which|what)(?: one| of them)?(?: is| was| has| the)*) ({_RANKS})(?: often)?$")
_WHICH_ONE = re.compile(r"\b(which|what) (?:one|of (?:them|these|those))\b")
_THINGS = re.compile(
    r"\b(quiz|quizzes|checks?|lesson|video|question|card|cohort|group|model|bot|app|topic|theme|language|endpoint"
    r"|intent|person|source|rule)(?:e?s)?\b"
)
_SINGLE = {"quizzes": "quiz", "checks": "quiz", "check": "quiz"}
_SCORES = re.compile(rf"^(?:on |in |at |for )?which (\w+) (?:do|did|does) (?:{_PEOPLE} )?scores? (?:the )?({_RANKS})\b")


@cache
def _turns() -> tuple[tuple[re.Pattern[str], str], ...]:
    known = tomllib.loads((Path(__file__).parent / "turns.toml").read_text(encoding="utf-8"))

    def put(pattern: str) -> str:
        for name, words in known["words"].items():
            pattern = pattern.replace(f"{{{name}}}", words)
        return pattern

    return tuple((re.compile(put(one["ask"])), one["plain"]) for one in known["turns"])


def turned(text: str, today: date) -> str:
    """``text`` is tidy and English; the same where it has no turn."""
    text = _NTH.sub(lambda hit: _nth(hit, today), text)
    for pattern, plain in _turns():
        text = pattern.sub(plain, text)
    text = _WEEK_IN_WORDS.sub(lambda hit: f"in week {NUMBERS.get(hit[1], hit[1])}", text)
    return re.sub(r"\s+", " ", text).strip()


def no_such_day(text: str, today: date) -> str:
    """Why a day of the week and a day of the month are no day: "Monday the 17th" in months where it is none."""
    hit = next((one for one in _NTH.finditer(text) if one[1] and _day(one, today) is None), None)
    return f"The {hit[2]}th was no {hit[1].capitalize()} in these three months." if hit else ""


def _nth(hit: re.Match[str], today: date) -> str:
    """ "Tuesday the 17th": the last one that is not to come."""
    day = _day(hit, today)
    return f"on {day.isoformat()}" if day else hit[0]


def _day(hit: re.Match[str], today: date) -> date | None:
    year, month = today.year, today.month
    for _ in range(3):
        if int(hit[2]) in range(1, monthrange(year, month)[1] + 1):
            day = date(year, month, int(hit[2]))
            if day <= today and hit[1] in (None, _WEEKDAYS[day.weekday()]):
                return day
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return None


def with_names(question: str, rows: Rows) -> str:
    """ "How is Sofia Anders doing? Which lessons has she done": the one person who was named before."""
    if not _PRONOUN.search(question):
        return question
    named = [mark for mark in find_values(tidy(question), rows, marking=True).marks.values() if mark[0] == "person"]
    if len(named) != 1 or len(named[0][1]) != 1:
        return question
    name = str(named[0][2])
    at = question.lower().find(name.lower())
    if at < 0:
        return question
    end = at + len(name)
    name = question[at:end]
    rest = _PRONOUN.sub(lambda hit: f"{name}'s" if hit[2] else name, question[end:])
    return question[:end] + rest


def other_end(first: str, part: str) -> str:
    """ "… and which one least": the first question with the other end of its ranking, or with its noun in the place."""
    if (hit := _ONE_END.match(part)) and _RANK.search(first):
        return _RANK.sub(hit[1], first, count=1)
    if not _WHICH_ONE.search(part):
        return part
    noun = _THINGS.search(first)
    if noun is None:
        return part
    said = _SINGLE.get(noun[1], noun[1])
    part = _WHICH_ONE.sub(rf"which {said}", part)
    return _SCORES.sub(r"which \1 has the \2 average score", part)
