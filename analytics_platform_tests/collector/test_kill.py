"""SIGKILL under load: what was acknowledged is in the lake, once, counted from the client's own record."""

import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import uuid4

import duckdb
import httpx
import pytest

from analytics_platform.collector import shipping
from analytics_platform.collector.store.credentials import add_credential
from analytics_platform.collector.store.databases import open_database
from analytics_platform.collector.store.queue import lag
from analytics_platform.lake import open_lake
from analytics_platform.settings import Settings
from analytics_platform_tests.postgres import postgres_server

from .conftest import VERSION, build_lake
from .samples import seven_taps

ROUNDS = int(os.environ.get("COLLECTOR_KILL_ROUNDS", "3"))
CLIENTS = 8


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def launch(home: Path, port: int, store: str = "") -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "PLATFORM_HOME": str(home),
        "COLLECTOR_STORE_URL": store,
        "COLLECTOR_PORT": str(port),
        "COLLECTOR_SHIP_SECONDS": "0.2",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", "from analytics_platform.collector.commands import collector; collector()"],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    for _ in range(200):
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == 200:
                return process
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the collector did not start")


def send_until_it_dies(
    port: int,
    auth: tuple[str, str],
    acknowledged: list[str],
    unanswered: list[str],
    ended: threading.Event | None = None,
) -> None:
    """PUT new statements; what had no answer is put again after the restart, as a real client does."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", auth=auth, headers=VERSION) as client:
        while ended is None or not ended.is_set():
            name = unanswered.pop() if unanswered else str(uuid4())
            try:
                answer = client.put(f"/xapi/statements?statementId={name}", json=seven_taps(result={"response": name}))
            except httpx.TransportError:
                unanswered.append(name)
                return
            assert answer.status_code == 204, answer.text
            acknowledged.append(name)


def ship_the_rest(settings: Settings) -> None:
    """The last shipping process first has to see that its parent is gone, which takes longer on a busy machine."""
    database, patience = open_database(settings.collector_store), time.monotonic() + 60
    connection = database.connect()
    while lag(connection)[0] and time.monotonic() < patience:
        shipping.ship(database, open_lake(settings).landing, 4 << 20)
        time.sleep(0.2)
    connection.close()


def judge(settings: Settings, acknowledged: list[str], unanswered: list[list[str]], rounds: int) -> None:
    ship_the_rest(settings)
    entries = build_lake(settings.home, "xapi/statements")
    files = [str(file) for file in settings.home.glob("lake/xapi/statements/*/*.parquet")]
    lake = [row[0] for row in duckdb.sql(f"select statement_id from read_parquet({files})").fetchall()]
    print(
        f"{rounds} rounds: {len(acknowledged)} acknowledged, {len(lake)} in the lake, {len(set(lake))} of them unique"
    )
    assert len(acknowledged) > 50 * rounds
    assert len(lake) == len(set(lake)), "stored twice"
    assert set(acknowledged) <= set(lake), "acknowledged and lost"
    assert set(lake) <= set(acknowledged) | {name for left in unanswered for name in left}
    assert sum(entry.quarantined for entry in entries) == 0
    assert all(entry.balances for entry in entries)


@pytest.mark.proof
def test_nothing_acknowledged_is_lost_or_stored_twice(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, platform_home=tmp_path)
    connection = open_database(settings.collector_store).connect()
    auth = add_credential(connection, "load", ("write",))
    connection.close()
    acknowledged: list[str] = []
    unanswered: list[list[str]] = [[] for _ in range(CLIENTS)]
    for number in range(ROUNDS):
        port = free_port()
        process = launch(tmp_path, port)
        threads = [
            threading.Thread(target=send_until_it_dies, args=(port, auth, acknowledged, left)) for left in unanswered
        ]
        for thread in threads:
            thread.start()
        time.sleep(1.2 + 0.31 * number)
        process.send_signal(signal.SIGKILL)
        process.wait()
        for thread in threads:
            thread.join()
    judge(settings, acknowledged, unanswered, ROUNDS)


@pytest.mark.proof
def test_two_collectors_on_postgresql_each_killed(tmp_path: Path) -> None:
    """Behind a balancer: who finds one collector dead goes to the other. One of them ships, whoever it is."""
    pytest.importorskip("psycopg", reason="needs the extra [postgres]")
    with postgres_server() as store:
        settings = Settings(_env_file=None, platform_home=tmp_path, collector_store_url=store)
        connection = open_database(settings.collector_store).connect()
        auth = add_credential(connection, "load", ("write",))
        connection.close()
        ports = [free_port(), free_port()]
        processes = [launch(tmp_path, port, store) for port in ports]
        ended = threading.Event()
        acknowledged: list[str] = []
        unanswered: list[list[str]] = [[] for _ in range(CLIENTS)]

        def send(number: int) -> None:
            for turn in itertools.takewhile(lambda _: not ended.is_set(), itertools.count(number)):
                send_until_it_dies(ports[turn % 2], auth, acknowledged, unanswered[number], ended)

        threads = [threading.Thread(target=send, args=(number,)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for number in (0, 1):
            time.sleep(1.5)
            processes[number].kill()
            processes[number].wait()
            time.sleep(0.5)
            processes[number] = launch(tmp_path, ports[number], store)
        time.sleep(1)
        ended.set()
        for thread in threads:
            thread.join()
        for process in processes:
            process.terminate()
            process.wait()
        judge(settings, acknowledged, unanswered, 2)
