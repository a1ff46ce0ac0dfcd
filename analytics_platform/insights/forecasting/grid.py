"""Series on an even calendar: which step and seasons, what to put into gaps, and the times to come.

Months, quarters and years are counted by the calendar, everything else in seconds. Where more than a fifth is missing,
there is no grid and the forecast abstains.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.rolling import Array
from analytics_platform.insights.seasons import DAY

MOST_MISSING, MOST_COLUMNS, MOST_STEPS_PER_ROW = 0.2, 3000, 50
MONTHS = ((27.5, 31.5, 1, (12,)), (88, 93, 3, (4,)), (360, 370, 12, ()))  # days from, days to, months, seasons


@dataclass(frozen=True)
class Grid:
    """Values without gaps; ``periods`` are the calendar's seasons in columns, shortest first."""

    values: Array
    last: int
    step: float  # seconds; 0 where months are counted
    months: int
    periods: tuple[int, ...]
    missing: float
    weekdays: tuple[int, ...] = ()  # of a daily series that only ever has some (Monday is 0): these are its steps

    def ahead(self, horizon: int) -> NDArray[np.int64]:
        """Times to come, in seconds."""
        steps = np.arange(1, horizon + 1)
        if self.weekdays:
            days = self.last // DAY_SECONDS + np.arange(1, 7 * horizon + 8)
            days = days[np.isin(_weekday(days), self.weekdays)][:horizon]
            return np.asarray(days * DAY_SECONDS + self.last % DAY_SECONDS)
        if not self.months:
            return np.asarray(self.last + np.round(steps * self.step).astype(np.int64))
        last = np.datetime64(self.last, "s")
        month = last.astype("datetime64[M]")
        within = last - month.astype("datetime64[s]")
        ends = bool((last.astype("datetime64[D]") + 1).astype("datetime64[M]") != month)
        target = month + steps * self.months
        longest = (target + 1).astype("datetime64[s]") - np.timedelta64(DAY_SECONDS, "s")
        time_of_day = np.timedelta64(self.last % DAY_SECONDS, "s")
        plain = target.astype("datetime64[s]") + within
        moments = longest + time_of_day if ends else np.minimum(plain, longest + time_of_day)
        return np.asarray(moments.astype(np.int64))


DAY_SECONDS = int(DAY)


def grid_of(times: NDArray[np.int64], values: Array) -> Grid:
    """From rows in time order. Of rows that fall on the same step, the last counts."""
    gaps = np.diff(times)
    gaps = gaps[gaps > 0]
    usual = float(np.median(gaps)) if gaps.size else DAY
    months, periods = next(
        ((count, season) for low, high, count, season in MONTHS if low <= usual / DAY <= high), (0, _seasons(usual))
    )
    days = times // DAY_SECONDS
    weekdays = tuple(np.unique(_weekday(days)).tolist()) if periods == (7,) and days[-1] - days[0] >= 21 else ()
    weekdays = weekdays if 2 <= len(weekdays) < 7 else ()
    if weekdays:
        periods = (len(weekdays),)
        place = (days + 3) // 7 * len(weekdays) + np.searchsorted(weekdays, _weekday(days))
    elif months:
        place = times.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) // months
    else:
        place = np.round((times - times[0]) / usual).astype(np.int64)
    place = place - place[0]
    if place[-1] >= MOST_STEPS_PER_ROW * len(values) + 1000:  # one row after years of nothing: there is no grid
        return Grid(values, int(times[-1]), usual, months, periods, 1 - len(values) / float(place[-1] + 1))
    held = np.full(int(place[-1]) + 1, np.nan)
    held[place] = values
    held = held[len(held) - usable(len(held)) :]
    missing = np.isnan(held)
    columns = np.arange(len(held))
    filled = np.interp(columns, columns[~missing], held[~missing]) if missing.any() else held
    return Grid(filled, int(times[-1]), 0.0 if months else usual, months, periods, float(missing.mean()), weekdays)


def _weekday(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Monday is 0; day 0 was a Thursday."""
    return np.asarray((days + 3) % 7)


def usable(columns: int) -> int:
    """How many columns are kept: a few of the oldest go, so that series of about one length run together."""
    columns = min(columns, MOST_COLUMNS)
    return columns - columns % max(1, columns // 24) if columns > 120 else columns


def _seasons(step: float) -> tuple[int, ...]:
    """Of the calendar: weekday of days, hour of the day and week of what is more frequent, week of the year."""
    if 6.5 * DAY <= step <= 7.5 * DAY:
        return (52,)
    if step <= 12 * 3600:
        day = round(DAY / step)
        return (day, 7 * day) if abs(day * step - DAY) < 0.02 * DAY else ()
    return (7,) if 0.9 * DAY <= step <= 1.1 * DAY else ()
