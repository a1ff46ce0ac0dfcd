"""Dagster's event log with open connections says what Dagster's own says, of short ranges and of long ones."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable

from analytics_platform.defs.days import RANGE_END, RANGE_START
from analytics_platform.defs.instance import prepare_instance
from analytics_platform.settings import Settings

DAYS = dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-04-01")


@dg.asset(partitions_def=DAYS)
def counted(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    for day in context.partition_keys:
        context.add_asset_metadata({"rows": int(day[-2:])}, partition_key=day)
    if "2026-03-31" in context.partition_keys:
        raise dg.Failure("planted")
    return dg.MaterializeResult(metadata={"made": True})


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


@dg.asset(partitions_def=DAYS, check_specs=[dg.AssetCheckSpec("whole", asset="checked")])
def checked(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    yield dg.MaterializeResult()
    yield dg.AssetCheckResult(check_name="whole", passed=True)


def test_a_planned_check_is_noted_for_each_day_as_dagster_itself_does(settings: Settings, tmp_path: Path) -> None:
    tags = {RANGE_START: "2026-01-10", RANGE_END: "2026-02-28"}
    found = []
    for folder in (tmp_path, prepare_instance(settings)):
        with dg.DagsterInstance.from_config(str(folder)) as instance:
            run = instance.create_run_for_job(
                dg.Definitions([checked]).resolve_implicit_global_asset_job_def(), tags=tags
            )
            storage = instance.event_log_storage
            assert isinstance(storage, SqliteEventLogStorage)
            with storage.index_connection() as connection:
                rows = connection.execute(AssetCheckExecutionsTable.select()).mappings().all()
            (planned,) = {row["evaluation_event"].replace(run.run_id, "") for row in rows}
            left_out = {"id", "run_id", "evaluation_event", "evaluation_event_timestamp", "create_timestamp",
                        "evaluation_event_storage_id"}  # fmt: skip
            found.append([{name: row[name] for name in row if name not in left_out} for row in rows])
            assert "ASSET_CHECK_EVALUATION_PLANNED" in planned
    assert len(found[0]) == 50
    assert found[0] == found[1]
