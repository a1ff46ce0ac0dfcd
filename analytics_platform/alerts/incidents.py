"""Open incidents of the published mart ``incidents`` as alerts; one for a group of series that moved together."""

import json
from datetime import datetime, timedelta
from typing import Any

from analytics_platform.alerts import causes
from analytics_platform.alerts.alert import SEVERITIES, Alert
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse

MART, MOST = "incidents", 200
NEWS = timedelta(days=7)


def judge(settings: Settings, now: datetime) -> tuple[list[Alert], set[str]] | None:
    """Alerts for what is open and was not dismissed, and the causes of all that is open; None where there is no such
    mart yet.

    A data gap is no incident of people's behaviour: its failed check is told instead. What ended with imported history
    long ago is open for ever, because no later point closes it, and is no news.
    """
    warehouse = open_warehouse(settings)
    snapshot = warehouse.current()
    if snapshot is None or MART not in snapshot.rows:
        return None
    with warehouse.reader() as reader:
        rows = reader.query(
            f"""select group_id, metric, dimension, member, grain, started_at, last_at, direction, severity, observed,
                expected, deviation, explained_by from {MART}
            where status = 'open' and nature = 'behaviour' and coalesce(verdict, '') <> 'dismissed'
            order by group_id, abs(deviation) desc nulls last, metric limit {MOST}"""
        ).to_pylist()
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(str(row["group_id"]), []).append(row)
    alerts = {key: _alert(key, group, settings.ui) for key, group in groups.items()}
    news = [alerts[key] for key, group in groups.items() if max(row["last_at"] for row in group) > now - NEWS]
    return news, {alert.cause for alert in alerts.values()}


def _alert(key: str, group: list[dict[str, Any]], ui: str) -> Alert:
    head = group[0]
    worst = min((row["severity"] for row in group), key=SEVERITIES.index)
    others = f" and {len(group) - 1} series with it" if len(group) > 1 else ""
    return causes.incident(key, worst, f"{_name(head)} went {head['direction']}{others}", _text(head), ui)


def _name(row: dict[str, Any]) -> str:
    return f"{row['metric']} of {row['dimension']} {row['member']}" if row["dimension"] else str(row["metric"])


def _text(row: dict[str, Any]) -> str:
    expected = "no data" if row["expected"] is None else f"{row['expected']:g}"
    said = (
        f"Since {row['started_at']:%Y-%m-%d %H:%M} UTC: {row['observed']:g} in one {row['grain']}, expected {expected}."
    )
    if row["deviation"] is not None:
        said += f" Deviation {100 * row['deviation']:+.0f} % of what was expected."
    because = json.loads(row["explained_by"] or "[]")
    if because:
        parts = [f"{one['dimension']} {one['member']} ({100 * one['share']:.0f} %)" for one in because[:3]]
        said += f" Explained by {', '.join(parts)}."
    return said
