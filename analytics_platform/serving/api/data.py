"""The marts themselves: what is there, and SQL of strangers behind the guard."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from analytics_platform.semantics import Viewer
from analytics_platform.semantics.guard import LONGEST, ask_sql
from analytics_platform.semantics.registry import registry
from analytics_platform.serving.api.asking import DOCUMENT, PAGE, Page, Service, respond, wanted_format
from analytics_platform.serving.api.documented import PROBLEMS, RESPONSES
from analytics_platform.serving.formats import json_bytes
from analytics_platform.warehouse.lineage import Mart


class Statement(BaseModel):
    """One SELECT over marts."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"sql": "select cohort, count(*) from users group by 1"}}
    )
    sql: str = Field(min_length=1, max_length=LONGEST)
    limit: int = Field(PAGE, ge=1, le=1_000_000, description="Most rows.")


def data_routes(service: Service) -> APIRouter:
    router = APIRouter(prefix="/api/data", tags=["data"])
    asking = Annotated[Viewer, Depends(service.access.viewer)]

    @router.get("/schema", responses=PROBLEMS, dependencies=DOCUMENT, summary="Marts and their columns")
    def schema(viewer: asking) -> Response:
        snapshot = service.readers.current()
        rows = snapshot.rows if snapshot else {}
        marts = [_mart(mart, rows) for mart in registry(service.settings).marts.values()]
        body = {"version": snapshot.version if snapshot else None, "marts": marts}
        return Response(json_bytes(body), media_type="application/json")

    @router.post("/query", responses=RESPONSES, response_class=Response, summary="One read-only SELECT")
    def query(statement: Statement, request: Request, viewer: asking) -> Response:
        wanted = wanted_format(request)
        with service.readers.reader() as reader:
            found = ask_sql(service.readers.settings, statement.sql, viewer, statement.limit, reader)
        service.audit.note(viewer, "sql", {"marts": _marts(service, found.sql)}, found.table.num_rows, found.version)
        return respond(request, viewer, found, wanted, Page(statement.limit, 0))

    return router


def _marts(service: Service, sql: str) -> str:
    """The marts that a query named, for the audit; the query itself may hold words of people."""
    return ",".join(name for name in registry(service.settings).marts if f'"{name}"' in sql or f" {name}" in sql)


def _mart(mart: Mart, rows: dict[str, int]) -> dict[str, Any]:
    return {
        "name": mart.name,
        "description": mart.description,
        "rows": rows.get(mart.name),
        "columns": [
            {"name": name, "type": kind, "description": text, "personal": name in mart.personal}
            for name, kind, text in mart.columns
        ],
    }
