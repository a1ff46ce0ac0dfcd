"""Incidents of all series, for the days of a run: ``insights/incidents``.

The detector is causal, so the window before the days is judged again and only alarms of these days are new; an incident
that was open before is carried on under its id. Does not live here: judging (``scoring``), which members made it
(``explained``), which days' data is bad (``platform_days``).
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from analytics_platform.contracts import INSIGHTS
from analytics_platform.insights.detector import cooldown
from analytics_platform.insights.explained import Explainer
from analytics_platform.insights.gaps import FailedCheck, failures_of, nature
from analytics_platform.insights.history import SERIES, Line, lines, looked_at_again, window_start
from analytics_platform.insights.options import DEFAULT
from analytics_platform.insights.platform_days import failures
from analytics_platform.insights.said import everything_said
from analytics_platform.insights.scoring import score
from analytics_platform.insights.verdicts import Incident, Verdicts, incidents_of
from analytics_platform.insights.watched import DAY, HOUR, Watched, watched
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.workbench import days_of, days_sql, workbench, write_day
from analytics_platform.settings import Settings

INCIDENTS = INSIGHTS["insights/incidents"]
ENGINE = "incidents-2"
STEP = {HOUR: 3600, DAY: 86400}
Row = dict[str, Any]


@dataclass
class Found:
    """Incidents of the days asked for, how many series were judged, and the worst ones to look at."""

    rows: list[Row] = field(default_factory=list)
    series: int = 0
    drawn: list[tuple[Row, Line, Verdicts]] = field(default_factory=list)


def find(
    settings: Settings, days: Sequence[date], declared: Watched | None = None, red: Sequence[FailedCheck] = ()
) -> Found:
    """Judge every series up to the newest point; write the incidents that began on the first of these days or later,
    and those of the last month, whose series may be others now. Gives those of these days and later.

    What an old day was changes what later ones are compared with, and an incident of it may last until today.
    """
    known, lake, found = declared or watched(), open_lake(settings), Found()
    first, last = looked_at_again(lake, days), max([*days, *days_of(lake, SERIES)])
    checks = [*failures(lake, window_start(last, HOUR), last), *red]
    feedback, verdicts_said = everything_said(lake)
    for grain in (HOUR, DAY):
        every = lines(lake, known, last, grain)
        explainer, history = Explainer(every, known), [line.known() for line in every]
        found.series += len(history)
        history = [line for line in history if len(line.values) and np.ptp(line.values) > 0]  # the rest says nothing
        for place, verdicts in score([line.as_series() for line in history], DEFAULT, feedback):
            line = history[place]
            metric = known.metric(line.metric)
            for incident in incidents_of(verdicts):
                off = abs(line.values[incident.peak] - verdicts.expected[incident.peak])
                if metric is not None and off < metric.least_effect:
                    continue
                row = _row(line, verdicts, incident, checks, known.version)
                row["verdict"] = verdicts_said.get(row["incident_id"])
                if row["day"] >= first and line.dimension is None:
                    window = (incident.alarm, incident.last + 1)
                    row["explained_by"] = explainer.explain(line, window, row["expected"])
                    found.drawn.append((row, line, verdicts))
                found.rows.append(row)
    _write(lake, found.rows, first, last)
    found.rows = [row for row in found.rows if row["day"] >= min(days)]
    found.drawn = [drawn for drawn in found.drawn if drawn[0]["day"] >= min(days)]
    found.drawn.sort(key=lambda drawn: -abs(drawn[0]["z"] or 0.0))
    return found


def _row(line: Line, verdicts: Verdicts, incident: Incident, checks: Sequence[FailedCheck], version: str) -> Row:
    started, last, peak = (int(line.times[at]) for at in (incident.alarm, incident.last, incident.peak))
    expected, observed = float(verdicts.expected[incident.peak]), float(line.values[incident.peak])
    quiet = incident.last + cooldown(STEP[line.grain])
    is_over = quiet < len(line.times) - 1
    concerned = failures_of(line.source, line.dimension, line.member, checks)
    told = nature(line.source, started, last + STEP[line.grain] - 1, concerned)
    points = int((verdicts.over & (verdicts.incident == incident.number)).sum())
    return {
        "incident_id": _id(line.name, started),
        "day": _moment(started).date(),
        **{name: getattr(line, name) for name in ("series_id", "metric", "source", "dimension", "member", "grain")},
        "started_at": _moment(started),
        "last_at": _moment(last),
        "ended_at": _moment(int(line.times[quiet])) if is_over else None,
        "status": "closed" if is_over else "open",
        "direction": incident.direction,
        "severity": incident.severity,
        "peak_at": _moment(peak),
        "observed": observed,
        "expected": expected,
        "low": float(verdicts.low[incident.peak]),
        "high": float(verdicts.high[incident.peak]),
        "deviation": (observed - expected) / abs(expected) if expected else None,
        "z": float(verdicts.z[incident.peak]),
        "signal": incident.signal,
        "points": points,
        "nature": told.kind,
        "failed_checks": "|".join(told.checks) or None,
        "explained_by": None,
        "version": f"{ENGINE} {version}",
    }


def _id(name: str, started: int) -> str:
    return hashlib.sha256(f"{name}@{started}".encode()).hexdigest()[:16]


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def grouped(rows: Sequence[Row]) -> Iterator[Row]:
    """Incidents of one source that began on one day are one group, led by the whole that was the first to alarm."""
    groups: dict[tuple[str, date], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["source"], row["day"]), []).append(row)
    for members in groups.values():
        lead = min(members, key=lambda row: (row["dimension"] is not None, row["started_at"], row["series_id"]))
        yield from ({**row, "group_id": lead["incident_id"]} for row in members)


def _write(lake: Lake, rows: Sequence[Row], first: date, last: date) -> None:
    """From the first day on each day has what was found now; of earlier ones only what goes on is told anew."""
    earlier = {row["incident_id"]: row for row in rows if row["day"] < first}
    begin = window_start(last, DAY)
    before = _stored(lake, [day for day in days_of(lake, INCIDENTS) if begin <= day < first])
    changed = {row["day"] for row in before if _differs(row, earlier.get(row["incident_id"]))}
    by_day: dict[date, list[Row]] = {day: [] for day in changed}
    for row in before:
        if row["day"] in changed:
            by_day[row["day"]].append({**row, **_carried(earlier.get(row["incident_id"]))})
    by_day |= {first + timedelta(days=number): [] for number in range((last - first).days + 1)}
    for row in grouped([row for row in rows if row["day"] >= first]):
        by_day[row["day"]].append(row)
    with workbench(lake) as (connection, folder):
        schema = connection.sql(f"select * from ({days_sql(lake, INCIDENTS, [], folder)})").to_arrow_table().schema
        for day, of_day in sorted(by_day.items()):
            connection.register("of_day", pa.Table.from_pylist(of_day, schema))
            write_day(connection, lake, folder, INCIDENTS, day, "select * from of_day")
            connection.unregister("of_day")


_CARRIED = ("last_at", "ended_at", "status", "points", "nature", "failed_checks", "verdict")


def _carried(now: Mapping[str, Any] | None) -> Row:
    return {name: now[name] for name in _CARRIED} if now else {}


def _differs(before: Mapping[str, Any], now: Mapping[str, Any] | None) -> bool:
    return now is not None and any(before[name] != now[name] for name in _CARRIED)


def _stored(lake: Lake, days: Sequence[date]) -> list[Row]:
    with workbench(lake) as (connection, folder):
        rows: list[Row] = connection.sql(days_sql(lake, INCIDENTS, days, folder)).to_arrow_table().to_pylist()
        return rows
