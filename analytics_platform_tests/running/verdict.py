"""What must hold after the hard fortnight; each function gives what does not hold, as sentences."""

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from analytics_platform.alerts.state import State
from analytics_platform.contracts import IMPORTS, TABLES
from analytics_platform.lake import open_lake
from analytics_platform.operations.waiting import waiting_steps
from analytics_platform.reports.documents.document import KINDS
from analytics_platform.reports.documents.periods import Period, period_of
from analytics_platform.settings import Settings
from analytics_platform_tests.organisation import marts_of, share_models
from analytics_platform_tests.running.installation import Installation

HISTORY = {"forecasts", "learner_risk"}


def ledgers(settings: Settings) -> Iterator[str]:
    """Every line of landing is stored, a duplicate, or in quarantine."""
    lake = open_lake(settings)
    for table in (*TABLES.values(), *IMPORTS.values()):
        entries = {entry.day: entry for entry in lake.ledger.entries(table)}
        yield from (f"{table.path} {entry.day} does not balance" for entry in entries.values() if not entry.balances)
        landed = {segment.day for segment in lake.landing.segments(table)}
        yield from (f"{table.path} {day} has lines and no entry" for day in sorted(landed - entries.keys()))


def nothing_waits(settings: Settings, today: date) -> Iterator[str]:
    for step, days in waiting_steps(settings, today).items():
        yield from (f"{day} waits at {step}: {names[:2]}" for day, names in sorted(days.items()))


def as_built_anew(platform: Installation, home: Path, days: list[date]) -> Iterator[str]:
    """The published marts equal those of a home that gets the same raw lines and builds them once.

    ``HISTORY`` is what was found on each day with what was known then: of these the clean build has the last day only,
    and that one must be equal.
    """
    settings = platform.settings
    clean = settings.model_copy(update={"platform_home": home})
    shutil.copytree(settings.home / "landing", home / "landing")
    share_models(clean)
    if code := platform.command(home, "materialize", "--from", str(days[0]), "--to", str(days[-1])):
        yield f"the clean build ended with {code}; see the logs beside the home"
        return
    ours, theirs = marts_of(settings, HISTORY), marts_of(clean, HISTORY)
    for mart in sorted(ours.keys() | theirs.keys()):
        if ours.get(mart) != theirs.get(mart):
            yield f"{mart}: {ours.get(mart)} rows and content, built anew {theirs.get(mart)}"


def alerts(settings: Settings, received: list[dict[str, Any]]) -> Iterator[str]:
    """Each alert once for each time it opened, and the recovery of each; none is open, none undelivered."""
    counts = Counter((one["what"], one["cause"]) for one in received)
    state = State(settings.home)
    with state.connection() as connection:
        queued = Counter(
            {(what, cause): n for what, cause, n in connection.execute(
                "select what, cause, count(*) from messages group by what, cause").fetchall()}
        )  # fmt: skip
    for key in sorted(counts.keys() | queued.keys()):
        if counts[key] != queued[key]:
            yield f"{key[0]} of {key[1]} was sent {counts[key]} times for {queued[key]} messages"
    for case in state.cases(only_open=True, limit=10_000):
        if case.alert.kind in ("run_failed", "gave_up", "automation_failed", "stale"):
            yield f"{case.alert.cause} is still open: {case.alert.title}"
    for case in state.cases(only_open=False, limit=10_000):
        if case.recovered_at and not counts["recovery", case.alert.cause]:
            yield f"{case.alert.cause} recovered and nobody was told"
    yield from (f"undelivered: {one.alert.cause}" for one in state.messages(["waiting", "sending", "undeliverable"]))


def reports(settings: Settings, first: date, last: date) -> Iterator[str]:
    """Each closed day, ISO week and month of the time has each report, in each form."""
    for period in closed_periods(first, last):
        for kind in KINDS:
            folder = settings.reports_folder / kind / period.key
            missing = [name for name in ("about.json", "report.html", "report.md") if not (folder / name).exists()]
            yield from (f"no {name} of {kind} {period.key}" for name in missing)


def closed_periods(first: date, last: date) -> list[Period]:
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    found = {(grain, (one := period_of(grain, day)).key): one for day in days for grain in ("day", "week", "month")}
    return [period for period in found.values() if first <= period.last <= last]
