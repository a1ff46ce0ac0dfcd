"""Words of the question as it was asked that its query must hold, however plainly it was put before. Pure.

The readers may be given a question without its filler; a word that is filler in most questions is none in these. Does
not live here: what is named (``accounted``), promises of a list (``promises``).
"""

import re

from analytics_platform.semantics import Named, Query
from analytics_platform.serving.seven.reply import Made, Understood

# What the question says, and what then stands in the query or in its reading.
_MUST = tuple(
    (re.compile(said), re.compile(held))
    for said, held in (
        (r"\bcourse\b.*\b(?:rated|ratings?|rate|stars?)\b|\b(?:rated?|ratings?|stars?)\b.*\bcourse\b",
         r"\bcourse\b|lesson_name|lesson_id|by lesson|question\b.* in "),
        (r"\bwhat (?:hour|time)s?\b|\bwhich hours?\b|\bat (?:what|which) (?:hour|time)\b",
         r"hour|minute|moment|\bpeak|(?:started|happened|completed|seen|first|last)\w*_at\b"),
        (r"\bstill (?:active|around|there|here|with us)\b.*\b(?:weeks?|days?) (?:after|later)\b",
         r"retention|week_number|first event"),
        (r"\bus(?:e|ed|ing) (?:the )?app\b", r"app|session|engag|telemetry"),
        (r"\b(?:new ones|newcomers)\b.*\b(?:came|come) back\b", r"new_people"),
        (r"\bon which one\b|\bwhich one (?:least|most|worst|best|lowest|highest)\b",
         r"qualify|rank|limit|order|max|min"),
        (r"\bresponse times?\b", r"ms\b|latenc|response_|duration|incident|seconds"),
        (r"\bto the end\b", r"complet|percent|survival|retention|curve|second"),
    )
)  # fmt: skip
_ASKS_NUMBER = re.compile(r"\bhow (?:many|much)\b")
_COUNTED_ALREADY = re.compile(
    r"\b(?:of|out of|from) (?:which|whom|these|those|them)\b|\bhow many more\b|\bor\b|\bthan\b"
)


def dropped(text: str, found: Understood) -> str:
    """The words that the query does not hold; empty where it holds all. ``text`` is the question in English."""
    question = found.question
    said = found.reading.lower()
    if isinstance(question, Made):
        said += f" {question.sql.lower()}"
    else:
        said += f" {question}".lower()
    for words, held in _MUST:
        if (hit := words.search(text)) and not held.search(said):
            return hit[0]
    asked = _ASKS_NUMBER.findall(text)
    if len(asked) > 1 and not _COUNTED_ALREADY.search(text) and not found.before and _is_one_number(question):
        return f"{asked[1]} (the second number)"
    return ""


def _is_one_number(question: Query | Named | Made) -> bool:
    if isinstance(question, Made):
        return bool(question.counted)
    return (isinstance(question, Query) and len(question.metrics) == 1) or bool(getattr(question, "count", ""))
