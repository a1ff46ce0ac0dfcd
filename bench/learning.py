"""People and learning marts of 100,000 people and 20,000,000 statements: built whole, and one day refreshed.

The refresh is held against the same with a tenth of the history. Everybody is on the roster and has links.
"""

from pathlib import Path

from bench.homes import START, settings_of
from bench.measuring import Result, at_most, run_part, temporary_home
from bench.refreshing import refresh_both

PEOPLE, STATEMENTS = 100_000, 20_000_000
LONG, SHORT = 100, 10
RATIO = 1.25
TABLE = "xapi/statements"


def measure(scale: float) -> list[Result]:
    people, lines = max(10, int(PEOPLE * scale)), int(STATEMENTS * scale / LONG)
    with temporary_home() as long, temporary_home() as short:
        total = run_part(prepare, long, people, lines).answer
        refreshed = refresh_both(long, short, LONG, SHORT)
        rebuilt = run_part(rebuild, long)
    value, reference = refreshed.medians
    detail = {"statements": total, "people": people, **refreshed.detail}
    whole = refreshed.built.seconds  # lake days, labels and marts from landing
    slowest = {"peak MB": round(rebuilt.peak_mb), **rebuilt.answer}
    return [
        Result("learning_rebuild", rebuilt.seconds, "s", whole, rebuilt.seconds / whole, "stated", None, slowest),
        at_most("learning_refresh", value, reference, RATIO, detail=detail),
    ]


def prepare(home: str, people: int, lines: int) -> int:
    """Simulate, and import the roster, the links and the lesson map that go with it."""
    from analytics_platform.commands.demo import import_simulated
    from analytics_platform.lake import open_lake
    from analytics_platform.simulator import Plan, simulate

    settings = settings_of(home)
    lake = open_lake(settings)
    plan = Plan(start=START, days=LONG, people=people, lines_per_day=lines, mix={TABLE: 1})
    total = simulate(plan, lake.landing, lake.store, Path(home) / "truth.json").lines
    import_simulated(settings, plan)
    return total


def rebuild(home: str) -> dict[str, float]:
    """dbt alone, from the lake: people and every mart from nothing. Answers with the slowest models."""
    from analytics_platform.warehouse import dbt

    settings = settings_of(home)
    for file in (settings.warehouse_file, settings.steps_file):
        file.unlink()
    results = dbt.build(settings, [], [], lambda _line: None)
    failed = [result for result in results if not result.succeeded]
    if failed:
        raise RuntimeError(f"dbt failed: {failed[:3]}")
    slowest = sorted(results, key=lambda result: -result.seconds)[:5]
    return {result.unique_id.split(".")[2]: round(result.seconds, 1) for result in slowest}
