"""A hard fortnight arrives at the deployment as it does from outside, and its marts are those of a laptop.

Statements and telemetry come through nginx with TLS to the collector on PostgreSQL, video events over a Kafka cluster
(the mock of its client), chats and files as their connectors leave them. The lake is in S3 (moto), Dagster runs on
PostgreSQL, and its daemon asks for the days by itself. The days have what the simulator plants: late and repeated
lines, a batch sent twice, wrong clocks, broken lines. Collector, daemon and a run are killed on the way. The
same raw lines, built once in a laptop's home, give the same marts. All clocks are real: the days are the last fourteen.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
import orjson
import pytest

from analytics_platform.contracts import IMPORTS, TABLES
from analytics_platform.defs.under_way import BUSY
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake
from analytics_platform.operations.waiting import waiting_steps
from analytics_platform.settings import PROJECT_ROOT, Settings
from analytics_platform.simulator import Plan, simulate
from analytics_platform_tests.collector.conftest import VERSION
from analytics_platform_tests.deploy.processes import (
    Deployment,
    deployed,
    first_credential,
    settings_of,
    through_tls,
    until,
)
from analytics_platform_tests.deploy.test_images import OURS
from analytics_platform_tests.lake.buckets import KEYS
from analytics_platform_tests.organisation import marts_of, share_models
from analytics_platform_tests.running import verdict
from analytics_platform_tests.running.installation import processes_below

pytestmark = pytest.mark.proof

confluent_kafka = pytest.importorskip("confluent_kafka", reason="the Kafka client is not installed")
DAYS, PEOPLE, FIRST_PART = 14, 25, 8
PATIENCE = 1500.0  # seconds until the marts are there; a busy machine is no failure
LOOKS = 75.0  # seconds in which each sensor that starts a build has looked
STATEMENTS, VIDEO, TELEMETRY = "xapi/statements", "video/events", "telemetry/events"
PLACED = ("nocodb/conversations", "nocodb/messages")  # what NocoDB's connector lands has no way through nginx
ZONE = "Europe/Berlin"


class Senders:
    """The lines of the simulated days, sent as their sources would send them."""

    def __init__(self, prepared: Lake, deployment: Deployment, cluster: Any) -> None:
        self.prepared, self.deployment, self.cluster = prepared, deployment, cluster
        self.said: Counter[str] = Counter()
        self.video = 0

    def payloads(self, table: str, day: date) -> Iterator[bytes]:
        """What the source sent, broken or not, byte for byte."""
        for segment in self.prepared.landing.segments(TABLES[table], day):
            with self.prepared.store.workspace() as folder:
                (file,) = self.prepared.store.local([segment.key], folder)
                text = subprocess.run(["zstd", "-dcq", file], check=True, capture_output=True).stdout
            for line in text.splitlines():
                payload = orjson.loads(line)["payload"]
                yield payload.encode() if isinstance(payload, str) else orjson.dumps(payload)

    def day(self, client: httpx.Client, day: date) -> None:
        self._statements(client, day)
        self._telemetry(client, day)
        for number, payload in enumerate(self.payloads(VIDEO, day)):
            self.cluster.produce("viewer_events", payload, key=f"v{number}", partition=number % 2)
            self.video += 1
        assert self.cluster.flush(30) == 0
        lake = open_lake(settings_of(self.deployment))
        for table in PLACED:
            for segment in self.prepared.landing.segments(TABLES[table], day):
                with self.prepared.store.workspace() as folder:
                    (file,) = self.prepared.store.local([segment.key], folder)
                    lake.landing.adopt(TABLES[table], day, file, segment.lines or 0, datetime.now(UTC), "placed")

    def _statements(self, client: httpx.Client, day: date) -> None:
        body = b"\n".join(self.payloads(STATEMENTS, day))
        headers = {"Content-Type": "application/x-ndjson"}
        answer = self._sent(client, "/v1/xapi/batch", body, headers)
        self.said.update({key: answer[key] for key in ("received", "stored", "duplicate", "conflict", "refused")})

    def _telemetry(self, client: httpx.Client, day: date) -> None:
        """An app sends event by event; what it gets 400 for it cannot send."""
        for payload in self.payloads(TELEMETRY, day):
            kind, session = "error", ""
            try:
                event = orjson.loads(payload)
                kind, session = event.get("event_type", "action"), event.get("session_id", "")
            except orjson.JSONDecodeError:
                pass
            path = {"session_start": "/api/analytics/session/start",
                    "session_end": f"/api/analytics/session/{session}/end"}.get(kind)  # fmt: skip
            answer = self._sent(client, path or f"/api/analytics/track/{kind}", payload, {})
            self.said["telemetry"] += answer.get("stored", 0)
            self.said["telemetry refused"] += not answer

    def _sent(self, client: httpx.Client, path: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        """Sent again until it is answered; empty for what was refused."""
        found: list[httpx.Response] = []

        def answered() -> bool:
            found[:] = [client.post(path, content=body, headers={"Content-Type": "application/json"} | headers)]
            return found[0].status_code not in (429, 502, 503, 504)

        until(answered, f"{path} was not answered", lambda: self.deployment.words_of("collector"))
        assert found[0].status_code < 500, found[0].text
        return dict(found[0].json()) if found[0].is_success else {}


def kill(deployment: Deployment, name: str, with_children: bool = False) -> None:
    """SIGKILL, and a start as the supervisor of containers does."""
    process = deployment.processes[name]
    for pid in [*(reversed(processes_below(process.pid)) if with_children else []), process.pid]:
        os.kill(pid, signal.SIGKILL)
    process.wait()
    deployment.start(name, deployment.here(OURS[name]["command"]), lambda: True)


def quiet(deployment: Deployment, instance: dg.DagsterInstance, lines: dict[str, int]) -> None:
    """Until all lines have landed, nothing waits at any step, nothing runs, and no sensor asked for more meanwhile."""
    settings, busy_at = settings_of(deployment), [time.monotonic()]

    def settled() -> bool:
        time.sleep(3)  # a look lists the bucket
        if not looks_settled():
            busy_at[0] = time.monotonic()
        return time.monotonic() - busy_at[0] > LOOKS

    def looks_settled() -> bool:
        landing = open_lake(settings).landing
        landed = {table: sum(one.lines or 0 for one in landing.segments(TABLES[table])) for table in lines}
        if any(landed[table] < count for table, count in lines.items()):
            return False
        if instance.get_runs(dg.RunsFilter(statuses=BUSY), limit=1):
            return False
        return not any(waiting_steps(settings, datetime.now(UTC).date()).values())

    def told() -> str:
        runs = [f"{run.job_name} {run.status.value}" for run in instance.get_runs(limit=20)]
        return f"{runs}\n{deployment.words_of('daemon')}\n{deployment.words_of('code')}"

    until(settled, f"not settled after {PATIENCE:.0f} s", told, seconds=PATIENCE)


def run_at_dbt(instance: dg.DagsterInstance) -> None:
    """Until a run works at the marts."""

    def works() -> bool:
        runs = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
        return any(
            event.step_key == "dbt_build"
            for run in runs
            for event in instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_START)
        )

    until(works, "no run came to dbt", seconds=PATIENCE)


def laptop_of(settings: Settings, home: Path, days: list[date]) -> Settings:
    """A home in a folder that has the same raw lines, built once."""
    laptop = Settings(
        platform_home=home, platform_timezone=ZONE, platform_first_day=days[0], lake_url="", _env_file=None
    )
    lake, theirs = open_lake(laptop), open_lake(settings)
    for table in (*TABLES.values(), *IMPORTS.values()):
        for segment in theirs.landing.segments(table):
            with theirs.store.workspace() as folder:
                (file,) = theirs.store.local([segment.key], folder)
                lake.store.publish(file, segment.key)
    share_models(laptop)
    environment = {
        **os.environ,
        **{"PLATFORM_HOME": str(home), "DAGSTER_HOME": str(home / "dagster_home"), "PLATFORM_TIMEZONE": ZONE},
        **{"PLATFORM_FIRST_DAY": str(days[0]), "LAKE_URL": "", "WAREHOUSE": "duckdb"},
    }
    span = ["--from", str(days[0]), "--to", str(days[-1])]
    done = subprocess.run(
        [sys.executable, "-m", "analytics_platform", "materialize", *span],
        env=environment, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return laptop


def test_a_hard_fortnight_from_outside_gives_the_marts_of_a_laptop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    first = datetime.now(UTC).date() - timedelta(days=DAYS)
    days = [first + timedelta(days=number) for number in range(DAYS)]
    prepared = open_lake(Settings(platform_home=tmp_path / "prepared", _env_file=None))
    simulate(Plan(start=first, people=PEOPLE, days=DAYS), prepared.landing, prepared.store, tmp_path / "truth.json")
    cluster = confluent_kafka.Producer({"bootstrap.servers": "mock", "test.mock.num.brokers": 1, "log_level": 0})
    broker = next(iter(cluster.list_topics(timeout=20).brokers.values()))
    more = {"KAFKA_SERVERS": f"{broker.host}:{broker.port}", "KAFKA_OPTIONS": "session.timeout.ms=6000;log_level=0"}
    more |= {"PLATFORM_FIRST_DAY": str(first), "PLATFORM_TIMEZONE": ZONE}
    share_models(Settings(platform_home=tmp_path / "deployed" / "home", _env_file=None))
    with deployed(tmp_path / "deployed", **more) as deployment, through_tls(deployment) as client:
        settings = settings_of(deployment)
        monkeypatch.setenv("DAGSTER_STORAGE_URL", deployment.environment["DAGSTER_STORAGE_URL"])
        with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
            client.auth, client.headers = first_credential(deployment), httpx.Headers(VERSION)
            for kind in ("roster", "lesson-map"):
                folder = settings.imports_folder / kind
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"{kind}.csv").write_bytes((tmp_path / "simulated" / f"{kind}.csv").read_bytes())
            senders = Senders(prepared, deployment, cluster)
            for number, day in enumerate(days[:FIRST_PART]):
                if number == 2:
                    kill(deployment, "collector")
                senders.day(client, day)
            run_at_dbt(instance)
            kill(deployment, "daemon")
            for day in days[FIRST_PART:]:
                senders.day(client, day)
            run_at_dbt(instance)
            kill(deployment, "code", with_children=True)
            said = senders.said
            print(dict(said), senders.video, "video events")
            lines = {STATEMENTS: said["stored"], TELEMETRY: said["telemetry"], VIDEO: senders.video}
            quiet(deployment, instance, lines)
            print(dict(Counter(run.status.value for run in instance.get_runs())))
        assert min(said[key] for key in ("stored", "duplicate", "refused", "telemetry refused")) > 0, said
        assert list(verdict.ledgers(settings)) == []
        laptop = laptop_of(settings, tmp_path / "laptop", [*days, datetime.now(UTC).date()])
        assert list(verdict.ledgers(laptop)) == []
        ours, theirs = (marts_of(one, verdict.HISTORY, verdict.WHEN) for one in (settings, laptop))
        print({mart: rows for mart, (rows, _) in ours.items()})
        assert ours == theirs
