"""What of an answer is said and drawn: the columns that the sentences name and count by, and the chart. Pure.

Does not live here: the sentences (``sentences``).
"""

import re
from collections.abc import Sequence

from analytics_platform.semantics import Answer, Query
from analytics_platform.serving.seven.reply import Chart, Made, Understood

# Named query → the column that names a row in a sentence, and the number said of it.
SPOKEN = {
    "standing": ("full_name", ""),
    "inactive": ("full_name", ""),
    "responses": ("response", ""),
    "dropoff": ("question", "people_lost"),
    "struggling": ("full_name", "right_share"),
    "at_risk": ("full_name", "days_silent"),
    "learner_risk": ("person_id", "chance"),
    "answers_about": ("lesson_name", "answers"),
    "themes": ("theme", "answers"),
    "theme_changes": ("theme", "change"),
    "model_costs": ("model_id", "price_per_conversation"),
    "questions": ("question", "first_try_correct"),
    "safety": ("full_name", ""),
    "slowest_endpoints": ("endpoint", "avg_ms"),
    "ai_kinds": ("process_kind", "success_rate"),
    "forecasts": ("forecast_for", "mean"),
    "videos": ("video_id", "views"),
    "lessons": ("lesson_name", "people_started"),
    "cohorts": ("cohort", "people"),
    "timeline": ("activity", ""),
    "incidents": ("series_id", "deviation"),
    "errors": ("error_type", "occurrences"),
    "conversation_categories": ("topic", "conversations"),
}
# Tables with many numbers: which one the words ask for, and the day that names a row.
_ASKED_FOR = (
    (r"\bp95\b", ("p95_ms", "worst_p95_ms")),
    (r"\b(?:answers|response) times?\b|\blatency\b|\bslow|\bfast", ("avg_ms",)),
    (r"\b(?:errors?|fail\w*)\b", ("error_rate", "errors")),
    (r"\brequests?\b", ("requests",)),
    (r"\b(?:cpu|load)\b", ("cpu_avg", "load")),
    (r"\b(?:memory|ram)\b", ("memory_avg",)),
    (r"\b(?:disk|storage)\b", ("disk_max",)),
    (r"\bengagement\b", ("engagement",)),
    (r"\bai\b", ("ai_performance", "success_rate")),
    (r"\bhealth\b", ("system_health", "error_rate")),
)
_NAMED_BY = {"system_health": "day", "kpis": "day", "slowest_endpoints": "endpoint"}
RANKED = {"error_rate", "avg_ms", "worst_p95_ms"}  # numbers of one list: the one that it is ordered by is said


def spoken(understood: Understood, columns: Sequence[str]) -> tuple[str, str]:
    """The columns that the sentences name and count by."""
    question = understood.question
    if isinstance(question, Query):
        return "", question.metrics[0]
    if isinstance(question, Made):
        return question.named, question.counted
    if question.name in _NAMED_BY:
        said = (names for words, names in _ASKED_FOR if re.search(words, understood.text))
        if column := next((name for names in said for name in names if name in columns), ""):
            return _NAMED_BY[question.name], column
    named, counted = SPOKEN.get(question.name, ("", ""))
    ranked = question.order[0].removeprefix("-") if question.order else ""
    return named, ranked if counted and ranked in RANKED else counted


def chart_of(answer: Answer, understood: Understood) -> Chart:
    question, names = understood.question, answer.table.column_names
    if answer.table.num_rows < 2:
        return Chart()
    if isinstance(question, Query):
        number = question.metrics[0]
        if question.grain:
            return Chart("line", names[0], number, question.group_by[0] if question.group_by else "")
        return Chart("bar", question.group_by[0], number) if question.group_by else Chart()
    if isinstance(question, Made):
        return Chart("bar", question.named, question.counted) if question.named and question.counted else Chart()
    shapes = {
        "dropoff": Chart("bar", "question", "people_lost"),
        "retention_curve": Chart("line", "video_second", "unique_retention"),
        "themes": Chart("bar", "theme", "answers"),
        "theme_changes": Chart("bar", "theme", "change"),
        "model_costs": Chart("bar", "model_id", "price_per_conversation"),
        "slowest_endpoints": Chart("bar", "endpoint", "avg_ms"),
        "answers_about": Chart("bar", "lesson_name", "answers"),
    }
    return shapes.get(question.name, Chart())
