"""Loading the definitions in a fresh process that finds dbt's manifest, against ``import dagster``."""

import os
from statistics import median

from bench.homes import initialise
from bench.measuring import Result, run_part, temporary_home, time_python

SECONDS = 6
ROUNDS = 3


def measure(_scale: float) -> list[Result]:
    with temporary_home() as home:
        run_part(initialise, home)
        previous = os.environ.get("PLATFORM_HOME")
        os.environ["PLATFORM_HOME"] = home
        try:
            pairs = [
                (time_python("import analytics_platform.definitions", 1), time_python("import dagster", 1))
                for _ in range(ROUNDS)
            ]
        finally:
            os.environ.pop("PLATFORM_HOME")
            if previous is not None:
                os.environ["PLATFORM_HOME"] = previous
    value, reference = (median(side) for side in zip(*pairs, strict=True))
    limit, detail = f"value <= {SECONDS}", {"share of the limit": round(value / SECONDS, 2), "median of": ROUNDS}
    return [Result("definitions", value, "s", reference, value / reference, limit, value <= SECONDS, detail)]
