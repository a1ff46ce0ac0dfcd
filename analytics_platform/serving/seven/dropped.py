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
        (r"\b(?:satisfied|happy|content|like[ds]?)\b.*\bcourse\b", r"rate the course|question"),
        (r"\bcourse\b.*\b(?:rated|ratings?|rate|stars?)\b|\b(?:rated?|ratings?|stars?)\b.*\bcourse\b",
         r"\bcourse\b|lesson_name|lesson_id|by lesson|question\b.* in "),
        (r"\bwhat (?:hour|time)s?\b|\bwhich hours?\b|\bat (?:what|which) (?:hour|time)\b",
         r"hour|minute|moment|\bpeak|_at\b"),
        (r"\b(?:right now|currently|at the moment|online)\b.*\b(?:app|active|watching|chatting|online)\b"
         r"|\b(?:app|active|watching|chatting|online)\b.*\b(?:right now|currently|at the moment|now)\b",
         r"minute|silent|risk|card|question|active days|active_people"),
        (r"\bhow (?:is|are) [\w' ]+? (?:doing|getting on|getting along)\b",
         r"how far|completion|progress|standing|cards_reached|people_completed|going"),
        (r"\bhow far\b", r"percent|reached|progress|how far|survival|place|completion|retention|lessons"),
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
# Nouns that are never filler, and what stands in a query about them.
_NOUNS = tuple(
    (re.compile(rf"\b(?:{said})\b"), re.compile(held))
    for said, held in (
        ("at[ -]risk", "risk|silent|churn|struggl"),
        ("videos?|clips?", "video|view|title|play"),
        ("tokens?", "token"),
        ("cohorts?", "cohort|group|roster"),
        ("endpoints?", "endpoint|api_performance"),
        ("themes?", "theme"),
        ("topics?", "topic|theme|about"),
        ("languages?(?! models?)", "language"),
        ("errors?|crash(?:es)?", "error|fail|crash|exception|incident|metric"),
        (
            "bots?|chatbots?",
            "bot|exchange|conversation|message|chat|app|latency|hand|contain|abandon|topic|price|token",
        ),
        ("identifiers?", "identif"),
        ("safety", "safety|flag"),
        ("deadlines?|due dates?", "due|late|time|completed"),
        ("quiz(?:zes)?", "quiz|check|activity_name|correct|right|tries|attempt|question|difficult"),
        ("incidents?|outages?", "incident"),
        ("ratings?|rated", "rating|rate|stars|score|answers to the question|question"),
        ("latency", "latenc|_ms|seconds|response|time"),
    )
)
_ASKS_NUMBER = re.compile(r"\bhow (?:many|much)\b")
_COUNTED_ALREADY = re.compile(
    r"\b(?:of|out of|from) (?:which|whom|these|those|them)\b|\bhow many more\b|\bor\b|\bthan\b"
)


def dropped(text: str, found: Understood) -> str:
    """The words that the query does not hold; empty where it holds all. ``text`` is the question in English."""
    question, text = found.question, re.sub(r'"[^"]*"', " ", text)
    said = found.reading.lower()
    if isinstance(question, Made):
        said += f" {question.sql.lower()}"
    else:
        said += f" {question}".lower()
    for words, held in (*_MUST, *_NOUNS):
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
