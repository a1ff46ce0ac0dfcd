"""A home in which a canary lives: made once for the tests of this room."""

import json
import logging
from pathlib import Path

import pytest

from analytics_platform.settings import Settings
from analytics_platform_tests.once import made_once
from analytics_platform_tests.organisation import Organisation
from analytics_platform_tests.privacy.planted import make_planted, planted_settings


class _Kept(logging.Handler):
    """Every log line of whatever runs, formatted as a person would see it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(scope="session")
def planted(organisation: Organisation, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Read it, never change it."""

    def make(folder: Path) -> None:
        handler = _Kept()
        logging.getLogger().addHandler(handler)
        try:
            make_planted(organisation, folder / "home")
        finally:
            logging.getLogger().removeHandler(handler)
        (folder / "log.json").write_text(json.dumps(handler.lines))

    return planted_settings(organisation, made_once(tmp_path_factory, "canary", make) / "home")


@pytest.fixture(scope="session")
def logged(planted: Settings) -> list[str]:
    """What was logged while the planted home was made."""
    lines: list[str] = json.loads((planted.home.parent / "log.json").read_text())
    return lines
