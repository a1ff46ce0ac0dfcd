"""Which members of a file's dimensions explain a deviation: the file's rows added up by time and member, then causes.

Without times it takes the last incident of the sum over everything. Does not live here: the shares (causes), the
judging (scoring).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.causes import Share, explain_rate, explain_sum, main_causes
from analytics_platform.insights.errors import HistoryRefused
from analytics_platform.insights.rolling import Array
from analytics_platform.insights.scoring import score
from analytics_platform.insights.seasons import find_seasons
from analytics_platform.insights.series import step_of
from analytics_platform.insights.series_csv import Columns, Reader, Series
from analytics_platform.insights.verdict_formats import rounded, stamp
from analytics_platform.insights.verdicts import incidents_of


@dataclass(frozen=True)
class Cause:
    """Of one dimension. ``main`` are the fewest members that explain most of the deviation."""

    dimension: str
    first: int
    last: int
    period: int
    shares: list[Share]
    main: list[str]


@dataclass(frozen=True)
class _Table:
    """Members × times; what no row says is 0."""

    names: list[str]
    times: NDArray[np.int64]
    values: Array


def explain(
    file: Path, columns: Columns, dimensions: Sequence[str], whole: str | None, span: tuple[int | None, int | None]
) -> list[Cause]:
    """``columns.series`` is not used; ``whole`` is the column that the value is a part of (errors of requests)."""
    tables = [_table(file, Columns(columns.timestamp, columns.value, name)) for name in dimensions]
    total = Series("", tables[0].times, tables[0].values.sum(axis=0), np.arange(len(tables[0].times)))
    first, last = span
    if first is None:
        first, found = _last_incident(total)
        last = found if last is None else last
    inside = np.flatnonzero((total.times >= first) & (total.times <= (first if last is None else last)))
    if not inside.size:
        raise HistoryRefused(f"{file} has no row between --from and --to. Give times that are in the file.")
    window = (int(inside[0]), int(inside[-1]) + 1)
    period = (
        int(find_seasons(total.values[None, : window[0]], step_of(total.times), np.zeros(1, dtype=np.int64))[0])
        if (window[0] >= 24)
        else 0
    )
    causes = []
    for name, table in zip(dimensions, tables, strict=True):
        shares = (
            _rates(table, _table(file, Columns(columns.timestamp, whole, name)), window)
            if whole
            else explain_sum(table.names, table.values, window, period)
        )
        main = [share.member for share in main_causes(shares)]
        causes.append(Cause(name, int(total.times[window[0]]), int(total.times[window[1] - 1]), period, shares, main))
    return causes


def _rates(part: _Table, whole: _Table, window: tuple[int, int]) -> list[Share]:
    """Against the rate of everything before the window."""
    start, stop = window
    before = whole.values[:, :start].sum()
    if not before:
        raise HistoryRefused(
            "Nothing was counted before the incident: there is no rate to expect. Ask for a later one."
        )
    expected = float(part.values[:, :start].sum() / before)
    return explain_rate(
        part.names, part.values[:, start:stop].sum(axis=1), whole.values[:, start:stop].sum(axis=1), expected
    )


def _table(file: Path, columns: Columns) -> _Table:
    reader = Reader(file, columns)
    reader.require_series("--by")
    blocks = list(reader.blocks())
    moments, place = np.unique(np.concatenate([block.times for block in blocks]), return_inverse=True)
    codes = np.concatenate([block.codes for block in blocks])
    numbers = np.nan_to_num(np.concatenate([block.values for block in blocks]))
    flat = np.bincount(codes * len(moments) + place, numbers, minlength=len(reader.names) * len(moments))
    return _Table(reader.names, moments, np.asarray(flat, dtype=float).reshape(len(reader.names), len(moments)))


def _last_incident(total: Series) -> tuple[int, int]:
    ((_, verdicts),) = score([total])
    incidents = incidents_of(verdicts)
    if not incidents:
        raise HistoryRefused(
            "The sum of the file has no incident, so there is nothing to explain. Name a time with --from."
        )
    return int(total.times[incidents[-1].alarm]), int(total.times[incidents[-1].last])


def as_object(cause: Cause) -> dict[str, Any]:
    return {
        "dimension": cause.dimension,
        "from": stamp(cause.first),
        "to": stamp(cause.last),
        "period": cause.period,
        "main": cause.main,
        "members": [
            {
                "member": share.member,
                "deviation": rounded(share.deviation),
                "share": None if share.share is None else rounded(share.share),
            }
            for share in cause.shares
        ],
    }


def cause_lines(causes: Sequence[Cause], most: int = 15) -> list[str]:
    """A table for people; the smallest of many members are counted, not shown."""
    told = []
    for cause in causes:
        told.append(f"{cause.dimension}, {stamp(cause.first)} to {stamp(cause.last)}")
        told.append(f"  {'member':<30}{'deviation':>14}{'share':>8}")
        for share in cause.shares[:most]:
            part = "" if share.share is None else f"{share.share:.0%}"
            mark = "*" if share.member in cause.main else " "
            told.append(f"{mark} {share.member[:29]:<30}{share.deviation:>14.6g}{part:>8}")
        if len(cause.shares) > most:
            rest = sum(share.deviation for share in cause.shares[most:])
            told.append(f"  {f'{len(cause.shares) - most} more':<30}{rest:>14.6g}")
    return told
