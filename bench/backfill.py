"""A month of ten million lines through the whole platform, against one plain DuckDB script that makes the same marts.

The script (``plain``) reads the same landing lines and knows no days, ledger, checks, labels, versions or history.
"""

from typing import Any

from bench.homes import days_from, initialise, settings_of, simulate
from bench.measuring import Result, at_most, run_part, temporary_home
from bench.plain import compile_models, plain_script

DAYS, LINES = 30, 10_000_000
RATIO = 3


def measure(scale: float) -> list[Result]:
    with temporary_home() as home:
        lines = run_part(simulate, home, DAYS, int(LINES * scale / DAYS)).answer
        run_part(initialise, home)
        ours = run_part(split, home)
        run_part(compile_models, home)
        plain = run_part(plain_script, home)
        rows = run_part(count_rows, home).answer
    same = {mart: counts[0] for mart, counts in rows.items() if counts[0] == counts[1]}
    detail = {
        "lines": lines,
        "steps": ours.answer,
        "script": plain.answer,
        "peak MB": [round(ours.peak_mb), round(plain.peak_mb)],
        "marts with the same rows": same,
        "marts with other rows (ours, script)": {mart: both for mart, both in rows.items() if mart not in same},
    }
    return [at_most("backfill", ours.wall, plain.wall, RATIO, detail=detail)]


def split(home: str) -> dict[str, Any]:
    """The daily job for every day, with a stopwatch over its parts."""
    from analytics_platform.defs import running
    from analytics_platform.lake import checks
    from analytics_platform.lake.lake import Lake
    from analytics_platform.warehouse import dbt
    from analytics_platform.warehouse.on_duckdb import DuckDBWarehouse
    from bench.stopwatch import Stopwatch

    with Stopwatch() as watch:
        watch.over(Lake, "build", "lake days")
        watch.over(checks, "unique_key", "unique key checks")
        watch.over(dbt, "run_dbt", "dbt process")
        watch.over(DuckDBWarehouse, "describe", "facts of the marts")
        watch.over(DuckDBWarehouse, "publish", "publish")
        watch.over(running.dg.DagsterInstance, "handle_new_event", "events")
        if not running.run_days(settings_of(home), days_from(0, DAYS), lambda _line: None):
            raise RuntimeError("The backfill failed.")
    return watch.answer()


def count_rows(home: str) -> dict[str, tuple[int, int]]:
    """Rows of each mart: the published one's and the script's."""
    import duckdb

    from analytics_platform.warehouse.publishing import current

    snapshot = current(settings_of(home))
    with duckdb.connect(f"{home}/plain/warehouse.duckdb", read_only=True) as connection:
        counts = {mart: connection.execute(f"select count(*) from {mart}").fetchall() for mart in snapshot.rows}
    return {mart: (snapshot.rows[mart], rows[0][0]) for mart, rows in counts.items()}
