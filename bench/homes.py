"""What several benchmarks do with a home: settings, simulated landing, a run of the daily job. Runs inside parts."""

import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analytics_platform.settings import Settings

START = date(2025, 1, 1)


def settings_of(home: str) -> "Settings":
    from analytics_platform.settings import Settings

    return Settings(platform_home=Path(home), lake_url="", warehouse="duckdb", platform_timezone="UTC", _env_file=None)


def days_from(first: int, count: int) -> list[date]:
    return [START + timedelta(days=first + number) for number in range(count)]


def simulate(
    home: str, days: int, lines_per_day: int, tables: Sequence[str] = (), first: int = 0, seed: int = 7
) -> int:
    """Write lines to landing, of some tables or of all; the number of lines."""
    from analytics_platform.lake import open_lake
    from analytics_platform.simulator import Plan
    from analytics_platform.simulator import simulate as simulate_plan
    from analytics_platform.simulator.plan import MIX

    mix: dict[str, Any] = {"mix": {table: MIX[table] for table in tables}} if tables else {}
    plan = Plan(
        start=START + timedelta(days=first),
        days=days,
        people=max(10, min(3000, lines_per_day // 100)),
        lines_per_day=lines_per_day,
        seed=seed,
        **mix,
    )
    lake = open_lake(settings_of(home))
    return simulate_plan(plan, lake.landing, lake.store).lines


def materialise(home: str, first: int, count: int) -> dict[str, Any]:
    """The daily job for some days in this process, as the schedule would run it; Dagster is already imported."""
    from analytics_platform.defs.running import run_days

    said: list[str] = []
    started = time.monotonic()
    done = run_days(settings_of(home), days_from(first, count), said.append)
    seconds = time.monotonic() - started
    if not done:
        raise RuntimeError("\n".join(said[-40:]))
    return {"seconds": seconds}


def initialise(home: str) -> None:
    """dbt's manifest and the model of labels, which every process but the very first finds."""
    from analytics_platform.warehouse.manifest import manifest_path

    manifest_path(settings_of(home))
    share_model(home)


def share_model(home: str) -> None:
    """One trained model for the homes of all benchmarks: training it is measured by none of them."""
    from analytics_platform.enrichment.methods.engine import Engine
    from bench.measuring import bench_folder

    shared, own = bench_folder() / "models", Path(home) / "models"
    shared.mkdir(exist_ok=True)
    if not own.exists():
        own.symlink_to(shared)
    Engine(model_folder=shared).label(["warm up"])


def build_directly(home: str, days: Sequence[int]) -> None:
    """Lake days, labels and marts without Dagster, whose events for a year of days would take minutes.

    ``days``: first, count. dbt builds every day that the lake has.
    """
    from analytics_platform.contracts import IMPORTS, TABLES
    from analytics_platform.enrichment.answers.answer_labeller import label_days
    from analytics_platform.lake import open_lake
    from analytics_platform.warehouse.building import build_marts

    share_model(home)
    settings = settings_of(home)
    lake = open_lake(settings)
    lake.prepare()
    for table in TABLES.values():
        lake.build(table, days_from(*days))
    for table in IMPORTS.values():
        lake.build(table, lake.ledger.reopened(table, lake.landing))
    label_days(settings, days_from(*days))
    failed = [result for result in build_marts(settings, [], [], "bench", lambda _line: None) if not result.succeeded]
    if failed:
        raise RuntimeError(f"dbt failed: {failed[:3]}")
