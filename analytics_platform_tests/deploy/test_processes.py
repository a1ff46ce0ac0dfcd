"""What the containers would run, as plain processes: the commands, environment and nginx.conf of compose.yaml.

Not run here: Docker, MinIO, Redpanda (``connectors/kafka`` has a mock cluster).
"""

import base64
import subprocess
from collections.abc import Iterator

import httpx
import pytest

from analytics_platform.lake import open_lake
from analytics_platform_tests.collector.conftest import VERSION
from analytics_platform_tests.collector.samples import with_id
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

pytestmark = pytest.mark.proof

STARTED = ("code", "web", "daemon", "collector", "api", "pages")


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with deployed(tmp_path_factory.mktemp("deployment")) as made:
        yield made


@pytest.fixture
def client(deployment: Deployment) -> Iterator[httpx.Client]:
    with through_tls(deployment) as made:
        yield made


def test_a_statement_comes_through_tls_into_the_bucket(
    deployment: Deployment, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/xapi/about").json()["version"]
    assert client.get("/xapi/statements", headers=VERSION).status_code == 401
    sent = client.post("/xapi/statements", json=with_id(), headers=VERSION, auth=first_credential(deployment))
    assert sent.status_code == 200, sent.text
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    lake = open_lake(settings_of(deployment))
    until(lambda: bool(lake.store.keys("landing/xapi/statements")), "not shipped")


def test_the_api_asks_for_a_key_and_the_first_one_works(deployment: Deployment, client: httpx.Client) -> None:
    assert client.get("/api/metrics/catalog").status_code in (401, 404)
    key = (deployment.folder / "home" / "api" / "laptop.key").read_text().strip()
    document = client.get("/openapi.json").json()
    path = next(path for path in document["paths"] if path.startswith("/api/") and "{" not in path)
    assert client.get(path).status_code in (401, 405)
    assert client.get(path, headers={"Authorization": f"Bearer {key}"}).status_code != 401


def test_the_pages_ask_for_a_password(deployment: Deployment, client: httpx.Client) -> None:
    assert client.get("/").status_code == 401
    password = (deployment.folder / "tls" / "pages.password").read_text().strip()
    login = {"Authorization": "Basic " + base64.b64encode(f"pages:{password}".encode()).decode()}
    assert "streamlit" in client.get("/", headers=login).text.lower()
    answer = client.get("/")
    assert answer.headers["strict-transport-security"]
    assert "nginx/" not in answer.headers["server"]


def test_web_server_and_daemon_see_the_code_location_and_run_on_postgresql(deployment: Deployment) -> None:
    ask = "{repositoriesOrError{... on RepositoryConnection{nodes{location{name} jobs{name}}}}}"
    url = f"http://127.0.0.1:{deployment.ports['web']}/graphql"
    (node,) = httpx.post(url, json={"query": ask}, timeout=60).json()["data"]["repositoriesOrError"]["nodes"]
    assert node["location"]["name"] == "analytics_platform"
    assert "daily" in {job["name"] for job in node["jobs"]}
    health = "{instance{daemonHealth{allDaemonStatuses{daemonType healthy}}}}"

    def all_well() -> bool:
        found = httpx.post(url, json={"query": health}, timeout=60).json()["data"]["instance"]["daemonHealth"]
        states = {one["daemonType"]: one["healthy"] for one in found["allDaemonStatuses"]}
        return bool(states.get("SCHEDULER")) and bool(states.get("SENSOR"))

    until(all_well, "the daemon is not well", lambda: deployment.words_of("daemon"))
    files = {file.name for file in (deployment.folder / "home" / "dagster_home").rglob("*.db")}
    assert files <= {"asked.db"}  # what a tick asks for is noted there; runs are in PostgreSQL


@pytest.mark.parametrize("name", STARTED)
def test_the_health_checks_of_compose_hold(name: str, deployment: Deployment) -> None:
    kind, *words = OURS[name]["healthcheck"]["test"]
    assert kind == "CMD"
    last: list[subprocess.CompletedProcess[str]] = []

    def healthy() -> bool:
        last[:] = [deployment.run(words)]
        return last[0].returncode == 0

    until(healthy, f"{name} is not healthy", lambda: last[0].stderr[-2000:])
