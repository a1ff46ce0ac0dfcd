"""What every room's tests share: settings of their own folder, and an empty lake."""

from pathlib import Path

import pytest

from analytics_platform.lake import open_lake
from analytics_platform.lake.days import Lake
from analytics_platform.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(platform_home=tmp_path / "home", _env_file=None)


@pytest.fixture
def lake(settings: Settings) -> Lake:
    return open_lake(settings)
