"""SIGKILL in mid-write, at every step of a day: the old day or the new one is there, and the rerun completes."""

import subprocess
import sys
from datetime import timedelta

import pytest

from analytics_platform.lake.lake import Lake
from analytics_platform.settings import Settings
from analytics_platform_tests.lines import DAY, NOON, STATEMENTS, land, rows, statement

pytestmark = pytest.mark.slow

XAPI = "xapi/statements"

# Builds the day in a process of its own that dies at the n-th publish: before the rename, or right after it.
DIES = """
import os, signal, sys
from datetime import date
from pathlib import Path
from analytics_platform.contracts import TABLES
from analytics_platform.lake import open_lake
from analytics_platform.lake.store import LocalStore
from analytics_platform.settings import Settings

home, day, at, when = sys.argv[1], date.fromisoformat(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
publish, count = LocalStore.publish, 0

def dying(store, file, key):
    global count
    count += 1
    if count == at and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    publish(store, file, key)
    if count == at:
        os.kill(os.getpid(), signal.SIGKILL)

LocalStore.publish = dying
open_lake(Settings(platform_home=Path(home), _env_file=None)).build(TABLES["xapi/statements"], [day])
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", [1, 2, 3], ids=["quarantine", "rows", "ledger"])
def test_a_killed_build_leaves_a_whole_day_and_the_rerun_completes(
    lake: Lake, settings: Settings, at: int, when: str
) -> None:
    land(lake, XAPI, statement("old"))
    lake.build(STATEMENTS, [DAY])
    land(lake, XAPI, statement("new"), at=NOON + timedelta(hours=1))
    command = [sys.executable, "-c", DIES, str(settings.home), str(DAY), str(at), when]
    assert subprocess.run(command, check=False).returncode == -9
    seen = [name for (name,) in rows(lake, XAPI, columns="statement_id")]
    assert seen in (["old"], ["new", "old"])
    if (at, when) != (3, "after"):
        assert lake.ledger.reopened(STATEMENTS, lake.landing) == [DAY]
    (entry,) = lake.build(STATEMENTS, [DAY])
    assert (entry.received, entry.stored, entry.balances) == (2, 2, True)
    assert lake.ledger.reopened(STATEMENTS, lake.landing) == []
