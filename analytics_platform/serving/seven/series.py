"""Which watched series a question about causes or forecasts is about. Pure.

Does not live here: the series (``insights``), what else a question names (``values``).
"""

import re

# "Why did … drop": what the question says → the watched series of it.
_WATCHED = {
    "answers": "answers",
    "activit": "activities",
    "active": "activities",
    "conversations": "exchanges",
    "messages": "exchanges",
    "exchanges": "exchanges",
    "response time": "response_p95_ms",
    "slow": "response_p95_ms",
    "requests": "api_requests",
    "views": "video_views",
    "tokens": "chat_tokens",
    "disk": "disk_max",
    "storage": "disk_max",
}
_FORECAST = {
    "active": "active_people",
    "completions": "lesson_completions",
    "complet": "lesson_completions",
    "app": "app_users",
    "runs": "ai_runs",
    "sessions": "sessions",
    "cost": "chat_cost",
    **{word: series for word, series in _WATCHED.items() if word != "active"},
}


def watched_series(text: str) -> str:
    """The series that a question about causes or forecasts is about; empty where it is about no one of them."""
    if re.search(r"\b(?:forecast\w*|predict\w*|be full|run out)\b", text):
        known = _FORECAST
    elif re.search(r"\b(?:why|caused?|causes|reasons?)\b", text):
        known = _WATCHED
    else:
        return ""
    return next((series for word, series in known.items() if word in text), "")
