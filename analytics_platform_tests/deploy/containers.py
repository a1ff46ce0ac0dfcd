"""``python -m analytics_platform_tests.deploy.containers FOLDER [built]``: our Dockerfile built, its containers run.

For machines without Docker and a registry; needs root, and Debian's buildah, podman, runc, debootstrap, nginx,
postgresql, iproute2. The base image is Debian bookworm by debootstrap under the name that the Dockerfile asks for:
Debian's Python 3.11, not that of the official image. Each service of compose.yaml that is ours runs with its command,
user, environment, read-only root and without rights, in one network namespace in which every name of compose.yaml is
this machine. PostgreSQL is Debian's, MinIO is moto, and nginx runs with the nginx.conf of ``deploy`` as it stands.
Redpanda is not there, so ``kafka`` is left out. Says of each service whether its health check held. No test runs this:
a build takes ten minutes; ``built`` takes the image of the last time.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from analytics_platform.settings import PROJECT_ROOT
from analytics_platform_tests.deploy.test_images import OURS, SERVICES, variables

BASE, IMAGE, NETWORK = "docker.io/library/python:3.11-slim-bookworm", "localhost/analytics-platform:local", "analytics"
LEFT_OUT = {"kafka"}
SIZES = {"nofile": 1024, "nproc": 4096}
# How this machine reaches packages.
OWN = [f"--volume={path}:{path}:ro" for path in ("/etc/ssl/certs", "/etc/pip.conf") if Path(path).exists()]
PATIENCE = 300.0


def main() -> int:
    folder = Path(sys.argv[1]).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        tools = Tools(folder)
        if "built" not in sys.argv[2:]:
            tools.build()
        shutil.copytree(PROJECT_ROOT / "deploy", folder / "deploy", dirs_exist_ok=True)
        run("sh", str(folder / "deploy" / "prepare.sh"))
        tools.network(stack)
        tools.others(stack)
        found = {}
        for name, service in OURS.items():
            if name not in LEFT_OUT:
                found[name] = tools.service(stack, name, service)
                print(f"{name:10} {found[name]}", flush=True)
        for path, status in (("/xapi/about", 200), ("/openapi.json", 200), ("/", 401)):
            where = f"https://localhost{path}"
            said = tools.inside("curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", where).stdout.strip()
            found[where] = "healthy" if said == str(status) else f"answered {said}, not {status}"
            print(f"{where:40} {found[where]}", flush=True)
    return 0 if set(found.values()) <= {"healthy", "ended well"} else 1


class Tools:
    """buildah and podman with their storage in one folder, and a network namespace of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        storage = ["--root", str(folder / "storage"), "--runroot", str(folder / "run"), "--storage-driver", "overlay"]
        self.buildah = ["buildah", *storage]
        self.podman = [
            "podman",
            *storage,
            "--cgroup-manager",
            "cgroupfs",
            "--events-backend",
            "file",
            "--runtime",
            "runc",
        ]
        self.names = [f"--add-host={name}:127.0.0.1" for name in SERVICES]

    def build(self) -> None:
        """The base once; the image anew each time."""
        if run(*self.buildah, "images", "-q", BASE, check=False).returncode:
            root = self.folder / "root"
            if not root.exists():
                packages = "ca-certificates,python3.11,python3-pip,python3.11-venv"
                run("debootstrap", "--variant=minbase", f"--include={packages}", "bookworm", str(root))
            for name in ("python", "python3"):
                (root / "usr/local/bin" / name).unlink(missing_ok=True)
                (root / "usr/local/bin" / name).symlink_to("/usr/bin/python3.11")
            made = run(*self.buildah, "from", "scratch").stdout.strip()
            run(*self.buildah, "copy", "-q", made, str(root), "/")
            run(*self.buildah, "commit", "-q", "--rm", made, BASE)
        options = ["--isolation", "chroot", "--network", "host", "--pull-never", *OWN, "--target", "runtime"]
        run(*self.buildah, "build", *options, "-t", IMAGE.removeprefix("localhost/"), str(PROJECT_ROOT))

    def network(self, stack: ExitStack) -> None:
        """Every host of compose.yaml is this machine, in a namespace of its own."""
        hosts = Path("/etc/netns") / NETWORK / "hosts"
        hosts.parent.mkdir(parents=True, exist_ok=True)
        hosts.write_text("127.0.0.1 localhost " + " ".join(SERVICES) + "\n")
        run("ip", "netns", "add", NETWORK)
        stack.callback(shutil.rmtree, hosts.parent)
        stack.callback(run, "ip", "netns", "delete", NETWORK)
        self.inside("ip", "link", "set", "lo", "up")

    def inside(self, *command: str) -> "subprocess.CompletedProcess[str]":
        return run("ip", "netns", "exec", NETWORK, *command)

    def others(self, stack: ExitStack) -> None:
        """PostgreSQL, the bucket, and the proxy, which waits for names and not for services."""
        data = self.folder / "postgres"
        data.mkdir(exist_ok=True)
        shutil.chown(data, "postgres", "postgres")
        binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        as_postgres = ["runuser", "-u", "postgres", "--"]
        if not (data / "PG_VERSION").exists():
            run(*as_postgres, str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-N")
        control = [*as_postgres, str(binaries / "pg_ctl"), "-D", str(data), "-w"]
        self.inside(*control, "-o", f"-k {data} -c listen_addresses=127.0.0.1", "-l", str(data / "log"), "start")
        stack.callback(self.inside, *control, "-m", "immediate", "stop")
        for statement in (PROJECT_ROOT / "deploy" / "postgres.sql").read_text().split(";"):
            if statement.strip():
                run(
                    "ip",
                    "netns",
                    "exec",
                    NETWORK,
                    "psql",
                    "-h",
                    "127.0.0.1",
                    "-U",
                    "postgres",
                    "-c",
                    statement,
                    check=False,
                )
        moto = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", "9000"]
        self._beside(stack, moto)
        bucket = ["curl", "-sf", "-X", "PUT", "http://127.0.0.1:9000/lake"]
        until(lambda: run("ip", "netns", "exec", NETWORK, *bucket, check=False).returncode == 0)
        text = (
            (self.folder / "deploy/nginx/nginx.conf")
            .read_text()
            .replace("/etc/nginx/tls", str(self.folder / "deploy/tls"))
        )
        (self.folder / "nginx.conf").write_text(f"user root;\n{text}")
        self._beside(stack, ["nginx", "-c", str(self.folder / "nginx.conf"), "-g", "daemon off;"])

    def _beside(self, stack: ExitStack, command: Sequence[str]) -> None:
        process = subprocess.Popen(["ip", "netns", "exec", NETWORK, *command])
        stack.callback(process.wait)
        stack.callback(process.terminate)

    def service(self, stack: ExitStack, name: str, service: dict[str, Any]) -> str:
        """Started as compose.yaml says; what its health check says then."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        os.chown(home, 10001, 10001)
        limits = [f"--ulimit={limit}={most}:{most}" for limit, most in SIZES.items()]
        given = {key: value.replace("${DOMAIN:-localhost}", "localhost") for key, value in variables(service).items()}
        options = [
            *(
                "--name",
                name,
                "--network",
                f"ns:/run/netns/{NETWORK}",
                *self.names,
                *limits,
                "--log-driver",
                "k8s-file",
            ),
            *("--user", service["user"], "--read-only", *(f"--cap-drop={one}" for one in service["cap_drop"])),
            *(f"--security-opt={one.split(':')[0]}" for one in service["security_opt"]),
            *(f"--tmpfs={one}" for one in service["tmpfs"]),
            *("-v", f"{home}:/var/lib/analytics", "--env-file", str(self.folder / "deploy/secrets.env")),
            *(word for key, value in given.items() if key != "KAFKA_SERVERS" for word in ("--env", f"{key}={value}")),
        ]
        started = run(*self.podman, "run", "-d", *options, IMAGE, *service["command"], check=False)
        if started.returncode:
            return started.stderr[-2000:]
        stack.callback(run, *self.podman, "rm", "-f", "-t", "20", name, check=False)
        if service["restart"] == "no":
            status = run(*self.podman, "wait", name).stdout.strip()
            return "ended well" if status == "0" else f"ended with {status}: {self._words(name)}"
        check = service["healthcheck"]["test"][1:]
        if until(lambda: run(*self.podman, "exec", name, *check, check=False).returncode == 0):
            return "healthy"
        return f"not healthy: {self._words(name)}"

    def _words(self, name: str) -> str:
        said = run(*self.podman, "logs", "--tail", "30", name, check=False)
        return said.stdout + said.stderr


def run(*command: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {(done.stdout + done.stderr)[-3000:]}")
    return done


def until(check: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(1)
    return False


if __name__ == "__main__":
    sys.exit(main())
