"""Dockerfile and compose.yaml say only what exists: commands, settings, files; and nothing runs as root or unlocked.

Docker itself is not run here. What the containers would run is started as plain processes in ``test_processes``,
and as containers without Docker by hand in ``containers``.
"""

import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from analytics_platform.cli import app
from analytics_platform.settings import PROJECT_ROOT, Settings

COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT_ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("analytics-platform:")}
DOCKERFILE = (PROJECT_ROOT / "Dockerfile").read_text()
# Read by libraries, not by us.
OTHERS = {
    "DAGSTER_HOME",
    "AWS_DEFAULT_REGION",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "POSTGRES_PASSWORD",
    "MINIO_ROOT_USER",
    "MINIO_ROOT_PASSWORD",
}
KNOWN_KEYS = {
    *("image", "build", "user", "read_only", "cap_drop", "cap_add", "security_opt", "tmpfs", "volumes", "restart"),
    *("env_file", "environment", "command", "entrypoint", "ports", "healthcheck", "depends_on", "logging"),
    *("network_mode", "stop_grace_period"),
}


def instructions() -> list[tuple[str, str]]:
    joined = re.sub(r"\\\n", " ", "\n".join(line for line in DOCKERFILE.splitlines() if not line.startswith("#")))
    return [(word, rest) for line in joined.splitlines() if line.strip() for word, _, rest in [line.partition(" ")]]


def variables(service: dict[str, Any]) -> dict[str, str]:
    return dict(service.get("environment", {}))


def secrets() -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", (PROJECT_ROOT / "deploy" / "prepare.sh").read_text(), flags=re.M))


def test_the_image_is_built_in_two_stages_from_the_lock_file_alone() -> None:
    words = instructions()
    assert [rest.split(" AS ")[1] for word, rest in words if word == "FROM"] == ["build", "runtime"]
    installs = [rest for word, rest in words if word == "RUN" and "pip install" in rest]
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]
    assert "requirements-deploy.lock" in installs[0]
    assert all("latest" not in rest and re.search(r":[\w.-]+", rest) for word, rest in words if word == "FROM")
    assert not [rest for word, rest in words if word in ("ADD", "ARG")]


def test_the_image_runs_as_a_user_who_owns_no_code() -> None:
    words = instructions()
    users = [rest for word, rest in words if word == "USER"]
    assert users == ["10001:10001"]
    after = words[[word for word, _ in words].index("USER") :]
    assert not [word for word, _ in after if word in ("RUN", "COPY")]
    assert not [rest for word, rest in words if word == "COPY" and "--chown" in rest]
    assert [word for word, _ in words].count("HEALTHCHECK") == 1


def test_what_is_copied_exists_and_is_not_ignored() -> None:
    allowed = [line[1:] for line in (PROJECT_ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for word, rest in instructions():
        if word == "COPY" and "--from" not in rest:
            *sources, _ = rest.split()
            for source in sources:
                assert (PROJECT_ROOT / source).exists(), source
                assert source in allowed, source


def test_the_deploy_lock_has_what_the_settings_of_compose_need() -> None:
    lock = (PROJECT_ROOT / "requirements-deploy.lock").read_text()
    for package in ("dagster-postgres", "psycopg", "dagster-aws", "confluent-kafka", "streamlit", "dagster-webserver"):
        assert re.search(rf"^{package}(\[.*\])?==", lock, flags=re.M), package
    locked = (set(re.findall(r"^([\w.-]+)==(\S+)", text, flags=re.M)) for text in (lock, _dev_lock()))
    deployed, tested = locked
    assert deployed - tested == set()  # what is deployed is what was tested


def _dev_lock() -> str:
    return (PROJECT_ROOT / "requirements-dev.lock").read_text()


def test_there_is_a_service_for_each_process() -> None:
    assert set(OURS) == {"prepare", "code", "web", "daemon", "collector", "kafka", "api", "pages"}
    assert set(SERVICES) - set(OURS) == {"postgres", "minio", "bucket", "redpanda", "proxy"}
    for name, service in SERVICES.items():
        assert set(service) <= KNOWN_KEYS, name
        assert not service["image"].endswith(":latest"), name
        for needed in service.get("depends_on", {}):
            assert needed in SERVICES, name


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_service_of_ours_can_change_nothing_but_its_state(name: str) -> None:
    service = OURS[name]
    assert service["user"] == "10001:10001"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["volumes"] == ["home:/var/lib/analytics"]
    assert "healthcheck" in service or name == "prepare"
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_variable_is_a_setting_and_has_a_value_that_it_takes(name: str) -> None:
    known = {field.upper() for field in Settings.model_fields}
    given = variables(OURS[name])
    assert set(given) - known <= OTHERS
    assert secrets() - known <= OTHERS
    values = {key.lower(): value.replace("${DOMAIN:-localhost}", "localhost") for key, value in given.items()}
    own: dict[str, Any] = {key: value for key, value in values.items() if key.upper() in known}
    settings = Settings(
        **own,
        dagster_storage_url="postgresql+psycopg2://postgres:x@postgres:5432/dagster",
        collector_store_url="postgresql://postgres:x@postgres:5432/collector",
        _env_file=None,
    )
    assert str(settings.dagster_home) == given["DAGSTER_HOME"]


def test_no_secret_stands_in_a_file_that_is_committed() -> None:
    for name, service in SERVICES.items():
        for variable in variables(service):
            assert not re.search(r"PASSWORD|SECRET|TOKEN|KEY$|STORAGE_URL|STORE_URL", variable), f"{name}: {variable}"
    ignored = (PROJECT_ROOT / ".gitignore").read_text().splitlines()
    assert {"deploy/secrets.env", "deploy/tls/"} <= set(ignored)


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_command_exists(name: str) -> None:
    program, *words = OURS[name]["command"]
    if program != "analytics-platform":
        assert program in ("dagster", "dagster-webserver", "dagster-daemon")
        assert shutil.which(program, path=str(Path(sys.executable).parent))
        return
    commands = typer.main.get_command(app)
    assert words[0] in commands.commands, words  # type: ignore[attr-defined]


def test_every_file_that_compose_mounts_exists_or_is_made_by_prepare() -> None:
    script = (PROJECT_ROOT / "deploy" / "prepare.sh").read_text()
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                made = Path(source).name in script
                assert made or (PROJECT_ROOT / source).exists(), f"{name}: {source}"
            else:
                assert source in COMPOSE["volumes"], f"{name}: {source}"


def test_the_proxy_reaches_every_service_at_its_port() -> None:
    text = (PROJECT_ROOT / "deploy" / "nginx" / "nginx.conf").read_text()
    environment = variables(OURS["api"])
    ports = {
        "collector": environment["COLLECTOR_PORT"],
        "api": environment["API_PORT"],
        "127.0.0.1": environment["PAGES_PORT"],
    }
    assert {f"{host}:{port}" for host, port in ports.items()} == set(re.findall(r"proxy_pass http://([^;/]+);", text))
    assert OURS["pages"]["network_mode"] == "service:proxy"
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:3000:3000", "${HTTPS_PORT:-443}:443"]
