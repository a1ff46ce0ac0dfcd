"""Open incidents as alerts: one for a group, none for what was dismissed, closed, or is a gap in the data."""

from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from analytics_platform.alerts import incidents
from analytics_platform.settings import Settings
from analytics_platform.warehouse.publishing import publish

COLUMNS = (
    "group_id text, metric text, dimension text, member text, grain text, started_at timestamptz, last_at timestamptz,"
    " direction text, severity text, observed double, expected double, deviation double, explained_by text,"
    " status text, nature text, verdict text"
)
AT = datetime(2026, 3, 10, 14, tzinfo=UTC)


def put(settings: Settings, *rows: dict[str, Any]) -> None:
    settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    settings.warehouse_file.unlink(missing_ok=True)
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        connection.execute(f"create table incidents ({COLUMNS})")
        for row in rows:
            whole = {"metric": "requests", "grain": "hour", "started_at": AT, "last_at": AT, "direction": "up",
                     "severity": "low", "observed": 9.0, "expected": 3.0, "deviation": 2.0, "status": "open",
                     "nature": "behaviour", **row}  # fmt: skip
            marks = ", ".join("?" for _ in whole)
            connection.execute(f"insert into incidents ({', '.join(whole)}) values ({marks})", list(whole.values()))
    publish(settings, "by hand", AT, lambda _line: None)


def test_without_the_mart_nothing_is_said(settings: Settings) -> None:
    assert incidents.judge(settings, AT) is None


def test_one_alert_for_a_group_and_none_for_what_is_no_news(settings: Settings) -> None:
    put(
        settings,
        {"group_id": "g1", "severity": "medium",
         "explained_by": '[{"dimension": "country", "member": "TH", "share": 0.8}]'},
        {"group_id": "g1", "metric": "errors", "dimension": "endpoint", "member": "/chat", "severity": "critical",
         "deviation": 1.0},
        {"group_id": "g2", "status": "closed"},
        {"group_id": "g3", "nature": "data gap"},
        {"group_id": "g4", "verdict": "dismissed"},
        {"group_id": "g5", "verdict": "confirmed", "expected": None, "deviation": None},
    )  # fmt: skip
    judged = incidents.judge(settings, AT)
    assert judged is not None
    alerts, causes = judged
    assert causes == {"incident:g1", "incident:g5"}
    assert (alerts[0].title, alerts[0].severity) == ("requests went up and 1 series with it", "critical")
    assert alerts[0].text == (
        "Since 2026-03-10 14:00 UTC: 9 in one hour, expected 3. Deviation +200 % of what was expected."
        " Explained by country TH (80 %)."
    )
    assert alerts[1].text == "Since 2026-03-10 14:00 UTC: 9 in one hour, expected no data."


def test_what_ended_with_imported_history_is_no_news_and_no_recovery(settings: Settings) -> None:
    put(settings, {"group_id": "old", "last_at": AT - timedelta(days=8)}, {"group_id": "new"})
    judged = incidents.judge(settings, AT)
    assert judged is not None
    assert ([alert.cause for alert in judged[0]], judged[1]) == (["incident:new"], {"incident:new", "incident:old"})
