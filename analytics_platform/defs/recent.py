"""The last runs and the red checks of an installation, as plain rows for the command line. Starts nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg

from analytics_platform.defs.assemble import definitions
from analytics_platform.defs.check_states import RedCheck, red_checks
from analytics_platform.defs.days import days_in
from analytics_platform.defs.instance import prepare_instance
from analytics_platform.settings import Settings


@dataclass(frozen=True)
class Run:
    """``seconds`` is None while it runs or waits."""

    run_id: str
    job: str
    status: str
    days: str
    started_at: str
    seconds: float | None


def recent(settings: Settings, most_runs: int) -> tuple[list[Run], list[RedCheck]]:
    """The newest runs first, and the checks that are red now; nothing before anything ran."""
    if not (settings.dagster_home / "dagster.yaml").exists():
        return [], []
    keys = set(definitions(settings).get_repository_def().asset_graph.asset_check_keys)
    with dg.DagsterInstance.from_config(str(prepare_instance(settings))) as instance:
        return [_run(one) for one in instance.get_run_records(limit=most_runs)], red_checks(instance, keys)


def _run(record: dg.RunRecord) -> Run:
    run, days = record.dagster_run, days_in(record.dagster_run.tags)
    began = record.start_time or record.create_timestamp.timestamp()
    span = f"{days[0]} to {days[-1]}" if len(days) > 1 else str(days[0]) if days else run.tags.get("dagster/partition")
    return Run(
        run.run_id,
        run.job_name,
        run.status.value.lower(),
        span or "",
        datetime.fromtimestamp(began, UTC).isoformat(timespec="seconds"),
        round(record.end_time - began, 1) if record.end_time else None,
    )
