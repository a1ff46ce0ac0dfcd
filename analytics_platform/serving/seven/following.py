"""A follow-up to a question that was put together of parts: the last question with another group, time or value. Pure.

Does not live here: follow-ups to metrics and lists, which keep what was found (``understanding``).
"""

import re
from datetime import date

from analytics_platform.serving.seven.dates import find_spans

_JOIN = re.compile(r"^(?:and|what about|how about|now|but|also|then|the same|same)\b ?(?:for |only )?(?=\S)")
_BY = re.compile(r"\b(?:by|per|for each|in each|each) (?:the )?\w+(?: and (?:by )?\w+)?\b")
_LESSON = re.compile(r"\b(?:in |of |for )?lessons? \d+[a-z]?\b")


def after(before: str, said: str, today: date) -> str:
    """The whole question; what the follow-up names anew takes the place of what the last question named."""
    said = _JOIN.sub("", said)
    if find_spans(said, today)[0]:
        before = find_spans(before, today)[1]
    for pattern in (_BY, _LESSON):
        if pattern.search(said):
            before = pattern.sub(" ", before)
    return re.sub(r"\s+", " ", f"{before} {said}").strip()
