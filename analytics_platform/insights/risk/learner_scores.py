"""Chances of leaving as of a day, from the published marts into the lake: ``insights/learner_risk``.

A day without scores has one row that says why. Does not live here: the score (``backtest``, ``model``).
"""

from dataclasses import asdict
from datetime import date
from typing import Any

import orjson
import pyarrow as pa

from analytics_platform.contracts import INSIGHTS
from analytics_platform.insights.errors import HistoryRefused
from analytics_platform.insights.gathering import patient
from analytics_platform.insights.risk.backtest import Scored, score_learners
from analytics_platform.insights.risk.learners import from_marts
from analytics_platform.lake import open_lake
from analytics_platform.lake.workbench import days_sql, workbench, write_day
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse

LEARNER_RISK = INSIGHTS["insights/learner_risk"]
ENGINE, HORIZON = "risk-1", 14


def score_day(settings: Settings, day: date) -> Scored:
    """Score everybody on the morning after this day and write the day's scores anew."""
    names: list[str] = []
    with open_warehouse(patient(settings)).reader() as reader:
        try:
            learners = from_marts(reader)
        except HistoryRefused as refused:
            found = Scored(str(refused))
        else:
            names = learners.names
            found = score_learners(learners.activity, (day - date(1970, 1, 1)).days + 1, HORIZON)
    lake = open_lake(settings)
    with workbench(lake) as (connection, folder):
        empty = connection.sql(f"select * from ({days_sql(lake, LEARNER_RISK, [], folder)})").to_arrow_table()
        connection.register("made", pa.Table.from_pylist(_rows(found, names, day), empty.schema))
        write_day(connection, lake, folder, LEARNER_RISK, day, "select * from made")
    return found


def _rows(found: Scored, names: list[str], day: date) -> list[dict[str, Any]]:
    tested = found.tested
    shared = {
        "day": day,
        "horizon_days": HORIZON,
        "reason": found.reason,
        "auc": tested.auc if tested else None,
        "base_rate": tested.base_rate if tested else None,
        "calibration_error": tested.error if tested else None,
        "learners_tested": tested.learners if tested else None,
        "version": ENGINE,
    }
    if found.person is None or found.chance is None or found.reasons is None:
        return [{**shared, "risk_id": f"{day}:"}]
    return [
        {
            **shared,
            "risk_id": f"{day}:{names[person]}",
            "person_id": names[person],
            "chance": float(chance),
            "because": orjson.dumps([asdict(reason) for reason in reasons]).decode(),
        }
        for person, chance, reasons in zip(found.person, found.chance, found.reasons, strict=True)
    ]
