"""Metrics: the list, what one means, and a question."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from analytics_platform.semantics import Filter, Query, Viewer
from analytics_platform.semantics.metrics import Metric
from analytics_platform.semantics.named import NamedQuery
from analytics_platform.semantics.questions import GRAINS, Grain
from analytics_platform.semantics.registry import registry
from analytics_platform.serving.api.asking import DOCUMENT, Service, answer, definition_of
from analytics_platform.serving.api.documented import PROBLEMS, RESPONSES
from analytics_platform.serving.formats import json_bytes

Name = Annotated[str, Field(min_length=1, max_length=200)]
Scalar = str | int | float | bool | date | None


class Condition(BaseModel):
    """One condition on a dimension."""

    model_config = ConfigDict(extra="forbid")
    dimension: Name
    operator: str = Field("=", max_length=20, description="= != < <= > >= in, not in, contains, is null, is not null")
    value: Scalar | list[Scalar] = Field(None, description="One value, or a list for in and not in.")

    def filter(self) -> Filter:
        given = self.value if isinstance(self.value, list) else [self.value]
        return Filter(self.dimension, self.operator, () if "null" in self.operator else tuple(given))


class Question(BaseModel):
    """Metrics by dimensions."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "metrics": ["completion_rate", "people_started"],
                "group_by": ["cohort"],
                "grain": "week",
                "where": [{"dimension": "lesson_number", "operator": "in", "value": ["1", "2"]}],
                "start": "2026-11-01",
                "order": ["-completion_rate"],
                "limit": 100,
            }
        },
    )
    metrics: list[Name] = Field(min_length=1, max_length=20)
    group_by: list[Name] = Field([], max_length=8)
    where: list[Condition] = Field([], max_length=20)
    grain: Grain | None = None
    start: date | None = Field(None, description="First local day.")
    end: date | None = Field(None, description="Last local day.")
    order: list[Name] = Field([], max_length=8, description="Columns; with - in front the largest first.")
    limit: int | None = Field(None, ge=1, le=1_000_000)
    cursor: str | None = Field(None, max_length=200)

    def query(self) -> Query:
        return Query(
            metrics=tuple(self.metrics),
            group_by=tuple(self.group_by),
            where=tuple(condition.filter() for condition in self.where),
            grain=self.grain,
            start=self.start,
            end=self.end,
            order=tuple(self.order),
        )


def metric_routes(service: Service) -> APIRouter:
    router = APIRouter(prefix="/api/metrics", tags=["metrics"])
    asking = Annotated[Viewer, Depends(service.access.viewer)]

    @router.get("", responses=PROBLEMS, dependencies=DOCUMENT, summary="Every metric and named query")
    def metrics(viewer: asking) -> Response:
        known, present = registry(service.settings), _present(service)
        return _json(
            {
                "metrics": [_metric(metric, present) for metric in known.metrics.values()],
                "named_queries": [_named(named, present) for named in known.named.values()],
                "grains": list(GRAINS),
            }
        )

    @router.get(
        "/{name}",
        responses=PROBLEMS,
        dependencies=DOCUMENT,
        summary="What a metric means, and by what it can be grouped",
    )
    def metric(name: str, viewer: asking) -> Response:
        return _json(_metric(registry(service.settings).metric(name), _present(service)))

    @router.post("/query", responses=RESPONSES, response_class=Response, summary="Ask for metrics")
    def ask(question: Question, request: Request, viewer: asking) -> Response:
        return answer(service, request, viewer, question.query(), question.limit, question.cursor)

    return router


def _present(service: Service) -> set[str]:
    snapshot = service.readers.current()
    return set(snapshot.rows) if snapshot else set()


def _metric(metric: Metric, present: set[str]) -> dict[str, Any]:
    return {
        **definition_of(metric.definition),
        "kind": metric.kind,
        "made_of": list(metric.inputs),
        "marts": list(metric.marts),
        "needs": [*(["grain"] if metric.needs_time else []), *metric.needs],
        "dimensions": [
            {"name": d.short, "whole_name": d.name, "description": d.description} for d in metric.dimensions
        ],
        "has_data": set(metric.marts) <= present,
    }


def _named(named: NamedQuery, present: set[str]) -> dict[str, Any]:
    return {
        **definition_of(named.definition),
        "shows": named.shows,
        "marts": list(named.marts),
        "parameters": [
            {"name": p.name, "kind": p.kind, "description": p.description, "required": p.is_required}
            for p in named.parameters
        ],
        "has_data": set(named.marts) <= present,
    }


def _json(value: Any) -> Response:
    return Response(json_bytes(value), media_type="application/json", headers={"Cache-Control": "private, no-cache"})
