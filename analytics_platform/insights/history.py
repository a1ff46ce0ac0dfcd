"""Series as the engines take them, from the lake's days of ``insights/series``.

Hours reach back some months, days two years. The window begins with a month, so that a detector that starts there says
the same of a day on every day of that month. For series with ``idle: zero``, a member without rows on a day gets a 0 at
each time at which the whole series has a point. Does not live here: how the points come about (``gathering``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from analytics_platform.contracts import INSIGHTS
from analytics_platform.insights.rolling import Array
from analytics_platform.insights.said import judged_name
from analytics_platform.insights.series_csv import Series
from analytics_platform.insights.watched import DAY, HOUR, Watched
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.workbench import days_of, days_sql, workbench

SERIES = INSIGHTS["insights/series"]
WINDOW_DAYS = {HOUR: 90, DAY: 730}
AGAIN_DAYS = 31  # up to the newest day are looked at again with each run: later lines change what earlier days were


@dataclass(frozen=True)
class Line:
    """One series of one grain, in time order; ``part`` and ``whole`` are NaN where the value is no ratio."""

    series_id: str
    metric: str
    source: str
    dimension: str | None
    member: str | None
    grain: str
    unit: str
    times: NDArray[np.int64]
    values: Array
    part: Array
    whole: Array

    @property
    def name(self) -> str:
        return judged_name(self.series_id, self.grain)

    def known(self) -> "Line":
        """Without the points whose whole was too small for a value."""
        kept = np.isfinite(self.values)
        if kept.all():
            return self
        arrays = {name: getattr(self, name)[kept] for name in ("times", "values", "part", "whole")}
        return replace(self, **arrays)

    def as_series(self) -> Series:
        return Series(self.name, self.times, self.values, np.arange(len(self.times)))


def looked_at_again(lake: Lake, asked: Sequence[date]) -> date:
    """The first day of a look at these days: that of the last month, as far as there are series, or an earlier one."""
    known = days_of(lake, SERIES)
    newest = max([*asked, *known])
    recent = [day for day in known if day > newest - timedelta(days=AGAIN_DAYS)]
    return min([*asked, *recent])


def window_start(last: date, grain: str) -> date:
    return (last - timedelta(days=WINDOW_DAYS[grain])).replace(day=1)


def lines(lake: Lake, declared: Watched, last: date, grain: str) -> list[Line]:
    """Every series of a grain up to a day, whole ones before their members."""
    first = window_start(last, grain)
    days = [day for day in days_of(lake, SERIES) if first <= day <= last]
    with workbench(lake) as (connection, folder):
        rows = days_sql(lake, SERIES, days, folder)
        table = _ordered(connection, rows, grain)
    found = list(_split(table))
    times_of = {line.metric: line.times for line in found if line.dimension is None}
    filled = {metric.name for metric in declared.metrics if metric.idle == "zero"}
    return [_filled(line, times_of.get(line.metric)) if line.metric in filled else line for line in found]


def _ordered(connection: duckdb.DuckDBPyConnection, rows: str, grain: str) -> pa.Table:
    return connection.sql(f"""
        select series_id, metric, source, dimension, member, unit, '{grain}' as grain,
            epoch(started_at)::bigint as second, coalesce(value, 'nan'::double) as value,
            coalesce(numerator, 'nan'::double) as part, coalesce(denominator, 'nan'::double) as whole
        from ({rows}) where grain = '{grain}'
        order by dimension is not null, metric, series_id, second
    """).to_arrow_table()


def _split(table: pa.Table) -> Iterator[Line]:
    """The table's rows, series by series."""
    if not len(table):
        return
    codes = table["series_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    borders = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
    columns = {name: table[name].to_numpy() for name in ("second", "value", "part", "whole")}
    texts = table.select(["series_id", "metric", "source", "dimension", "member", "grain", "unit"])
    heads = texts.take(pa.array(borders[:-1])).to_pylist()
    for head, start, stop in zip(heads, borders[:-1], borders[1:], strict=True):
        part = {name: values[start:stop] for name, values in columns.items()}
        yield Line(**head, times=part["second"], values=part["value"], part=part["part"], whole=part["whole"])


def _filled(line: Line, times: NDArray[np.int64] | None) -> Line:
    """Zero where the whole has a point and the member has none, from the member's first point on."""
    if line.dimension is None or times is None:
        return line
    every = np.union1d(times[times >= line.times[0]], line.times)
    if len(every) == len(line.times):
        return line
    place = np.searchsorted(every, line.times)
    values, nothing = np.zeros(len(every)), np.full(len(every), np.nan)
    values[place] = line.values
    return replace(line, times=every, values=values, part=nothing, whole=nothing)
