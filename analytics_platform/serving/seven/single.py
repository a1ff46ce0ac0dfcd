"""Whether one thing is asked for, or several: "which lesson has …", "which lessons have …". Pure.

Does not live here: how many of a list are wanted (``understanding``).
"""

import re

_MOST = r"(?:most|least|fewest|(?!inter|lat|requ|t)\w{2,}est|best|worst)"  # superlatives
_PLURALS = {"questions", "cards", "types", "lessons", "videos", "endpoints", "topics", "answers", "models", "groups"}


def is_single(text: str) -> bool:
    """ "Which lesson has …", "the hardest question": one is wanted; "which lessons": several."""
    if re.search(r"\b(?:top|bottom)\b", text):
        return False
    named = (
        re.search(r"\b(?:which|what) (\w+)(?: (?!is|was|has|does)(\w+))?", text)
        or re.search(rf"\b(\w+) with (?:the )?{_MOST}\b", text)
        or re.search(rf"\b(?:the )?{_MOST} (?:\w+ )?(\w+)$", text)
    )
    nouns = [word for word in named.groups() if word][:2] if named else []
    nouns = nouns[:1] + [word for word in nouns[1:] if word in _PLURALS]
    return bool(nouns) and not any(word.endswith("s") for word in nouns) and bool(re.search(rf"\b{_MOST}\b", text))
