"""One installation with the real code server and daemon, on a clock of its own: started, watched until quiet, ended.

No run is asked for from here, and nothing is mended by hand: what falls is started again, as a supervisor does. Does
not live here: what happens to it (``troubles``), what must hold at the end (``verdict``).
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import dagster as dg
import yaml
from sqlalchemy.exc import OperationalError

from analytics_platform.defs.instance import prepare_instance
from analytics_platform.settings import PROJECT_ROOT, Settings
from analytics_platform_tests.running.clock import Clock

GOOD, PATCHED = "analytics_platform.definitions", "analytics_platform_tests.running.before_the_fix"
BUSY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
PATIENCE = 1800  # seconds for one settling; a busy machine is no failure
# These decide what runs next; quiet is when each of them has looked and asked for nothing.
DECIDING = {
    *("reopened_days", "new_snapshot", "closed_periods", "conversations_materialised", "failed_runs", "succeeded_runs"),
    *("deliver_alerts", "source_health", "automation_health"),
}


class Installation:
    """The processes of one platform."""

    def __init__(self, settings: Settings, clock: Clock, variables: dict[str, str], entry: str = GOOD) -> None:
        self.settings, self.clock, self.entry, self._variables = settings, clock, entry, variables
        self._logs = settings.home.parent / "logs"
        self._logs.mkdir(parents=True, exist_ok=True)
        self._server: subprocess.Popen[bytes] | None = None
        self._daemon: subprocess.Popen[bytes] | None = None
        self.falls: list[str] = []
        self.instance = dg.DagsterInstance.from_config(str(prepare_instance(settings)))

    def start(self, entry: str | None = None) -> None:
        """Start, or start anew, as after an update."""
        self.stop()
        self.entry = entry or self.entry
        port = _free()
        location = {"host": "127.0.0.1", "port": port, "location_name": "analytics_platform"}
        workspace = self.settings.home.parent / "workspace.yaml"
        workspace.write_text(yaml.safe_dump({"load_from": [{"grpc_server": location}]}))
        address = ("--host", "127.0.0.1", "--port", str(port), "--location-name", "analytics_platform")
        self._server = self._process("server", "-m", "dagster", "api", "grpc", "-m", self.entry, *address)
        deadline = time.monotonic() + PATIENCE
        while not _listens(port):
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The code server did not start; see {self._logs}.")
            time.sleep(0.5)
        self._daemon = self._process("daemon", "-m", "dagster._daemon", "run", "--workspace", str(workspace))

    def stop(self) -> None:
        for process in (self._daemon, self._server):
            if process is not None and process.poll() is None:
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def close(self) -> None:
        self.stop()
        self.instance.dispose()

    def settle(self, rounds: int = 1) -> None:
        """Wait until nothing runs and no sensor asks for more; minutes pass quickly while nothing happens."""
        quiet, deadline = 0, time.monotonic() + PATIENCE
        while quiet < rounds:
            self.clock.advance(310)  # every sensor is due
            since = self.clock.now()
            while not self._looked(since) and not self.busy():
                self._revive(deadline)
            quiet = 0 if self.busy() else quiet + 1
            while self.busy():
                self._revive(deadline)
                self._hurry(10)  # a run whose process died is noticed after minutes

    def watch(self, seconds: float) -> None:
        """Let it run for so many seconds, minutes of its own, whatever becomes of it."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            time.sleep(0.5)
            with suppress(OperationalError):  # Dagster's own files may be what cannot be read now
                self._hurry(20)
                self._revive(deadline + PATIENCE)

    def busy(self) -> Sequence[dg.DagsterRun]:
        return self.instance.get_runs(dg.RunsFilter(statuses=BUSY))

    def runs(self, *statuses: dg.DagsterRunStatus) -> Sequence[dg.DagsterRun]:
        return self.instance.get_runs(dg.RunsFilter(statuses=list(statuses)))

    def run_at(self, step: str) -> str:
        """Wait until a run works at a step."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for run in self.busy():
                events = self.instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_START)
                if any(event.step_key == step for event in events):
                    return run.run_id
            self._hurry(10)
            time.sleep(0.5)
        raise TimeoutError(f"No run came to {step}.")

    def kill_run_processes(self) -> None:
        """SIGKILL for all that the code server started: the processes of runs, and dbt below them."""
        assert self._server is not None
        _kill(reversed(processes_below(self._server.pid)))

    def kill_daemon(self) -> None:
        """SIGKILL for the daemon alone: the next look starts another, as a supervisor does."""
        assert self._daemon is not None
        _kill([*reversed(processes_below(self._daemon.pid)), self._daemon.pid])

    def cut_power(self) -> None:
        """SIGKILL for everything at once; ten minutes later the platform starts, as ``make dev`` does."""
        assert self._server is not None
        _kill([*reversed(processes_below(self._server.pid)), self._server.pid])
        self.kill_daemon()
        self.clock.advance(600)
        before = "from analytics_platform.defs.lost_runs import end_runs_of_before as end; "
        self._process("start", "-c", f"{before}from analytics_platform.settings import load; print(end(load()))").wait()
        self.start()

    def command(self, home: Path, *arguments: str) -> int:
        """Run a command of the platform on another home, at the time of this installation."""
        process = self._process("command", "-m", "analytics_platform", *arguments, home=home)
        return process.wait(PATIENCE)

    def _hurry(self, seconds: float) -> None:
        """Let minutes pass, but not while a process is about to start: a start has a time limit."""
        if all(run.status == dg.DagsterRunStatus.STARTED for run in self.busy()):
            self.clock.advance(seconds)

    def _looked(self, since: datetime) -> bool:
        """Whether each deciding sensor has ended a tick that began since."""
        looked = set()
        for state in self.instance.all_instigator_state():
            for tick in self.instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=2):
                if tick.timestamp >= since.timestamp() and tick.status.value != "STARTED":
                    looked.add(state.instigator_name)
        return looked >= DECIDING

    def _revive(self, deadline: float) -> None:
        time.sleep(1)
        if time.monotonic() > deadline:
            busy = [f"{run.job_name} {run.status.value}" for run in self.busy()]
            raise TimeoutError(f"No quiet after {PATIENCE} s; busy: {busy}. See {self._logs}.")
        for name, process in (("server", self._server), ("daemon", self._daemon)):
            if process is not None and process.poll() is not None:
                self.falls.append(name)
                self.start()
                return

    def _process(self, name: str, *arguments: str, home: Path | None = None) -> "subprocess.Popen[bytes]":
        environment = os.environ | self.clock.environment | self._variables
        dagster_home = home / "dagster_home" if home else self.settings.dagster_home
        environment |= {"DAGSTER_HOME": str(dagster_home), "PYTHONPATH": str(PROJECT_ROOT)}
        environment |= {"PLATFORM_HOME": str(home)} if home else {}
        with (self._logs / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments], env=environment, cwd=PROJECT_ROOT, stdout=log, stderr=log
            )


def _kill(processes: Iterable[int]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def processes_below(pid: int) -> list[int]:
    """The processes that a process started, and theirs, the nearest first."""
    found: list[int] = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found += [int(child), *processes_below(int(child))]
    return found


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
