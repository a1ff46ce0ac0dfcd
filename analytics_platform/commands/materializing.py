"""Building days from the command line: the same Dagster jobs as the schedule's, in this process, with a progress line.

Does not live here: which days wait (``operations/waiting``), the jobs (``defs/``).
"""

from collections.abc import Sequence
from datetime import date

from rich.console import Console

from analytics_platform.operations.progress_line import teller
from analytics_platform.operations.waiting import waiting_days
from analytics_platform.settings import Settings
from analytics_platform.warehouse.dbt import log_file

console = Console(highlight=False)


def reopened(settings: Settings) -> list[date]:
    """The days that wait for a run."""
    return sorted(waiting_days(settings))


def materialize(settings: Settings, days: Sequence[date], assets: Sequence[str] = ()) -> bool:
    """Run the job for days with a progress line, then find insights in its snapshot; says where to look if it fails."""
    from analytics_platform.defs.running import run_days

    with teller(console) as told:
        succeeded = run_days(settings, days, told.say, assets=assets)
        if succeeded and not assets:
            succeeded = run_days(settings, days, told.say, job_name="insights")
    log = log_file(settings)
    if log.exists():
        console.print(f"dbt's log of this build: {log}", soft_wrap=True, markup=False)
    if not succeeded:
        console.print("[red]The run failed[/red]: see the messages above, or the run in the UI (make dev).")
    return succeeded
