"""When things happen: the hours of a day, the days of a week. Times of day are microseconds since midnight UTC.

Everything happens before 23:50, so that a line sent at once is received on the same day.
"""

from datetime import date

import numpy as np

from analytics_platform.simulator.plan import SECOND
from analytics_platform.simulator.texts import Ints

LATEST = (23 * 3600 + 50 * 60) * SECOND
# Learners come before work, at lunch and in the evening (UTC).
_HOURS = np.array([1, 1, 2, 3, 5, 7, 9, 10, 8, 7, 6, 7, 9, 8, 6, 6, 7, 9, 10, 9, 7, 4, 2, 1], dtype=np.float64)
_CUMULATED = np.cumsum(_HOURS / _HOURS.sum())


def weekday_factor(day: date) -> float:
    return 0.45 if day.weekday() >= 5 else 1.0


def times_of_day(rng: np.random.Generator, count: int, latest: int = LATEST) -> Ints:
    """Random times of day in the daily rhythm, none after ``latest``."""
    hours = np.searchsorted(_CUMULATED, rng.random(count), side="right").clip(0, 23)
    times = (hours * 3600 + rng.random(count) * 3600) * SECOND
    # What would be too late is folded back into the day, or it would pile up at one instant.
    return (times.astype(np.int64) % latest).astype(np.int64)


def spread(rng: np.random.Generator, total: int, over: int) -> Ints:
    """``total`` things over ``over`` places, each place at least one where there are enough."""
    first = np.minimum(np.ones(over, np.int64), total)
    if total <= over:
        first[total:] = 0
        return first
    return first + np.bincount(rng.integers(0, over, total - over), minlength=over)


def places(sizes: Ints) -> tuple[Ints, Ints]:
    """For things of these sizes: each part's thing, and its number within the thing."""
    owner = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
    number = np.arange(len(owner), dtype=np.int64) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return owner, number
