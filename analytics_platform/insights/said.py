"""What people said of incidents by their id, kept in the lake: ``insights_feedback/<id>-<when>.json``, only added to.

Does not live here: what the detector makes of it (``feedback``), the words of the command (``commands``).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from analytics_platform.contracts import INSIGHTS
from analytics_platform.insights.errors import IncidentUnknown
from analytics_platform.insights.feedback import Feedback, Verdict
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.workbench import days_of, days_sql, workbench

FOLDER = "insights_feedback"
INCIDENTS = INSIGHTS["insights/incidents"]


def say(lake: Lake, incident_id: str, verdict: Verdict, now: datetime) -> Mapping[str, Any]:
    """Note a verdict on an incident; returns the incident."""
    incident = _incident(lake, incident_id)
    noted = {
        "incident_id": incident_id,
        "series": judged_name(incident["series_id"], incident["grain"]),
        "first": int(incident["started_at"].timestamp()),
        "last": int(incident["last_at"].timestamp()),
        "verdict": verdict.value,
        "given": int(now.timestamp()),
    }
    with lake.store.workspace() as folder:
        file = folder / "said.json"
        file.write_bytes(orjson.dumps(noted, option=orjson.OPT_INDENT_2))
        lake.store.publish(file, f"{FOLDER}/{incident_id}-{now.astimezone(UTC):%Y%m%dT%H%M%S%f}.json")
    return incident


def everything_said(lake: Lake) -> tuple[list[Feedback], dict[str, str]]:
    """All verdicts for the detector, and the newest one of each incident."""
    noted = [orjson.loads(content) for key in lake.store.keys(FOLDER) if (content := lake.store.read(key))]
    noted.sort(key=lambda one: (one["given"], one["incident_id"]))
    feedback = [
        Feedback(one["series"], one["first"], one["last"], Verdict(one["verdict"]), one["given"]) for one in noted
    ]
    return feedback, {one["incident_id"]: one["verdict"] for one in noted}


def judged_name(series_id: str, grain: str) -> str:
    """A series as the detector names it: hours and days of one metric are two series."""
    return f"{series_id}@{grain}"


def _incident(lake: Lake, incident_id: str) -> Mapping[str, Any]:
    with workbench(lake) as (connection, folder):
        rows = days_sql(lake, INCIDENTS, days_of(lake, INCIDENTS), folder)
        found = connection.sql(f"select * from ({rows}) where incident_id = $1", params=[incident_id]).to_arrow_table()
    if not len(found):
        raise IncidentUnknown(
            f"There is no incident {incident_id}. See their ids: analytics-platform query"
            ' "select incident_id, series_id, started_at from incidents order by started_at desc"'
        )
    row: Mapping[str, Any] = found.to_pylist()[0]
    return row
