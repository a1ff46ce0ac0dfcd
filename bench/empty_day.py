"""What Dagster and dbt cost before any data moves: the daily job for a day without lines, and where its time goes."""

from typing import Any

from bench.homes import days_from, initialise, materialise, settings_of
from bench.measuring import Result, run_part, temporary_home, time_python

ROUNDS = 3


def measure(_scale: float) -> list[Result]:
    with temporary_home() as home:
        run_part(initialise, home)
        run_part(materialise, home, 0, 1)  # dbt's first run parses the whole project
        imports = time_python("import analytics_platform.defs.running")
        dagster = time_python("import dagster")
        dbt = time_python("from dbt.cli.main import cli; import dbt.adapters.duckdb")
        rounds = [run_part(split, home, 1 + number) for number in range(ROUNDS)]
    best = min(rounds, key=lambda part: part.seconds)
    detail = {"import of the definitions' modules": round(imports, 2), **best.answer, "best of": ROUNDS}
    if "dbt process" in detail:  # not asked where no file of the lake changed
        detail["dbt: import"] = round(dbt, 2)
        detail["dbt: parse and start"] = round(detail.pop("dbt process") - dbt - detail["dbt: models and tests"], 2)
    value = best.seconds + imports
    return [Result("empty_day", value, "s", dagster, value / dagster, "stated", None, detail)]


def split(home: str, day: int) -> dict[str, Any]:
    """Run one day with a stopwatch over each step of the way."""
    from analytics_platform.defs import running, sources
    from analytics_platform.lake.lake import Lake
    from analytics_platform.warehouse import dbt
    from analytics_platform.warehouse.on_duckdb import DuckDBWarehouse
    from bench.stopwatch import Stopwatch

    settings = settings_of(home)
    with Stopwatch() as watch:
        watch.over(running, "definitions", "definitions")
        watch.over(running, "prepare_instance", "instance")
        watch.over(running.dg.DagsterInstance, "handle_new_event", "events")
        watch.over(Lake, "build", "lake days")
        watch.over(sources.checks, "schema", "lake checks")
        watch.over(sources.checks, "unique_key", "lake checks")
        watch.over(sources.checks, "ledger", "lake checks")
        watch.over(sources.checks, "volume", "lake checks")
        watch.over(dbt, "run_dbt", "dbt process")
        watch.over(DuckDBWarehouse, "describe", "facts of the marts")
        watch.over(DuckDBWarehouse, "publish", "publish")
        if not running.run_days(settings, days_from(day, 1), lambda _line: None):
            raise RuntimeError("The empty day failed.")
    answer = watch.answer()
    answer["Dagster's planning and the rest"] = answer.pop("rest")
    return {**answer, "dbt: models and tests": _span_of_nodes(home)} if "dbt process" in answer else answer


def _span_of_nodes(home: str) -> float:
    """Seconds from the first node's start to the last one's end."""
    import json
    from datetime import datetime
    from pathlib import Path

    results = json.loads((Path(home) / "warehouse/dbt/run_results.json").read_text())["results"]
    times = [
        datetime.fromisoformat(timing[edge].replace("Z", "+00:00"))
        for result in results
        for timing in result["timing"]
        for edge in ("started_at", "completed_at")
    ]
    return round((max(times) - min(times)).total_seconds(), 2)
