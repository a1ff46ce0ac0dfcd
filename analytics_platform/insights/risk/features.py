"""Plain numbers per learner as of a day, from what came before it; and what happened after it.

What is not known (no sentiment ever seen, nothing started) is NaN, and stays apart from 0.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
WINDOW = 28
NAMES = ("recency", "frequency", "trend", "completion", "drop_off", "sentiment", "support", "age")
MEANING = {
    "recency": "days since the last activity",
    "frequency": f"active days in the last {WINDOW}",
    "trend": f"active days in the last {WINDOW // 2} minus the {WINDOW // 2} before",
    "completion": "completed of started lessons",
    "drop_off": "started lessons that were left, of the last ones",
    "sentiment": "mean sentiment of what was written",
    "support": f"support contacts in the last {WINDOW} days",
    "age": "days since the first activity",
}


@dataclass(frozen=True)
class Activity:
    """One row per learner and active day. ``person`` counts from 0; ``sentiment`` is NaN where nothing was written."""

    person: NDArray[np.int64]
    day: NDArray[np.int64]
    started: Array
    completed: Array
    dropped: Array
    sentiment: Array
    support: Array

    def before(self, day: int) -> "Activity":
        """Rows of earlier days."""
        kept = self.day < day
        return Activity(*(getattr(self, field.name)[kept] for field in fields(self)))

    @property
    def people(self) -> int:
        return int(self.person.max(initial=-1)) + 1


@dataclass(frozen=True)
class Snapshot:
    """Learners who were active in the window before ``day``: their features, and whether they went silent after it."""

    day: int
    person: NDArray[np.int64]
    features: Array
    left: NDArray[np.bool_] | None  # NULL where the days after are not all known


def snapshot(activity: Activity, day: int, horizon: int, last_day: int) -> Snapshot:
    """As of the morning of ``day``. Left: no activity in the next ``horizon`` days."""
    people = activity.people
    past = activity.before(day)
    recent = past.day >= day - WINDOW
    half = past.day >= day - WINDOW // 2

    def total(weights: Array, rows: NDArray[np.bool_] | None = None) -> Array:
        chosen = slice(None) if rows is None else rows
        return np.asarray(np.bincount(past.person[chosen], weights[chosen], minlength=people), dtype=float)

    ones = np.ones(len(past.day))
    last = np.full(people, -(10**9))
    np.maximum.at(last, past.person, past.day)
    first = np.full(people, 10**9)
    np.minimum.at(first, past.person, past.day)
    active = total(ones, recent)
    newer = total(ones, half)
    written = np.isfinite(past.sentiment)
    with np.errstate(divide="ignore", invalid="ignore"):
        started, begun = total(past.started), total(past.started, recent)
        features = np.stack(
            [
                day - last,
                active,
                2 * newer - active,
                np.where(started > 0, total(past.completed) / started, np.nan),
                np.where(begun > 0, total(past.dropped, recent) / begun, np.nan),
                total(np.nan_to_num(past.sentiment), written) / total(ones, written),
                total(past.support, recent),
                day - first,
            ],
            axis=1,
        ).astype(float)
    person = np.flatnonzero(active > 0)
    left = None
    if day + horizon - 1 <= last_day:
        after = (activity.day >= day) & (activity.day < day + horizon)
        left = np.bincount(activity.person[after], minlength=people)[person] == 0
    return Snapshot(day, person, features[person], left)
