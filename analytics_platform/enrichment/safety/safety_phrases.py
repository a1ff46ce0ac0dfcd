"""The small language of safety phrases, compiled: words in a row, ``*`` any ending, ``(a|b)`` either, ``( )?`` may be
missing, ``~`` up to three words between.

Each phrase has anchors: words (or, in Thai, pieces) of which a text must hold one, so that most texts cost nothing.
Does not live here: which phrases there are (``taxonomies/safety.yaml``), what a match means (``rules``).
"""

import re
from dataclasses import dataclass

GAP = r"[\s,*_\-]+"
_COMMON = frozenset(
    (
        *(
            "i",
            "i'm",
            "me",
            "my",
            "the",
            "a",
            "to",
            "of",
            "in",
            "on",
            "is",
            "was",
            "not",
            "no",
            "and",
            "it",
            "this",
            "that",
        ),
        *("saya", "aku", "ini", "itu", "di", "ke", "dan", "yang"),
    )
)


@dataclass(frozen=True)
class Phrase:
    """One phrase: its pattern, and what a text must hold for the pattern to be worth a try."""

    pattern: re.Pattern[str]
    words: frozenset[str]
    beginnings: tuple[str, ...]


def compile_phrase(phrase: str, language: str) -> Phrase:
    if language == "th":
        return _thai(phrase)
    items = _split(phrase, " ")
    pattern = ""
    for number, item in enumerate(items):
        if item == "~":
            pattern += rf"(?:{GAP}[^\s.!?]+){{0,3}}" if pattern else r"(?:[^\s.!?]+\s+){0,3}"
        elif item.endswith(")?"):
            part = _part(item[:-1])
            pattern += (
                rf"(?:{GAP}{part})?" if number and pattern and not pattern.endswith(")?#") else rf"(?:{part}{GAP})?#"
            )
        else:
            part = _part(item)
            pattern += part if not pattern or pattern.endswith("#") else GAP + part
    words, beginnings = _anchors(items)
    return Phrase(re.compile(rf"(?<!\w)(?:{pattern.replace('#', '')})(?!\w)"), words, beginnings)


def _thai(phrase: str) -> Phrase:
    body = phrase.replace("(", "(?:").replace("~", ".{0,12}?")
    parts = re.split(r"\([^)]*\)\??|~", phrase)
    longest = max(parts, key=len)
    if len(longest) >= 2:
        return Phrase(re.compile(body), frozenset(), (longest,))
    groups = re.findall(r"\(([^)]*)\)(?!\?)", phrase)
    best = max((group.split("|") for group in groups), key=lambda options: min(map(len, options)))
    return Phrase(re.compile(body), frozenset(), tuple(best))


def _part(item: str) -> str:
    return item.replace("(", "(?:").replace("*", r"\w*").replace(" ", GAP)


def _split(text: str, separator: str) -> list[str]:
    """Split at a separator outside of brackets."""
    parts, depth, current = [], 0, ""
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if sign == separator and not depth:
            parts.append(current)
            current = ""
        else:
            current += sign
    return [part for part in [*parts, current] if part]


def _anchors(items: list[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    best: list[str] = []
    for item in items:
        if item == "~" or item.endswith(")?"):
            continue
        inner = item[1:-1] if item.startswith("(") and item.endswith(")") and item.count("(") == 1 else item
        options = [_rarest_word(option) for option in inner.split("|")] if "(" not in inner else [""]
        if min(map(_worth, options)) > min(map(_worth, best), default=0):
            best = options
    exact = frozenset(word for word in best if word.isalpha() or "'" in word)
    return exact, tuple(word.rstrip("*?") for word in best if word not in exact)


def _rarest_word(option: str) -> str:
    """The most telling word of an alternative; one with an ending to choose becomes a beginning."""
    words = [re.sub(r"\w\?$", "*", word) for word in option.split()]
    plain = [word for word in words if re.fullmatch(r"[\w']+\*?", word)]
    return max(plain, key=_worth, default="")


def _worth(word: str) -> int:
    return 1 if word in _COMMON else len(word) + 1 if word else 0
