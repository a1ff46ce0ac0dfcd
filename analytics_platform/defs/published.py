"""The published snapshot: the last asset of a run, made only when every mart below it was built and tested."""

from datetime import UTC, datetime

import dagster as dg

from analytics_platform.defs.days import ONE_RUN, OWNERS, daily
from analytics_platform.defs.marts import POOL, PUBLISHED
from analytics_platform.settings import Settings
from analytics_platform.warehouse.built import read_built
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
        partitions_def=daily(settings),
        backfill_policy=ONE_RUN,
        pool=POOL,
    )
    def snapshot(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        built = read_built(settings)
        if not built.can_be_published:
            raise dg.Failure(
                "The last build of the marts did not end well, so they are not published: materialise the marts first.",
                allow_retries=False,
            )
        done = warehouse.publish(built.build, datetime.now(UTC), context.log.info)
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
