"""Events a second of the simulator, against a bare DuckDB COPY that writes the same lines from a table."""

from typing import Any

from bench.homes import simulate
from bench.measuring import THREADS, Result, run_part, temporary_home

DAYS, LINES_PER_DAY = 2, 500_000
EVENTS_A_SECOND = 300_000
ROUNDS = 3


def measure(scale: float) -> list[Result]:
    rates, bare_rates, lines = [], [], 0
    for _ in range(ROUNDS):
        with temporary_home() as home:
            part = run_part(simulate, home, DAYS, int(LINES_PER_DAY * scale))
            lines = part.answer
            rates.append(lines / part.seconds)
            bare_rates.append(lines / run_part(copy_lines, home).seconds)
    value, reference = max(rates), max(bare_rates)
    limit, detail = f"value >= {EVENTS_A_SECOND}", {"lines": lines, "best of": ROUNDS}
    return [
        Result("simulator", value, "events/s", reference, value / reference, limit, value >= EVENTS_A_SECOND, detail)
    ]


def copy_lines(home: str) -> dict[str, Any]:
    """Write the lines that landing has, from memory: what no simulator can be faster than."""
    import time

    import duckdb

    with duckdb.connect(config={"threads": THREADS}) as connection:
        connection.execute(
            f"""create temp table lines as
            select line from read_csv('{home}/landing/*/*/*/*.zst', columns = {{'line': 'VARCHAR'}}, header = false,
                delim = chr(1), quote = '', escape = '', max_line_size = 16777216)"""
        )
        started = time.monotonic()
        connection.execute(
            f"copy lines to '{home}/bare.ndjson.zst' (format csv, header false, quote '', escape '', compression zstd,"
            " delimiter E'\\x01')"
        )
        return {"seconds": time.monotonic() - started}
