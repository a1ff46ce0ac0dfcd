"""The API put together: routes, problems, limits on bodies, compression, CORS, counters, and the document of it all."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware

from analytics_platform import __version__
from analytics_platform.insights.live import LiveWindow
from analytics_platform.lake import open_lake
from analytics_platform.semantics.warming import kept_warm
from analytics_platform.serving.api.access import Access
from analytics_platform.serving.api.analytics import analytics_routes
from analytics_platform.serving.api.asking import Service
from analytics_platform.serving.api.audit import Audit
from analytics_platform.serving.api.bodies import LimitBodies
from analytics_platform.serving.api.compression import Compress
from analytics_platform.serving.api.counters import Counters
from analytics_platform.serving.api.dashboards import first_questions
from analytics_platform.serving.api.data import data_routes
from analytics_platform.serving.api.documented import FORMAT_PARAMETER
from analytics_platform.serving.api.metrics import metric_routes
from analytics_platform.serving.api.problems import add_problems
from analytics_platform.serving.api.readers import Readers
from analytics_platform.serving.api.system import system_routes
from analytics_platform.serving.api.tables import table_routes
from analytics_platform.settings import Settings

DESCRIPTION = (
    "Metrics, curves and lists of the published snapshot. Send a key as `Authorization: Bearer KEY`, or a token of the"
    " organisation's issuer. Answers come as JSON, CSV, XML, Parquet or Arrow (`Accept`, or `format=`), and name the"
    " snapshot's version, age and quality."
)
OPEN = {"/health", "/metrics"}


def create_app(settings: Settings, warming: bool = True) -> FastAPI:
    service = Service(
        settings=settings,
        readers=Readers(settings),
        access=Access(settings),
        audit=Audit(settings),
        counters=Counters(),
        live=LiveWindow(open_lake(settings)),
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # MetricFlow takes seconds to import: the first to ask should not wait for it.
        with kept_warm(service.readers.settings, first_questions()) if warming else nullcontext():
            yield
        service.readers.close()
        service.live.close()

    app = FastAPI(title="Learning analytics", version=__version__, description=DESCRIPTION, lifespan=lifespan)
    add_problems(app)
    for router in (
        system_routes(service),
        metric_routes(service),
        analytics_routes(service),
        data_routes(service),
        table_routes(service),
    ):
        app.include_router(router)
    app.add_middleware(Compress)
    app.add_middleware(LimitBodies)
    origins = [origin.strip() for origin in settings.api_origins.split(",") if origin.strip()]
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "X-API-Key", "Content-Type", "If-None-Match"],
            expose_headers=["ETag", "X-Next-Cursor", "X-Snapshot-Version", "X-Snapshot-Age-Seconds", "X-Data-Quality"],
        )
    app.middleware("http")(_counting(service))
    _document(app)
    return app


def _counting(service: Service) -> Callable[[Request, Callable[[Request], Awaitable[Response]]], Awaitable[Response]]:
    async def counting(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        started = time.monotonic()
        response = await call(request)
        route = getattr(request.scope.get("route"), "path", "none")
        service.counters.count(request.method, route, response.status_code, time.monotonic() - started)
        return response

    return counting


def _document(app: FastAPI) -> None:
    """The OpenAPI document, with what FastAPI cannot see: keys, and the format of every table."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema:
            return app.openapi_schema
        document = made()
        document["components"].setdefault("securitySchemes", {})["key"] = {"type": "http", "scheme": "bearer"}
        for path, methods in document["paths"].items():
            for route in methods.values():
                if path not in OPEN:
                    route["security"] = [{"key": []}]
                if "text/csv" in route["responses"].get("200", {}).get("content", {}):
                    route.setdefault("parameters", []).append(FORMAT_PARAMETER)
        app.openapi_schema = document
        return document

    app.openapi = openapi  # type: ignore[method-assign]
