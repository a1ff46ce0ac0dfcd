"""Health for a supervisor and counters for Prometheus: without a key, and without any number about people."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Response

from analytics_platform import __version__
from analytics_platform.semantics.answer import quality_of
from analytics_platform.serving.api.asking import Service, snapshot_of
from analytics_platform.serving.formats import json_bytes


def system_routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["system"])

    @router.get("/health", summary="Whether there is something to read, and how old it is")
    def health() -> Response:
        snapshot = service.readers.current()
        body: dict[str, Any] = {"status": "no data", "version": __version__, "snapshot": None}
        if snapshot is not None:
            now = datetime.now(UTC)
            quality = quality_of(snapshot, now)
            age = (now - datetime.fromisoformat(snapshot.published_at)).total_seconds()
            body |= {
                "status": "ok",
                "snapshot": snapshot_of(snapshot, age),
                "quality": {"state": quality.state, "reasons": list(quality.reasons)},
            }
        return Response(json_bytes(body), media_type="application/json")

    @router.get("/metrics", summary="Counters for Prometheus", response_class=Response)
    def counters() -> Response:
        snapshot = service.readers.current()
        published = datetime.fromisoformat(snapshot.published_at) if snapshot else None
        age = (datetime.now(UTC) - published).total_seconds() if published else None
        return Response(service.counters.text(age), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router
