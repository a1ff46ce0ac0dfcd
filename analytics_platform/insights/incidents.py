"""Rows over the limit grouped into incidents: one incident alarms once, and a new normal is learnt.

An incident opens at the first row over the limit and lasts until a whole cool-down has passed without one. Only its
first row is an alarm. Rows over the
limit are kept out of training, until so many of one incident have come that they are the new normal.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Indexes = NDArray[np.int64]


@dataclass
class Open:
    """Per series: the incident now open, if any; carried from block to block."""

    number: Indexes  # of incidents so far
    last: Indexes  # column of the last row over the limit; far back where there is none
    first: Indexes  # column at which the incident opened
    rows: Indexes  # rows over the limit so far

    @classmethod
    def none(cls, series: int) -> "Open":
        zeros = np.zeros(series, dtype=np.int64)
        return cls(zeros.copy(), zeros - 10**9, zeros.copy(), zeros.copy())


@dataclass(frozen=True)
class Grouped:
    """Per series and column: is it an alarm, and of which incident (0: none) is it."""

    alarm: Flags
    incident: Indexes
    learnt: list[tuple[int, int, int]]  # series, first and last column of what is now trained on after all


def group(over: Flags, start: int, state: Open, cooldown: int, learn: int) -> Grouped:
    """Columns of one block, one after the other, all series at once."""
    alarm = np.zeros_like(over)
    incident = np.zeros(over.shape, dtype=np.int64)
    learnt: list[tuple[int, int, int]] = []
    busy = over.any(axis=1) | (start - state.last <= cooldown)
    chosen = np.flatnonzero(busy)
    for column in range(over.shape[1] if chosen.size else 0):
        at = start + column
        hot = over[chosen, column]
        running = at - state.last[chosen] <= cooldown
        opens = hot & ~running
        rows = chosen[opens]
        alarm[rows, column] = True
        state.number[rows] += 1
        state.first[rows] = at
        state.rows[rows] = 0
        rows = chosen[hot]
        state.last[rows] = at
        state.rows[rows] += 1
        inside = chosen[hot | running]
        incident[inside, column] = state.number[inside]
        full = rows[state.rows[rows] >= learn]
        learnt += [(int(series), int(state.first[series]), at) for series in full]
    return Grouped(alarm, incident, learnt)
