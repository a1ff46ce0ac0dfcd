"""A snapshot is whole, holds only marts, says what is inside, and is swapped in while readers read."""

import errno
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import duckdb
import orjson
import pytest

from analytics_platform.errors import WarehouseError
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.publishing import Snapshot, current, draft, publish
from analytics_platform.warehouse.reader import Reader
from analytics_platform_tests.warehouse.conftest import fill

NOW = datetime(2026, 3, 10, 1, tzinfo=UTC)


def publish_at(settings: Settings, minutes: int = 0) -> Snapshot:
    return publish(settings, f"run {minutes}", NOW + timedelta(minutes=minutes), lambda _line: None)


def test_the_snapshot_holds_the_marts_and_says_so(warehouse: Settings) -> None:
    snapshot = publish_at(warehouse)
    assert (snapshot.first_day, snapshot.last_day) == ("2026-03-01", "2026-03-03")
    assert snapshot.rows == {"user_responses": 3, "users": 1}
    assert current(warehouse) == snapshot
    with duckdb.connect(str(warehouse.published_folder / "marts.duckdb"), read_only=True) as connection:
        schemas = {row[0] for row in connection.execute("select schema_name from duckdb_tables()").fetchall()}
        assert schemas == {"main", "about"}
        assert connection.execute("select version, build from about.snapshot").fetchone() == (snapshot.version, "run 0")


def test_an_open_reader_goes_on_and_the_next_one_sees_the_new(warehouse: Settings) -> None:
    publish_at(warehouse)
    with Reader(warehouse) as old:
        for minutes in (1, 2, 3, 4):
            fill(warehouse, 10 * minutes)
            publish_at(warehouse, minutes)
        assert old.query("select count(*) as n from user_responses").to_pylist() == [{"n": 3}]
        with Reader(warehouse) as new:
            assert new.query("select count(*) as n from user_responses").to_pylist() == [{"n": 40}]


def test_old_versions_are_pruned(warehouse: Settings) -> None:
    versions = [publish_at(warehouse, minutes).file for minutes in range(5)]
    assert sorted(path.name for path in warehouse.published_folder.glob("marts-*")) == versions[-3:]


def test_the_warehouse_is_left_as_it_was(warehouse: Settings) -> None:
    publish_at(warehouse)
    with duckdb.connect(str(warehouse.warehouse_file), read_only=True) as connection:
        assert (
            connection.execute("select schema_name from duckdb_schemas() where schema_name = 'about'").fetchall() == []
        )


def test_what_was_drafted_is_shown_though_the_warehouse_has_changed_since(warehouse: Settings) -> None:
    file = str(warehouse.warehouse_file)
    with open_warehouse(warehouse).drafting("run 0", NOW, print), duckdb.connect(file, read_only=True) as beside:
        assert beside.execute("select count(*) from users").fetchone() == (1,)
    fill(warehouse, 7)
    assert publish_at(warehouse).rows["user_responses"] == 3


def test_the_draft_of_another_build_is_not_shown(warehouse: Settings) -> None:
    draft(warehouse, "another", NOW)
    fill(warehouse, 7)
    assert publish_at(warehouse).rows["user_responses"] == 7


def test_a_draft_that_fails_is_made_again_by_the_publishing(warehouse: Settings) -> None:
    said: list[str] = []
    warehouse.published_folder.write_text("in the way")
    with open_warehouse(warehouse).drafting("run 0", NOW, said.append):
        pass
    warehouse.published_folder.unlink()
    assert "publishing will try again" in said[0]
    assert publish_at(warehouse).rows["user_responses"] == 3


@pytest.mark.parametrize(
    "answer",
    [{"side_effect": OSError(errno.EXDEV, "Invalid cross-device link")}, {"return_value": 0}],
    ids=["refused", "short"],
)
def test_a_file_system_that_cannot_share_blocks_gets_a_plain_copy(
    warehouse: Settings, monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any]
) -> None:
    monkeypatch.setattr("os.copy_file_range", Mock(**answer), raising=False)
    assert publish_at(warehouse).rows["user_responses"] == 3


def test_nothing_to_publish_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(WarehouseError, match="materialise the marts first"):
        publish_at(settings)


DIES = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from analytics_platform.settings import Settings
from analytics_platform.warehouse import publishing

def die(*_args):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(publishing, sys.argv[2], die)
publishing.publish(Settings(platform_home=Path(sys.argv[1]), _env_file=None), "dead", datetime.now(UTC), print)
"""


@pytest.mark.parametrize("step", ["_label", "_sync", "_swap", "_write_manifest"])
def test_a_killed_publish_leaves_the_old_snapshot_and_the_rerun_completes(warehouse: Settings, step: str) -> None:
    old = publish_at(warehouse)
    fill(warehouse, 7)
    command = [sys.executable, "-c", DIES, str(warehouse.home), step]
    assert subprocess.run(command, check=False).returncode == -9
    with Reader(warehouse) as reader:
        assert reader.snapshot == old
        assert reader.query("select count(*) as n from user_responses").to_pylist() == [{"n": 3}]
    again = publish(warehouse, "again", datetime.now(UTC), lambda _line: None)
    with Reader(warehouse) as reader:
        assert reader.query("select count(*) as n from user_responses").to_pylist() == [{"n": 7}]
    assert orjson.loads((warehouse.published_folder / "manifest.json").read_bytes())["version"] == again.version
    assert not list(warehouse.published_folder.glob(".draft*"))
