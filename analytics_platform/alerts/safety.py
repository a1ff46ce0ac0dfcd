"""Safety flags that are new, as alerts: read from the labels of the lake, so that no failing mart holds them back.

A flag on an answer or a turn of a chat of the last days is told by itself, a critical one at once. Older ones (a first
start, a backfill, a new word over the past) are told together, for nobody can act on each of a thousand. What an alert
shows of the person is a setting, and by default nothing.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from analytics_platform.alerts.alert import SEVERITIES, Alert, Severity
from analytics_platform.alerts.causes import span
from analytics_platform.alerts.state import State
from analytics_platform.contracts.chat_labels import EXCHANGES
from analytics_platform.contracts.labels import SAFETY
from analytics_platform.lake import open_lake
from analytics_platform.lake.checks import open_days
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse

OWNER = "team:safety"
CHAT = "chat"
_RANK = "min(case {} when 'critical' then 0 when 'high' then 1 else 2 end) as rank"
_ANSWERS = f"""
    select answer_id, min(day) as day, string_agg(distinct rule, ', ' order by rule) as rules,
        string_agg(distinct cohort, ', ' order by cohort) as cohort, {_RANK.format("tier")}
    from days group by answer_id"""
_TURNS = f"""
    select message_id as answer_id, min(day) as day, '{CHAT}' as rules, null as cohort, {_RANK.format("safety")}
    from days where safety in ('critical', 'high', 'medium') group by message_id"""
RECENT_DAYS = 3
Row = dict[str, Any]


def new_alerts(settings: Settings, days: Sequence[date], now: datetime) -> list[Alert]:
    """Alerts for the flags of these days that were never told; one for each answer, one for all old answers."""
    rows = _flags(settings, days)
    state = State(settings.home)
    known = state.known([_cause(row) for row in rows])
    told = {cause: state.scopes(cause) for cause in {_old_cause(row) for row in rows}}
    fresh = [row for row in rows if _cause(row) not in known and row["answer_id"] not in told[_old_cause(row)]]
    edge = now.date() - timedelta(days=RECENT_DAYS)
    recent = [row for row in fresh if row["day"] >= edge]
    old = [row for row in fresh if row["day"] < edge]
    people = _people(settings, [row["answer_id"] for row in recent])
    alerts = [_one(settings, row, people.get(row["answer_id"], {})) for row in recent]
    by_day: dict[str, list[Row]] = {}
    for row in old:
        by_day.setdefault(_old_cause(row), []).append(row)
    return [*alerts, *(_many(settings, cause, found) for cause, found in sorted(by_day.items()))]


def _cause(row: Row) -> str:
    return f"safety:{row['answer_id']}"


def _old_cause(row: Row) -> str:
    """Old flags are told by month, each answer once: a backfill of a year is twelve alerts."""
    return f"safety:before:{row['day']:%Y-%m}"


def _flags(settings: Settings, days: Sequence[date]) -> list[Row]:
    """One row for each answer or turn of a chat: its gravest tier and the rules that fired."""
    found: list[Row] = []
    for table, sql in ((SAFETY, _ANSWERS), (EXCHANGES, _TURNS)):
        with open_days(open_lake(settings), table, days) as (connection, files):
            if files:
                found += connection.sql(sql).to_arrow_table().to_pylist()
    return sorted(found, key=lambda row: (row["rank"], row["day"], row["answer_id"]))


def _people(settings: Settings, answers: Sequence[str]) -> dict[str, Row]:
    """Who wrote them, when the setting lets it be shown and the marts know it already."""
    if settings.alert_personal == "nothing" or not answers or open_warehouse(settings).current() is None:
        return {}
    marks = ", ".join(f"${n}" for n in range(1, len(answers) + 1))
    with open_warehouse(settings).reader() as reader:
        rows = reader.query(
            f"select answer_id, full_name, cohort, response from user_responses where answer_id in ({marks})",
            list(answers),
        ).to_pylist()
    return {row["answer_id"]: row for row in rows}


def _one(settings: Settings, row: Row, person: Row) -> Alert:
    severity: Severity = SEVERITIES[row["rank"]]
    cohort = person.get("cohort") or row["cohort"]
    what = "A message in a chat" if row["rules"] == CHAT else "An answer"
    lines = [f"{what} of {row['day']}{f' in {cohort}' if cohort else ''} was flagged. Rules: {row['rules']}."]
    if person and settings.alert_personal in ("names", "words"):
        lines.append(f"By: {person['full_name'] or 'no name known'}.")
    if person and settings.alert_personal == "words":
        lines.append(f"They wrote: {person['response']}")
    return Alert(
        kind="safety",
        severity=severity,
        owner=OWNER,
        cause=_cause(row),
        title=f"{what} of {row['day']} needs a person's eyes",
        text="\n".join(lines),
        todo='Read it and reach out to its writer: analytics-platform query "select * from safety_flags where'
        f" answer_id = '{row['answer_id']}'\". A rule can be wrong; a person decides.",
        link=f"{settings.ui}/assets/labels/safety",
    )


def _many(settings: Settings, cause: str, rows: Sequence[Row]) -> Alert:
    counts = Counter(SEVERITIES[row["rank"]] for row in rows)
    said = ", ".join(f"{counts[tier]} {tier}" for tier in SEVERITIES if counts[tier])
    return Alert(
        kind="safety",
        severity="high" if counts["critical"] or counts["high"] else "medium",
        owner=OWNER,
        cause=cause,
        title=f"{len(rows)} older answers are flagged now",
        text=f"{said}. They are of {span(sorted({row['day'] for row in rows}))}, and were read only now.",
        todo='Read them, the gravest first: analytics-platform query "select * from safety_flags order by tier, day".',
        link=f"{settings.ui}/assets/labels/safety",
        scopes=tuple(row["answer_id"] for row in rows),
        tells_each_scope=True,
    )
