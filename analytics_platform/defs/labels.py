"""Labels on free-text answers as daily assets: what is said of each answer, and which safety rules fired on it.

Both are written by one step, which reads and screens each distinct text once; a new word first scans the past. Does
not live here: any of the labelling (``enrichment``).
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from analytics_platform.contracts import MADE, LakeTable
from analytics_platform.defs.days import ONE_RUN, OWNERS, daily, days_of
from analytics_platform.defs.sources import column_schema, combined_result
from analytics_platform.lake import open_lake
from analytics_platform.settings import Settings

INPUTS = (("xapi", "statements"), ("responses", "exports"))
_CHECKS = {
    "labels/answers": ("each_answer_once", "Each free-text answer of the lake has exactly one row of labels."),
    "labels/safety": ("firings_are_answers", "Each rule fired once on an answer that the lake has."),
}


def label_assets(settings: Settings) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="label_answers",
        specs=[_spec(table) for table in MADE.values()],
        check_specs=[
            dg.AssetCheckSpec(name, asset=dg.AssetKey(path.split("/")), description=text, blocking=True)
            for path, (name, text) in _CHECKS.items()
        ],
        partitions_def=daily(settings),
        backfill_policy=ONE_RUN,
        pool="labels",
    )
    def label_answers(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        # Imported here: the sensors and pages that load these definitions need no model.
        from analytics_platform.enrichment.answers.answer_labeller import label_days
        from analytics_platform.enrichment.answers.label_checks import examine
        from analytics_platform.enrichment.answers.rescanning import rescan

        scanned = rescan(settings)
        if scanned.rules:
            context.log.info(
                f"{len(scanned.rules)} rules are new or changed: alarms of {len(scanned.days)} days changed."
            )
        days = days_of(context)
        made = label_days(settings, days)
        findings = examine(open_lake(settings), days)
        counts: dict[str, list[int]] = {
            "labels/answers": [day.answers for day in made],
            "labels/safety": [day.firings for day in made],
        }
        for table in MADE.values():
            for day, count in zip(made, counts[table.path], strict=True):
                metadata: dict[str, Any] = {"dagster/partition_row_count": count}
                context.add_asset_metadata(metadata, asset_key=_key(table), partition_key=str(day.day))
            yield dg.MaterializeResult(asset_key=_key(table), metadata={"dagster/row_count": sum(counts[table.path])})
            yield combined_result(_key(table), _CHECKS[table.path][0], [findings[table.path]])

    return label_answers


def _key(table: LakeTable) -> dg.AssetKey:
    return dg.AssetKey([table.source, table.name])


def _spec(table: LakeTable) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=_key(table),
        deps=[dg.AssetKey(list(path)) for path in INPUTS],
        description=f"{table.description} {table.grain}",
        group_name="labels",
        kinds={"duckdb", "parquet"},
        owners=OWNERS,
        metadata={"dagster/column_schema": column_schema(table), "key": table.key},
    )
