"""Middleware in real Flask and FastAPI apps: each request is recorded, and no collector breaks or holds up any."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from flask import Flask

from analytics_platform_tests.client.conftest import Collector, until


def fastapi_app(client: Any) -> Callable[..., tuple[int, bytes]]:
    from analytics_platform_client import AsgiMiddleware

    app = FastAPI()
    app.add_middleware(AsgiMiddleware, client=client)

    @app.get("/lessons/{number}")
    async def lesson(number: int) -> dict[str, int]:
        client.track_user_action("opened")
        return {"lesson": number}

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("the lesson is broken")

    web = TestClient(app, raise_server_exceptions=False)

    def get(path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        answer = web.get(path, headers=headers or {})
        return answer.status_code, answer.content

    return get


def flask_app(client: Any) -> Callable[..., tuple[int, bytes]]:
    from analytics_platform_client import WsgiMiddleware

    app = Flask("app")
    app.wsgi_app = WsgiMiddleware(app.wsgi_app, client=client)  # type: ignore[method-assign]

    @app.get("/lessons/<int:number>")
    def lesson(number: int) -> dict[str, int]:
        client.track_user_action("opened")
        return {"lesson": number}

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("the lesson is broken")

    def get(path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        with app.test_client(use_cookies=False) as web:
            answer = web.get(path, headers=headers or {})
            found = answer.status_code, answer.data
            answer.close()
            return found

    return get


ENDPOINTS = {fastapi_app: "/lessons/{number}", flask_app: "/lessons/{id}"}


@pytest.mark.parametrize("make_app", [fastapi_app, flask_app])
def test_requests_are_recorded_with_endpoint_status_user_and_session(
    make_app: Any, collector: Collector, make_client: Callable[..., Any]
) -> None:
    get = make_app(make_client())
    assert get("/lessons/17", {"X-User-ID": "ann", "X-Session-ID": "s1"})[0] == 200
    assert get("/lessons/18", {"Cookie": "user_id=ben; session_id=s2"})[0] == 200
    assert get("/nowhere")[0] == 404
    assert get("/broken")[0] == 500
    assert until(lambda: len(collector.of("/api-request")) == 4)
    told = [
        (event["endpoint"], event["method"], event["status_code"], event.get("user_id"), event.get("session_id"))
        for event in collector.of("/api-request")
    ]
    assert told == [
        (ENDPOINTS[make_app], "GET", 200, "ann", "s1"),
        (ENDPOINTS[make_app], "GET", 200, "ben", "s2"),
        ("/nowhere", "GET", 404, None, None),
        ("/broken", "GET", 500, None, None),
    ]
    assert all(0 <= event["response_time"] < 5000 for event in collector.of("/api-request"))
    # What an app tracks inside a request knows who asks.
    assert {(event["user_id"], event["session_id"]) for event in collector.of("/action")} == {
        ("ann", "s1"),
        ("ben", "s2"),
    }


@pytest.mark.parametrize("make_app", [fastapi_app, flask_app])
def test_an_app_answers_whatever_the_collector_does(
    make_app: Any, collector: Collector, make_client: Callable[..., Any]
) -> None:
    collector.stop()
    client = make_client()
    get = make_app(client)
    began = time.perf_counter()
    for number in range(20):
        assert get(f"/lessons/{number}")[0] == 200
    assert until(lambda: client.counts()["spilled"] > 0)
    collector.slow = 0.2
    collector.start()
    client._sender._not_before = 0.0
    for number in range(20):
        assert get(f"/lessons/{number}")[0] == 200
    assert time.perf_counter() - began < 10
    assert until(lambda: len(collector.of("/api-request")) == 40)
    assert client.counts()["lost"] == 0


def test_an_error_of_fastapi_is_told_with_its_trace(collector: Collector, make_client: Callable[..., Any]) -> None:
    get = fastapi_app(make_client())
    assert get("/broken")[0] == 500
    assert until(lambda: len(collector.of("/error")) == 1)
    (error,) = collector.of("/error")
    assert (error["error_type"], error["context"]) == ("RuntimeError", {"endpoint": "/broken"})
