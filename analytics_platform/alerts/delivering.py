"""Telling: an alert is noted and queued, and what may go now is sent to its routes; what fails is tried again later.

A message is claimed before it is sent and marked after, so two processes do not send it twice; a process that dies in
between sends it again: rather twice than never.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics_platform.alerts.alert import Alert
from analytics_platform.alerts.channels import Undelivered, send
from analytics_platform.alerts.messages import compose
from analytics_platform.alerts.policy import batches, next_try
from analytics_platform.alerts.routes import Route, load_routes
from analytics_platform.alerts.state import Message, State
from analytics_platform.errors import AlertError
from analytics_platform.settings import Settings

_one_at_a_time = threading.Lock()  # sensors of one process share it; between processes the claim decides


@dataclass
class Outcome:
    """What one delivery did."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0

    def __str__(self) -> str:
        return f"{self.sent} sent, {self.failed} failed, {self.waiting} waiting"


def tell(settings: Settings, alerts: Iterable[Alert], now: datetime) -> int:
    """Note alerts; those that are news are queued, and critical ones are sent at once. Gives the number of news."""
    state, routes = State(settings.home), load_routes(settings)
    news = [alert for alert in alerts if state.open(alert, routes, now)]
    if any(alert.severity == "critical" for alert in news):
        deliver(settings, now)
    return len(news)


def recover(settings: Settings, causes: Iterable[str], now: datetime, scopes: Sequence[str] | None = None) -> int:
    state = State(settings.home)
    return sum(state.recover(cause, now, scopes) for cause in causes)


def deliver(settings: Settings, now: datetime) -> Outcome:
    """Send what may go now."""
    state, outcome = State(settings.home), Outcome()
    routes = {route.name: route for route in load_routes(settings)}
    with _one_at_a_time:
        state.give_back_abandoned(now)
        waiting: dict[str, list[Message]] = {}
        for message in state.messages(["waiting"]):
            waiting.setdefault(message.route, []).append(message)
        for name, messages in waiting.items():
            if name not in routes:
                state.failed(messages, f"the route {name} is no longer in the file of routes", None)
                outcome.failed += len(messages)
                continue
            recent = state.sent_since(name, now - timedelta(hours=1))
            for batch in batches(messages, routes[name], now, settings.platform_timezone, recent):
                _send(state, routes[name], batch, now, outcome)
    outcome.waiting = len(state.messages(["waiting"]))
    return outcome


def _send(state: State, route: Route, batch: list[Message], now: datetime, outcome: Outcome) -> None:
    claimed = state.claim(batch, now)
    if not claimed:
        return
    try:
        send(route, compose(claimed), claimed)
    except Undelivered as error:
        tries = max(message.tries for message in claimed) + 1
        state.failed(claimed, str(error), next_try(tries, now, error.wait))
        outcome.failed += len(claimed)
    else:
        state.sent(claimed, now)
        outcome.sent += len(claimed)


def test_route(settings: Settings, name: str, now: datetime) -> None:
    """Send one alert over a route now, past every rule but its own channel."""
    routes = {route.name: route for route in load_routes(settings)}
    if name not in routes:
        raise AlertError(f"No route is named {name!r}. Known: {', '.join(routes) or 'none'}.")
    alert = Alert(
        kind="test",
        severity="low",
        owner="nobody",
        cause="test",
        title="A test of this route",
        text="Somebody ran analytics-platform alerts test.",
        todo="Nothing: it works.",
    )
    message = Message(0, name, "alert", alert, now, now, 0, "waiting", None, None)
    send(routes[name], compose([message]), [message])
