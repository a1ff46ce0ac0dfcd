"""make dev: the platform's processes under one roof. Each line of output has its process's name in front. A process
that exits is started again, and one Ctrl-C ends all. When a process exits three times within a minute, everything ends,
and its last output is shown.
"""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field

import typer

from analytics_platform.defs.instance import prepare_instance
from analytics_platform.defs.lost_runs import end_runs_of_before
from analytics_platform.errors import SettingsError
from analytics_platform.serving.pages.launch import arguments, is_installed
from analytics_platform.settings import PROJECT_ROOT, Settings, process_environment

FALLS, WITHIN_SECONDS, GRACE_SECONDS = 3, 60, 15


@dataclass
class Service:
    """One process to keep alive."""

    name: str
    command: list[str]
    environment: dict[str, str]
    process: "subprocess.Popen[str] | None" = None
    falls: "deque[float]" = field(default_factory=lambda: deque(maxlen=FALLS))

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            env=process_environment(self.environment),
            cwd=PROJECT_ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # Ctrl-C reaches the supervisor only, which ends the others in order
        )
        threading.Thread(target=self._repeat, args=(self.process,), daemon=True).start()

    def _repeat(self, process: "subprocess.Popen[str]") -> None:
        for line in process.stdout or ():
            typer.echo(f"{self.name:9} | {line.rstrip()}")

    @property
    def fallen(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    @property
    def hopeless(self) -> bool:
        return len(self.falls) == FALLS and self.falls[-1] - self.falls[0] < WITHIN_SECONDS

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def services(settings: Settings) -> list[Service]:
    """What make dev runs: pure, so that a test can read it."""
    # With ten processes for each core a code server took more than Dagster's minute to start a run, and the run failed.
    environment = {"DAGSTER_HOME": str(settings.dagster_home), "DAGSTER_GRPC_TIMEOUT_SECONDS": "300"}
    workspace = ["--workspace", str(PROJECT_ROOT / "workspace.yaml")]
    host = ["--host", "127.0.0.1", "--port", str(settings.dagster_port)]
    pages = Service("pages", arguments(settings), {})
    command = [sys.executable, "-m", "analytics_platform"]
    pumps = [("kafka", settings.kafka_servers), ("lrs", settings.lrs_url.get_secret_value()),
             ("pubsub", settings.pubsub_subscription)]  # fmt: skip
    return [
        Service("dagster", [sys.executable, "-m", "dagster_webserver", *workspace, *host], environment),
        Service("collector", [*command, "collector"], {}),
        Service("api", [*command, "api"], {}),
        Service("daemon", [sys.executable, "-m", "dagster._daemon", "run", *workspace], environment),
        *([pages] if is_installed() else []),
        *(
            Service(name, [sys.executable, "-m", "analytics_platform", "pump", name], {})
            for name, is_set in pumps
            if is_set
        ),
    ]


def run_development(settings: Settings) -> int:
    """Start everything, print the addresses, and keep it alive until Ctrl-C or SIGTERM."""
    _demand_free(settings.dagster_port, "DAGSTER_PORT")
    _demand_free(settings.collector_port, "COLLECTOR_PORT")
    _demand_free(settings.api_port, "API_PORT")
    if is_installed():
        _demand_free(settings.pages_port, "PAGES_PORT")
    prepare_instance(settings)
    if lost := end_runs_of_before(settings):
        typer.echo(f"{lost} runs were under way when the platform ended; their days are built again.")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    running = services(settings)
    for service in running:
        service.start()
    typer.echo(f"Dagster UI  http://127.0.0.1:{settings.dagster_port}   (Ctrl-C ends everything)")
    typer.echo(f"Collector   http://{settings.collector_host}:{settings.collector_port}/xapi")
    typer.echo(f"API         http://{settings.api_host}:{settings.api_port}/docs")
    if is_installed():
        typer.echo(f"Pages       http://127.0.0.1:{settings.pages_port}")
    else:
        typer.echo("Pages       not installed: pip install 'analytics-platform[ui]'")
    status = 0
    while status == 0 and not stop.wait(0.5):
        status = _revive(running)
    typer.echo("Ending …")
    for service in running:
        service.end()
    deadline = time.monotonic() + GRACE_SECONDS
    for service in running:
        service.wait(max(0.1, deadline - time.monotonic()))
    return status


def _revive(running: list[Service]) -> int:
    for service in running:
        if service.fallen and service.process is not None:
            service.falls.append(time.monotonic())
            code = service.process.returncode
            if service.hopeless:
                typer.secho(f"{service.name} ended {FALLS} times within a minute (exit {code}); giving up.", fg="red")
                return 1
            typer.echo(f"{service.name} ended with {code}; starting it again.")
            service.start()
    return 0


def _demand_free(port: int, setting: str) -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise SettingsError(f"Port {port} is in use. Stop what listens there, or set {setting} to another.")
