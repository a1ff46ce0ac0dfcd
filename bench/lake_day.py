"""One day of a million statements, landing to lake, against a bare read of the same raw fields to Parquet.

The memory of a day is measured for a million lines and for five, and the processor time of a line, which has to be the
same for both.
"""

from pathlib import Path
from typing import Any

from bench.homes import START, settings_of, simulate
from bench.measuring import THREADS, Measured, Result, at_most, run_part, temporary_home

LINES, MANY = 1_000_000, 5_000_000
CONSTANT = 1.25
RATIO, MEMORY_MB = 2.5, 2147  # 2 GiB
ROUNDS = 3
TABLE = "xapi/statements"


def measure(scale: float) -> list[Result]:
    with temporary_home() as home:
        lines = run_part(simulate, home, 1, int(LINES * scale), [TABLE]).answer
        rounds = [(run_part(build, home), run_part(read_and_copy, home)) for _ in range(ROUNDS)]
    ours, bare = (min((pair[side] for pair in rounds), key=lambda part: part.seconds) for side in (0, 1))
    with temporary_home() as home:
        many_lines = run_part(simulate, home, 1, int(MANY * scale), [TABLE]).answer
        many, many_bare = run_part(build, home), run_part(read_and_copy, home)
    detail = {"lines": lines, "steps": ours.answer, "best of": ROUNDS}
    return [
        at_most("lake_day", ours.seconds, bare.seconds, RATIO, detail=detail),
        _memory("lake_day_memory", ours.peak_mb, bare.peak_mb, {"lines": lines}),
        _memory("lake_day_memory_5x", many.peak_mb, ours.peak_mb, {"lines": many_lines}),
        Result(
            *("lake_day_5x", many.seconds, "s", many_bare.seconds, many.seconds / many_bare.seconds, "stated", None),
            {"lines": many_lines, "steps": many.answer},
        ),
        at_most(
            "lake_day_line", _line(many, many_lines), _line(ours, lines), CONSTANT, "CPU µs", {"lines": many_lines}
        ),
    ]


def _line(part: Measured, lines: int) -> float:
    """Processor time of a line, start and imports included."""
    return part.cpu / lines * 1e6


def _memory(name: str, peak_mb: float, reference_mb: float, detail: dict[str, Any]) -> Result:
    return Result(
        name, peak_mb, "MB", reference_mb, peak_mb / reference_mb, f"value <= {MEMORY_MB}", peak_mb <= MEMORY_MB, detail
    )


def build(home: str) -> dict[str, Any]:
    from dataclasses import replace

    from analytics_platform.contracts import TABLES
    from analytics_platform.lake import lake as lake_module
    from analytics_platform.lake import open_lake
    from bench.stopwatch import Stopwatch

    lake = replace(open_lake(settings_of(home)), threads=THREADS)
    with Stopwatch() as watch:
        watch.over(lake_module.Lake, "_parse", "read and type")
        watch.over(lake_module, "_judge", "verdicts")
        watch.over(lake_module, "_write", "write Parquet")
        lake.build(TABLES[TABLE], [START])
    return watch.answer()


def read_and_copy(home: str) -> None:
    """The same raw fields, typed by DuckDB's reader: no rules, no time, no repeats, no quarantine."""
    import duckdb

    from analytics_platform.contracts import TABLES

    fields = {"received_at": "TIMESTAMPTZ", "origin": "VARCHAR", "payload": _struct(TABLES[TABLE].shape)}
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in fields.items())
    memory = f"{settings_of(home).lake_memory_mb}MB"
    with duckdb.connect(config={"threads": THREADS, "memory_limit": memory}) as connection:
        connection.execute(
            f"""copy (
                select received_at, origin, unnest(payload, recursive := true)
                from read_ndjson('{home}/landing/{TABLE}/*/*.zst', columns = {{{columns}}}, ignore_errors = true)
            ) to '{Path(home) / "bare.parquet"}' (format parquet, compression zstd)"""
        )


def _struct(shape: dict[str, Any]) -> str:
    """A contract's shape as DuckDB's type."""
    fields = (f'"{name}" {_struct(kind) if isinstance(kind, dict) else kind}' for name, kind in shape.items())
    return f"STRUCT({', '.join(fields)})"
