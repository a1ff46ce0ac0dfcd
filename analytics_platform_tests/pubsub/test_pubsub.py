"""Pub/Sub: every line is in the lake once, whoever is killed when; bad messages say which they are."""

import base64
import json
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analytics_platform.commands.pumps import SOURCES
from analytics_platform.contracts.video import EVENTS
from analytics_platform.contracts.xapi import STATEMENTS
from analytics_platform.errors import LakeError, SettingsError, SourceError
from analytics_platform.lake import open_lake
from analytics_platform.lake.landing import Landing, RawLine
from analytics_platform.lake.pump import Pump
from analytics_platform.pubsub.publishing import TopicSink
from analytics_platform.pubsub.rest import google_token
from analytics_platform.settings import Settings
from analytics_platform_tests.pubsub.double import SUBSCRIPTION, TOPIC, Double, pubsub

KILLS = 10


@pytest.fixture
def double() -> Iterator[Double]:
    with pubsub() as made:
        yield made


@pytest.fixture
def settings(double: Double, tmp_path: Path) -> Settings:
    return Settings(platform_home=tmp_path / "home", pubsub_topic=TOPIC, pubsub_subscription=SUBSCRIPTION,
                    pubsub_endpoint=double.url, _env_file=None)  # fmt: skip


def event(number: int, **changes: Any) -> bytes:
    made = {"event_id": f"e{number}", "video_id": "v", "event_type": "PLAY", "user_id": "u",
            "event_timestamp": "2026-03-10T12:00:00.000001", "video_time_sec": number}  # fmt: skip
    return json.dumps(made | changes).encode()


def publish(settings: Settings, *payloads: bytes) -> None:
    sink = TopicSink.of(settings)
    assert sink is not None
    try:
        sink.append(EVENTS, [RawLine(payload, datetime.now(UTC)) for payload in payloads], "test")
    finally:
        sink.close()


def drain(settings: Settings) -> int:
    source = SOURCES["pubsub"](settings)
    try:
        return Pump(source, open_lake(settings).landing).once()
    finally:
        source.close()  # type: ignore[attr-defined]


def stored(settings: Settings, table: Any = EVENTS, column: str = "event_id") -> list[str]:
    lake = open_lake(settings)
    entries = lake.build(table, lake.ledger.reopened(table, lake.landing))
    assert all(entry.balances for entry in entries)
    files = [str(file) for file in settings.home.glob(f"lake/{table.path}/day=20*/*.parquet")]
    return [row[0] for row in duckdb.sql(f"select {column} from read_parquet({files})").fetchall()]


def test_what_is_published_is_landed_and_then_acknowledged(
    double: Double, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise LakeError("the disk is full")

    publish(settings, *(event(n) for n in range(120)))
    with monkeypatch.context() as broken:
        broken.setattr(Landing, "append", full)
        with pytest.raises(LakeError):
            drain(settings)
    assert len(double.waiting) == 120
    time.sleep(double.lease)
    assert drain(settings) >= 120  # one of a batch is delivered twice at once
    assert double.waiting == {}
    assert sorted(stored(settings)) == sorted(f"e{n}" for n in range(120))
    assert double.calls.count("modifyAckDeadline") == double.calls.count("acknowledge") + 1


def _pump_until_killed(settings: Settings, begins: Any) -> None:
    begins.set()
    while True:
        drain(settings)
        time.sleep(0.01)


@pytest.mark.proof
def test_every_line_once_with_ten_kills_of_the_puller(double: Double, settings: Settings) -> None:
    chance, spawn = random.Random(7), multiprocessing.get_context("spawn")
    killed = 0
    for number in range(KILLS):
        publish(settings, *(event(number * 100 + n) for n in range(100)))
        begins = spawn.Event()
        puller = spawn.Process(target=_pump_until_killed, args=(settings, begins))
        puller.start()
        assert begins.wait(60)
        time.sleep(chance.uniform(0.02, 0.25))
        os.kill(puller.pid or 0, signal.SIGKILL)
        puller.join()
        killed += puller.exitcode == -signal.SIGKILL
    assert killed == KILLS
    until = time.monotonic() + 30
    while double.waiting and time.monotonic() < until:
        drain(settings)
        time.sleep(0.05)
    assert double.waiting == {}
    assert sorted(stored(settings)) == sorted(f"e{n}" for n in range(100 * KILLS))


def test_messages_of_others_are_statements_or_quarantined(double: Double, settings: Settings) -> None:
    statement = {
        "id": "11111111-1111-4111-8111-111111111111",
        "actor": {"mbox": "mailto:ann@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": "https://courses.example.org/a/form/1"},
        "timestamp": "2026-03-10T12:00:00Z",
    }
    large = event(3, note="x" * 600_000)
    for text in (json.dumps(statement, indent=2).encode(), b"no json", b"[1]", b""):
        message = {"data": base64.b64encode(text).decode(), "attributes": {"of": "7taps"}}
        double.call(f"/v1/{TOPIC}:publish", {"messages": [message]})
    double.call(
        f"/v1/{TOPIC}:publish", {"messages": [{"data": "", "attributes": {"table": "no/such", "encoding": "zlib"}}]}
    )
    publish(settings, large)
    assert drain(settings) == 6
    assert stored(settings, STATEMENTS, "statement_id") == [statement["id"]]
    assert stored(settings) == ["e3"]
    files = [str(file) for file in settings.home.glob("quarantine/xapi/statements/*/*.parquet")]
    reasons = [row[0] for row in duckdb.sql(f"select reason from read_parquet({files})").fetchall()]
    assert reasons.count("not_json") == 4


def test_names_and_refusals_are_said(double: Double, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("lines", "projects/p/topics/lines"):
        with pytest.raises(SettingsError, match="projects/PROJECT/subscriptions/NAME"):
            SOURCES["pubsub"](settings.model_copy(update={"pubsub_subscription": name}))
    with pytest.raises(SettingsError, match="No Pub/Sub is set"):
        SOURCES["pubsub"](settings.model_copy(update={"pubsub_subscription": ""}))
    with pytest.raises(SourceError, match="404 NOT_FOUND"):
        drain(settings.model_copy(update={"pubsub_subscription": "projects/p/subscriptions/other"}))
    pytest.importorskip("google.auth", reason="needs the extra gcp")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/key.json")
    with pytest.raises(SettingsError, match="needs credentials"):
        google_token()
