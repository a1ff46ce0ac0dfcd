"""The published snapshot: the last asset of a run, made only when every mart below it was built and tested."""

from datetime import UTC, datetime

import dagster as dg

from analytics_platform.defs.days import OWNERS, named_days
from analytics_platform.defs.marts import POOL, PUBLISHED
from analytics_platform.enrichment.rescanning import clear_rescanned
from analytics_platform.lake import open_lake
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse


def published_asset(settings: Settings, marts: dg.AssetsDefinition) -> dg.AssetsDefinition:
    warehouse = open_warehouse(settings)

    @dg.asset(
        key=PUBLISHED,
        description="The read-only snapshot that every reader opens, swapped in after a good build.",
        deps=[key for key in marts.keys if key.path[0] == "marts"],
        group_name="published",
        kinds={warehouse.kind},
        owners=OWNERS,
        pool=POOL,
    )
    def snapshot(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        done = warehouse.publish(context.run.run_id, datetime.now(UTC), context.log.info)
        clear_rescanned(open_lake(settings), named_days(context))
        rows = "\n".join(f"| {mart} | {count:,} |" for mart, count in done.rows.items())
        return dg.MaterializeResult(
            metadata={
                "file": dg.MetadataValue.path(warehouse.place),
                "version": done.version,
                "first day": done.first_day or "no data",
                "last day": done.last_day or "no data",
                "dagster/row_count": sum(done.rows.values()),
                "rows by mart": dg.MetadataValue.md(f"| mart | rows |\n| --- | ---: |\n{rows}"),
            }
        )

    return snapshot
