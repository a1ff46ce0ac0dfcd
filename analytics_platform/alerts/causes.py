"""What happened, as alerts: pure functions from the facts of an event to its words, its severity and its fingerprint.

Texts carry no value out of somebody's data: what an error quotes is masked. Does not live here: where the facts come
from (``defs``, ``safety``, ``sources``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from analytics_platform.alerts.alert import Alert, Severity

OWNER = "team:data-engineering"
OLD = 7  # days
_QUOTED = re.compile(r"\"[^\"]{3,}\"|'[^']{3,}'|“[^”]*”|`[^`]{3,}`")
_ADDRESS = re.compile(r"[^\s,;]+@[^\s,;]+")


@dataclass(frozen=True)
class FailedRun:
    """A run that failed: ``days`` are the days it was asked for, none for a run without partitions."""

    run_id: str
    job: str
    step: str
    error: str  # its class
    message: str
    days: Sequence[date]


@dataclass(frozen=True)
class Evaluation:
    """What one check found in one run. ``is_whole``: it looks at all days, whichever the run was asked for."""

    asset: str
    check: str
    passed: bool
    is_error: bool
    owner: str
    message: str
    run_id: str
    days: Sequence[date]
    is_whole: bool


def run_failed(run: FailedRun, ui: str) -> Alert:
    """One cause for a job, a step and a kind of error; its days have to become well again."""
    return Alert(
        kind="run_failed",
        severity="high",
        owner=OWNER,
        cause=f"run_failed:{run.job}:{run.step}:{run.error}",
        title=f"The run {run.job} failed in {run.step or 'its start'}",
        text=f"{run.error}: {masked(run.message)}\nDays: {span(run.days)}.",
        todo="Open the run and read the failed step. Its days keep their last good state and wait to be built again:"
        " mend the cause and re-execute from failure, or let the next run take them.",
        link=f"{ui}/runs/{run.run_id}",
        scopes=tuple(map(str, run.days)) or ("whole",),
    )


def is_news(evaluation: Evaluation, today: date) -> bool:
    """A warning that compares a day long past with its neighbours is seen in the UI: history that is imported, or a
    late line, is nothing to act on. What stops the marts is told whatever its days are.
    """
    if evaluation.is_error or evaluation.is_whole or not evaluation.days:
        return True
    return max(evaluation.days) >= today - timedelta(days=OLD)


def check_cause(evaluation: Evaluation) -> str:
    return f"check_failed:{evaluation.asset}:{evaluation.check}"


def check_failed(evaluation: Evaluation, ui: str) -> Alert:
    """Once for a check and a day; a check that stops what is below it is grave."""
    effect = "What is below it was not published." if evaluation.is_error else "Nothing was stopped by it."
    return Alert(
        kind="check_failed",
        severity="high" if evaluation.is_error else "medium",
        owner=evaluation.owner,
        cause=check_cause(evaluation),
        title=f"The check {evaluation.check} of {evaluation.asset} failed",
        text=f"{masked(evaluation.message)}\nDays: {span(evaluation.days)}. {effect}",
        todo=f"See its rows: analytics-platform checks rows {evaluation.asset} {evaluation.check}. Mend the source or"
        " the model, then materialise these days again.",
        link=f"{ui}/assets/{evaluation.asset}?view=checks",
        scopes=tuple(map(str, evaluation.days)) or ("whole",),
        tells_each_scope=not evaluation.is_whole,
    )


def automation_failed(name: str, kind: str, message: str, ui: str) -> Alert:
    return Alert(
        kind="automation_failed",
        severity="high",
        owner=OWNER,
        cause=f"automation_failed:{name}",
        title=f"The {kind} {name} fails",
        text=f"Its last tick ended with an error: {masked(message)}\nUntil it works, what it starts does not start.",
        todo="Open its ticks, read the error and mend the cause; it tries again by itself.",
        link=f"{ui}/automation",
    )


def gave_up(name: str, said: str, ui: str) -> Alert:
    """A sensor asked so often for the same days that it stopped asking; it says which."""
    return Alert(
        kind="gave_up",
        severity="high",
        owner=OWNER,
        cause=f"gave_up:{name}:{sha256(said.encode()).hexdigest()[:12]}",
        title=f"{name} gave up on days whose runs keep failing",
        text=f"{masked(said)}\nThese days keep their last good state until somebody acts.",
        todo="Read the last failed run, mend the cause, then materialise these days by hand.",
        link=f"{ui}/runs",
    )


def budget_spent(day: date, spent: float, limit: float, ui: str) -> Alert:
    """One cause for all days: a budget that is spent every day is one thing to decide."""
    return Alert(
        kind="budget_spent",
        severity="medium",
        owner=OWNER,
        cause="budget_spent:labels",
        title=f"The day's budget for labels by a model is spent ({spent:.2f} of {limit:.2f})",
        text=f"Since then no text of {day} is asked about: their labels are unknown. It goes on at midnight UTC.",
        todo="Wait for the next day, or raise LLM_DAILY_LIMIT and materialise labels/exchanges for the days again.",
        link=f"{ui}/assets/labels/exchanges",
    )


def file_refused(kind: str, name: str, refused_at: str, reason: str, ui: str) -> Alert:
    """Nothing of the file was taken. Its name may be a person's, so it is told by the time at which it was refused."""
    place = f"imports/rejected/{kind}/{refused_at}-…"
    return Alert(
        kind="file_refused",
        severity="high" if kind == "roster" else "medium",
        owner=OWNER,
        cause=f"file_refused:{kind}:{refused_at}:{sha256(name.encode()).hexdigest()[:12]}",
        title=f"A file in imports/{kind} was refused as a whole",
        text=f"{masked(reason)}\nNothing of it was imported; what was imported before holds. It lies in {place},"
        " with its report beside it.",
        todo=f"Read the report, mend the file, and drop it into imports/{kind} again under its name (or under another,"
        " and delete the refused one): then this is over.",
        link=f"{ui}/assets/people/roster" if kind == "roster" else f"{ui}/asset-groups",
    )


