"""A collector in a process of its own, for ``collector``: started on a free port, watched from outside, ended.

Reads what Linux tells about a process; does not live here: what is sent.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class FrontDoor:
    """A running collector. ``credential`` is user name and password, with a colon between."""

    url: str
    credential: str
    process: "subprocess.Popen[bytes]"

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory_mb(self) -> float:
        """The most that the serving process has held so far."""
        return _peak_mb(self.process.pid)

    def shipping_mb(self) -> float:
        """The same of the process that ships to landing."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return max((_peak_mb(int(child)) for task in tasks for child in task.read_text().split()), default=0.0)

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=120)


def make_credential(home: str) -> str:
    from analytics_platform.collector.store.credentials import add_credential
    from analytics_platform.collector.store.databases import open_database
    from bench.homes import settings_of

    connection = open_database(settings_of(home).collector_store).connect()
    try:
        return ":".join(add_credential(connection, "bench", ("admin",)))
    finally:
        connection.close()


def front_door(home: str, credential: str) -> FrontDoor:
    """Start a collector, and wait until it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        **{"PLATFORM_HOME": home, "COLLECTOR_HOST": "127.0.0.1", "COLLECTOR_PORT": str(port)},
        **{"COLLECTOR_STORE_URL": "", "LAKE_URL": ""},
    }
    start = "from analytics_platform.collector.commands import collector; collector()"
    process = subprocess.Popen([sys.executable, "-c", start], env=environment, stdout=subprocess.DEVNULL)
    door = FrontDoor(f"http://127.0.0.1:{port}", credential, process)
    for _ in range(600):
        try:
            with urlopen(f"{door.url}/health/ready"):
                return door
        except (URLError, ConnectionError):
            time.sleep(0.1)
    door.close()
    raise RuntimeError("The collector did not become ready.")


def _peak_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM"))
    return round(int(peak.split()[1]) * 1024 / 1e6, 1)
