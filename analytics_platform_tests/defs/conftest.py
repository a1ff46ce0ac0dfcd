"""What the tests of runs share: a copy of the organisation that may change, an instance, and what its marts say."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from analytics_platform.settings import Settings
from analytics_platform.warehouse.publishing import current
from analytics_platform_tests.organisation import Organisation


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


@pytest.fixture
def marts_of() -> Callable[[Settings], dict[str, tuple[int, int]]]:
    """Of each published mart its rows and a number for their content: equal rows, equal number.

    Doubles are compared to nine digits: in which order DuckDB adds them up depends on its threads.
    """

    def read(settings: Settings) -> dict[str, tuple[int, int]]:
        snapshot = current(settings)
        assert snapshot is not None
        with duckdb.connect(str(settings.published_folder / snapshot.file), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            found = {}
            for mart in snapshot.rows:
                described = connection.execute(f"describe {mart}").fetchall()
                rounded = ", ".join(f"round({name}, 9) as {name}" for name, kind, *_ in described if kind == "DOUBLE")
                rows = f"(select *{f' replace ({rounded})' if rounded else ''} from {mart})"
                row = connection.execute(f"select count(*), coalesce(bit_xor(hash(m)), 0) from {rows} m").fetchone()
                found[mart] = row or (0, 0)
        return found

    return read
