"""/health/live, /health/ready, /metrics, /openapi.json: for those who run the collector. None of it needs a credential.

Live: the process works and need not be restarted. Ready: it can store and read now.
"""

from analytics_platform.collector.errors import Overloaded
from analytics_platform.collector.forwarding.source import forward_lag
from analytics_platform.collector.http import Request, Response, json_response
from analytics_platform.collector.openapi import document
from analytics_platform.collector.routes import Route
from analytics_platform.collector.services import Services
from analytics_platform.collector.store.queue import lag


def health_routes() -> dict[str, Route]:
    return {
        "/health/live": Route("live", {"GET": live}, public=True),
        "/health/ready": Route("ready", {"GET": ready}, public=True),
        "/metrics": Route("metrics", {"GET": metrics}, public=True),
        "/openapi.json": Route("openapi", {"GET": openapi}, public=True),
    }


async def live(_request: Request, services: Services) -> Response:
    if not services.writer.alive:
        raise Overloaded("The store's writer has stopped; restart the collector.")
    return json_response({"status": "live"})


async def ready(_request: Request, services: Services) -> Response:
    if services.writer.failing is not None:
        raise Overloaded(services.writer.failing, seconds=5)
    await services.readers.ask(lambda connection: connection.rows("select 1"))
    return json_response({"status": "ready"})


async def metrics(_request: Request, services: Services) -> Response:
    lines, seconds = await services.readers.ask(lag)
    forwards = await services.readers.ask(
        lambda connection: {name: forward_lag(connection, name) for name in services.forwarded}
    )
    gauges: dict[str, float] = {
        "waiting_for_disk_lines": float(services.writer.waiting),
        "unshipped_lines": float(lines),
        "unshipped_oldest_seconds": seconds,
        "store_writable": 0.0 if services.writer.failing else 1.0,
    }
    by_target: dict[str, dict[str, float]] = {
        "forward_lag_lines": {name: float(lag.lines or 0) for name, lag in forwards.items()},
        "forward_lag_seconds": {name: lag.seconds or 0.0 for name, lag in forwards.items()},
    }
    return Response(200, services.metrics.text(gauges, by_target).encode(), "text/plain; version=0.0.4; charset=utf-8")


async def openapi(_request: Request, _desk: Services) -> Response:
    return json_response(document())
