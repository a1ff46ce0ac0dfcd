"""Summaries of the whole: what moved, how healthy, dashboards, reports and exports by type.

Does not live here: tables of one query (``tables``), what a dashboard holds (``dashboards``).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic import Field as Limits

from analytics_platform.semantics import Named, Query, Viewer, query
from analytics_platform.semantics.errors import NoData, NotAllowed
from analytics_platform.semantics.registry import registry
from analytics_platform.serving.api import dashboards
from analytics_platform.serving.api.asking import DOCUMENT, Service, about, answer, note_personal
from analytics_platform.serving.api.documented import PROBLEMS, RESPONSES
from analytics_platform.serving.formats import json_bytes
from analytics_platform.serving.last_hour import as_json, last_hour

Name = Annotated[str, Limits(min_length=1, max_length=200)]


class PanelIn(BaseModel):
    """Metrics, or a named query."""

    model_config = ConfigDict(extra="forbid")
    title: Name
    metrics: list[Name] = Field([], max_length=20)
    group_by: list[Name] = Field([], max_length=8)
    grain: str | None = Field(None, max_length=10)
    named: str | None = Field(None, max_length=200)
    parameters: dict[str, str | int | float | bool] = Field({}, max_length=20)


class DashboardIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "title": "Mondays",
                "panels": [{"title": "Active", "metrics": ["active_people"], "grain": "day"}],
            }
        },
    )
    title: Annotated[str, Limits(min_length=1, max_length=60)]
    panels: list[PanelIn] = Field(min_length=1, max_length=dashboards.MOST_PANELS)


def analytics_routes(service: Service) -> APIRouter:
    router = APIRouter(prefix="/api/analytics", tags=["analytics"])
    asking = Annotated[Viewer, Depends(service.access.viewer)]

    @router.get(
        "/summary", responses=PROBLEMS, dependencies=DOCUMENT, summary="The most asked metrics of all four sources"
    )
    def summary(viewer: asking, start: date | None = None, end: date | None = None) -> Response:
        return _json({"panels": _answered(service, viewer, dashboards.SUMMARY, start, end)})

    @router.get(
        "/health",
        responses=PROBLEMS,
        dependencies=DOCUMENT,
        summary="How fresh the data are, and the newest key figures",
    )
    def health(viewer: asking) -> Response:
        newest = [dashboards.Panel("Key figures", Named("kpis", {"grain": "hour"}, limit=1)),
                  dashboards.Panel("System", Named("system_health", {"grain": "hour"}, limit=1))]  # fmt: skip
        return _json({"panels": _answered(service, viewer, newest)})

    @router.get(
        "/real-time",
        responses=PROBLEMS,
        dependencies=DOCUMENT,
        summary="The last 60 minutes, seconds after the collector took them",
    )
    def real_time(viewer: asking) -> Response:
        return _json(as_json(last_hour(service.live, viewer)))

    @router.get("/dashboards", responses=PROBLEMS, dependencies=DOCUMENT, summary="Dashboards")
    def every(viewer: asking) -> Response:
        return _json({"dashboards": dashboards.listed(service.settings)})

    @router.get(
        "/dashboard/{dashboard_id}", responses=PROBLEMS, dependencies=DOCUMENT, summary="A dashboard with its numbers"
    )
    def dashboard(dashboard_id: str, viewer: asking, start: date | None = None, end: date | None = None) -> Response:
        title, panels = dashboards.panels_of(service.settings, dashboard_id)
        found = _answered(service, viewer, panels, start, end)
        return _json({"id": dashboard_id, "title": title, "panels": found})

    @router.post("/dashboard", responses=PROBLEMS, dependencies=DOCUMENT, status_code=201, summary="Keep a dashboard")
    def keep(wanted: DashboardIn, viewer: asking) -> Response:
        if not viewer.sees_people:
            raise NotAllowed(f"The role {viewer.role} reads dashboards; analysts keep them.")
        known = registry(service.settings)
        for panel in wanted.panels:
            if panel.named:
                known.named_query(panel.named).values(panel.parameters)
            else:
                for metric in panel.metrics:
                    known.metric(metric)
        name = dashboards.keep(service.settings, wanted.title, [panel.model_dump() for panel in wanted.panels])
        return _json({"id": name, "url": f"/api/analytics/dashboard/{name}"}, 201)

    @router.get(
        "/reports/{report_type}",
        responses=PROBLEMS,
        dependencies=DOCUMENT,
        summary="learning, conversations, video or app",
    )
    def report(report_type: str, viewer: asking, start: date | None = None, end: date | None = None) -> Response:
        return dashboard(report_type, viewer, start, end)

    @router.get("/export/{export_type}", responses=RESPONSES, response_class=Response, summary="A named query, whole")
    def export(
        export_type: str,
        request: Request,
        viewer: asking,
        limit: Annotated[int | None, Limits(ge=1, le=1_000_000)] = None,
        cursor: Annotated[str | None, Limits(max_length=200)] = None,
    ) -> Response:
        registry(service.settings).named_query(export_type)
        return answer(service, request, viewer, Named(export_type), limit, cursor)

    return router


def _answered(
    service: Service,
    viewer: Viewer,
    panels: Sequence[dashboards.Panel],
    start: date | None = None,
    end: date | None = None,
) -> list[dict[str, Any]]:
    """Each panel with its rows; one that cannot be answered says why, and the others stand."""
    shown: list[dict[str, Any]] = []
    with service.readers.reader() as reader:
        for panel in panels:
            question = replace(panel.question, limit=panel.question.limit or dashboards.PANEL_ROWS)
            if isinstance(question, Query):
                question = replace(question, start=start, end=end)
            try:
                found = query(service.readers.settings, question, viewer, reader)
            except (NoData, NotAllowed) as error:
                shown.append({"title": panel.title, "problem": str(error), "data": []})
            else:
                note_personal(service, viewer, question, found)
                shown.append({"title": panel.title, **about(found), "data": found.table.to_pylist()})
    return shown


def _json(value: Any, status: int = 200) -> Response:
    return Response(json_bytes(value), status, {"Cache-Control": "private, no-cache"}, "application/json")
