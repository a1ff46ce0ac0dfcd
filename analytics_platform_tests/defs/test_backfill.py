"""A range backfill from Global lineage is one run of days, and publishes what the job publishes.

Dagster makes a run for each partitions definition. Files that are imported have no days: their run comes first, and
whatever run builds marts afterwards takes them in (``test_nothing_is_forgotten``).
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill

from analytics_platform.contracts import IMPORTS
from analytics_platform.defs.assemble import definitions
from analytics_platform.defs.instance import prepare_instance
from analytics_platform.defs.running import run_days
from analytics_platform.lake import open_lake
from analytics_platform.operations.waiting import waiting_steps
from analytics_platform.settings import PROJECT_ROOT, Settings
from analytics_platform_tests.defs.conftest import copied
from analytics_platform_tests.lines import land, statement
from analytics_platform_tests.organisation import START

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
PATIENCE = 900  # seconds; a busy machine is no failure


def test_every_asset_of_the_daily_job_but_imported_files_has_the_same_days(settings: Settings) -> None:
    defs = definitions(settings)
    graph, job = defs.resolve_asset_graph(), defs.resolve_job_def("daily")
    without = {key for key in job.asset_layer.selected_asset_keys if not graph.get(key).is_partitioned}
    assert without == {dg.AssetKey(path.split("/")) for path in IMPORTS}
    by_day = job.asset_layer.selected_asset_keys - without
    assert dg.AssetKey(["published", "marts"]) in by_day
    assert len({graph.get(key).partitions_def for key in by_day}) == 1
    assert {graph.get(key).backfill_policy for key in by_day} == {dg.BackfillPolicy.single_run()}


@pytest.mark.proof
@pytest.mark.filterwarnings("ignore:Function `AssetSelection.sources`:DeprecationWarning")  # Dagster's own
def test_two_days_from_the_lineage_publish_what_the_job_publishes(
    changing: Settings, tmp_path: Path, marts_of: Callable[[Settings], dict[str, tuple[int, int]]]
) -> None:
    days = [START + timedelta(days=number) for number in (2, 3)]
    for day in days:
        late = statement(f"late {day}", timestamp=f"{day}T10:00:00Z", actor={"mbox": f"mailto:{day}@example.org"})
        land(open_lake(changing), "xapi/statements", late, at=NOW)
    by_job, before = copied(changing, tmp_path / "by_job"), marts_of(changing)
    assert run_days(by_job, days, lambda _: None)

    folder = prepare_instance(changing)
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        defs = definitions(changing)
        backfill = PartitionBackfill.from_asset_partitions(
            "from-the-lineage",
            defs.resolve_asset_graph(),
            [str(day) for day in days],
            sorted(defs.resolve_job_def("daily").asset_layer.selected_asset_keys),
            time.time(),
            {},
            instance,
            all_partitions=False,
            title=None,
            description=None,
            run_config=None,
        )
        instance.add_backfill(backfill)
        with _daemon(changing, folder):
            deadline = time.monotonic() + PATIENCE
            while (status := _status(instance, backfill)) == BulkActionStatus.REQUESTED and time.monotonic() < deadline:
                time.sleep(1)
        assert status == BulkActionStatus.COMPLETED_SUCCESS
    assert not any(waiting_steps(changing, NOW.date()).values())
    assert marts_of(changing) == marts_of(by_job) != before


def _status(instance: dg.DagsterInstance, backfill: PartitionBackfill) -> BulkActionStatus:
    found = instance.get_backfill(backfill.backfill_id)
    assert found is not None
    return found.status


@contextmanager
def _daemon(settings: Settings, folder: Path) -> Iterator[None]:
    environment = os.environ | {
        "DAGSTER_HOME": str(folder),
        "PLATFORM_HOME": str(settings.home),
        "PLATFORM_TIMEZONE": settings.platform_timezone,
        "PYTHONPATH": str(PROJECT_ROOT),
    }
    command = [sys.executable, "-m", "dagster._daemon", "run", "-w", str(PROJECT_ROOT / "workspace.yaml")]
    process = subprocess.Popen(command, env=environment, cwd=PROJECT_ROOT)
    try:
        yield
    finally:
        process.terminate()
        process.wait()
