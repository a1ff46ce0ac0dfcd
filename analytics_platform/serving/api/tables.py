"""The routes that answer with a named query, declared as a list: path, query, and what the path's parts are called.

Each takes the query's parameters, a page and a format, and exists whether or not the snapshot has its mart yet: until
then it answers which mart is missing. Does not live here: the queries (``semantics/queries``).
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from analytics_platform.semantics import Named, Viewer
from analytics_platform.semantics.named import NamedQuery, Parameter, load_named
from analytics_platform.serving.api.asking import LARGEST_PAGE, PAGE, Service, answer
from analytics_platform.serving.api.documented import RESPONSES

TYPES: dict[str, type] = {"text": str, "integer": int, "number": float, "boolean": bool, "date": date}
LONGEST_TEXT = 500


@dataclass(frozen=True)
class Table:
    """``renamed``: parameter of the query → what the URL calls it; ``percent``: those that the URL gives in percent."""

    path: str
    query: str
    tag: str
    renamed: dict[str, str] = field(default_factory=dict)
    percent: tuple[str, ...] = ()


TABLES = [
    Table("/api/learning/lessons", "lessons", "learning"),
    Table("/api/learning/completions", "completions", "learning"),
    Table("/api/learning/progress", "progress", "learning"),
    Table("/api/learning/progress/people", "person_progress", "learning"),
    Table("/api/learning/activities", "activity_completions", "learning"),
    Table("/api/learning/courses", "course_progress", "learning"),
    Table("/api/learning/dropoff", "dropoff", "learning"),
    Table("/api/learning/dropoff/cohorts", "dropoff_by_cohort", "learning"),
    Table("/api/learning/responses", "responses", "learning"),
    Table("/api/learning/questions", "questions", "learning"),
    Table("/api/learning/themes", "themes", "learning"),
    Table("/api/learning/at-risk", "at_risk", "learning"),
    Table("/api/learning/risk", "learner_risk", "learning"),
    Table("/api/learning/safety", "safety", "learning"),
    Table("/api/learning/retention", "retention", "learning"),
    Table("/api/learning/lifecycle", "lifecycle", "learning"),
    Table("/api/learning/stickiness", "stickiness", "learning"),
    Table("/api/learning/people", "people", "learning"),
    Table("/api/learning/people/{person_id}", "person", "learning", {"person": "person_id"}),
    Table("/api/learning/people/{person_id}/timeline", "timeline", "learning", {"person": "person_id"}),
    Table("/videos", "videos", "video"),
    Table("/video/viewers", "video_viewers", "video"),
    Table("/video/concurrency", "concurrency", "video"),
    Table("/video/{video_id}/retention_curve", "retention_curve", "video", {"video": "video_id"}),
    Table("/video/{video_id}/significant_dropoffs", "significant_dropoffs", "video",
          {"video": "video_id", "threshold": "threshold_percentage"}, ("threshold",)),
    Table("/video/{video_id}/engagement_summary", "engagement_summary", "video", {"video": "video_id"}),
    Table("/video/{video_id}/concurrency", "concurrency", "video", {"video": "video_id"}),
    Table("/video/{video_id}/moments", "moments", "video", {"video": "video_id"}),
    Table("/api/conversations", "conversations", "conversations"),
    Table("/api/conversations/categories", "conversation_categories", "conversations"),
    Table("/api/conversations/themes", "weekly_themes", "conversations"),
    Table("/api/conversations/models", "model_usage", "conversations"),
    Table("/api/conversations/users/{person_id}", "user_conversations", "conversations", {"person": "person_id"}),
    Table("/api/conversations/{conversation_id}", "conversation", "conversations",
          {"conversation": "conversation_id"}),
    Table("/api/conversations/{conversation_id}/translations", "conversation_translations", "conversations",
          {"conversation": "conversation_id"}),
    Table("/api/analytics/newest-hour", "real_time", "analytics"),
    Table("/api/analytics/minutes", "app_minutes", "analytics"),
    Table("/api/analytics/kpis", "kpis", "analytics"),
    Table("/api/analytics/system", "system_health", "analytics"),
    Table("/api/analytics/api-performance", "api_performance", "analytics"),
    Table("/api/analytics/ai-performance", "ai_performance", "analytics"),
    Table("/api/analytics/errors", "errors", "analytics"),
    Table("/api/incidents", "incidents", "insights"),
    Table("/api/forecasts", "forecasts", "insights"),
    Table("/api/series/{series_id}", "series", "insights", {"series": "series_id"}),
]  # fmt: skip


def table_routes(service: Service) -> APIRouter:
    router = APIRouter()
    known = {named.name: named for named in load_named({})}
    for table in TABLES:
        named = known[table.query]
        router.add_api_route(
            # A video may be named by a URL, so its part of the path may have slashes.
            table.path.replace("{video_id}", "{video_id:path}").replace("{series_id}", "{series_id:path}"),
            _endpoint(service, table, named),
            methods=["GET"],
            tags=[table.tag],
            name=table.path.strip("/").replace("/", " "),
            summary=named.definition.label,
            description=named.definition.description,
            responses=RESPONSES,
            response_class=Response,
        )
    return router


def _endpoint(service: Service, table: Table, named: NamedQuery) -> Callable[..., Response]:
    """A function whose signature is the query's parameters, so that FastAPI checks and documents them."""
    names = {parameter.name: table.renamed.get(parameter.name, parameter.name) for parameter in named.parameters}

    def endpoint(request: Request, viewer: Viewer, limit: int | None, cursor: str | None, **given: Any) -> Response:
        values = {parameter: given[shown] for parameter, shown in names.items()}
        for parameter in table.percent:
            if values[parameter] is not None:
                values[parameter] = values[parameter] / 100
        return answer(service, request, viewer, Named(named.name, values), limit, cursor)

    fixed = [
        inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request),
        inspect.Parameter(
            "viewer", inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[Viewer, Depends(service.access.viewer)]
        ),
        *page_parameters(),
    ]
    own = [_parameter(parameter, names[parameter.name], table) for parameter in named.parameters]
    endpoint.__signature__ = inspect.Signature([*fixed, *own])  # type: ignore[attr-defined]
    return endpoint


def page_parameters() -> list[inspect.Parameter]:
    """Limit, cursor and format; the format is read from the request, and stands here to be documented."""
    described = {
        "limit": (int | None, Query(ge=1, le=LARGEST_PAGE * 100, description=f"Most rows; {PAGE} for JSON and XML.")),
        "cursor": (str | None, Query(max_length=200, description="next_cursor of the answer before.")),
    }
    return [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind, mark])
        for name, (kind, mark) in described.items()
    ]


def _parameter(parameter: Parameter, shown: str, table: Table) -> inspect.Parameter:
    kind: Any = TYPES[parameter.kind]
    limits: dict[str, Any] = {"max_length": LONGEST_TEXT} if kind is str else {}
    description = parameter.description
    if parameter.name in table.percent:
        limits, description = {"ge": 0, "le": 100}, description.replace("0 to 1", "in percent")
    elif kind is float:
        limits = {"ge": -1e15, "le": 1e15}
    if f"{{{shown}}}" in table.path:
        mark = Path(description=description, **limits)
        return inspect.Parameter(shown, inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[kind, mark])
    query = Query(description=description, **limits)
    return inspect.Parameter(
        shown, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, query]
    )
