"""Which metrics the words of a question may mean, by their ideas, in any order and with words between them. Pure.

Does not live here: ideas and measures (``measures.toml``), phrases that name a metric outright (``lexicon.toml``).
"""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from analytics_platform.serving.seven.wording import Match

MOST = 4  # readings that are tried
_GROUPS = re.compile(r"\b(?:by|which|what)(?: the)? $")  # what stands after it is a dimension
_RANKED = re.compile(r"\b(?:most|least|fewest|highest|lowest|best|worst|top|bottom|\w{3,}est)(?: \w+)? $")
_RANKABLE = re.compile(r"(?:videos?|models?|lessons?|cohorts?|apps?)")
_WORD = re.compile(r"[^\W_][\w'/-]*")


@dataclass(frozen=True)
class Measure:
    """A metric, the ideas that must be in the question, and those that may."""

    metric: str
    needs: frozenset[str]
    may: frozenset[str]


def _is_group(before: str, word: str) -> bool:
    """ "By video", "the most watched video": what is counted by, and no part of the metric's name."""
    return bool(
        _GROUPS.search(before) or (_RANKABLE.fullmatch(word) and _RANKED.search(before)) or word in ("model", "models")
    )


def meant_metrics(text: str, beside: frozenset[str] = frozenset()) -> list[tuple[Match, str]]:
    """Metrics whose ideas the text holds, those that explain most first, each with the text that they leave over.

    ``beside`` are ideas of the values that the question names: a model is one of the chatbot.
    """
    words = [(hit.start(), hit[0], _ideas_of(hit[0])) for hit in _WORD.finditer(text)]
    present = frozenset().union(*(ideas for _, _, ideas in words)) | beside
    found: list[tuple[int, int, Match, str]] = []
    for measure in _measures():
        if not measure.needs <= present:
            continue
        known = measure.needs | measure.may
        blank = list(text)
        for start, word, ideas in words:
            if ideas & known and not _is_group(text[:start], word):
                blank[start : start + len(word)] = " " * len(word)
        rest = "".join(blank)
        taken = sum(bool(ideas & known) for _, _, ideas in words)
        found.append((taken, len(measure.needs), Match(measure.metric, "", 0), rest))
    found.sort(key=lambda one: (-one[0], -one[1]))
    best: dict[str, tuple[Match, str]] = {}
    for _, _, match, rest in found:
        best.setdefault(match.name, (match, rest))
    return list(best.values())[:MOST]


@lru_cache(maxsize=4096)
def _ideas_of(word: str) -> frozenset[str]:
    plain = word.removesuffix("'s")
    exact, stems = _ideas()
    return exact.get(plain, frozenset()) | {idea for stem, idea in stems if plain.startswith(stem)}


@lru_cache(maxsize=1)
def _ideas() -> tuple[dict[str, frozenset[str]], tuple[tuple[str, str], ...]]:
    exact: dict[str, frozenset[str]] = {"not": frozenset({"not"})}
    stems: list[tuple[str, str]] = []
    for idea, words in _chapters()["ideas"].items():
        for word in words.split():
            if word.endswith("*"):
                stems.append((word[:-1], idea))
            else:
                exact[word] = exact.get(word, frozenset()) | {idea}
    return exact, tuple(stems)


@lru_cache(maxsize=1)
def _measures() -> tuple[Measure, ...]:
    found = []
    for metric, ways in _chapters()["measures"].items():
        for way in ways:
            needs, _, may = way.partition("|")
            found.append(Measure(metric, frozenset(needs.split()), frozenset(may.split())))
    return tuple(found)


@lru_cache(maxsize=1)
def _chapters() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "measures.toml").read_text(encoding="utf-8"))
