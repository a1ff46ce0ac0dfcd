"""Standing checks: what no run of days can see of itself. A job of their own evaluates them each morning at 03:05 UTC.

Within the daily job they would judge too early, or not at all: a job that did not run evaluates no check. Does not live
here: how anything is judged (``lake.checks``, ``warehouse.shifts``, ``operations``), telling it (``alerting``).
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from analytics_platform.contracts import TABLES
from analytics_platform.defs.automation import WHOLE
from analytics_platform.defs.marts import PUBLISHED, mart_key
from analytics_platform.defs.under_way import days_under_way
from analytics_platform.lake import checks, open_lake
from analytics_platform.operations.status import what_waits
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.lineage import Model
from analytics_platform.warehouse.shifts import shifted, watched_columns

NEWEST, WAITS, LEFT_FAILED, USUAL = "latest_complete_day", "nothing_waits", "no_partition_left_failed", "usual_values"
MOST_NAMED = 10
_FAILED = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def standing_checks(
    settings: Settings, assets: Sequence[dg.AssetsDefinition], marts: Sequence[Model]
) -> list[dg.AssetChecksDefinition]:
    keys = [key for one in assets for key in one.keys]
    newest = [_newest_day(settings, path) for path in TABLES]
    return [*newest, _waits(settings), _left_failed(keys), _usual(settings, marts)]


def standing_job(
    selection: dg.AssetSelection,
) -> "tuple[dg.UnresolvedAssetJobDefinition, dg.ScheduleDefinition]":
    job = dg.define_asset_job(
        "standing_checks",
        selection=selection,
        description="Days that are missing, wait or were left failed, and values that are not as usual.",
    )
    schedule = dg.ScheduleDefinition(
        name="standing_checks_at_0305_utc",
        job=job,
        cron_schedule="5 3 * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="When the night's runs are over.",
    )
    return job, schedule


def _newest_day(settings: Settings, path: str) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=path.split("/"),
        name=NEWEST,
        description="Yesterday (UTC) is materialised; an old day's backfill does not make this green.",
    )
    def latest_complete_day() -> dg.AssetCheckResult:
        finding = checks.latest_complete_day(TABLES[path], open_lake(settings), datetime.now(UTC).date())
        return _warned(finding.passed, finding.message)

    return latest_complete_day


def _waits(settings: Settings) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=PUBLISHED,
        name=WAITS,
        description="No day before today waits at any step, unless a run builds it: landing, lake, labels, marts and"
        " snapshot agree.",
    )
    def nothing_waits(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        today = datetime.now(UTC).date()  # its lines come all the time
        waiting = what_waits(settings, today, {today, *days_under_way(context.instance, WHOLE)})
        return _warned(not waiting, "; ".join(waiting) + "." if waiting else "Every line is in the published marts.")

    return nothing_waits


def _left_failed(keys: Sequence[dg.AssetKey]) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=PUBLISHED,
        name=LEFT_FAILED,
        description="No asset has a partition whose last run failed and that nobody has built since.",
    )
    def no_partition_left_failed(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        found = left_failed(context.instance, keys)
        named = "; ".join(f"{asset} {', '.join(days[:3])}" for asset, days in list(found.items())[:MOST_NAMED])
        said = f"{sum(map(len, found.values()))} partitions of {len(found)} assets were left failed: {named}."
        todo = " Materialise them, or open the failed run and re-execute it from failure."
        return _warned(not found, said + todo if found else "Each partition that failed was built since.")

    return no_partition_left_failed


def left_failed(instance: dg.DagsterInstance, keys: Sequence[dg.AssetKey]) -> dict[str, list[str]]:
    """By asset the partitions that a run meant to build, which failed, and that were not built afterwards."""
    storage, found, failed = instance.event_log_storage, dict[str, list[str]](), dict[str, bool]()
    for key in sorted(keys, key=lambda one: one.to_user_string()):
        tried = storage.get_latest_asset_partition_materialization_attempts_without_materializations(key)
        for run_id in {run_id for run_id, _ in tried.values()} - failed.keys():
            run = instance.get_run_by_id(run_id)
            failed[run_id] = run is not None and run.status in _FAILED
        if left := sorted(partition for partition, (run_id, _) in tried.items() if failed[run_id]):
            found[key.to_user_string()] = left
    return found


def _usual(settings: Settings, marts: Sequence[Model]) -> dg.AssetChecksDefinition:
    """One definition for all marts: their snapshot is opened once."""
    watched = {mart.name: mart for mart in marts if any(watched_columns(mart)) and not mart.is_of_insights}
    specs = [
        dg.AssetCheckSpec(
            USUAL,
            asset=mart_key(name),
            description="On the newest whole day no share of a value, no mean and no share of empty values lies far"
            " outside all of the fourteen days before.",
        )
        for name in watched
    ]

    @dg.multi_asset_check(name="usual_values_of_marts", specs=specs, can_subset=True)
    def usual_values(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        asked = {key.asset_key.path[-1]: key for key in context.selected_asset_check_keys}
        snapshot = open_warehouse(settings).current()
        if snapshot is None:
            return
        with open_warehouse(settings).reader() as reader:
            for name in sorted(asked.keys() & snapshot.rows.keys()):
                moved = shifted(reader.query, watched[name], datetime.now(UTC).date())
                said = "; ".join(moved[:MOST_NAMED]) + "." if moved else "Every column is as in the days before."
                yield _warned(not moved, said, asset_key=mart_key(name), check_name=USUAL)

    return usual_values


def _warned(passed: bool, said: str, **about: Any) -> dg.AssetCheckResult:
    severity = dg.AssetCheckSeverity.WARN
    return dg.AssetCheckResult(passed=passed, severity=severity, description=said, **about)
