"""A home in which a canary lives: made once for the tests of this room."""

import logging

import pytest

from analytics_platform.settings import Settings
from analytics_platform_tests.organisation import Organisation
from analytics_platform_tests.privacy.planted import make_planted


class _Kept(logging.Handler):
    """Every log line of whatever runs, formatted as a person would see it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(scope="session")
def logged() -> list[str]:
    return []


@pytest.fixture(scope="session")
def planted(organisation: Organisation, tmp_path_factory: pytest.TempPathFactory, logged: list[str]) -> Settings:
    """Read it, never change it."""
    handler = _Kept()
    logging.getLogger().addHandler(handler)
    try:
        return make_planted(organisation, tmp_path_factory.mktemp("canary") / "home")
    finally:
        logging.getLogger().removeHandler(handler)
        logged += handler.lines
