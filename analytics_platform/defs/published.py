"""The published snapshot: the last asset of a run, made only when every mart below it was built and tested."""

from datetime import UTC, datetime

import dagster as dg

from analytics_platform.defs.days import ONE_RUN, OWNERS, daily
from analytics_platform.defs.marts import POOL, PUBLISHED
from analytics_platform.operations.status import what_waits
from analytics_platform.settings import Settings
from analytics_platform.warehouse.built import read_built
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.publishing import Snapshot


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
        done = publish_last_build(settings, context)
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


def publish_last_build(settings: Settings, context: dg.AssetExecutionContext) -> Snapshot:
    """Publish the marts under the name of the build that made them, unless one failed or was killed since."""
    built = read_built(settings)
    if not built.can_be_published:
        raise dg.Failure(
            "The last build of the marts did not end well, so they are not published: materialise the marts first.",
            allow_retries=False,
        )
    return open_warehouse(settings).publish(built.build, datetime.now(UTC), context.log.info)


def waiting_check(settings: Settings) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=PUBLISHED,
        name="nothing_waits",
        description="No day waits at any step: landing, lake, labels, marts and snapshot agree.",
    )
    def nothing_waits() -> dg.AssetCheckResult:
        waiting = what_waits(settings)
        return dg.AssetCheckResult(
            passed=not waiting,
            severity=dg.AssetCheckSeverity.WARN,
            description="; ".join(waiting) + "." if waiting else "Every line is in the published marts.",
        )

    return nothing_waits