def not_built(table: str, yesterday: date, latest: date | None, ui: str) -> Alert:
    last = f"The latest day is {latest}." if latest else "No day is built."
    return Alert(
        kind="stale",
        severity="high",
        owner=OWNER,
        cause=f"stale:not_built:{table}",
        title=f"{table} has no partition for {yesterday}",
        text=f"{last} The daily run builds it at 00:30 UTC.",
        todo=f"Look why the daily run did not start or did not end, then materialise {yesterday}.",
        link=f"{ui}/assets/{table}",
    )


def silent_source(table: str, last_lines: date, days: int, ui: str) -> Alert:
    return Alert(
        kind="stale",
        severity="medium",
        owner=OWNER,
        cause=f"stale:silent:{table}",
        title=f"{table} has received nothing for {days} days",
        text=f"The last day with lines is {last_lines}. Before that the source sent on most days.",
        todo="Ask the source's owner whether it still sends, and look at the connector's or collector's log.",
        link=f"{ui}/assets/{table}",
    )


def incident(key: str, severity: Severity, what: str, text: str, ui: str) -> Alert:
    return Alert(
        kind="incident",
        severity=severity,
        owner=OWNER,
        cause=f"incident:{key}",
        title=what,
        text=text,
        todo="Compare with what happened that day, then confirm or dismiss it (analytics-platform anomalies confirm).",
        link=f"{ui}/assets/marts/incidents",
    )


def masked(message: str, longest: int = 300) -> str:
    """The first lines of an error without what it quotes: quotes may hold words of learners."""
    line = _ADDRESS.sub("…@…", _QUOTED.sub("'…'", " ".join(message.split())))
    return line if len(line) <= longest else f"{line[:longest]}…"


def span(days: Sequence[date]) -> str:
    if not days:
        return "all"
    return str(days[0]) if len(days) == 1 else f"{min(days)} to {max(days)} ({len(days)} days)"
