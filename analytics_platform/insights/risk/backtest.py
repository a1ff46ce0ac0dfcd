"""Is the score worth anything: AUC and calibration on the newest days whose outcome is known; else it abstains.

Days are walked in steps of the horizon, so that no outcome that a model learns from reaches into the days it is tested
on. At least three such days are needed: to fit, to calibrate, to test.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.risk.features import WINDOW, Activity, Array, Snapshot, snapshot
from analytics_platform.insights.risk.model import Reason, RiskModel, fit, together

LEAST_DAYS, LEAST_OF_EACH, LEAST_AUC, BINS = 3, 20, 0.6, 5


@dataclass(frozen=True)
class Bin:
    """Learners with about one predicted chance, and what share of them left."""

    learners: int
    predicted: float
    happened: float


@dataclass(frozen=True)
class Tested:
    auc: float
    base_rate: float
    learners: int
    calibration: list[Bin]
    error: float  # mean distance of predicted and happened, by learners


@dataclass(frozen=True)
class Scored:
    """``reason`` is why there are no scores; what was measured stands beside it."""

    reason: str | None
    tested: Tested | None = None
    person: NDArray[np.int64] | None = None
    chance: Array | None = None
    reasons: list[list[Reason]] | None = None


def score_learners(activity: Activity, today: int, horizon: int = 14) -> Scored:
    """Chance of going silent for ``horizon`` days from ``today`` on; activity up to yesterday is used."""
    known = activity.before(today)
    if not len(known.day):
        return Scored("no activity")
    first = int(known.day.min()) + WINDOW
    days = list(range(today - horizon, first - 1, -horizon))[::-1]
    snapshots = [snapshot(known, day, horizon, today - 1) for day in days]
    if len(days) < LEAST_DAYS:
        needed = WINDOW + LEAST_DAYS * horizon
        return Scored(f"history is short: {today - int(known.day.min())} days, {needed} are needed")
    if reason := _too_few(snapshots):
        return Scored(reason)
    tested = measure(fit(snapshots[:-2], snapshots[-2:-1]), snapshots[-1])
    if tested.auc < LEAST_AUC:
        return Scored(
            f"the score does not tell who leaves: AUC {tested.auc:.2f}, at least {LEAST_AUC} is needed", tested
        )
    model = fit(snapshots[:-1], snapshots[-1:])
    now = snapshot(known, today, horizon, today - 1)
    return Scored(None, tested, now.person, model.chance(now.features), model.reasons(now.features))


def measure(model: RiskModel, later: Snapshot) -> Tested:
    """On a day that the model has not seen."""
    features, left = together([later])
    chance = model.chance(features)
    bins = calibration_table(chance, left)
    error = sum(each.learners * abs(each.predicted - each.happened) for each in bins) / len(left)
    return Tested(auc(chance, left), float(left.mean()), len(left), bins, error)


def auc(chance: Array, left: NDArray[np.bool_]) -> float:
    """The chance that one who left has a higher score than one who stayed; equal scores count half."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(left, chance)) if left.any() and not left.all() else float("nan")


def calibration_table(chance: Array, left: NDArray[np.bool_]) -> list[Bin]:
    """Learners in equal groups by their predicted chance."""
    order = np.argsort(chance, kind="stable")
    groups = [group for group in np.array_split(order, BINS) if len(group)]
    return [Bin(len(group), float(chance[group].mean()), float(left[group].mean())) for group in groups]


def _too_few(snapshots: list[Snapshot]) -> str | None:
    parts = {"to learn from": snapshots[:-2], "to calibrate on": snapshots[-2:-1], "to test on": snapshots[-1:]}
    for name, part in parts.items():
        _, left = together(part)
        least = min(int(left.sum()), int((~left).sum()))
        if least < LEAST_OF_EACH:
            return f"too few learners {name}: {least} left or stayed, {LEAST_OF_EACH} of each are needed"
    return None
