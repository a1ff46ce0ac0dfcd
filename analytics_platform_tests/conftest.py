"""What every room's tests share: settings of their own folder, an empty lake, and which worker runs what."""

from pathlib import Path

import hypothesis
import pytest

from analytics_platform.lake import open_lake
from analytics_platform.lake.days import Lake
from analytics_platform.settings import Settings
from analytics_platform_tests.organisation import Organisation, make_organisation

# Slow to make, once a session: those who share one of them are run by one worker.
SHARED = ("organisation", "engine", "simulated")

# A busy machine is no failure.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """For ``--dist loadgroup``: other tests go by their file."""
    for item in items:
        shared = [name for name in SHARED if name in item.fixturenames]
        item.add_marker(pytest.mark.xdist_group(shared[0] if shared else str(item.path)))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(platform_home=tmp_path / "home", _env_file=None)


@pytest.fixture
def lake(settings: Settings) -> Lake:
    return open_lake(settings)


@pytest.fixture(scope="session")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Organisation:
    """Shared by many tests: read it, never change it (``changing`` in defs/ is a copy for that)."""
    return make_organisation(tmp_path_factory.mktemp("organisation"))
