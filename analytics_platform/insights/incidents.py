"""Rows over the limit grouped into incidents: one incident alarms once, and a new normal is learnt.

An incident opens at the first row over the limit and lasts until a whole cool-down has passed without one. Only its
first row is an alarm. Within an incident a second one opens only in two cases: after quiet rows, when it deviates to
the other side or twice as far; or a cool-down after the first began, when a value is far beyond all earlier ones
(``extreme``). Rows over the limit are kept out of training, until so many of one incident have come that they are the
new normal.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Indexes = NDArray[np.int64]
QUIET, PAUSE = 3.0, 2  # z of a quiet row; so many of them and more lie between two incidents
CLEAR, FURTHER = 6.0, 2.0  # z of a second incident at least, and against that of the first


@dataclass
class Open:
    """Per series: the incident now open, if any; carried from block to block."""

    number: Indexes  # of incidents so far
    last: Indexes  # column of the last row over the limit; far back where there is none
    first: Indexes  # column at which the incident opened
    rows: Indexes  # rows over the limit so far
    far: NDArray[np.float64]  # its largest z, with its sign
    loud: Indexes  # column of its last row that was not quiet: a window over an old row may be over the limit longer

    @classmethod
    def none(cls, series: int) -> "Open":
        zeros = np.zeros(series, dtype=np.int64)
        return cls(zeros.copy(), zeros - 10**9, zeros.copy(), zeros.copy(), np.zeros(series), zeros.copy())


@dataclass(frozen=True)
class Grouped:
    """Per series and column: is it an alarm, and of which incident (0: none) is it."""

    alarm: Flags
    incident: Indexes
    learnt: list[tuple[int, int, int]]  # series, first and last column of what is now trained on after all


def group(
    over: Flags,
    clear: Flags,
    z: NDArray[np.float64],
    extreme: Flags,
    start: int,
    state: Open,
    cooldown: int,
    learn: int,
) -> Grouped:
    """Columns of one block, one after the other, all series at once.

    ``clear`` are rows over the limit without what the rows before them have piled up.
    """
    alarm = np.zeros_like(over)
    incident = np.zeros(over.shape, dtype=np.int64)
    learnt: list[tuple[int, int, int]] = []
    busy = over.any(axis=1) | (start - state.last <= cooldown)
    chosen = np.flatnonzero(busy)
    far = np.nan_to_num(z)
    for column in range(over.shape[1] if chosen.size else 0):
        at = start + column
        hot = over[chosen, column]
        running = at - state.last[chosen] <= cooldown
        here, before = far[chosen, column], state.far[chosen]
        other = np.abs(here) > np.where(here * before < 0, 1.0, FURTHER) * np.abs(before)
        apart = (at - state.loud[chosen] > PAUSE) & (np.abs(here) >= CLEAR) & clear[chosen, column]
        late = extreme[chosen, column] & (at - state.first[chosen] > cooldown)
        opens = hot & (~running | (apart & other) | late)
        rows = chosen[opens]
        alarm[rows, column] = True
        state.number[rows] += 1
        state.first[rows] = at
        state.rows[rows] = 0
        state.far[rows], state.loud[rows] = 0.0, at
        rows = chosen[hot]
        state.last[rows] = at
        here = far[rows, column]
        state.loud[rows[np.abs(here) >= QUIET]] = at
        state.far[rows] = np.where(np.abs(here) > np.abs(state.far[rows]), here, state.far[rows])
        state.rows[rows] += 1
        inside = chosen[hot | running]
        incident[inside, column] = state.number[inside]
        full = rows[state.rows[rows] >= learn]
        learnt += [(int(series), int(state.first[series]), at) for series in full]
    return Grouped(alarm, incident, learnt)
