"""Which members of a dimension explain a deviation: how much each is off its own expectation, as a share of the whole.

For sums (events by country) the members' deviations add up to that of the series. For rates (errors of requests) a
member's part is what its numerator is over the expected rate of its own denominator; these add up too. Does not live
here: whether the series deviates at all (detector).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.baseline import expect
from analytics_platform.insights.errors import HistoryRefused
from analytics_platform.insights.rolling import Array

ENOUGH, LEAST_HISTORY = 0.8, 11


@dataclass(frozen=True)
class Share:
    """``share`` of the whole deviation; negative: this member went the other way. None where nothing deviates."""

    member: str
    deviation: float
    share: float | None


def explain_sum(
    names: Sequence[str], members: Array, window: tuple[int, int], period: int = 0, cycles: int = 7
) -> list[Share]:
    """``members`` × time of a series that is their sum, missing as 0; the window's columns are not trained on."""
    start, stop = window
    if start < LEAST_HISTORY:
        raise HistoryRefused(
            f"{start} rows before the incident are too few to say what each member does usually:"
            f" {LEAST_HISTORY} are needed. Ask for a later incident."
        )
    if start < 2 * period:
        period = 0
    ticks = np.broadcast_to(np.arange(stop), (len(names), stop)).astype(np.int64)
    used = np.ones((len(names), stop), dtype=bool)
    level_then = members[:, :start]
    held = np.concatenate([level_then, np.repeat(level_then[:, -1:], stop - start, axis=1)], axis=1)
    usual = expect(held, ticks, used, (start, min(start + 1, stop)), period, cycles)
    seasonal = usual.value
    if stop - start > 1:  # the level of the window itself must not leak in: later columns follow the season alone
        cycle = max(period, 1)
        later = [held[:, start + step - cycle * (1 + step // cycle)] for step in range(stop - start)]
        base = np.stack(later, axis=1) if period else np.repeat(usual.value[:, :1], stop - start, axis=1)
        seasonal = base + (usual.value[:, :1] - base[:, :1])
    return ranked(names, (members[:, start:stop] - seasonal).sum(axis=1))


def explain_rate(names: Sequence[str], part: Array, whole: Array, expected: float) -> list[Share]:
    """``part`` and ``whole`` per member (errors, requests) in the window, against the rate that was expected."""
    return ranked(names, np.asarray(part) - expected * np.asarray(whole))


def ranked(names: Sequence[str], deviations: NDArray[np.float64]) -> list[Share]:
    """Largest first."""
    total = float(deviations.sum())
    order = np.argsort(-np.abs(deviations), kind="stable")
    return [
        Share(names[place], float(deviations[place]), float(deviations[place] / total) if total else None)
        for place in order
    ]


def main_causes(shares: Sequence[Share], enough: float = ENOUGH) -> list[Share]:
    """The fewest members that explain so much of the deviation, of those that went its way."""
    found, sum_of = [], 0.0
    for share in sorted(
        (each for each in shares if each.share and each.share > 0), key=lambda each: -(each.share or 0)
    ):
        found.append(share)
        sum_of += share.share or 0.0
        if sum_of >= enough:
            break
    return found
