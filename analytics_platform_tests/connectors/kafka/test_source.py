"""Kafka: every message is in the lake once, whoever dies when; bad ones say where they stand."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from analytics_platform.commands.pumps import SOURCES
from analytics_platform.contracts.video import EVENTS
from analytics_platform.errors import LakeError, SettingsError, SourceError
from analytics_platform.lake import open_lake
from analytics_platform.lake.landing import Landing
from analytics_platform.lake.ledger import Entry
from analytics_platform.lake.pump import Pump
from analytics_platform.settings import Settings

confluent_kafka = pytest.importorskip("confluent_kafka", reason="the Kafka client is not installed: nothing to test")
KILLS = int(os.environ.get("KAFKA_KILLS", "1"))


class Topic:
    """A topic with two partitions on a mock broker in this process."""

    def __init__(self) -> None:
        self.producer = confluent_kafka.Producer({"bootstrap.servers": "mock", "test.mock.num.brokers": 1})
        broker = next(iter(self.producer.list_topics(timeout=20).brokers.values()))
        self.servers = f"{broker.host}:{broker.port}"

    def send(self, *values: bytes | None) -> None:
        for number, value in enumerate(values):
            self.producer.produce("viewer_events", value, key=f"v{number}", partition=number % 2)
        assert self.producer.flush(30) == 0


@pytest.fixture
def topic() -> Iterator[Topic]:
    made = Topic()
    yield made
    made.producer.flush(5)


@pytest.fixture
def settings(topic: Topic, tmp_path: Path) -> Settings:
    return Settings(platform_home=tmp_path / "home", kafka_servers=topic.servers, _env_file=None,
                    kafka_options="session.timeout.ms=6000;log_level=0")  # type: ignore[arg-type]  # fmt: skip


def event(number: int, **changes: Any) -> bytes:
    made = {"event_id": f"e{number}", "video_id": "v", "event_type": "PLAY", "user_id": "u",
            "event_timestamp": "2026-03-10T12:00:00.000001", "video_time_sec": number}  # fmt: skip
    return json.dumps(made | changes).encode()


def drain(settings: Settings) -> int:
    source = SOURCES["kafka"](settings)
    try:
        return Pump(source, open_lake(settings).landing).once()
    finally:
        source.close()  # type: ignore[attr-defined]


def built(settings: Settings) -> tuple[list[Entry], list[str]]:
    lake = open_lake(settings)
    entries = lake.build(EVENTS, lake.ledger.reopened(EVENTS, lake.landing))
    files = [str(file) for file in settings.home.glob("lake/video/events/day=20*/*.parquet")]
    return entries, [row[0] for row in duckdb.sql(f"select event_id from read_parquet({files})").fetchall()]


@pytest.mark.proof
def test_offsets_are_committed_only_when_landing_has_the_lines(
    topic: Topic, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise LakeError("the disk is full")

    topic.send(*(event(n) for n in range(100)))
    source = SOURCES["kafka"](settings)
    pump = Pump(source, open_lake(settings).landing)
    with monkeypatch.context() as broken:
        broken.setattr(Landing, "append", full)
        with pytest.raises(LakeError):
            pump.once()
    assert pump.once() == 100
    assert pump.once() == 0
    topic.send(event(100), event(101))
    assert pump.once() == 2
    assert source.lag().lines == 0
    source.close()  # type: ignore[attr-defined]
    assert drain(settings) == 0  # another consumer of the group begins where this one ended
    entries, ids = built(settings)
    assert sorted(ids) == sorted(f"e{n}" for n in range(102))
    assert sum(entry.duplicate for entry in entries) == 0


def test_bad_messages_are_quarantined_with_their_place(topic: Topic, settings: Settings) -> None:
    topic.send(event(1), b"\xff\xfe no json", None, b"[1]", b"{}", b'{"broken', event(2, event_type=""))
    topic.send(json.dumps({"video_id": "v", "event_type": "PAUSE"}).encode())
    assert drain(settings) == 7  # a tombstone is no line
    entries, ids = built(settings)
    assert all(entry.balances for entry in entries)
    assert len(ids) == 2
    files = [str(file) for file in settings.home.glob("quarantine/video/events/*/*.parquet")]
    found = duckdb.sql(f"select reason, payload from read_parquet({files}) order by all").fetchall()
    assert [reason for reason, _ in found] == ["missing_type", "missing_video", "not_json", "not_json", "not_json"]
    assert all('"kafka":"viewer_events/' in payload for _, payload in found)


@pytest.mark.proof
def test_every_event_once_whoever_is_killed(topic: Topic, settings: Settings) -> None:
    """A pump in a process of its own is killed at any moment, again and again, while messages come."""
    command = [sys.executable, "-m", "analytics_platform", "pump", "kafka"]
    environment = {**os.environ, "PLATFORM_HOME": str(settings.home), "KAFKA_SERVERS": topic.servers,
                   "KAFKA_OPTIONS": settings.kafka_options.get_secret_value()}  # fmt: skip
    sent = 0
    for kill in range(KILLS):
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as pump:
            before, patience = landed(settings), time.monotonic() + 60
            while landed(settings) == before and time.monotonic() < patience:
                topic.send(*(event(n) for n in range(sent, sent + 50)))
                sent += 50
                time.sleep(0.05 + 0.03 * kill)
            pump.send_signal(signal.SIGKILL)
    while drain(settings) or landed(settings) < sent:
        pass
    _, ids = built(settings)
    print(f"{KILLS} kills: {sent} events, {len(ids)} in the lake, {len(set(ids))} of them unique")
    assert sorted(ids) == sorted(f"e{n}" for n in range(sent))


def landed(settings: Settings) -> int:
    return sum(segment.lines or 0 for segment in open_lake(settings).landing.segments(EVENTS))


def test_a_broker_that_is_not_there_is_an_error(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analytics_platform.connectors.kafka.source.JOIN_SECONDS", 1.0)
    with pytest.raises(SourceError, match="KAFKA_SERVERS do not answer"):
        drain(settings.model_copy(update={"kafka_servers": "127.0.0.1:1"}))


def test_settings_that_are_missing_or_wrong(tmp_path: Path) -> None:
    plain = Settings(platform_home=tmp_path, _env_file=None)
    with pytest.raises(SettingsError, match="set KAFKA_SERVERS"):
        SOURCES["kafka"](plain)
    wrong = Settings(platform_home=tmp_path, kafka_servers="x:1", kafka_options="sasl", _env_file=None)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="name=value"):
        SOURCES["kafka"](wrong)


def test_a_job_drains_the_topic_to_its_end(topic: Topic, settings: Settings) -> None:
    from analytics_platform.defs.kafka import kafka_job, kafka_schedule
    from analytics_platform.defs.setting_groups import setting_groups

    topic.send(*(event(number) for number in range(300)), b"no JSON", None)
    job = kafka_job(settings)
    with dg.DagsterInstance.ephemeral() as instance:
        for landed in (301, 0):
            done = job.execute_in_process(instance=instance, resources={**setting_groups(settings)})
            (output,) = [one for one in done.all_events if one.event_type_value == "STEP_OUTPUT"]
            assert output.step_output_data.metadata["lines"].value == landed
    entries, ids = built(settings)
    assert sorted(ids) == sorted(f"e{number}" for number in range(300))
    assert sum(entry.quarantined for entry in entries) == 1
    assert kafka_schedule(settings, job).default_status == dg.DefaultScheduleStatus.RUNNING
    nothing = Settings(platform_home=settings.home, _env_file=None)
    assert kafka_schedule(nothing, job).default_status == dg.DefaultScheduleStatus.STOPPED
    assert kafka_job(nothing).execute_in_process(resources={**setting_groups(nothing)}).success
