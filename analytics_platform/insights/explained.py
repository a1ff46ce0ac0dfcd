"""Which members of its dimensions make an incident of a whole: causes over the series of the members.

Only where the members make up the whole: sums, and ratios by their parts. Does not live here: the shares (``causes``).
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import orjson
from numpy.typing import NDArray

from analytics_platform.insights.causes import LEAST_HISTORY, Share, explain_rate, explain_sum, main_causes
from analytics_platform.insights.history import Line
from analytics_platform.insights.rolling import Array
from analytics_platform.insights.seasons import find_seasons
from analytics_platform.insights.watched import Watched

SHOWN = 5


class Explainer:
    """The members of each metric, and what they had to do with a deviation of the whole."""

    def __init__(self, history: Sequence[Line], declared: Watched) -> None:
        self._declared = declared
        self._members: dict[tuple[str, str], list[Line]] = defaultdict(list)
        for line in history:
            if line.dimension:
                self._members[line.metric, line.dimension].append(line)

    def explain(self, whole: Line, window: tuple[int, int], expected: float) -> str | None:
        """JSON list of the fewest members of each dimension that make up most of it; None where none can be named."""
        metric = self._declared.metric(whole.metric)
        if metric is None or not (metric.is_ratio or metric.adds_up):
            return None
        found = []
        for dimension in metric.by:
            members = self._members[whole.metric, dimension]
            if not members:
                continue
            shares = self._rates(members, whole, window, expected) if metric.is_ratio else _sums(members, whole, window)
            found += [
                {"dimension": dimension, "member": share.member, "share": round(share.share or 0.0, 4)}
                for share in main_causes(shares)[:SHOWN]
            ]
        return orjson.dumps(found).decode() if found else None

    @staticmethod
    def _rates(members: Sequence[Line], whole: Line, window: tuple[int, int], expected: float) -> list[Share]:
        times = whole.times[window[0] : window[1]]
        part = _table(members, times, "part").sum(axis=1)
        wholes = _table(members, times, "whole").sum(axis=1)
        return explain_rate([str(line.member) for line in members], part, wholes, expected)


def _sums(members: Sequence[Line], whole: Line, window: tuple[int, int]) -> list[Share]:
    if window[0] < LEAST_HISTORY:
        return []
    table = _table(members, whole.times[: window[1]], "values")
    step = float(np.median(np.diff(whole.times[:16]))) if len(whole.times) > 1 else 86400.0
    past = whole.values[None, : window[0]]
    period = int(find_seasons(past, step, np.zeros(1, dtype=np.int64))[0]) if window[0] >= 24 else 0
    return explain_sum([str(line.member) for line in members], table, window, period)


def _table(members: Sequence[Line], times: NDArray[np.int64], what: str) -> Array:
    """Members × times; what a member does not say is 0."""
    table = np.zeros((len(members), len(times)))
    for row, line in enumerate(members):
        inside = np.isin(line.times, times)
        table[row, np.searchsorted(times, line.times[inside])] = np.nan_to_num(getattr(line, what)[inside])
    return table
