"""Execute on one dbt check runs that test and builds nothing; steps are in the graph with their SQL and file."""

from pathlib import Path

import dagster as dg
import pytest

from analytics_platform.defs.assemble import definitions
from analytics_platform.errors import WarehouseError
from analytics_platform.settings import Settings
from analytics_platform.warehouse import built, dbt
from analytics_platform.warehouse.dbt import NodeResult
from analytics_platform.warehouse.failing_rows import demand_test


def test_one_check_runs_alone_and_steps_are_shown(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    defs = definitions(settings)
    graph, users = defs.resolve_asset_graph(), dg.AssetKey(["marts", "users"])
    (key,) = (key for key in graph.get_check_keys_for_assets([users]) if key.name.startswith("one_row_per_users"))
    assert graph.get_check_spec(key).blocking
    asked: list[tuple[list[object], list[str]]] = []

    def build(_settings: Settings, days: list[object], select: list[str], _log: object) -> list[NodeResult]:
        asked.append((list(days), select))
        return [NodeResult(f"test.analytics_platform.{key.name}.planted", "pass", 0.1, "", 0)]

    monkeypatch.setattr(dbt, "build", build)
    job = defs.resolve_implicit_global_asset_job_def()
    alone = job.get_subset(asset_selection=set(), asset_check_selection={key})
    with dg.DagsterInstance.ephemeral() as instance:
        alone.execute_in_process(instance=instance, raise_on_error=False)
    assert asked == [([], [key.name])]
    assert built.read_built(settings) == built.Built()  # nothing began, nothing was noted

    demand_test(settings, "users", key.name)
    with pytest.raises(WarehouseError, match="There is no mart 'usrs'"):
        demand_test(settings, "usrs", key.name)
    with pytest.raises(WarehouseError, match=f"named 'x' has rows. There are: {key.name}"):
        demand_test(settings, "users", "x")

    step = graph.get(dg.AssetKey(["steps", "int_statements"]))
    assert step.group_name == "steps"
    assert not step.is_executable
    assert dg.AssetKey(["steps", "stg_xapi__statements"]) in step.parent_keys
    (file,) = step.metadata["dagster/code_references"].code_references
    assert Path(file.file_path).is_file()
    assert "select" in step.metadata["SQL"].md_str
