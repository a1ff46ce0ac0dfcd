"""Processes of compose.yaml on this machine: its commands, environment and nginx.conf; other hosts, ports and folders.

PostgreSQL is Debian's, S3 is moto, TLS is nginx's. Does not live here: what must hold of them.
"""

import importlib.util
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from analytics_platform.settings import PROJECT_ROOT, Settings
from analytics_platform_tests.deploy.test_images import OURS, variables
from analytics_platform_tests.lake.buckets import KEYS, emulator
from analytics_platform_tests.postgres import postgres_server

PORTS = {"4000": "code", "3000": "web", "8090": "collector", "8100": "api", "8501": "pages", "443": "proxy"}


@dataclass
class Deployment:
    """Running processes of compose.yaml, each with a file of its words."""

    folder: Path
    environment: dict[str, str]
    ports: dict[str, int]
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def words_of(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-3000:]

    def here(self, words: list[str]) -> list[str]:
        """A command of compose.yaml with this machine's ports, hosts and files."""
        found = []
        for word in words:
            for port, name in PORTS.items():
                word = word.replace(f":{port}", f":{self.ports[name]}").replace(f", {port}", f", {self.ports[name]}")
                word = str(self.ports[name]) if word == port else word
            word = word.replace("0.0.0.0", "127.0.0.1")
            found.append(word.replace("/app/workspace.deploy.yaml", str(self.folder / "workspace.yaml")))
        found[0] = {"python": sys.executable}.get(found[0], str(Path(sys.executable).with_name(found[0])))
        return found

    def start(self, name: str, command: list[str], check: Callable[[], bool]) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, cwd=PROJECT_ROOT)
        self.processes[name] = process
        until(check, f"{name} is not up", lambda: self.words_of(name), process)

    def run(self, words: list[str]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.here(words), env=self.environment, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
        )

    def stop(self) -> None:
        for process in reversed(self.processes.values()):
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def until(
    check: Callable[[], bool],
    what: str,
    words: Callable[[], str] = str,
    process: "subprocess.Popen[bytes] | None" = None,
    seconds: float = 300,
) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process is not None and process.poll() is not None:
            break
        try:
            if check():
                return
        except (OSError, httpx.HTTPError):
            pass
        time.sleep(0.2)
    pytest.fail(f"{what}: {words()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def deployed(folder: Path, **more: str) -> Iterator[Deployment]:
    """Everything of compose.yaml that is ours, behind nginx; ``more`` is added to their environment."""
    for program in ("nginx", "openssl"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}: apt-get install {program}")
    for module in ("dagster_postgres", "dagster_aws", "streamlit", "psycopg"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"needs {module}: the extras postgres, aws and ui")
    with postgres_server() as server, emulator("s3", folder) as store:
        made = _made(folder, server, store)
        made.environment.update(more)
        try:
            _start_all(made)
            yield made
        finally:
            made.stop()


def _made(folder: Path, server: str, store: int) -> Deployment:
    """Secrets and certificate by prepare.sh, databases by postgres.sql, the rest from compose.yaml."""
    import psycopg

    shutil.copy(PROJECT_ROOT / "deploy" / "prepare.sh", folder)
    subprocess.run(["sh", str(folder / "prepare.sh")], check=True, capture_output=True)
    with psycopg.connect(server, autocommit=True) as connection:
        for statement in (PROJECT_ROOT / "deploy" / "postgres.sql").read_text().split(";"):
            if statement.strip():
                connection.execute(statement)
    databases = {name: server.replace("/postgres?", f"/{name}?") for name in ("dagster", "collector")}
    ports = {name: free_port() for name in PORTS.values()}
    secrets = dict(line.split("=", 1) for line in (folder / "secrets.env").read_text().splitlines())
    environment = {
        **{name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ},
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        **secrets,
        **{name: value.replace("${DOMAIN:-localhost}", "localhost") for name, value in variables(OURS["web"]).items()},
        **KEYS,
        "PLATFORM_HOME": str(folder / "home"),
        "DAGSTER_HOME": str(folder / "home" / "dagster_home"),
        "LAKE_ENDPOINT": f"http://127.0.0.1:{store}",
        "DAGSTER_STORAGE_URL": databases["dagster"].replace("postgresql:", "postgresql+psycopg2:"),
        "COLLECTOR_STORE_URL": databases["collector"],
        "COLLECTOR_SHIP_SECONDS": "1",
        "COLLECTOR_TRUSTED_PROXIES": "127.0.0.1",
        "COLLECTOR_HOST": "127.0.0.1",
        "COLLECTOR_PORT": str(ports["collector"]),
        "API_HOST": "127.0.0.1",
        "API_PORT": str(ports["api"]),
        "PAGES_PORT": str(ports["pages"]),
        "KAFKA_SERVERS": "",
    }
    workspace = (PROJECT_ROOT / "deploy" / "workspace.yaml").read_text()
    workspace = workspace.replace("host: code", "host: 127.0.0.1").replace("4000", str(ports["code"]))
    (folder / "workspace.yaml").write_text(workspace)
    _write_nginx(folder, ports)
    return Deployment(folder, environment, ports)


def _write_nginx(folder: Path, ports: dict[str, int]) -> None:
    text = (PROJECT_ROOT / "deploy" / "nginx" / "nginx.conf").read_text()
    for before, after in {
        "listen 443": f"listen 127.0.0.1:{ports['proxy']}",
        "/tmp/": f"{folder}/",
        "/etc/nginx/tls": str(folder / "tls"),
        "collector:8090": f"127.0.0.1:{ports['collector']}",
        "api:8100": f"127.0.0.1:{ports['api']}",
        "127.0.0.1:8501": f"127.0.0.1:{ports['pages']}",
    }.items():
        assert before in text, before
        text = text.replace(before, after)
    user = "user root;\n" if os.getuid() == 0 else ""  # the folder of a test is private
    (folder / "nginx.conf").write_text(user + text)


def _start_all(made: Deployment) -> None:
    done = made.run(OURS["prepare"]["command"])
    assert done.returncode == 0, done.stderr
    # Together: most of their time they import.
    for name in ("code", "collector", "api", "pages"):
        made.start(name, made.here(OURS[name]["command"]), lambda: True)
    for name in ("code", "collector", "api", "pages"):
        process = made.processes[name]
        until(lambda name=name: listens(made.ports[name]), name, lambda name=name: made.words_of(name), process)  # type: ignore[misc]
    made.start("web", made.here(OURS["web"]["command"]), lambda: listens(made.ports["web"]))
    made.start("daemon", made.here(OURS["daemon"]["command"]), lambda: True)
    if made.environment["KAFKA_SERVERS"]:
        made.start("kafka", made.here(OURS["kafka"]["command"]), lambda: True)
    nginx = [shutil.which("nginx") or "nginx", "-c", str(made.folder / "nginx.conf"), "-g", "daemon off;"]
    made.start("proxy", nginx, lambda: listens(made.ports["proxy"]))


def settings_of(deployment: Deployment) -> Settings:
    """What its processes read from their environment."""
    known = {
        name.lower(): value for name, value in deployment.environment.items() if name.lower() in Settings.model_fields
    }
    return Settings(**known, _env_file=None)  # type: ignore[arg-type]


@contextmanager
def through_tls(deployment: Deployment) -> Iterator[httpx.Client]:
    """Comes from outside, trusting the certificate that prepare.sh made."""
    trust = ssl.create_default_context(cafile=str(deployment.folder / "tls" / "tls.crt"))
    with httpx.Client(base_url=f"https://localhost:{deployment.ports['proxy']}", verify=trust, timeout=60) as made:
        yield made


def first_credential(deployment: Deployment) -> tuple[str, str]:
    """The one that the collector made at its first start."""
    file = deployment.folder / "home" / "collector" / "first-credential.txt"
    until(file.exists, "no first credential", lambda: deployment.words_of("collector"))
    user, password = (line.split()[-1] for line in file.read_text().splitlines())
    return user, password
