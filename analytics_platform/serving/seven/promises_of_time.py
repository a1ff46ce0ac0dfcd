"""What the words of a question promise about time: when, how long, on time, over time, and what is still ahead. Pure.

Does not live here: the other promises (``promises``).
"""

import re

from analytics_platform.semantics import Named, Query, Registry
from analytics_platform.serving.seven.lists import DATED
from analytics_platform.serving.seven.reply import Asked, Made, Understood

_WHEN = re.compile(r"^(?:and )?(?:when|since when|on (?:which|what) (?:day|date))\b|\bwhen (?:did|was|has|were|is)\b")
_LONG = re.compile(r"\bhow (?:long|quickly|fast|slow)\b")
_ON_TIME = re.compile(r"\b(?:on time|in time|before the deadline|late|overdue|deadlines?|punctual\w*)\b")
_TREND = re.compile(r"\b(?:over time|trends?|develop\w*|evolv\w*|over the (?:weeks|days|months))\b")
_COMPARED = re.compile(r"\b(?:compared?|versus|vs|difference|differs?|better|worse)\b")
_CHANGED = re.compile(
    r"\b(?:chang(?:ed?|ing)|increas\w+|decreas\w+|improv\w+|declin\w+|grow(?:n|ing)?|grew|rising|rose|"
    r"f[ae]ll(?:ing|en)?)\b"
)
FUTURE = re.compile(
    r"^will\b(?! there)|\b(?:will (?:i|we|they|it|there|people|be|have|the)|tomorrow|next (?:day|week|month"
    r"|year)|forecast\w*"
    r"|predict\w*)\b"
)


_WHY = re.compile(r"\b(?:why|how come|reasons?|explain\w*)\b")


def asks_why(text: str) -> bool:
    return bool(_WHY.search(text))


def asks_why_no_forecast(text: str) -> bool:
    return asks_why(text) and bool(re.search(r"\b(?:forecast\w*|predict\w*)\b", text))


def question_of(understood: Understood) -> Query | Named:
    if isinstance(understood.question, Made):  # its words are accounted for already
        raise TypeError("What is put together of parts is not judged here.")
    return understood.question


def when(text: str, understood: Understood, _asked: Asked, _matched: str, _registry: Registry) -> str:
    question = question_of(understood)
    if _WHEN.search(text):
        dated = question.grain is not None if isinstance(question, Query) else question.name in DATED
        return "" if dated else "when"
    return ""


def long(text: str, understood: Understood, _asked: Asked, _matched: str, registry: Registry) -> str:
    hit, question = _LONG.search(text), question_of(understood)
    if hit is None:
        return ""
    if isinstance(question, Query):
        return "" if registry.metrics[question.metrics[0]].definition.unit == "seconds" else hit[0]
    kept = ("retention_curve", "slowest_endpoints", "ai_kinds", "conversation_lengths", "system_health", "videos")
    return "" if question.name in kept else hit[0]


def on_time(text: str, understood: Understood, _asked: Asked, _matched: str, _registry: Registry) -> str:
    hit, question = _ON_TIME.search(text), question_of(understood)
    if hit is None or isinstance(question, Query):
        return "" if hit is None or (isinstance(question, Query) and "on_time" in question.metrics[0]) else hit[0]
    return "" if "on_time" in question.parameters else hit[0]


def over_time(text: str, understood: Understood, asked: Asked, _matched: str, _registry: Registry) -> str:
    question = question_of(understood)
    named = ("kpis", "system_health", "theme_changes", "stickiness", "lifecycle", "forecasts", "incidents", "retention")
    if hit := _TREND.search(text):
        kept = question.grain is not None if isinstance(question, Query) else question.name in named
        return "" if kept or "answers_about" in str(question) or "freeform" in text else hit[0]
    if hit := _CHANGED.search(text):
        if isinstance(question, Query):
            kept = (
                question.grain is not None
                or understood.before is not None
                or asked.compared
                or "shift" in question.metrics[0]
            )
            return "" if kept else hit[0]
        return "" if question.name in named else hit[0]
    if (hit := _COMPARED.search(text)) and isinstance(question, Query):
        kept = bool(question.group_by or question.grain or understood.before or asked.compared)
        return "" if kept or "shift" in question.metrics[0] else hit[0]
    return ""


def future(text: str, understood: Understood, _asked: Asked, _matched: str, _registry: Registry) -> str:
    """What will be is told by forecasts and by who is at risk, and by no count of what was."""
    hit, name = FUTURE.search(text), getattr(question_of(understood), "name", "")
    return hit[0] if hit and name not in ("forecasts", "learner_risk", "at_risk", "struggling") else ""
