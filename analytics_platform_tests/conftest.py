"""What every room's tests share: settings of their own folder, an empty lake, and what runs first."""

import gc
from pathlib import Path

import hypothesis
import pytest

from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake
from analytics_platform.settings import Settings
from analytics_platform_tests.once import made_once
from analytics_platform_tests.organisation import Organisation, make_organisation, open_organisation
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
# Files of many cases, two seconds and more each.
SLOW_FILES = {
    "answers/test_answers.py",
    "chats/test_chats.py",
    "contracts/test_columns.py",
    "insights/test_detector.py",
    "insights/test_finding.py",
    "insights/test_harness.py",
    "insights/test_incident_commands.py",
    "insights/test_theming.py",
    "measuring/test_corrections.py",
    "privacy/test_erasure.py",
    "reports/test_video_files.py",
    "safety/test_safety.py",
    "upkeep/test_retention.py",
}
# The files of most CPU (25 s and more, 2026-11-28), the longest first: a worker that took one last would go on alone.
LONGEST = [
    "conventions/test_readme.py",
    "semantics/test_bigquery.py",
    "serving/test_seven_questions.py",
    "serving/test_pages.py",
    "serving/test_seven_model.py",
    "serving/test_api.py",
    "dbt_project/test_bigquery.py",
    "serving/test_chat_exports.py",
    "dbt_project/test_progress.py",
]
SLOW_FIXTURES = {"organisation", "make_warehouse", "postgres"}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """``make test-fast`` does not import what it leaves out: that took a third of its time."""
    if config.option.markexpr != "not slow":
        return None
    return True if collection_path.name in SLOW_ROOMS or _file(collection_path) in SLOW_FILES else None


def _file(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Mark what ``make test-fast`` leaves out, and share the tests out.

    Of each kind the longest files come first, so that no worker waits for one. One file with the organisation comes at
    the start, so that one worker makes it, and the others at the end, when it is there: a file goes to a worker whole.
    """
    with_organisation = list(dict.fromkeys(item.path for item in items if "organisation" in item.fixturenames))
    for item in items:
        proof = item.get_closest_marker("proof") is not None
        if (
            proof
            or item.path.parent.name in SLOW_ROOMS
            or _file(item.path) in SLOW_FILES
            or SLOW_FIXTURES & set(item.fixturenames)
        ):
            item.add_marker(pytest.mark.slow)
    items.sort(
        key=lambda item: (
            item.path.parent.name != "parity",
            0 if item.path in with_organisation[:1] else 1 + (item.path in with_organisation),
            LONGEST.index(_file(item.path)) if _file(item.path) in LONGEST else len(LONGEST),
        )
    )


def pytest_unconfigure() -> None:
    """Hypothesis' callback outlives every module and reaches DuckDB's, whose binding would call that a leak."""
    gc.callbacks.clear()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(platform_home=tmp_path / "home", _env_file=None)


@pytest.fixture
def lake(settings: Settings) -> Lake:
    return open_lake(settings)


@pytest.fixture(scope="session")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Organisation:
    """Shared by many tests: read it, never change it (``changing`` in defs/ is a copy for that)."""
    return open_organisation(made_once(tmp_path_factory, "organisation", make_organisation))


@pytest.fixture(scope="session")
def seven(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A published organisation of seven people, by hand; read it, never change it."""
    settings = Settings(platform_home=tmp_path_factory.mktemp("seven") / "home", _env_file=None)
    put(settings, **marts())
    return settings
