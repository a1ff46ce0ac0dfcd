"""One published organisation of seven people for the whole room; read it, never change it."""

import pytest

from analytics_platform.settings import Settings
from analytics_platform_tests.semantics.organisation import marts
from analytics_platform_tests.semantics.snapshot import put


@pytest.fixture(scope="session")
def seven(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(platform_home=tmp_path_factory.mktemp("seven") / "home", _env_file=None)
    put(settings, **marts())
    return settings
