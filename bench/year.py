"""365 days of the default organisation through every asset against 30 days: how the cost grows with the days.

Every job that builds days (``daily``, ``insights``) for all days at once, and then the daily, weekly and monthly
reports of the last periods, as a first start writes them. ``--scale 0.1`` takes a tenth of the days of both.
"""

from typing import Any

from bench.homes import START, days_from, initialise, settings_of
from bench.measuring import Result, at_most, run_part, temporary_home

LONG, SHORT, RATIO = 365, 30, 13


def measure(scale: float) -> list[Result]:
    found = {}
    for days in (max(3, int(SHORT * scale)), max(6, int(LONG * scale))):
        with temporary_home() as home:
            lines = run_part(organisation, home, days).answer
            run_part(initialise, home)
            part = run_part(every_asset, home, days)
            found[days] = part, {"lines": lines, **part.answer, "peak MB": round(part.peak_mb)}
    (short, _), (long, _) = found.values()
    detail = {f"{days} days": told for days, (_, told) in found.items()}
    return [at_most("year", long.seconds, short.seconds, RATIO, detail=detail)]


def organisation(home: str, days: int) -> int:
    """The demo's organisation, whose volume follows from its people; the number of lines."""
    from analytics_platform.lake import open_lake
    from analytics_platform.simulator import Plan, simulate

    lake = open_lake(settings_of(home))
    return simulate(Plan(start=START, days=days), lake.landing, lake.store).lines


def every_asset(home: str, days: int) -> dict[str, Any]:
    """Seconds of each step."""
    import time

    from analytics_platform.defs.running import run_days
    from analytics_platform.reports.documents.document import KINDS
    from analytics_platform.reports.documents.periods import period_of
    from analytics_platform.reports.documents.report_files import write_reports

    settings, every, took, said = settings_of(home), days_from(0, days), dict[str, float](), list[str]()
    for job in ("daily", "insights"):
        started = time.monotonic()
        if not run_days(settings, every, said.append, job_name=job):
            raise RuntimeError("\n".join(said[-40:]))
        took[job] = round(time.monotonic() - started, 1)
    started = time.monotonic()
    for grain in ("day", "week", "month"):
        write_reports(settings, KINDS, period_of(grain, every[-1]), [])
    return {**took, "reports": round(time.monotonic() - started, 1)}
