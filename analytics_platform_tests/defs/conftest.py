"""What the tests of runs share: a copy of the organisation that may change, an instance, and what its marts say."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

from analytics_platform.settings import Settings
from analytics_platform_tests.organisation import Organisation, marts_of
from analytics_platform_tests.semantics.snapshot import share_manifests


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Definitions are made from dbt's manifest, which takes ten times as long to parse as they to make."""
    share_manifests(settings)
    return settings


@pytest.fixture
def changing(organisation: Organisation, tmp_path: Path) -> Settings:
    return copied(organisation.settings, tmp_path / "home")


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    (tmp_path / "instance").mkdir()
    with dg.DagsterInstance.ephemeral(tempdir=str(tmp_path / "instance")) as ephemeral:
        yield ephemeral


def copied(settings: Settings, home: Path) -> Settings:
    """The same state in another folder."""
    shutil.copytree(settings.home, home, symlinks=True)
    return settings.model_copy(update={"platform_home": home})


@pytest.fixture(name="marts_of")
def marts_of_home() -> Callable[[Settings], dict[str, tuple[int, int]]]:
    return marts_of
