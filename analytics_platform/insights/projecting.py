"""Forecasts of the daily series that are declared for it: ``insights/forecasts``, or the reason why there is none.

Made of what was known on the last day of the run. Does not live here: the models and when they abstain
(``forecasting/``).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from analytics_platform.contracts import INSIGHTS
from analytics_platform.insights.forecasting.capacity import when_reached
from analytics_platform.insights.forecasting.forecast import Forecast, forecast
from analytics_platform.insights.history import Line, lines
from analytics_platform.insights.watched import DAY, Watched, watched
from analytics_platform.lake import open_lake
from analytics_platform.lake.workbench import days_sql, workbench, write_day
from analytics_platform.settings import Settings

FORECASTS = INSIGHTS["insights/forecasts"]
ENGINE, HORIZON = "forecasts-2", 28


def project(settings: Settings, day: date, declared: Watched | None = None) -> list[tuple[Line, Forecast]]:
    """Forecast from this day on and write the day's forecasts anew."""
    known, lake = declared or watched(), open_lake(settings)
    wanted = {metric.name: metric for metric in known.metrics if metric.forecast}
    history = [
        line.known()
        for line in lines(lake, known, day, DAY)
        if line.metric in wanted and (line.dimension is None or not wanted[line.metric].total)
    ]
    found = list(zip(history, forecast([line.as_series() for line in history], HORIZON), strict=True))
    rows = [row for line, each in found for row in _rows(line, each, day, settings.forecast_limits, known.version)]
    with workbench(lake) as (connection, folder):
        schema = connection.sql(f"select * from ({days_sql(lake, FORECASTS, [], folder)})").to_arrow_table().schema
        connection.register("made", pa.Table.from_pylist(rows, schema))
        write_day(connection, lake, folder, FORECASTS, day, "select * from made")
    return found


def _rows(
    line: Line, found: Forecast, day: date, limits: Mapping[str, float], version: str
) -> Sequence[dict[str, Any]]:
    limit = limits.get(line.metric)
    reached = when_reached(found, limit, float(line.values[-1])) if limit is not None else None
    shared = {
        "day": day,
        **{name: getattr(line, name) for name in ("series_id", "metric", "source", "dimension", "member")},
        "reason": found.reason,
        "model": found.model,
        "folds": found.folds,
        "mase": found.mase,
        "coverage_80": found.coverage[0] if found.coverage else None,
        "coverage_95": found.coverage[1] if found.coverage else None,
        "reaches_limit": limit,
        "limit_reached_at": _moment(reached.expected) if reached else None,
        "limit_earliest_at": _moment(reached.earliest) if reached else None,
        "limit_latest_at": _moment(reached.latest) if reached else None,
        "version": f"{ENGINE} {version}",
    }
    if found.reason:
        return [{**shared, "forecast_id": f"{day}:{line.series_id}:0", "step": 0}]
    return [
        {
            **shared,
            "forecast_id": f"{day}:{line.series_id}:{step + 1}",
            "step": step + 1,
            "forecast_for": _moment(int(found.times[step])),
            "mean": float(found.mean[step]),
            "low_80": float(found.low[0, step]),
            "high_80": float(found.high[0, step]),
            "low_95": float(found.low[1, step]),
            "high_95": float(found.high[1, step]),
        }
        for step in range(len(found.times))
    ]


def _moment(second: int | None) -> datetime | None:
    return None if second is None else datetime.fromtimestamp(second, UTC)
