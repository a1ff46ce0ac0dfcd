"""Scorers: windows found and missed, delay, false alarms, and a sigmoid that pays for being early.

The sigmoid follows the published idea of Lavin and Ahmad (2015): an alarm at the start of a window earns nearly 1, at
its end nearly 0; only the first alarm in a window counts; a false alarm costs 0.11, less shortly after a window; a
missed window costs 1. 100 is perfect, 0 is a detector that never speaks.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FALSE_COST, MISSED_COST = 0.11, 1.0


@dataclass
class Tally:
    """Sums over series."""

    windows: int = 0
    found: int = 0
    true_alarms: int = 0
    alarms: int = 0
    false_alarms: int = 0
    delays: tuple[float, ...] = ()
    weeks: float = 0.0
    score: float = 0.0
    perfect: float = 0.0
    null: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True)))

    @property
    def early(self) -> float:
        """0 to 100, may fall below."""
        span = self.perfect - self.null
        return 100 * (self.score - self.null) / span if span else float("nan")

    @property
    def precision(self) -> float:
        return self.true_alarms / self.alarms if self.alarms else float("nan")

    @property
    def recall(self) -> float:
        return self.found / self.windows if self.windows else float("nan")


def sigmoid(relative: float) -> float:
    """−1 is the start of the window, 0 its end; beyond is after it."""
    return -1.0 if relative > 3 else 2 / (1 + float(np.exp(5 * relative))) - 1


def tally(
    alarms: NDArray[np.int64], windows: Iterable[tuple[int, int]], rows: int, probation: int, step: float
) -> Tally:
    """Of one series; ``alarms`` are rows, those in the probation count for nothing."""
    windows = sorted(windows)
    alarms = np.asarray(alarms)[np.asarray(alarms) >= probation]
    result = Tally(windows=len(windows), alarms=len(alarms), weeks=(rows - probation) * step / 604800)
    result.perfect = len(windows) * sigmoid(-1.0)
    result.null = -MISSED_COST * len(windows)
    inside = np.zeros(len(alarms), dtype=bool)
    for start, stop in windows:
        hits = alarms[(alarms >= start) & (alarms < stop)]
        inside |= (alarms >= start) & (alarms < stop)
        if not len(hits):
            result.score -= MISSED_COST
            continue
        place = -(stop - hits[0]) / (stop - start)
        result.found += 1
        result.delays += ((hits[0] - start) / (stop - start),)
        result.score += sigmoid(place)
    for alarm in alarms[~inside]:
        before = [(start, stop) for start, stop in windows if stop <= alarm]
        relative = (alarm - before[-1][1]) / (before[-1][1] - before[-1][0]) if before else 10.0
        result.score += FALSE_COST * sigmoid(relative)
    result.true_alarms, result.false_alarms = int(inside.sum()), int((~inside).sum())
    return result
