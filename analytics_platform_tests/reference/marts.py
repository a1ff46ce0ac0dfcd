"""Which mart is held against which part of the reference, by which key; and which marts have no reference, and why.

A new mart belongs into one of the two lists: a test says so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from analytics_platform_tests.reference import (
    answers,
    chats,
    completions,
    curves,
    habits,
    periods,
    progress,
    telemetry,
    video,
)
from analytics_platform_tests.reference.comparing import Difference, Marts, differences
from analytics_platform_tests.reference.lessons import Lessons, lessons_of
from analytics_platform_tests.reference.world import World

Rows = Iterable[dict[str, Any]]
LABELS = ("language", "sentiment", "theme", "positives", "safety_tier", "safety_rules", "is_flagged")


@dataclass(frozen=True)
class Mart:
    """``left_out`` are columns that are numbers without a meaning of their own, or somebody else's say."""

    key: tuple[str, ...]
    rows: Callable[[World, Lessons], Rows]
    left_out: tuple[str, ...] = ()


def _plain(rows: Callable[[World], Rows]) -> Callable[[World, Lessons], Rows]:
    return lambda world, _lessons: rows(world)


MARTS = {
    "person_identifiers": Mart(
        ("identifier",), _plain(habits.person_identifiers), ("identifier_key", "person_key", "linked_by")
    ),
    "users": Mart(("person_id",), _plain(habits.users), ("person_key",)),
    # A likeness is a suggestion: enrichment of its own, tested in dbt_project/test_people.py.
    "unmatched_identifiers": Mart(
        ("identifier",), _plain(habits.unmatched_identifiers), ("suggested_identifier", "suggestion_reason")
    ),
    "user_retention": Mart(("cohort_kind", "cohort", "week_number"), _plain(habits.user_retention)),
    "user_lifecycle": Mart(("period", "period_start"), _plain(habits.user_lifecycle)),
    "user_activities": Mart(("source", "activity_id", "day"), _plain(habits.user_activities)),
    "unmapped_activities": Mart(("source", "activity"), habits.unmapped_activities),
    "lesson_progress": Mart(("person_id", "lesson_id"), progress.lesson_progress),
    "lessons": Mart(("lesson_id",), progress.lessons_mart),
    "lesson_dropoff": Mart(("lesson_id", "card_id"), progress.lesson_dropoff),
    "lesson_dropoff_by_cohort": Mart(
        ("lesson_id", "cohort", "started_week", "card_id"), progress.lesson_dropoff_by_cohort
    ),
    "cohort_daily_progress": Mart(("cohort", "local_day", "lesson_id"), progress.cohort_daily_progress),
    "course_progress": Mart(("person_id", "course_id"), progress.course_progress),
    "at_risk_learners": Mart(("person_id",), progress.at_risk_learners),
    "activity_completions": Mart(("person_id", "activity_id"), _plain(completions.activity_completions)),
    "user_responses": Mart(("answer_id", "day"), answers.user_responses, LABELS),
    "questions": Mart(("question_id",), answers.questions, ("question_key",)),
    "first_tries": Mart(("person_id", "question_id"), answers.first_tries),
    "question_difficulty": Mart(("question_id",), answers.question_difficulty),
    "exchanges": Mart(("message_id",), _plain(chats.exchanges)),
    "conversations": Mart(("conversation_id",), _plain(chats.conversations)),
    "model_usage": Mart(("day", "model_provider", "model_id", "app_id", "currency"), _plain(chats.model_usage)),
    "user_conversations": Mart(("person_id", "local_day", "currency"), _plain(chats.user_conversations)),
    "sessions": Mart(("session_id", "actor_key", "started_at"), _plain(telemetry.sessions), ("session_key",)),
    "api_performance": Mart(("grain", "started_at", "endpoint"), _plain(periods.api_performance)),
    "ai_performance": Mart(("grain", "started_at", "process_kind"), _plain(periods.ai_performance)),
    "app_minutes": Mart(("started_at",), _plain(periods.app_minutes)),
    "system_health": Mart(("grain", "started_at"), _plain(periods.system_health)),
    "kpis": Mart(("grain", "started_at"), _plain(periods.kpis)),
    "errors": Mart(("error_type", "place"), _plain(telemetry.errors)),
    "video_views": Mart(
        ("sent_video_id", "session_id", "actor_key", "started_at"), _plain(video.video_views), ("view_id",)
    ),
    "video_catalogue": Mart(("video_id",), _plain(video.video_catalogue)),
    "video_engagement": Mart(("video_id", "local_day"), _plain(video.video_engagement)),
    "video_viewers": Mart(("person_id",), _plain(video.video_viewers)),
    "video_retention_curve": Mart(("video_id", "video_second"), _plain(curves.video_retention_curve)),
    "video_dropoffs": Mart(("video_id", "dropoff_number"), _plain(curves.video_dropoffs)),
    "video_concurrency": Mart(("video_id", "minute"), _plain(curves.video_concurrency)),
    "user_engagement_daily": Mart(("person_id", "local_day"), _plain(telemetry.user_engagement_daily)),
}

WITHOUT = {
    "video_moments": "made of drop-offs and labels, golden numbers in dbt_project/test_video_marts.py",
    "calendar": "a list of days",
    "conversation_categories": "made of labels (enrichment/), golden numbers in dbt_project/test_chats.py",
    "conversation_lengths": "made of labels (enrichment/), golden numbers in dbt_project/test_chats.py",
    "conversation_outcomes": "made of labels (enrichment/), golden numbers in dbt_project/test_chats.py",
    "conversation_topics_daily": "made of labels (enrichment/), golden numbers in dbt_project/test_chats.py",
    "conversation_translations": "what enrichment/ writes, row by row",
    "safety_flags": "made of labels (enrichment/), golden numbers in dbt_project/test_answers.py",
    "forecasts": "what insights/ writes, row by row",
    "incidents": "what insights/ writes, row by row",
    "learner_risk": "what insights/ writes, row by row",
    "weekly_themes": "what insights/ writes, the newest day row by row",
    "metric_series": "what insights/ writes, row by row",
}


def compare(found: Marts, world: World, marts: Iterable[str] = MARTS) -> list[Difference]:
    """Every difference between the marts of a file and what the reference says of the same lines."""
    lessons, result = lessons_of(world), list[Difference]()
    for name in marts:
        mart = MARTS[name]
        result += differences(name, mart.key, found.rows(name), mart.rows(world, lessons), mart.left_out)
    return result
