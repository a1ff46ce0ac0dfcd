"""Bounds in a question, "more than 20 answers", "below 80 %": found in its words, kept in the rows of its answer. Pure.

Does not live here: days ("more than 3 days ago" is a date).
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analytics_platform.serving.seven.values import NUMBERS

_SIGNS: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "more than": (operator.gt, "more than"), "over": (operator.gt, "more than"), "above": (operator.gt, "more than"),
    "greater than": (operator.gt, "more than"), "higher than": (operator.gt, "more than"),
    "longer than": (operator.gt, "more than"), "at least": (operator.ge, "at least"),
    "no less than": (operator.ge, "at least"), "fewer than": (operator.lt, "fewer than"),
    "less than": (operator.lt, "fewer than"), "under": (operator.lt, "fewer than"),
    "below": (operator.lt, "fewer than"),
    "lower than": (operator.lt, "fewer than"), "at most": (operator.le, "at most"),
    "no more than": (operator.le, "at most"), "exactly": (operator.eq, "exactly"),
}  # fmt: skip
_BOUND = re.compile(
    rf"\b({'|'.join(_SIGNS)}) (\d+(?:\.\d+)?|{'|'.join(NUMBERS)}|once|twice|half)(?! (?:days?|weeks?|months?)\b)"
    rf"( ?%| percent\b| per cent\b)?( times\b| seconds\b)?(?: of)?"
)
_WORDS = {**NUMBERS, "once": "1", "twice": "2", "half": "0.5"}


@dataclass(frozen=True)
class Bound:
    """``holds`` says whether a number is inside; NULL never is."""

    sign: str
    number: float

    def holds(self, value: object) -> bool:
        if not isinstance(value, int | float) or value != value:
            return False
        return _SIGNS[self.sign][0](value, self.number)

    @property
    def from_below(self) -> bool:
        """Whether the smallest numbers are wanted."""
        return self.sign in ("fewer than", "at most")

    def __str__(self) -> str:
        return f"{self.sign} {self.number:g}"


def find_bound(text: str) -> tuple[Bound | None, str]:
    """The bound that the text names, and the text without it."""
    hit = _BOUND.search(text)
    if hit is None:
        return None, text
    number = float(_WORDS.get(hit[2], hit[2])) / (100 if hit[3] else 1)
    return Bound(_SIGNS[hit[1]][1], number), f"{text[: hit.start()]} {text[hit.end() :]}"


def kept(rows: Sequence[Mapping[str, Any]], column: str, bound: Bound) -> list[dict[str, Any]]:
    return [dict(row) for row in rows if bound.holds(row.get(column))]
