"""The published snapshot: the last asset of a run, made only when every mart below it was built and tested."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import dagster as dg

from analytics_platform.defs.check_states import failing_checks
from analytics_platform.defs.days import ONE_RUN, OWNERS, daily
from analytics_platform.defs.marts import POOL, PUBLISHED
from analytics_platform.settings import Settings
from analytics_platform.warehouse.built import read_built
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.publishing import Snapshot

NOT_SHRUNK, LOST, FEW_ROWS = "no_mart_shrank", 0.2, 20


def shrunk(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    """Marts that lost a good part of their rows from one snapshot to the next, as a sentence each. Pure."""
    return [
        f"{mart} has {after[mart]:,} rows and had {count:,}"
        for mart, count in sorted(before.items())
        if count >= FEW_ROWS and mart in after and after[mart] < (1 - LOST) * count
    ]


def published_asset(
    settings: Settings, marts: dg.AssetsDefinition, checks: set[dg.AssetCheckKey]
) -> dg.AssetsDefinition:
    """``checks`` are those of the sources: one that is red stands in what is published. Red ones of dbt stop a run."""
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
        check_specs=[
            dg.AssetCheckSpec(
                NOT_SHRUNK, asset=PUBLISHED, description=f"No mart lost more than {LOST:.0%} of its published rows."
            )
        ],
    )
    def snapshot(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        before = warehouse.current()
        done = publish_last_build(settings, context, checks)
        lost = shrunk(before.rows if before else {}, done.rows)
        rows = "\n".join(f"| {mart} | {count:,} |" for mart, count in done.rows.items())
        yield dg.MaterializeResult(
            metadata={
                "file": dg.MetadataValue.path(warehouse.place),
                "version": done.version,
                "first day": done.first_day or "no data",
                "last day": done.last_day or "no data",
                "dagster/row_count": sum(done.rows.values()),
                "rows by mart": dg.MetadataValue.md(f"| mart | rows |\n| --- | ---: |\n{rows}"),
            },
        )
        yield dg.AssetCheckResult(
            check_name=NOT_SHRUNK,
            passed=not lost,
            severity=dg.AssetCheckSeverity.WARN,
            description="; ".join(lost) + "." if lost else "No mart is much smaller than it was.",
        )

    return snapshot


def publish_last_build(
    settings: Settings, context: dg.AssetExecutionContext, checks: set[dg.AssetCheckKey]
) -> Snapshot:
    """Publish the marts under the name of the build that made them, unless one failed or was killed since."""
    built = read_built(settings)
    if not built.can_be_published:
        raise dg.Failure(
            "The last build of the marts did not end well, so they are not published: materialise the marts first.",
            allow_retries=False,
        )
    failing = failing_checks(context.instance, checks)
    return open_warehouse(settings).publish(built.build, datetime.now(UTC), context.log.info, failing)
