"""Bounds in a question, "more than 20 answers", "below 80 %": found in its words, kept in the rows of its answer. Pure.

Does not live here: days ("more than 3 days ago" is a date).
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analytics_platform.serving.seven.values import NUMBERS

_SIGNS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "more than": (operator.gt, "more than"), "over": (operator.gt, "more than"), "above": (operator.gt, "more than"),
    "beyond": (operator.gt, "more than"), "exceeding": (operator.gt, "more than"),
    "exceeds": (operator.gt, "more than"),
    "exceed": (operator.gt, "more than"), "exceeded": (operator.gt, "more than"),
    "greater than": (operator.gt, "more than"), "higher than": (operator.gt, "more than"),
    "longer than": (operator.gt, "more than"), "at least": (operator.ge, "at least"),
    "no less than": (operator.ge, "at least"), "fewer than": (operator.lt, "fewer than"),
    "less than": (operator.lt, "fewer than"), "under": (operator.lt, "fewer than"),
    "below": (operator.lt, "fewer than"),
    "lower than": (operator.lt, "fewer than"), "shorter than": (operator.lt, "fewer than"),
    "smaller than": (operator.lt, "fewer than"), "bigger than": (operator.gt, "more than"),
    "larger than": (operator.gt, "more than"), "at most": (operator.le, "at most"),
    "no more than": (operator.le, "at most"), "exactly": (operator.eq, "exactly"),
}  # fmt: skip
_BOUND = re.compile(
    rf"\b({'|'.join(_SIGNS)}) (\d+(?:\.\d+)?|{'|'.join(NUMBERS)}|once|twice|half)(?! (?:days?|weeks?|months?)\b)"
    rf"( ?%| percent\b| per cent\b)?( times\b| seconds\b)?(?: of)?"
)
_DAYS_TOO = re.compile(
    rf"\b({'|'.join(_SIGNS)}) (\d+(?:\.\d+)?|{'|'.join(NUMBERS)}|once|twice|half)\b(?! (?:days?|weeks?|months?) ago)"
    rf"( ?%| percent\b| per cent\b)?"
)
_WORDS = {**NUMBERS, "once": "1", "twice": "2", "half": "0.5"}


@dataclass(frozen=True)
class Bound:
    """``holds`` says whether a number is inside; None never is."""

    sign: str
    number: float
    unit: str = ""  # days, weeks or seconds, where it is said

    def holds(self, value: object) -> bool:
        if not isinstance(value, int | float) or value != value:
            return False
        return _SIGNS[self.sign][0](value, self.number)

    @property
    def from_below(self) -> bool:
        """Whether the smallest numbers are wanted."""
        return self.sign in ("fewer than", "at most")

    @property
    def sql(self) -> str:
        """The sign and the number as SQL."""
        signs = {"more than": ">", "at least": ">=", "fewer than": "<", "at most": "<=", "exactly": "="}
        return f"{signs[self.sign]} {self.number:g}"

    def __str__(self) -> str:
        return f"{self.sign} {self.number:g}{' ' if self.unit else ''}{self.unit}"


_MORE_OR = re.compile(
    rf"\b(\d+(?:\.\d+)?|{'|'.join(NUMBERS)})(?:( or (?:more|less|fewer|longer|higher|over)| and more)\b|(\+)(?=\s|$))"
    r"( ?%| percent\b)?"
)
_ONCE = re.compile(r"\b(?:(exactly|only|just) (?:one|1)\b|(more than|at least|only|exactly) (once|twice)\b)")
_UNIT = re.compile(r" ?(days?|weeks?|times|seconds?|minutes?|hours?)\b(?! ago)")


_SYMBOLS = {"> ": "more than ", ">= ": "at least ", "< ": "fewer than ", "<= ": "at most "}


def in_words(text: str) -> str:
    """ "> 50" as "more than 50"."""
    text = re.sub(
        r"\b(\d+ (?:days?|weeks?|times|minutes?|hours?|seconds?)) or (?:more|longer|above)\b", r"at least \1", text
    )
    return re.sub(r"(>=|<=|>|<) ?(?=\d)", lambda hit: _SYMBOLS[f"{hit[1]} "], text)


def all_bounds(text: str) -> list[tuple[int, int, Bound]]:
    """Every bound with its place, the last one first; times, days and minutes beside it are of it."""
    found = []
    for hit in _DAYS_TOO.finditer(text):
        share = bool(hit[3])
        number = float(_WORDS.get(hit[2], hit[2])) / (100 if share else 1)
        found.append((hit.start(), hit.end(), Bound(_SIGNS[hit[1]][1], number)))
    for hit in _MORE_OR.finditer(text):
        number = float(_WORDS.get(hit[1], hit[1])) / (100 if hit[4] else 1)
        sign = "at most" if hit[2] and hit[2].endswith(("less", "fewer")) else "at least"
        found.append((hit.start(), hit.end(), Bound(sign, number)))
    taken = [(start, end) for start, end, _ in found]
    for hit in _ONCE.finditer(text):
        if all(hit.end() <= start or hit.start() >= end for start, end in taken):
            sign, number = hit[2] or "exactly", 2.0 if hit[3] == "twice" else 1.0
            found.append((hit.start(), hit.end(), Bound("exactly" if sign in ("only", "just") else sign, number)))
    return [_with_unit(text, one) for one in sorted(found, key=lambda one: -one[0])]


def _with_unit(text: str, found: tuple[int, int, Bound]) -> tuple[int, int, Bound]:
    start, end, bound = found
    unit = _UNIT.match(text[end:])
    if unit is None:
        return found
    factor = {"minute": 60, "hour": 3600, "week": 7}.get(unit[1].rstrip("s"), 1)
    kind = {"day": "days", "week": "days", "time": ""}.get(unit[1].rstrip("s"), "seconds" if unit[1] != "times" else "")
    start -= len("for ") if text[:start].endswith("for ") else 0
    return start, end + unit.end(), replace(bound, number=bound.number * factor, unit=kind)


def find_bound(text: str) -> tuple[Bound | None, str]:
    """The bound that the text names, and the text without it."""
    hit = _BOUND.search(text)
    if hit is None:
        return None, text
    number = float(_WORDS.get(hit[2], hit[2])) / (100 if hit[3] else 1)
    return Bound(_SIGNS[hit[1]][1], number), f"{text[: hit.start()]} {text[hit.end() :]}"


def kept(rows: Sequence[Mapping[str, Any]], column: str, bound: Bound) -> list[dict[str, Any]]:
    return [dict(row) for row in rows if bound.holds(row.get(column))]
