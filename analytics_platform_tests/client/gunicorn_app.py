"""A Flask app that is loaded before gunicorn forks its workers: the client exists once, and then in each of them."""

import os
from pathlib import Path

from analytics_platform_client import Client, WsgiMiddleware
from flask import Flask

analytics = Client(os.environ["COLLECTOR"], "app", "secret", flush_seconds=0.05, spill_folder=Path(os.environ["SPILL"]))
app = Flask("app")
app.wsgi_app = WsgiMiddleware(app.wsgi_app, client=analytics)  # type: ignore[method-assign]


@app.get("/lessons/<int:number>")
def lesson(number: int) -> dict[str, int]:
    analytics.track_user_action("opened", {"lesson": number, "worker": os.getpid()})
    return {"worker": os.getpid()}
