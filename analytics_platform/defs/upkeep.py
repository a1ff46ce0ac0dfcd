"""Upkeep as a job: what is old goes once a week, when the schedule is switched on; Dagster's own runs too."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from analytics_platform.defs.marts import POOL
from analytics_platform.lake import open_lake
from analytics_platform.settings import Settings
from analytics_platform.upkeep.retention import find
from analytics_platform.upkeep.settling import waiting

_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
_AT_ONCE = 500


def prune_runs(instance: dg.DagsterInstance, older_than: datetime, dry_run: bool) -> int:
    """Remove ended runs with their events. What was materialised stays known, and so does which partitions exist."""
    pruned, filters = 0, dg.RunsFilter(statuses=_ENDED, created_before=older_than)
    if dry_run:
        return len(instance.get_runs(filters))
    while runs := instance.get_runs(filters, limit=_AT_ONCE):
        for run in runs:
            instance.delete_run(run.run_id)
        pruned += len(runs)
    return pruned


def prune_runs_of(settings: Settings, dry_run: bool) -> int:
    """The same from the command line; none before anything ran."""
    from analytics_platform.defs.instance import prepare_instance

    if not (settings.dagster_home / "dagster.yaml").exists():
        return 0
    with dg.DagsterInstance.from_config(str(prepare_instance(settings))) as instance:
        return prune_runs(instance, datetime.now(UTC) - timedelta(days=settings.keep_run_days), dry_run)


def upkeep(settings: Settings) -> tuple[dg.JobDefinition, dg.ScheduleDefinition]:
    @dg.op(
        config_schema={"dry_run": dg.Field(bool, default_value=False, description="Count only.")},
        description="Removes what is older than its kind is kept (KEEP_… settings), and says how much.",
        pool=POOL,
    )
    def remove_what_is_old(context: dg.OpExecutionContext) -> None:
        now, dry_run = datetime.now(UTC), bool(context.op_config["dry_run"])
        counts: dict[str, int] = {}
        if held := waiting(settings, open_lake(settings), now.date()):
            context.log.warning(f"{len(held)} old days of telemetry stay until the marts are built from them.")
        for old in find(settings, now):
            counts[old.kind] = counts.get(old.kind, 0) + 1
            if not dry_run:
                old.remove()
        counts["runs"] = prune_runs(context.instance, now - timedelta(days=settings.keep_run_days), dry_run)
        said = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
        context.log.info(f"{'Would go' if dry_run else 'Gone'}: {said}.")

    @dg.job(name="upkeep", description="Retention by kind and age, and orphans. Launchpad: dry_run counts only.")
    def upkeep_job() -> None:
        remove_what_is_old()

    schedule = dg.ScheduleDefinition(
        name="upkeep_on_sundays",
        job=upkeep_job,
        cron_schedule="0 3 * * 0",
        execution_timezone=settings.platform_timezone,
        description="Sundays at 03:00 local time. Off until somebody switches it on: it removes data.",
    )
    return upkeep_job, schedule
