"""Recurring deviations are no incidents: one as large as several earlier ones is judged by how often those came.

Incidents are kept out of training, so tails do not know them; here their peaks are remembered, one per incident and
statistic. Confirmed incidents are not remembered: they shall alarm again. Does not live here: tails (surprise).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.rolling import Array

PEAKS, FROM, LIKE = 6, 3, 1.5


@dataclass(frozen=True)
class Remembered:
    """Columns over the limit of one incident, and the largest of each statistic."""

    first: int
    last: int
    peak: Array


class Recurring:
    """Peaks of the incidents of a batch that are over: statistics × series × the largest few, largest first."""

    def __init__(self, statistics: int, series: int) -> None:
        self.peaks = np.zeros((statistics, series, PEAKS))
        self.incidents: dict[int, dict[int, Remembered]] = {}

    def remember(
        self, statistics: NDArray[np.float32], over: NDArray[np.bool_], incident: NDArray[np.int64], start: int
    ) -> None:
        """The columns of a block from ``start`` on, judged."""
        for series in np.flatnonzero(over.any(axis=1)).tolist():
            held = self.incidents.setdefault(series, {})
            for number in np.unique(incident[series, over[series]]).tolist():
                columns = np.flatnonzero(over[series] & (incident[series] == number))
                peak = statistics[:, series, columns].max(axis=1).astype(np.float64)
                first, last = start + int(columns[0]), start + int(columns[-1])
                if number in held:
                    first, peak = held[number].first, np.maximum(held[number].peak, peak)
                held[number] = Remembered(first, last, peak)
            self._rank(series)

    def forget(self, series: int, first: int, last: int) -> None:
        """Incidents between these columns: they were confirmed."""
        held = self.incidents.get(series, {})
        kept = {number: each for number, each in held.items() if each.last < first or each.first > last}
        if len(kept) < len(held):
            self.incidents[series] = kept
            self._rank(series)

    def limit(self, number: int, rows: NDArray[np.int64], found: Array, surprise: Array, known: Array) -> Array:
        """Surprise of one statistic of these series, no rarer than incidents of about that size have been."""
        for rank in range(PEAKS, FROM - 1, -1):
            like = found <= LIKE * self.peaks[number, rows, rank - 1, None]
            surprise = np.where(like, np.minimum(surprise, -np.log10(rank / (known[:, None] + 1.0))), surprise)
        return surprise

    def _rank(self, series: int) -> None:
        """All but the newest incident, which may go on."""
        held = self.incidents[series]
        self.peaks[:, series] = 0.0
        older = [held[number].peak for number in sorted(held)[:-1]]
        if older:
            largest = -np.sort(-np.stack(older, axis=1), axis=1)[:, :PEAKS]
            self.peaks[:, series, : largest.shape[1]] = largest
