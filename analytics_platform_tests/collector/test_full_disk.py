"""A disk that is really full, and then has room: nothing is acknowledged meanwhile, and nobody restarts anything.

Two disks: a small tmpfs (where mounting is allowed), and a limit on the size of files, which needs no rights.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from analytics_platform.collector.store.credentials import add_credential
from analytics_platform.collector.store.databases import open_database
from analytics_platform.settings import Settings

from .conftest import VERSION
from .samples import with_id
from .test_kill import free_port

pytestmark = pytest.mark.proof

SECRET_WORDS = "what nobody may read in a log "
MB = 1 << 20


@dataclass
class Disk:
    """Where the store lies; ``prepare`` makes it small for a process, ``give_room`` makes it large again."""

    home: Path
    prepare: Callable[[int], None]
    give_room: Callable[[int], None]


@pytest.fixture(params=["tmpfs", "limit"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    if sys.platform != "linux":
        pytest.skip("needs Linux: tmpfs and prlimit")
    if request.param == "limit":

        def limit(pid: int, size: int) -> None:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

        yield Disk(tmp_path, lambda pid: limit(pid, 12 * MB), lambda pid: limit(pid, resource.RLIM_INFINITY))
        return
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "collector-test", str(tmp_path)]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("a tmpfs cannot be mounted here: it needs root; the other small disk is tested all the same")
    try:
        (tmp_path / "ballast").write_bytes(b"\0" * (12 * MB))
        yield Disk(tmp_path, lambda _: None, lambda _: (tmp_path / "ballast").unlink())
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)  # also while the shipping process ends


def memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def test_a_disk_that_is_full_and_then_has_room(disk: Disk, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = Settings(_env_file=None, platform_home=disk.home)
    connection = open_database(settings.collector_store).connect()
    auth = add_credential(connection, "load", ("admin",))
    connection.close()
    log = tmp_path_factory.mktemp("log") / "collector.log"
    port = free_port()
    environment = os.environ | {"PLATFORM_HOME": str(disk.home), "COLLECTOR_PORT": str(port), "LAKE_URL": ""}
    start = "from analytics_platform.collector.commands import collector; collector()"
    with log.open("wb") as said:
        process = subprocess.Popen([sys.executable, "-c", start], env=environment, stdout=said, stderr=said)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", auth=auth, headers=VERSION, timeout=30) as client:
            wait_until(client, 200)
            disk.prepare(process.pid)
            acknowledged = fill(client)
            before = memory_mb(process.pid)
            assert send(client, acknowledged, 25) == {503}
            assert client.get("/health/ready").status_code == 503
            assert client.get("/health/live").status_code == 200
            assert client.get("/xapi/statements", params={"limit": "1"}).status_code == 200
            assert memory_mb(process.pid) < before + 30
            disk.give_room(process.pid)
            wait_until_stored(client, acknowledged)
            wait_until(client, 200)
            assert send(client, acknowledged, 5) == {200}
    finally:
        process.terminate()
        process.wait(timeout=60)
    connection = open_database(settings.collector_store).connect()
    stored = {bytes(row[0]).hex() for row in connection.rows("select id from statements")}
    count = connection.rows("select count(*) from statements")[0][0]
    connection.close()
    assert stored == {name.replace("-", "") for name in acknowledged}
    assert count == len(stored)
    words = log.read_text()
    assert words.count("Nothing is acknowledged until the store can write again.") == 1, words
    assert words.count("The store can write again.") == 1
    assert SECRET_WORDS not in words
    assert "Traceback" not in words


def wait_until(client: httpx.Client, status: int) -> None:
    for _ in range(400):
        try:
            if client.get("/health/ready").status_code == status:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"the collector did not become {status}")


def post(client: httpx.Client, acknowledged: list[str]) -> int:
    """A batch of about 500 kB; its ids are remembered when it is acknowledged."""
    statements = [with_id(result={"response": SECRET_WORDS * 300}) for _ in range(50)]
    answer = client.post("/xapi/statements", json=statements)
    if answer.status_code == 200:
        acknowledged += answer.json()
    else:
        assert int(answer.headers["Retry-After"]) > 0
        assert SECRET_WORDS not in answer.text
    return answer.status_code


def fill(client: httpx.Client) -> list[str]:
    acknowledged: list[str] = []
    for _ in range(200):
        if post(client, acknowledged) != 200:
            assert acknowledged
            return acknowledged
    raise AssertionError("the disk was never full")


def send(client: httpx.Client, acknowledged: list[str], times: int) -> set[int]:
    return {post(client, acknowledged) for _ in range(times)}


def wait_until_stored(client: httpx.Client, acknowledged: list[str]) -> None:
    """As a client does that was told to come again."""
    for _ in range(100):
        if post(client, acknowledged) == 200:
            return
        time.sleep(0.1)
    raise AssertionError("there is room, and the store still does not write")
