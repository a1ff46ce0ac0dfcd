"""A range backfill from Global lineage, run by run as Dagster asks for them, says what the job says."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from dagster._core.asset_graph_view.asset_graph_view import AssetGraphView
from dagster._core.execution.asset_backfill import AssetBackfillData, execute_asset_backfill_iteration_inner
from dagster._core.storage.tags import BACKFILL_ID_TAG

from analytics_platform.defs.assemble import definitions
from analytics_platform.lake import open_lake
from analytics_platform.operations.waiting import waiting_days
from analytics_platform.settings import Settings
from analytics_platform.warehouse.building import build_marts
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform_tests.lines import land, statement
from analytics_platform_tests.organisation import START

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.mark.filterwarnings("ignore:Function `AssetSelection.sources`")  # Dagster's own, when it makes a job of a part
def test_a_backfill_of_two_days_of_all_assets_is_one_run_of_days_and_right(
    changing: Settings, instance: dg.DagsterInstance, marts_of: Callable[[Settings], dict[str, tuple[int, int]]]
) -> None:
    shown, days = marts_of(changing), [START + timedelta(days=4), START + timedelta(days=5)]
    for number, day in enumerate(days):
        late = {"timestamp": f"{day}T10:00:00Z", "actor": {"mbox": f"mailto:late{number}@example.org"}}
        land(open_lake(changing), "xapi/statements", statement(f"late {number}", **late), at=NOW)

    runs = backfill(changing, instance, [str(day) for day in days])
    by_day = [request for request in runs if request.partition_key or request.tags.get(FIRST)]
    assert [request.tags[FIRST] for request in by_day] == [str(days[0])]
    assert waiting_days(changing) == {}

    found = marts_of(changing)
    assert found["users"][0] == shown["users"][0] + 2
    build_marts(changing, [], [], "from nothing", print)
    open_warehouse(changing).publish("from nothing", datetime.now(UTC), print)
    assert marts_of(changing) == found


FIRST = "dagster/asset_partition_range_start"


def backfill(settings: Settings, instance: dg.DagsterInstance, days: list[str]) -> list[dg.RunRequest]:
    """Every asset but the reports for these days, as the page Global lineage launches it; the runs that were made."""
    defs = definitions(settings)
    graph = defs.resolve_asset_graph()
    selection = dg.AssetSelection.all() - dg.AssetSelection.groups("reports", "steps")
    started = datetime.now(UTC).timestamp()
    data = AssetBackfillData.from_asset_partitions(
        asset_graph=graph,
        partition_names=days,
        asset_selection=sorted(selection.resolve(graph)),
        dynamic_partitions_store=instance,
        backfill_start_timestamp=started,
        all_partitions=False,
    )
    runs: list[dg.RunRequest] = []
    for _ in range(10):
        view = AssetGraphView.for_test(defs, instance)
        asked = execute_asset_backfill_iteration_inner(
            "test", data, view, started, logging.getLogger("backfill"), run_config=None
        )
        requests = list(asked.run_requests)
        data = asked.backfill_data.with_run_requests_submitted(requests, view)
        for request in requests:
            job = defs.resolve_implicit_global_asset_job_def().get_subset(
                asset_selection=set(request.asset_selection or ())
            )
            done = job.execute_in_process(
                instance=instance,
                partition_key=request.partition_key,
                tags={**request.tags, BACKFILL_ID_TAG: "test"},
            )
            assert done.success
        runs += requests
        if not data.get_targeted_partitions_without_materialization_status().asset_keys:
            break
    return runs
