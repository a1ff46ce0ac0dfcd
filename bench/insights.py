"""Anomalies of many series and forecasts of many series, from a CSV file on the command line: seconds and memory.

2,000 series of 90 days of hours are scored to CSV; 500 series of two years of days are forecast to JSON. Reading,
writing and the start of the interpreter are in the time. Then a day's incidents of as many series out of the lake, as
the asset finds them.
"""

import subprocess
import sys
from pathlib import Path

from bench.measuring import Result, run_part, temporary_home

SERIES, HOURS, DAYS_SERIES, DAYS = 2_000, 90 * 24, 500, 730
SECONDS, MEMORY_MB = 60.0, 2_048


def measure(scale: float) -> list[Result]:
    with temporary_home() as home:
        scored, forecast = Path(home) / "hours.csv", Path(home) / "days.csv"
        run_part(write, str(scored), int(SERIES * scale), HOURS, "h", 24)
        run_part(write, str(forecast), int(DAYS_SERIES * scale), DAYS, "D", 7)
        anomalies = run_part(command, ["anomalies", "score", str(scored), "--csv"])
        forecasts = run_part(command, ["forecast", str(forecast), "--horizon", "28", "--json"])
        found = run_part(find_day, str(home), int(SERIES * scale))
    rows = int(SERIES * scale) * HOURS
    return [
        _at_most("incidents", found.answer["seconds"], "s", SECONDS, found.answer),
        _at_most("incidents_memory", found.peak_mb, "MB", MEMORY_MB, {}),
        _at_most("anomalies", anomalies.wall, "s", SECONDS, {"series": int(SERIES * scale), "rows": rows}),
        _at_most("anomalies_memory", anomalies.answer, "MB", MEMORY_MB, {}),
        _at_most("forecasts", forecasts.wall, "s", SECONDS, {"series": int(DAYS_SERIES * scale), "days": DAYS}),
        _at_most("forecasts_memory", forecasts.answer, "MB", MEMORY_MB, {}),
    ]


def _at_most(name: str, value: float, unit: str, limit: float, detail: dict[str, int]) -> Result:
    return Result(name, value, unit, limit, value / limit, f"value <= {limit:g}", value <= limit, dict(detail))


def command(words: list[str]) -> float:
    """Run a command of ours; its peak memory in MB."""
    import resource

    with subprocess.Popen(
        [sys.executable, "-m", "analytics_platform", *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as child:
        _, said = child.communicate()
    if child.returncode:
        raise RuntimeError(said.decode(errors="replace")[-2000:])
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6


def write(path: str, series: int, rows: int, step: str, period: int) -> int:
    """A file with a season, noise, drift and a few spikes."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import csv

    rng = np.random.default_rng(7)
    time = np.arange(rows)
    times = (np.datetime64("2026-01-01T00:00:00") + time * np.timedelta64(1, step)).astype(str)
    values = 100 + 20 * np.sin(2 * np.pi * time / period) + rng.normal(0, 5, (series, rows)) + 0.01 * time
    values[rng.random(values.shape) < 0.0005] += 80
    names = np.repeat([f"series {number}" for number in range(series)], rows)
    table = pa.table({"series": names, "timestamp": np.tile(times, series), "value": np.round(values, 3).ravel()})
    csv.write_csv(table, path)
    return series * rows


def find_day(home: str, series: int) -> dict[str, float]:
    """Write 90 days of hours into the lake, then find the incidents of the last day; seconds of the finding alone."""
    import time
    from datetime import date, timedelta

    from analytics_platform.contracts import INSIGHTS
    from analytics_platform.insights.finding import find
    from analytics_platform.lake import open_lake
    from analytics_platform.lake.workbench import workbench, write_day
    from analytics_platform.settings import Settings

    settings = Settings(platform_home=Path(home), _env_file=None)
    lake, table, first = open_lake(settings), INSIGHTS["insights/series"], date(2026, 1, 1)
    with workbench(lake) as (connection, folder):
        connection.execute("select setseed(0.5)")
        for number in range(HOURS // 24):
            day = first + timedelta(days=number)
            write_day(connection, lake, folder, table, day, f"""
                select 'api_requests' || if(s = 0, '', '|endpoint=' || s) as series_id, series_id || h as point_id,
                    date '{day}' as day, 'api_requests' as metric, 'telemetry' as source,
                    if(s = 0, null, 'endpoint') as dimension, if(s = 0, null, s::varchar) as member, 'hour' as grain,
                    timestamptz '{day} 00:00:00+00' + to_hours(h) as started_at,
                    round(100 + 50 * sin(2 * pi() * h / 24) + 20 * random()) as value, null as numerator,
                    null as denominator, 'count' as unit, 'bench' as version
                from range({series}) as a(s), range(24) as b(h)""")  # fmt: skip
    started = time.perf_counter()
    found = find(settings, [day])
    return {"series": found.series, "incidents": len(found.rows), "seconds": round(time.perf_counter() - started, 1)}
