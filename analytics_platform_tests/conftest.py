"""What every room's tests share: settings of their own folder, an empty lake, and what runs first."""

from pathlib import Path

import hypothesis
import pytest

from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake
from analytics_platform.settings import Settings
from analytics_platform_tests.organisation import Organisation, make_organisation
from analytics_platform_tests.semantics.organisation import marts
from analytics_platform_tests.semantics.snapshot import put

# A busy machine is no failure.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


# Rooms whose tests run dbt, servers or BigQuery's analyzer. Other slow tests carry the mark themselves.
SLOW_ROOMS = {
    "bigquery",
    "client",
    "collector",
    "dbt_project",
    "defs",
    "kafka",
    "nocodb",
    "parity",
    "semantics",
    "serving",
    "warehouse",
}
SLOW_FIXTURES = {"organisation", "make_warehouse", "postgres"}


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """``make test-fast`` leaves out what is slow. The longest test comes first, so that no worker waits for it."""
    for item in items:
        if item.path.parent.name in SLOW_ROOMS or SLOW_FIXTURES & set(item.fixturenames):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.path.parent.name != "parity")


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


@pytest.fixture(scope="session")
def seven(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A published organisation of seven people, by hand; read it, never change it."""
    settings = Settings(platform_home=tmp_path_factory.mktemp("seven") / "home", _env_file=None)
    put(settings, **marts())
    return settings
