"""What each subject is answered with. The first whose pattern a question holds answers, so narrower ones stand first.

What a pattern took is known; a word that nobody knows is left over and makes Seven abstain. Does not live here: the
patterns (``subjects.toml``), building the queries (``subjects``).
"""

import re
from collections.abc import Collection, Iterator

from analytics_platform.serving.seven.subject_tables import about, assigned, forecast, rated, trending, votes
from analytics_platform.serving.seven.subjects import (
    AT_RISK,
    Subject,
    answers_of,
    completed_by,
    curve,
    dropoff,
    flagged,
    inactive,
    of_person,
    person,
    plain,
    progress,
    responses,
    retention_at,
    subject,
    unusual,
    who,
)

SUBJECTS: tuple[Subject, ...] = (
    subject("late", who("completed", False)),
    subject("on time", who("completed", True)),
    subject("not completed", who("partial")),
    subject("not started", who("not started")),
    subject("completed by", who("completed"), "lesson"),
    subject("started by", who(None), "lesson"),
    subject("mentions", responses, "words"),
    subject("answers", answers_of),
    subject("said by", answers_of, "person"),
    subject(
        "churn",
        plain(
            "learner_risk",
            "chance of falling silent, highest first",
            "No forecast of who will leave: there is too little history, or insights were not built yet.",
        ),
    ),
    subject(
        "at risk",
        plain(
            "at_risk",
            AT_RISK,
            "Nobody is at risk.",
            "cohort",
        ),
    ),
    subject("inactive", inactive),
    subject(
        "how many cohorts",
        plain("cohorts", "roster cohorts and their members", order=("-people", "cohort"), single=True),
    ),
    subject("assigned", assigned),
    subject("headcount", plain("headcount", "people on the roster, and how many of them were ever seen", "", "cohort")),
    subject("how many lessons", plain("lessons", "lessons in their order")),
    subject("how many videos", plain("videos", "videos, most views first", order=("-views",))),
    subject(
        "hours",
        plain(
            "busiest_hours",
            "activity by local hour of the day, most first",
            "",
            "cohort",
            days=True,
            order=("-activities", "local_hour"),
            single=True,
        ),
    ),
    subject("votes", votes),
    subject("rated questions", rated),
    subject(
        "intents",
        plain("intents", "main intents of conversations", "", "app", "intent", days=True, order=("-conversations",)),
    ),
    subject(
        "conversation lengths",
        plain("conversation_lengths", "conversations by their length in exchanges", "", "app", days=True),
    ),
    subject(
        "concurrency",
        plain(
            "concurrency",
            "views at the same time, most first",
            "",
            "video",
            days=True,
            order=("-peak", "minute"),
            single=True,
        ),
    ),
    subject(
        "hardest",
        plain(
            "questions",
            "questions, hardest first",
            "",
            "lesson",
            order=("first_try_correct", "question_id"),
            single=True,
        ),
    ),
    subject(
        "struggling",
        plain(
            "struggling",
            "people who answer right less often than half, or are at risk",
            "Nobody struggles by this rule.",
            "cohort",
        ),
    ),
    subject(
        "moments",
        plain(
            "moments",
            "what people did in the hour after they left",
            "Fewer than five people left at one place and did the same thing afterwards.",
            "video",
        ),
        "video",
    ),
    subject("half", retention_at, "video"),
    subject("drop-off", dropoff),
    subject("curve", curve, "video"),
    subject("retention", plain("retention", "who comes back, by weeks since the first event", "", "cohort")),
    subject("lifecycle", plain("lifecycle", "new, returning, resurrecting and dormant people", days=True)),
    subject(
        "stickiness",
        plain(
            "stickiness",
            "mean daily active people / people active in 28 days",
            "",
            "cohort",
            days=True,
            order=("-local_day",),
        ),
    ),
    subject("flagged", flagged),
    subject("trending", trending),
    subject("themes", plain("themes", "what free-text answers are about", "", "cohort", "lesson", days=True)),
    subject(
        "topics",
        plain(
            "topics",
            "topics of conversations; a conversation may have several",
            "No conversation is labelled yet.",
            "app",
            "topic",
            days=True,
            order=("-conversations",),
            single=True,
        ),
    ),
    subject(
        "of an endpoint",
        plain("slowest_endpoints", "requests, errors and response times (ms)", "", "endpoint", days=True),
        "endpoint",
    ),
    subject(
        "model cost",
        plain(
            "model_costs",
            "price per conversation by model, currencies apart",
            "",
            "app",
            days=True,
            order=("-price_per_conversation", "model_id", "currency"),
        ),
    ),
    subject(
        "slowest by p95",
        plain(
            "slowest_endpoints",
            "endpoints by their worst daily p95, slowest first",
            "",
            "endpoint",
            days=True,
            order=("-worst_p95_ms", "endpoint"),
            single=True,
        ),
    ),
    subject(
        "slowest",
        plain(
            "slowest_endpoints",
            "endpoints by mean response time, slowest first",
            "",
            "endpoint",
            days=True,
            order=("-avg_ms", "endpoint"),
            single=True,
        ),
    ),
    subject(
        "failing",
        plain(
            "slowest_endpoints",
            "endpoints by their share of errors, highest first",
            "",
            "endpoint",
            days=True,
            order=("-error_rate", "endpoint"),
            single=True,
        ),
    ),
    subject(
        "errors",
        plain("errors", "errors of the app, most frequent first", order=("-occurrences", "error_type", "place")),
    ),
    subject("ai", plain("ai_kinds", "AI processing by kind", "", days=True)),
    subject("unusual", unusual),
    subject("forecast", forecast),
    subject("kpis", plain("kpis", "engagement, system health and AI performance by day, 0 to 100", "", days=True)),
    subject("health", plain("system_health", "load, requests, errors and latency by day", "", days=True)),
    subject(
        "now", plain("real_time", "the app's last 60 minutes with events, minute by minute", "The app sent no event.")
    ),
    subject("completed by a person", completed_by, "person"),
    subject("progress of a person", of_person("person_progress", "how far the person is in each lesson"), "person"),
    subject("seen", of_person("person", "what is known of the person"), "person"),
    subject("moments of a person", person, "person"),
    subject("standing", progress),
    subject("videos", plain("videos", "videos, most views first", order=("-views",), single=True)),
    subject("lessons", plain("lessons", "lessons in their order")),
    subject("cohorts", plain("cohorts", "roster cohorts and their members")),
    subject("about", about, "words"),
)


def find_subjects(text: str, values: Collection[str] = ()) -> Iterator[tuple[Subject, str, str]]:
    """The subjects that the text holds, each with the words that nothing of it explains, and the words that showed it.

    A subject that needs a value (person, lesson …) is one only where ``values`` has it.
    """
    for one in SUBJECTS:
        if any(need not in values for need in one.needs):
            continue
        match = one.pattern.search(text)
        if match:
            around = f"{text[: match.start()]} {text[match.end() :]}"
            swallowed = [word for word in re.findall(r"[^\W_][\w'-]*", match[0]) if not one.explains(word)]
            yield one, f"{around} {' '.join(swallowed)}".strip(), match[0]
