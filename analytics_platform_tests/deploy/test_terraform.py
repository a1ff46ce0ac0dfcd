"""The Terraform files parse, name only what exists, and give nobody more than they need.

Terraform itself formats both folders, and validates those whose provider lies in a mirror of providers on this machine
(TERRAFORM_PLUGINS, or a folder in /opt). Google's was nowhere to be had: ``validate`` of its folder was never run.
"""

import os
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import typer

from analytics_platform.cli import app
from analytics_platform.settings import PROJECT_ROOT, Settings

hcl2 = pytest.importorskip("hcl2", reason="needs python-hcl2: pip install python-hcl2")

FOLDER = PROJECT_ROOT / "deploy" / "terraform"
FILES = sorted(FOLDER.glob("*.tf"))
TEXT = "\n".join(file.read_text() for file in FILES)


def plain(value: Any) -> Any:
    """Without the quotes and comments that some versions of the parser keep."""
    if isinstance(value, dict):
        return {str(plain(key)): plain(one) for key, one in value.items() if not str(key).startswith("__")}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.strip('"') if isinstance(value, str) else value


@lru_cache
def read_blocks(folder: Path, kind: str) -> dict[str, dict[str, Any]]:
    """Every block of a kind, by its labels joined with dots."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.glob("*.tf")):
        with file.open() as stream:
            for block in plain(hcl2.load(stream)).get(kind, []):
                name: list[str] = []
                while len(block) == 1 and isinstance(next(iter(block.values())), dict) and len(name) < LABELS[kind]:
                    label, block = next(iter(block.items()))
                    name.append(label)
                found[".".join(name)] = block
    return found


def blocks(kind: str) -> dict[str, dict[str, Any]]:
    return read_blocks(FOLDER, kind)


LABELS = {"resource": 2, "data": 2, "variable": 1, "output": 1}


def test_every_file_parses_and_every_resource_has_two_labels() -> None:
    resources = blocks("resource")
    assert len(resources) >= 15
    assert all(name.count(".") == 1 and name.startswith("google_") for name in resources)


def test_every_reference_leads_somewhere() -> None:
    variables = set(re.findall(r"\bvar\.(\w+)", TEXT))
    assert variables == set(blocks("variable"))
    named = set(re.findall(r"\b(google_\w+\.\w+)\b", TEXT))
    assert {name for name in named if f"data.{name}" not in TEXT} <= set(blocks("resource"))
    declared = set(
        re.findall(r"^  (\w+)\s*=", "\n".join(re.findall(r"^locals \{\n(.*?)^\}", TEXT, flags=re.M | re.S)), flags=re.M)
    )
    assert set(re.findall(r"\blocal\.(\w+)", TEXT)) <= declared


def test_variables_and_outputs_say_what_they_are() -> None:
    for kind in ("variable", "output"):
        assert all(block.get("description") for block in blocks(kind).values())


def test_nobody_gets_a_right_over_everything() -> None:
    roles = {str(block.get("role")) for block in blocks("resource").values() if "role" in block}
    assert roles == {
        "roles/storage.objectUser",
        "roles/storage.legacyBucketReader",
        "roles/bigquery.jobUser",
        "roles/bigquery.dataEditor",
        "roles/bigquery.dataViewer",
        "roles/secretmanager.secretAccessor",
        "roles/run.invoker",
        "roles/pubsub.publisher",
        "roles/pubsub.subscriber",
    }
    public = re.findall(r'"all(?:Authenticated)?Users"', TEXT)
    assert len(public) == 1  # the collector and the API, which ask for credentials themselves
    for name, block in blocks("resource").items():
        if name.startswith("google_storage_bucket."):
            assert block["public_access_prevention"] == "enforced"
            assert block["uniform_bucket_level_access"] is True


def test_no_secret_is_in_the_files_or_would_be_in_the_state() -> None:
    assert "secret_data" not in TEXT
    assert "google_secret_manager_secret_version" not in TEXT


def test_every_variable_of_a_process_is_a_setting_and_every_command_exists() -> None:
    known = {name.upper() for name in Settings.model_fields} | {"DAGSTER_HOME"}
    given = set(re.findall(r"\b([A-Z][A-Z_]{3,})\s*=", TEXT))
    assert len(given) > 12
    assert given - known == set()
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    named = set(re.findall(r"analytics-platform\"?,? \"?(\w+)", TEXT))
    assert named == {"collector", "api", "prepare", "pump"}
    assert named <= set(commands)


def test_the_datasets_are_those_that_the_platform_makes() -> None:
    guide = (PROJECT_ROOT / "docs" / "cloud.md").read_text()
    (layers,) = re.findall(r"for layer in ([\w ]+); do", guide)
    (listed,) = re.findall(r"layers = \[([^\]]+)\]", TEXT)
    assert re.findall(r'"(\w+)"', listed) == layers.split()


@pytest.mark.parametrize("folder", [FOLDER, FOLDER.with_name("terraform-aws")])
def test_terraform_itself_reads_them_and_would_write_them_so(folder: Path) -> None:
    if (terraform := shutil.which("terraform")) is None:
        pytest.skip("terraform is not installed: only another parser reads the files")
    environment = os.environ | {"TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    command = [terraform, "fmt", "-check", "-diff", str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def mirror_of(provider: str) -> Path | None:
    """A folder as ``terraform providers mirror`` makes it, unpacked, that has the provider."""
    named = os.environ.get("TERRAFORM_PLUGINS")
    folders = [Path(named)] if named else [*Path("/opt").glob("*/")]
    return next((folder for folder in folders if (folder / "registry.terraform.io" / provider).is_dir()), None)


@pytest.mark.proof
@pytest.mark.parametrize("folder", [FOLDER, FOLDER.with_name("terraform-aws")])
def test_terraform_finds_them_valid_by_the_providers_own_schemas(folder: Path, tmp_path: Path) -> None:
    (provider,) = re.findall(r'source += "(hashicorp/\w+)"', (folder / "versions.tf").read_text())
    terraform, mirror = shutil.which("terraform"), mirror_of(provider)
    if terraform is None or mirror is None:
        pytest.skip(f"needs terraform, and {provider} in a mirror of providers (TERRAFORM_PLUGINS)")
    shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns(".terraform*"))
    environment = os.environ | {"TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    for words in (["init", "-backend=false", "-input=false", f"-plugin-dir={mirror}"], ["validate"]):
        command = [terraform, f"-chdir={tmp_path / 'copy'}", *words, "-no-color"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
