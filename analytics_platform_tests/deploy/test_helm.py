"""The Helm chart, rendered for both clouds: what Kubernetes would be asked for, and that every setting exists."""

from typing import Any

import pytest
import yaml

from analytics_platform.settings import PROJECT_ROOT, Settings
from analytics_platform_tests.deploy.helm import documents, merged

CHART = PROJECT_ROOT / "deploy" / "helm"
OTHERS = {"DAGSTER_HOME", "AWS_DEFAULT_REGION"}  # read by libraries


def made(cloud: str) -> list[dict[str, Any]]:
    read = {
        name: yaml.safe_load((CHART / f"{name}.yaml").read_text()) for name in ("values", f"values-{cloud}", "Chart")
    }
    scope = {
        "Values": merged(read["values"], read[f"values-{cloud}"]),
        "Release": {"Name": "learning"},
        "Chart": {"AppVersion": read["Chart"]["appVersion"]},
    }
    return [found for file in sorted((CHART / "templates").iterdir()) for found in documents(file.read_text(), scope)]


def of_kind(found: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {one["metadata"]["name"].removeprefix("learning-"): one for one in found if one["kind"] == kind}


@pytest.fixture(params=["gke", "eks"])
def cloud(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    return made(request.param)


def test_every_process_is_there_and_may_do_little(cloud: list[dict[str, Any]]) -> None:
    deployments = of_kind(cloud, "Deployment")
    assert {"code", "web", "daemon", "collector", "api", "pages"} <= set(deployments)
    for name, deployment in deployments.items():
        pod = deployment["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        [container] = pod["containers"]
        assert container["name"] == name
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["resources"]["limits"]["memory"]
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        assert mounted <= {volume["name"] for volume in pod["volumes"]}, name
        assert (
            deployment["spec"]["selector"]["matchLabels"].items()
            <= deployment["spec"]["template"]["metadata"]["labels"].items()
        )
        # Two code servers would be two writers of one DuckDB file.
        single = deployment["spec"]["strategy"]["type"] == "Recreate"
        assert single == (name in ("code", "daemon"))
        assert not (single and deployment["spec"]["replicas"] > 1)


def test_commands_are_of_this_platform(cloud: list[dict[str, Any]]) -> None:
    from typer.main import get_command

    from analytics_platform.cli import app
    from analytics_platform.commands.pumps import SOURCES

    known = set(get_command(app).commands)  # type: ignore[attr-defined]
    for name, deployment in of_kind(cloud, "Deployment").items():
        command = deployment["spec"]["template"]["spec"]["containers"][0]["command"]
        assert command[0] in ("analytics-platform", "dagster", "dagster-webserver", "dagster-daemon")
        if command[0] == "analytics-platform":
            assert command[1] in known, name
        if command[:2] == ["analytics-platform", "pump"]:
            assert command[2] in SOURCES


def test_settings_exist_and_hold(cloud: list[dict[str, Any]]) -> None:
    environment = of_kind(cloud, "ConfigMap")["learning"]["data"]
    assert all(isinstance(value, str) for value in environment.values()), "Kubernetes takes texts only"
    given = {name.lower(): value for name, value in environment.items() if name not in OTHERS}
    assert set(given) <= set(Settings.model_fields)
    settings = Settings(**given, _env_file=None)
    assert settings.lake_url.startswith(("gs://", "s3://"))


def test_only_what_has_a_login_is_reached_from_outside(cloud: list[dict[str, Any]]) -> None:
    [ingress] = of_kind(cloud, "Ingress").values()
    [rule] = ingress["spec"]["rules"]
    reached = {
        path["backend"]["service"]["name"].removeprefix("learning-"): path["path"] for path in rule["http"]["paths"]
    }
    assert reached == {"api": "/api", "collector": "/xapi", "pages": "/"}
    assert ingress["spec"]["tls"][0]["hosts"] == [rule["host"]]
    services = of_kind(cloud, "Service")
    assert set(reached) <= set(services)
    guarded = of_kind(cloud, "NetworkPolicy")["dagster"]["spec"]["podSelector"]["matchExpressions"][0]["values"]
    assert set(services) - set(reached) == set(guarded)
    pages = of_kind(cloud, "Deployment")["pages"]["spec"]["template"]["spec"]["containers"][0]
    assert pages["env"] == [{"name": "PAGES_LOGIN_FILE", "value": "/etc/pages/login.toml"}]


def test_the_workspace_names_the_code_server(cloud: list[dict[str, Any]]) -> None:
    text = of_kind(cloud, "ConfigMap")["workspace"]["data"]["workspace.yaml"]
    [server] = yaml.safe_load(text)["load_from"]
    assert server["grpc_server"]["host"] == "learning-code"
    assert of_kind(cloud, "Service")["code"]["spec"]["ports"][0]["port"] == server["grpc_server"]["port"]


def test_a_release_that_goes_leaves_the_state(cloud: list[dict[str, Any]]) -> None:
    [claim] = of_kind(cloud, "PersistentVolumeClaim").values()
    assert claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]


@pytest.mark.parametrize("cloud", ["gke", "eks"])
def test_helm_itself_finds_no_fault_and_renders_the_same(cloud: str) -> None:
    helm = pytest.importorskip("helm_python", reason="needs Helm as a library: pip install helm-python-sdk")
    values = yaml.safe_load((CHART / f"values-{cloud}.yaml").read_text())
    report = helm.lint(str(CHART), values, strict=True)
    assert not report["errors"]
    rendered = helm.Chart.load(str(CHART)).render(values, name="learning", namespace="default", is_install=True)
    found = [one for text in rendered.values() for one in yaml.safe_load_all(text) if one]

    def by_name(documents: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
        return {(one["kind"], one["metadata"]["name"]): one for one in documents}

    assert by_name(found) == by_name(made(cloud))
