"""Once per cause, recovery told, at once when critical, grouped and held back otherwise; to real servers."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from analytics_platform import settings as settings_module
from analytics_platform.alerts import causes
from analytics_platform.alerts.alert import Alert, Severity
from analytics_platform.alerts.delivering import deliver, recover, tell
from analytics_platform.alerts.policy import MOST_TRIES, is_quiet, next_try
from analytics_platform.alerts.routes import LogRoute, load_routes
from analytics_platform.alerts.state import State
from analytics_platform.cli import app
from analytics_platform.errors import AlertError
from analytics_platform.settings import Settings
from analytics_platform_tests.alerts.servers import Hook, http_server, mail_server

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def hook() -> Iterator[Hook]:
    with http_server() as server:
        yield server


def routed(settings: Settings, *routes: dict[str, Any], **more: Any) -> Settings:
    settings.home.mkdir(parents=True, exist_ok=True)
    file = settings.home / "routes.yaml"
    file.write_text(yaml.safe_dump({"routes": list(routes)}))
    return settings.model_copy(update={"alert_routes_file": str(file)} | more)


def webhook(hook: Hook, **more: Any) -> dict[str, Any]:
    return {"name": "hook", "channel": "webhook", "url": hook.url, "key": "a key of some length"} | more


def alert(cause: str = "c", severity: Severity = "high", **more: Any) -> Alert:
    return Alert(**({"kind": "run_failed", "severity": severity, "owner": "team:data", "cause": cause,
                     "title": f"Title {cause}", "text": "Text <b>&", "todo": "Do."} | more))  # fmt: skip


def told(hook: Hook) -> list[list[tuple[str, str]]]:
    """The messages, each as what and cause of its alerts."""
    return [[(one["what"], one["cause"]) for one in json.loads(body)["alerts"]] for _, body in hook.received]


def test_once_per_cause_and_its_recovery(settings: Settings, hook: Hook) -> None:
    mine = routed(settings, webhook(hook))
    assert [tell(mine, [alert()], NOW + timedelta(minutes=n)) for n in range(3)] == [1, 0, 0]
    assert str(deliver(mine, NOW + timedelta(seconds=30))) == "0 sent, 0 failed, 1 waiting"  # collecting
    assert str(deliver(mine, LATER)) == "1 sent, 0 failed, 0 waiting"
    assert (recover(mine, ["c"], LATER), recover(mine, ["c"], LATER)) == (1, 0)
    deliver(mine, LATER + timedelta(minutes=2))
    assert told(hook) == [[("alert", "c")], [("recovery", "c")]]
    assert tell(mine, [alert()], LATER) == 1  # it comes back, and is told again
    (case,) = State(mine.home).cases(only_open=True)
    assert (case.times, case.opened_at) == (1, LATER)


def test_a_cause_is_well_when_its_last_day_is(settings: Settings, hook: Hook) -> None:
    mine = routed(settings, webhook(hook))
    tell(mine, [alert(scopes=("2026-03-01", "2026-03-02"))], NOW)
    assert tell(mine, [alert(scopes=("2026-03-03",))], NOW) == 0
    assert tell(mine, [alert("each", scopes=("1",), tells_each_scope=True)], NOW) == 1
    assert tell(mine, [alert("each", scopes=("2",), tells_each_scope=True)], NOW) == 1
    assert recover(mine, ["c"], NOW, ["2026-03-01", "2026-03-03"]) == 0
    assert recover(mine, ["c"], NOW, ["2026-03-02"]) == 1
    assert State(mine.home).open_causes() == ["each"]


def test_graver_is_told_again(settings: Settings, hook: Hook) -> None:
    mine = routed(settings, webhook(hook))
    assert [tell(mine, [alert(severity=s)], NOW) for s in ("low", "low", "high", "medium")] == [1, 0, 1, 0]


def test_alerts_are_grouped_and_limited_and_critical_ones_are_not(settings: Settings, hook: Hook) -> None:
    mine = routed(settings, webhook(hook, most_per_hour=2, quiet_hours="22:00-07:00"))
    tell(mine, [alert(str(n)) for n in range(3)], NOW)
    deliver(mine, LATER)
    assert told(hook) == [[("alert", "0"), ("alert", "1"), ("alert", "2")]]
    flags = [alert(f"s{n}", "critical", kind="safety") for n in range(3)]
    night = NOW.replace(hour=23)
    tell(mine, flags, night)  # nobody called deliver: critical alerts go at once, each by itself, at night
    assert told(hook)[1:] == [[("alert", f"s{n}")] for n in range(3)]
    tell(mine, [alert("night")], night)
    assert str(deliver(mine, night + timedelta(hours=2))) == "0 sent, 0 failed, 1 waiting"
    assert str(deliver(mine, NOW + timedelta(hours=20))) == "1 sent, 0 failed, 0 waiting"
    for n in range(4):
        tell(mine, [alert(f"many{n}")], NOW + timedelta(hours=21, minutes=5 * n))
        deliver(mine, NOW + timedelta(hours=21, minutes=5 * n + 2))
    assert len(State(mine.home).messages(["waiting"])) == 2  # two an hour went out
    deliver(mine, NOW + timedelta(hours=23))
    assert told(hook)[-1] == [("alert", "many2"), ("alert", "many3")]


@pytest.mark.parametrize(
    ("hours", "hour", "expected"),
    [("22:00-07:00", 23, True), ("22:00-07:00", 6, True), ("22:00-07:00", 7, False), ("12:00-13:00", 12, True),
     ("12:00-13:00", 13, False), ("", 3, False)],
)  # fmt: skip
def test_quiet_hours_may_cross_midnight_and_are_local(hours: str, hour: int, expected: bool) -> None:
    route = LogRoute(name="log", channel="log", quiet_hours=hours)
    assert is_quiet(route, datetime(2026, 3, 10, hour, tzinfo=UTC), "UTC") is expected
    assert is_quiet(route, datetime(2026, 3, 10, (hour - 7) % 24, tzinfo=UTC), "Asia/Bangkok") is expected


def test_who_hears_of_what(settings: Settings) -> None:
    mine = routed(
        settings,
        {"name": "all", "channel": "log"},
        {"name": "safety", "channel": "log", "kinds": ["safety"]},
        {"name": "grave", "channel": "log", "at_least": "high"},
        {"name": "data", "channel": "log", "owners": ["team:data"]},
    )

    def heard(one: Alert) -> list[str]:
        return [route.name for route in load_routes(mine) if route.wants(one)]

    assert heard(alert(severity="critical")) == ["all", "grave", "data"]
    assert heard(alert(severity="medium")) == ["all", "data"]
    assert heard(alert(kind="safety", owner="team:safety", severity="low")) == ["all", "safety"]


def test_what_cannot_be_delivered_waits_longer_and_longer_and_is_seen(
    settings: Settings, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = routed(settings, webhook(hook))
    tell(mine, [alert()], NOW)
    hook.answers = [500, 429]
    assert deliver(mine, LATER).failed == 1
    assert deliver(mine, LATER + timedelta(seconds=29)).failed == 0  # not yet
    assert deliver(mine, LATER + timedelta(seconds=31)).failed == 1  # 429 asks for ten minutes
    assert deliver(mine, LATER + timedelta(minutes=9)).failed == 0
    monkeypatch.setattr(settings_module, "load", lambda: mine)
    listed = CliRunner().invoke(app, ["alerts", "list"], catch_exceptions=False).output
    assert "NOT DELIVERED to hook after 2 tries (waiting): Title c. the webhook answered 429" in listed
    assert "secret-path" not in listed
    retried = CliRunner().invoke(app, ["alerts", "retry"], catch_exceptions=False).output
    assert retried == "1 messages tried again: 1 sent, 0 failed, 0 waiting.\n"
    assert told(hook) == [[("alert", "c")]]


def test_after_twelve_tries_it_is_given_up_and_stays_visible(settings: Settings, hook: Hook) -> None:
    mine, at = routed(settings, webhook(hook)), LATER
    tell(mine, [alert()], NOW)
    hook.answers = [503] * MOST_TRIES
    for tries in range(1, MOST_TRIES + 1):
        assert deliver(mine, at).failed == 1
        at = next_try(tries, at) or at
    (message,) = State(mine.home).messages(["undeliverable"])
    assert (message.tries, message.error) == (MOST_TRIES, "the webhook answered 503")
    assert timedelta(hours=4) < at - LATER < timedelta(hours=12)
    assert deliver(mine, at + timedelta(days=1)).failed == 0


def test_a_process_that_died_while_sending_gives_its_message_back(settings: Settings, hook: Hook) -> None:
    mine = routed(settings, webhook(hook))
    tell(mine, [alert()], NOW)
    state = State(mine.home)
    (message,) = state.messages(["waiting"])
    assert state.claim([message], LATER) == [message]
    assert state.claim([message], LATER) == []  # another process gets none
    assert deliver(mine, LATER + timedelta(minutes=1)).sent == 0
    assert deliver(mine, LATER + timedelta(minutes=6)).sent == 1


def test_a_webhook_is_signed(settings: Settings, hook: Hook) -> None:
    mine = routed(settings, webhook(hook))
    tell(mine, [alert(severity="critical")], NOW)
    ((headers, body),) = hook.received
    seconds, signed = (part.partition("=")[2] for part in headers["X-Signature"].split(","))
    assert hmac.new(b"a key of some length", f"{seconds}.".encode() + body, hashlib.sha256).hexdigest() == signed
    assert json.loads(body)["subject"] == "[critical] Title c"


def test_slack_gets_text_without_markup(settings: Settings, hook: Hook) -> None:
    mine = routed(settings, {"name": "team", "channel": "slack", "url": hook.url})
    tell(mine, [alert(severity="critical", link="http://ui/runs/1")], NOW)
    ((_, body),) = hook.received
    text = json.loads(body)["text"]
    assert text == (
        "[critical] Title c\nText &lt;b&gt;&amp;\nWhat to do: Do.\nOwner: team:data\nLook: http://ui/runs/1"
    )


def test_mail_goes_over_tls_with_a_password_from_the_secrets(settings: Settings, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.yaml"
    secrets.write_text("mail: a password of mail\n")
    with mail_server(tmp_path) as box:
        route = {"name": "mail", "channel": "email", "host": "127.0.0.1", "port": box.port, "ca_file": box.ca_file,
                 "user": "u", "password": "secret:mail", "sender": "a@example.org",
                 "to": ["b@example.org", "c@example.org"]}  # fmt: skip
        mine = routed(settings, route, alert_secrets_file=str(secrets))
        tell(mine, [alert(severity="critical", title="Two\nlines: ขอบคุณ")], NOW)
        (envelope,) = box.received
        assert envelope.rcpt_tos == ["b@example.org", "c@example.org"]
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert mail["Subject"] == "[critical] Two lines: ขอบคุณ"
        assert "What to do: Do." in mail.get_content()
        # A server whose certificate nobody vouches for gets nothing.
        distrusted = routed(settings, route | {"ca_file": ""}, alert_secrets_file=str(secrets))
        tell(distrusted, [alert("other", severity="critical")], NOW)
        assert len(box.received) == 1
        (message,) = State(mine.home).messages(["waiting"])
        assert "did not take it (SSLCertVerificationError" in (message.error or "")


@pytest.mark.parametrize(
    ("route", "said"),
    [
        ({"channel": "slack", "url": "http://example.org"}, "must start with https"),
        ({"channel": "pigeon"}, "does not match any of the expected tags"),
        ({"channel": "log", "kinds": ["runs"]}, "routes.0.log.kinds"),
        ({"channel": "log", "quiet_hours": "25:00-07:00"}, "quiet_hours"),
        ({"channel": "webhook", "url": "https://e.org", "key": "secret:absent"}, "ALERT_SECRETS_FILE does not hold"),
        ({"channel": "webhook", "url": "https://e.org", "key": "short"}, "at least 16"),
    ],
)
def test_wrong_routes_are_named(settings: Settings, route: dict[str, Any], said: str) -> None:
    with pytest.raises(AlertError, match=said):
        load_routes(routed(settings, {"name": "r"} | route))


def test_by_default_everything_is_logged(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    tell(settings, [alert(severity="critical")], NOW)
    assert "[critical] Title c" in caplog.text


def test_a_route_is_tested_and_a_route_that_is_gone_is_told(
    settings: Settings, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = routed(settings, webhook(hook, kinds=["safety"]))
    monkeypatch.setattr(settings_module, "load", lambda: mine)
    assert CliRunner().invoke(app, ["alerts", "test", "hook"]).output == "Delivered to hook.\n"
    assert told(hook) == [[("alert", "test")]]
    with pytest.raises(AlertError, match=r"No route is named 'x'. Known: hook"):
        CliRunner().invoke(app, ["alerts", "test", "x"], catch_exceptions=False)
    tell(mine, [alert(kind="safety", severity="low")], NOW)
    said = CliRunner().invoke(app, ["alerts", "routes"]).output
    deliver(routed(settings, {"name": "log", "channel": "log"}), LATER)
    assert "no longer in the file" in (State(mine.home).messages(["undeliverable"])[0].error or "")
    assert "hook (webhook): safety; low and graver" in said


def test_texts_hold_nothing_that_an_error_quotes() -> None:
    run = causes.FailedRun(
        "r1", "daily", "dbt_build", "Failure",
        "Could not convert string 'I feel lost' of ann@example.org, see \"my diary\"", [date(2026, 3, 1)],
    )  # fmt: skip
    one = causes.run_failed(run, "http://ui")
    assert one.text.splitlines()[0] == "Failure: Could not convert string '…' of …@…, see '…'"
    assert (one.cause, one.scopes) == ("run_failed:daily:dbt_build:Failure", ("2026-03-01",))
    assert one.link == "http://ui/runs/r1"
