"""The definitions load fast, offline, with an empty environment, and without what they do not need."""

import subprocess
import sys
from pathlib import Path

import pytest

from analytics_platform.settings import PROJECT_ROOT, Settings
from analytics_platform_tests.semantics.snapshot import share_manifests

BIN = Path(sys.executable).parent
HEAVY = "google.cloud.storage google.cloud.bigquery boto3 streamlit plotly openai sklearn dagster_gcp dagster_aws dbt"


def run(command: list[str], tmp_path: Path) -> "subprocess.CompletedProcess[str]":
    """With nothing in the environment but a home for the platform's state."""
    share_manifests(Settings(platform_home=tmp_path / "home", _env_file=None))
    environment = {"PLATFORM_HOME": str(tmp_path / "home"), "HOME": str(tmp_path)}
    return subprocess.run(command, env=environment, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)


def test_loading_imports_no_cloud_ui_or_llm_library(tmp_path: Path) -> None:
    code = (
        "import sys, analytics_platform.definitions as d; "
        f"print([name for name in '{HEAVY}'.split() if name in sys.modules])"
    )
    done = run([sys.executable, "-W", "ignore", "-c", code], tmp_path)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_the_command_line_answers_without_dagster_or_pandas() -> None:
    code = (
        "import sys, analytics_platform.cli; "
        "print([name for name in ('dagster', 'pandas', 'duckdb', 'pyarrow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "command",
    [
        ["dagster", "definitions", "validate", "-w", "workspace.yaml"],
        pytest.param(["dg", "check", "defs"], marks=pytest.mark.proof),
    ],
    ids=["dagster definitions validate", "dg check defs"],
)
def test_dagsters_own_validation_passes(command: list[str], tmp_path: Path) -> None:
    done = run([str(BIN / command[0]), *command[1:]], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
