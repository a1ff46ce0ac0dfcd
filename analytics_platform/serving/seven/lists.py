"""What the rows of named queries are, and which numbers they hold: by this a promise is known to be kept. Pure.

Does not live here: the queries (``semantics/queries``), the promises (``promises``).
"""

PEOPLE = frozenset(
    """standing at_risk learner_risk struggling inactive completions responses safety person timeline person_progress
    people conversations""".split()  # noqa: SIM905
)
# Lists that hold a share or a rate of their own, and the words that may ask for it.
SHARES = {
    "retention": "", "retention_at": "", "retention_curve": "", "stickiness": "", "significant_dropoffs": "",
    "dropoff": r"drop|lose|lost|leav|left|stop", "learner_risk": "", "kpis": "", "incidents": "", "forecasts": "",
    "slowest_endpoints": r"error|fail", "ai_kinds": r"success|succe|fail", "progress_now": "", "progress": "",
    "questions": r"right|wrong|correct|difficult", "topics": r"topic|about", "moments": "", "system_health": r"error",
    "videos": r"complet|finish", "lessons": r"complet|finish|assigned",
    "votes": "", "intents": "",
}  # fmt: skip
AVERAGES = frozenset(
    """model_costs slowest_endpoints stickiness ai_kinds system_health kpis videos retention_at rated_questions
    answers_about""".split()  # noqa: SIM905
)
DATED = frozenset(
    """person timeline completions stickiness system_health kpis incidents responses conversations forecasts
    busiest_hours concurrency""".split()  # noqa: SIM905
)
# One row each of what: "which lesson …" must not be answered with a list of something else.
ROWS = {
    "standing": "person", "at_risk": "person", "learner_risk": "person", "struggling": "person", "inactive": "person",
    "responses": "answer", "safety": "answer", "dropoff": "question", "questions": "question", "topics": "topic",
    "themes": "theme", "theme_changes": "theme", "model_costs": "model_id", "slowest_endpoints": "endpoint",
    "videos": "video_id", "lessons": "lesson_name", "cohorts": "cohort", "answers_about": "lesson_name",
    "person_progress": "lesson_name", "completions": "lesson_name person", "progress_now": "cohort lesson_name",
    "progress": "cohort lesson_name", "conversations": "conversation", "timeline": "activity", "moments": "topic",
    "incidents": "incident source", "errors": "error", "ai_kinds": "activity", "busiest_hours": "day",
    "votes": "question", "rated_questions": "question", "intents": "topic", "concurrency": "video_id day",
}  # fmt: skip
# Lists in the one order that anybody asks for.
ORDERED = frozenset(
    """questions dropoff errors topics busiest_hours learner_risk theme_changes themes concurrency intents
    model_costs""".split()  # noqa: SIM905
)
BY_TIME = frozenset("system_health kpis stickiness lifecycle retention forecasts concurrency".split())  # noqa: SIM905
# Lists of who or what did not do something.
NEGATIVE = frozenset(
    """inactive at_risk learner_risk struggling incidents progress progress_now dropoff
    significant_dropoffs""".split()  # noqa: SIM905
)
# Lists over everything, and the words that ask for one kind of it.
TOO_WIDE = {
    "busiest_hours": r"\b(?:answers?|answered|videos?|watch\w*|conversations?|messages?|bot)\b",
    "videos": r"\bto the end\b|\bcompleted\b",
}
