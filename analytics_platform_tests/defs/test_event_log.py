"""Dagster's event log with open connections says what Dagster's own says, of short ranges and of long ones."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from analytics_platform.defs.days import RANGE_END, RANGE_START
from analytics_platform.defs.instance import prepare_instance
from analytics_platform.settings import Settings

DAYS = dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-04-01")


@dg.asset(partitions_def=DAYS, check_specs=[dg.AssetCheckSpec("right", asset="counted")])
def counted(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
    for day in context.partition_keys:
        context.add_asset_metadata({"rows": int(day[-2:])}, partition_key=day)
    if "2026-03-31" in context.partition_keys:
        raise dg.Failure("planted")
    yield dg.MaterializeResult(metadata={"made": True}, check_results=[dg.AssetCheckResult(passed=True)])


def run(instance: dg.DagsterInstance, first: str, last: str) -> str:
    tags = {RANGE_START: first, RANGE_END: last}
    return dg.materialize([counted], instance=instance, tags=tags, raise_on_error=False).run_id


def events(instance: dg.DagsterInstance, run_id: str) -> Counter[str]:
    return Counter(entry.dagster_event.event_type_value for entry in instance.all_logs(run_id) if entry.dagster_event)


@pytest.mark.parametrize("own", [True, False], ids=["Dagster's own", "open connections"])
def test_every_day_of_a_range_is_materialized_and_carries_its_metadata(
    own: bool, settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path if own else prepare_instance(settings)
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        short, long = run(instance, "2026-01-01", "2026-01-03"), run(instance, "2026-01-10", "2026-02-28")
        run(instance, "2026-03-30", "2026-03-31")
        assert events(instance, short)["ASSET_MATERIALIZATION"] == 3
        assert events(instance, short)["ASSET_MATERIALIZATION_PLANNED"] == 3
        assert events(instance, long)["ASSET_MATERIALIZATION"] == 50
        assert events(instance, long)["ASSET_MATERIALIZATION_PLANNED"] == (50 if own else 1)
        assert len(instance.get_materialized_partitions(counted.key)) == 53
        # A plan that names a day is never answered, for the check answers for all of them. The last run died before it.
        checked = instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(counted.key, "right"), 99
        )
        assert [one.status.value for one in checked if one.partition is None] == [
            *([] if own else ["PLANNED"]),
            *("SUCCEEDED", "SUCCEEDED"),
        ]
        assert len(checked) == (57 if own else 3)
        latest = instance.get_latest_materialization_event(counted.key)
        assert latest is not None
        assert latest.asset_materialization is not None
        assert latest.asset_materialization.partition == "2026-02-28"
        found = instance.fetch_materializations(dg.AssetRecordsFilter(counted.key, asset_partitions=["2026-01-17"]), 5)
        (record,) = found.records
        assert record.asset_materialization is not None
        assert record.asset_materialization.metadata["rows"].value == 17
    with dg.DagsterInstance.from_config(str(folder)) as instance:  # in the files, not in the open connections
        assert len(instance.get_materialized_partitions(counted.key)) == 53
