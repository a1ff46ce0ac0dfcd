"""The card that asks for a rating of a whole thing: "how was the course rated" is "Rate the course". Pure.

Does not live here: cards by their words (``cards``), marks (``marking``).
"""

import re
from collections.abc import Mapping, Sequence

_RATED = re.compile(r"\b(?:rate[ds]?|ratings?|stars?|marks?)\b(?! of\b.*\b(?:completion|errors?))")
_PARTS_RATED = re.compile(
    r"\b(?:lessons?|videos?|cards?|questions?|completion rates?|error rates?|drop[- ]?off|rates? of|quiz\w*)\b|\""
)


def rated_whole(text: str, known: Mapping[str, Sequence[str]]) -> tuple[int, int, tuple[str, ...], str] | None:
    """Where the thing stands, and the titles of its card; ``known`` are titles in full by what they say."""
    if _PARTS_RATED.search(text) or not _RATED.search(text):
        return None
    for name, titles in known.items():
        thing = re.match(r"rate (?:the|this|your|our) (\w+)$", name)
        hit = re.search(rf"\b(?:(?:the|this|our|whole|entire|overall) )*{thing[1]}\b", text) if thing else None
        if hit:
            return hit.start(), hit.end(), tuple(dict.fromkeys(titles)), name
    return None
