"""The last hour of telemetry from landing: a question over 2,000,000 events in the window, and taking in a shipment.

The client that apps embed stands here too: what a call and a request of a web app cost.
"""

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bench.measuring import Result, run_part, temporary_home

EVENTS, SECONDS, CALL_MICROSECONDS = 2_000_000, 0.3, 50.0


def measure(scale: float) -> list[Result]:
    with temporary_home() as home:
        window = run_part(ask, str(home), int(EVENTS * scale))
        calls = run_part(call, str(home))
    asked, taken = window.answer["asked"], window.answer["taken"]
    detail = {"events": int(EVENTS * scale), "peak_mb": round(window.peak_mb), **window.answer}
    return [
        Result("live_window", asked, "s", SECONDS, asked / SECONDS, f"value <= {SECONDS:g}", asked <= SECONDS, detail),
        Result("live_shipment", taken, "s", SECONDS, taken / SECONDS, "", None, {"events of the shipment": 1_000}),
        *(
            Result(f"client_{name}", value, "µs", CALL_MICROSECONDS, value / CALL_MICROSECONDS,
                   f"value <= {CALL_MICROSECONDS:g}", value <= CALL_MICROSECONDS, {})
            for name, value in calls.answer.items()
        ),
    ]  # fmt: skip


def ask(home: str, events: int) -> dict[str, Any]:
    """Seconds of a question (median of five), of reading everything once, and of a new shipment with its question."""
    import duckdb

    from analytics_platform.contracts import TABLES
    from analytics_platform.insights.live import LiveWindow
    from analytics_platform.lake import open_lake
    from analytics_platform.settings import Settings

    lake, table = open_lake(Settings(platform_home=Path(home), _env_file=None)), TABLES["telemetry/events"]
    now = datetime.now(UTC)

    def land(count: int, name: str) -> None:
        for day in {now.date(), (now - timedelta(minutes=59)).date()}:
            with lake.store.workspace() as folder, duckdb.connect() as connection:
                connection.execute("set timezone = 'UTC'")
                file = folder / "events.ndjson.zst"
                connection.execute(f"""
                    copy (select received_at, 'bench' as origin, payload from (
                        select timestamptz '{now.isoformat()}' as received_at,
                            timestamptz '{now.isoformat()}' - to_milliseconds((range * 7919) % 3500000) as moment,
                            {{'event_id': '{name}' || range, 'event_type': if(range % 4 = 0, 'cognitive-process',
                              'api-request'), 'timestamp': strftime(moment, '%Y-%m-%dT%H:%M:%SZ'),
                              'user_id': 'user' || (range % 20000), 'endpoint': '/api', 'method': 'GET',
                              'status_code': if(range % 100 = 1, 500, 200), 'response_time': (range % 997) / 3.0,
                              'membrane_type': 'memory', 'processing_time': range % 2000, 'success': range % 50 <> 0
                            }}::json as payload
                        from range({count})
                    ) where moment::date = date '{day}') to '{file}' (format json, compression zstd)
                """)
                lake.landing.adopt(table, day, file, count, now, name)

    land(events, "first")
    window = LiveWindow(lake)
    started = time.perf_counter()
    window.ask(now)
    read = time.perf_counter() - started
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        told = window.ask(now)
        seconds.append(time.perf_counter() - started)
    land(1_000, "second")
    started = time.perf_counter()
    window.ask(now)
    taken = time.perf_counter() - started
    return {"asked": median(seconds), "first": read, "taken": taken, "in the window": told.events}


def call(home: str) -> dict[str, float]:
    """Processor microseconds of a tracked request, and of what the middlewares add to a request; nobody listens."""
    import asyncio

    sys.path.insert(0, str(Path(__file__).parents[1] / "client"))
    from analytics_platform_client import AsgiMiddleware, Client, WsgiMiddleware

    client = Client("http://127.0.0.1:9", "app", "secret", flush_seconds=60, spill_folder=Path(home) / "spill",
                    most_events=1_000_000, most_bytes=1_000_000_000)  # fmt: skip
    rounds = 20_000

    def timed(function: Any) -> float:
        started = time.thread_time()
        for _ in range(rounds):
            function()
        return (time.thread_time() - started) / rounds * 1e6

    def plain(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"x"]

    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/lessons/17/cards", "HTTP_COOKIE": "user_id=ann; session_id=s"}

    def served(app: Any) -> Any:
        def serve() -> None:
            answer = app(environ, lambda *_: None)
            for _ in answer:
                pass
            if hasattr(answer, "close"):
                answer.close()

        return serve

    async def plain_asgi(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x"})

    async def asgi(app: Any) -> float:
        async def send(message: Any) -> None: ...

        scope = {"type": "http", "method": "GET", "path": "/lessons/17", "headers": [(b"x-user-id", b"ann")]}
        started = time.thread_time()
        for _ in range(rounds):
            await app(scope, None, send)
        return (time.thread_time() - started) / rounds * 1e6

    tracked = timed(lambda: client.track_api_request("/lessons/{id}", "GET", 200, 12.5, user_id="ann"))
    wsgi = timed(served(WsgiMiddleware(plain, client))) - timed(served(plain))
    of_asgi = asyncio.run(asgi(AsgiMiddleware(plain_asgi, client))) - asyncio.run(asgi(plain_asgi))
    client.close(0)
    return {"call": tracked, "wsgi_request": wsgi, "asgi_request": of_asgi}
