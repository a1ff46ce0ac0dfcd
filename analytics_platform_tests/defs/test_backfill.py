"""What makes a range backfill from Global lineage one run of days: one partitions definition for all that has days.

Dagster makes a run for each partitions definition. Files that are imported have no days: their run comes first, and
whatever run builds marts afterwards takes them in (``test_nothing_is_forgotten``).
"""

import dagster as dg

from analytics_platform.contracts import IMPORTS
from analytics_platform.defs.assemble import definitions
from analytics_platform.settings import Settings


def test_every_asset_of_the_daily_job_but_imported_files_has_the_same_days(settings: Settings) -> None:
    defs = definitions(settings)
    graph, job = defs.resolve_asset_graph(), defs.resolve_job_def("daily")
    without = {key for key in job.asset_layer.selected_asset_keys if not graph.get(key).is_partitioned}
    assert without == {dg.AssetKey(path.split("/")) for path in IMPORTS}
    by_day = job.asset_layer.selected_asset_keys - without
    assert dg.AssetKey(["published", "marts"]) in by_day
    assert len({graph.get(key).partitions_def for key in by_day}) == 1
    assert {graph.get(key).backfill_policy for key in by_day} == {dg.BackfillPolicy.single_run()}
