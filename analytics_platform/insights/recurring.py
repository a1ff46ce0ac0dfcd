"""What comes again and again is no incident: a deviation as large as several earlier ones is as frequent as they were.

Incidents are kept out of training, so tails do not know them; here their peaks are remembered, one per incident and
statistic. Confirmed incidents are not remembered: they shall alarm again. Does not live here: tails (surprise).
"""

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.rolling import Array

PEAKS, FROM, LIKE = 6, 3, 1.5


class Recurring:
    """Peaks of past incidents of a batch: statistics × series × the largest few, largest first."""

    def __init__(self, statistics: int, series: int) -> None:
        self.peaks = np.zeros((statistics, series, PEAKS))
        self.number = np.zeros(series, dtype=np.int64)
        self.current = np.zeros((statistics, series))

    def remember(self, statistics: Array, over: NDArray[np.bool_], incident: NDArray[np.int32]) -> None:
        """The columns of a block, judged."""
        for series in np.flatnonzero(over.any(axis=1)):
            for number in np.unique(incident[series, over[series]]):
                columns = over[series] & (incident[series] == number)
                peak = statistics[:, series, columns].max(axis=1)
                if number != self.number[series]:
                    self._close(series)
                    self.number[series] = number
                self.current[:, series] = np.maximum(self.current[:, series], peak)

    def forget(self, series: int) -> None:
        """The incident that is open, or was the last: it was confirmed."""
        self.current[:, series] = 0.0

    def limit(self, number: int, rows: NDArray[np.int64], found: Array, surprise: Array, known: Array) -> Array:
        """Surprise of one statistic of these series, no rarer than incidents of about that size have been."""
        for rank in range(PEAKS, FROM - 1, -1):
            like = found <= LIKE * self.peaks[number, rows, rank - 1, None]
            surprise = np.where(like, np.minimum(surprise, -np.log10(rank / (known[:, None] + 1.0))), surprise)
        return surprise

    def _close(self, series: int) -> None:
        held = np.concatenate([self.peaks[:, series], self.current[:, series, None]], axis=1)
        self.peaks[:, series] = -np.sort(-held, axis=1)[:, :PEAKS]
        self.current[:, series] = 0.0
