"""The lake of an older version: ``homes/`` holds what ``demo --people 6 --days 2`` of commit a6fa369 wrote.

The whole way, warehouse and snapshot included, takes a dbt build: ``analytics-platform upgrade`` in such a home.
"""

import shutil
import tarfile
from pathlib import Path

import duckdb
import pytest

from analytics_platform.commands.upgrading import told
from analytics_platform.contracts import LAKE_TABLES, TABLES
from analytics_platform.lake import open_lake
from analytics_platform.lake.outdated import mend, outdated_files
from analytics_platform.settings import Settings

HOME = Path(__file__).parent / "homes" / "a6fa369.tar.xz"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("old") / "home"
    with tarfile.open(HOME) as archive:
        archive.extractall(home, filter="data")
    return Settings(platform_home=home, _env_file=None)


def rows(settings: Settings, path: str) -> int:
    files = str(settings.home / "lake" / path / "*" / "*.parquet")
    found = duckdb.sql(f"select count(*) from read_parquet('{files}', hive_partitioning = false)").fetchall()
    return int(found[0][0])


def test_an_old_lake_has_todays_columns_and_the_same_rows(old: Settings) -> None:
    lake = open_lake(old)
    before = {path: rows(old, path) for path in TABLES}
    assert before["xapi/statements"] > 50
    found = list(outdated_files(lake))
    assert "interaction_type" in {name for one in found for name in one.lacks if one.table.path == "xapi/statements"}
    assert "xapi/statements: " in told(found)
    for one in found:
        mend(lake, one)
    assert list(outdated_files(lake)) == []
    assert {path: rows(old, path) for path in TABLES} == before
    for table in TABLES.values():
        assert all(lake.ledger.read(table, day).balances for day in lake.ledger.days(table))  # type: ignore[union-attr]
    for path, wanted in LAKE_TABLES.items():  # one schema for all files of a table, old and new
        lake.prepare()
        files = str(old.home / "lake" / path / "*" / "*.parquet")
        read = duckdb.sql(f"select * from read_parquet('{files}', hive_partitioning = false)")
        assert {column.name for column in wanted.all_columns} <= set(read.columns), path


def test_a_day_whose_raw_lines_are_gone_keeps_its_rows(tmp_path: Path) -> None:
    with tarfile.open(HOME) as archive:
        archive.extractall(tmp_path / "home", filter="data")
    settings = Settings(platform_home=tmp_path / "home", _env_file=None)
    before = rows(settings, "xapi/statements")
    shutil.rmtree(settings.home / "landing")
    lake = open_lake(settings)
    for one in outdated_files(lake):
        mend(lake, one)
    assert rows(settings, "xapi/statements") == before
    assert list(outdated_files(lake)) == []


def test_a_lake_of_today_lacks_nothing(tmp_path: Path) -> None:
    settings = Settings(platform_home=tmp_path / "home", _env_file=None)
    lake = open_lake(settings)
    lake.prepare()
    assert list(outdated_files(lake)) == []
    assert told([]) == "No file of the lake lacks a column."
