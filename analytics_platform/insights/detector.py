"""The detector: series × time in, verdicts out, strictly causal, all series of a batch at once.

Columns are judged in blocks; season, profile, scales and tails are estimated at the start of a block from the columns
before it, statistics inside a block look back only. Does not live here: reading files (series_csv), what a season or a
tail is (seasons, baseline, surprise), labels from people (feedback).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics_platform.insights.baseline import Expected, expect, level_window
from analytics_platform.insights.counts import POISSON_SCALE, are_counts, from_roots, rarity, roots
from analytics_platform.insights.extremes import new_extreme
from analytics_platform.insights.feedback import Lessons
from analytics_platform.insights.incidents import Open, group
from analytics_platform.insights.options import DEFAULT, Options
from analytics_platform.insights.recurring import Recurring
from analytics_platform.insights.rolling import Array, blocks
from analytics_platform.insights.seasons import DAY, find_seasons
from analytics_platform.insights.series import Batch
from analytics_platform.insights.signals import NAMES, Scales, scales_of, statistics, usual_steps
from analytics_platform.insights.surprise import MOST, combine, fit_tail

FIRST = 20  # columns before the first estimation
SHAPE_FROM = 40
AGAIN = 1.5  # times the limit: half of the range beyond all before, which speaks within an incident, too
LONGER = 1.5  # than the longest silence that was seen
SILENCE_FROM = 300  # rows, before which nobody knows how long bursts stay away
ENOUGH = 500


@dataclass(frozen=True)
class Judged:
    """Series × columns. NaN where history is too short to say anything."""

    expected: Array
    low: Array
    high: Array
    z: Array
    fenced: NDArray[np.bool_]  # beyond the IQR fences of residuals
    surprise: NDArray[np.float32]  # of each statistic: statistics × series × columns
    combined: Array
    over: NDArray[np.bool_]
    alarm: NDArray[np.bool_]
    incident: NDArray[np.int32]
    period: NDArray[np.int32]


def warm_up(step: float, options: Options = DEFAULT) -> int:
    """Rows that are not judged: two days of what is measured more often than daily."""
    rows = round(options.warm_up_days * DAY / step) if step < 0.9 * DAY else 0
    return int(np.clip(rows, options.warm_up_least, options.warm_up_most))


def cooldown(step: float, options: Options = DEFAULT) -> int:
    rows = round(options.cooldown_hours * 3600 / step)
    return int(np.clip(rows, options.cooldown_least, options.cooldown_most))


def detect(batch: Batch, options: Options = DEFAULT, lessons: Lessons | None = None) -> Judged:
    """Judge every column of a batch of series that have one step."""
    run = _Run(batch, options, lessons or Lessons())
    for start, stop in blocks(FIRST, batch.values.shape[1]):
        run.judge(start, stop)
    return run.judged


@dataclass(frozen=True)
class _Measured:
    expected: Expected
    residuals: Array  # of the past
    scales: Scales
    found: Array


class _Run:
    """What is known so far of a batch: statistics, what is trained on, seasons, open incidents."""

    def __init__(self, batch: Batch, options: Options, lessons: Lessons) -> None:
        self.batch, self.options, self.lessons = batch, options, lessons
        series, columns = batch.values.shape
        self.statistics = np.zeros((len(NAMES), series, columns), dtype=np.float32)
        self.residual = np.zeros((series, columns))
        self.used = np.ones((series, columns), dtype=bool)
        self.extreme = np.zeros((series, columns), dtype=bool)
        self.season = np.zeros(series, dtype=np.int64)
        self.counts = np.zeros(series, dtype=bool)
        self.roots = roots(batch.values)
        self.next_season = FIRST
        self.begin = np.full(series, FIRST, dtype=np.int64)  # first column with statistics under the present season
        self.open = Open.none(series)
        self.evidence = np.zeros(series)
        self.recurring = Recurring(len(NAMES), series)
        self.warm = warm_up(batch.step, options)
        self.cooldown = cooldown(batch.step, options)
        shape = (series, columns)
        self.judged = Judged(
            expected=np.full(shape, np.nan),
            low=np.full(shape, np.nan),
            high=np.full(shape, np.nan),
            z=np.full(shape, np.nan),
            fenced=np.zeros(shape, dtype=bool),
            surprise=np.zeros((len(NAMES), *shape), dtype=np.float32),
            combined=np.zeros(shape),
            over=np.zeros(shape, dtype=bool),
            alarm=np.zeros(shape, dtype=bool),
            incident=np.zeros(shape, dtype=np.int32),
            period=np.zeros(shape, dtype=np.int32),
        )

    def judge(self, start: int, stop: int) -> None:
        for series, first, last in self.lessons.teach(self.used, start):
            self.recurring.forget(series, first, last)
        season, counts = self.season.copy(), self.counts
        self.counts = are_counts(self.batch.values[:, max(0, start - self.options.history) : start])
        if start >= self.next_season:
            for rows, past in self.batch.even(start, self._values(np.arange(len(season)))):
                self.season[rows] = find_seasons(past, self.batch.step, season[rows])
            self.next_season = start + max(start // 8, 8)
        self._look_back(np.flatnonzero((self.season != season) | (self.counts != counts)), start)
        self.judged.period[:, start:stop] = self.season[:, None]
        for period in np.unique(self.season):
            self._estimate(np.flatnonzero(self.season == period), int(period), start, stop)
        self._decide(start, stop)

    def _look_back(self, changed: NDArray[np.int64], start: int) -> None:
        """Statistics of the past under a new season or as counts, for the tails: what was odd may not be odd so."""
        for period in np.unique(self.season[changed]):
            rows = changed[self.season[changed] == period]
            first = max(FIRST, int(period) + level_window(int(period)) // 2, start - self.options.history)
            self.begin[rows] = first
            for begin, end in blocks(first, start):
                self._measure(rows, int(period), begin, end)

    def _values(self, rows: NDArray[np.int64]) -> Array:
        """As they are judged: roots of counts, everything else as it is."""
        counts = self.counts[rows]
        if counts.all() or not counts.any():
            return _some(self.roots if counts.any() else self.batch.values, rows)
        return np.where(counts[:, None], self.roots[rows], self.batch.values[rows])

    def _measure(self, rows: NDArray[np.int64], period: int, start: int, stop: int) -> _Measured:
        """Expected values, scales and statistics of the columns of a block, from what is before it."""
        options = self.options
        values, counts = self._values(rows), self.counts[rows]
        ticks, used = _some(self.batch.ticks, rows), _some(self.used, rows)
        expected = expect(values, ticks, used, (start, stop), period, options.cycles)
        first = max(0, start - options.history)
        past = values[:, first:start]
        thin = max(1, (start - first) // ENOUGH)  # quantiles of every second or third row do as well
        residuals = self.residual[rows, max(first, FIRST) : start : thin]
        if residuals.shape[1] < FIRST:
            residuals = past - np.median(past, axis=1, keepdims=True)
        before = self.residual[rows, first:start]
        least = np.where(counts, POISSON_SCALE, 0.0)
        scales = scales_of(past[:, ::thin], residuals, expected, least, usual_steps(before[:, max(FIRST - first, 0) :]))
        found = statistics(values, before, ticks, used, (start, stop), expected, scales, options.history)
        self.statistics[:, rows, start:stop] = found
        self.residual[rows, start:stop] = values[:, start:stop] - expected.value
        return _Measured(expected, residuals, scales, found)

    def _estimate(self, rows: NDArray[np.int64], period: int, start: int, stop: int) -> None:
        """Verdicts on the columns of a block, but for alarms."""
        options, judged = self.options, self.judged
        measured = self._measure(rows, period, start, stop)
        residual, expected = self.residual[rows, start:stop], measured.expected.value
        scale = measured.scales.residual[:, None]
        counts = self.counts[rows, None]
        for name, root in (("expected", 0.0), ("low", -options.theta), ("high", options.theta)):
            value = expected + root * scale
            getattr(judged, name)[rows, start:stop] = np.where(counts, from_roots(value), value)
        judged.z[rows, start:stop] = residual / scale
        low, high = measured.scales.quarter[:, None], measured.scales.three_quarters[:, None]
        reach = options.fence * np.maximum(high - low, scale)
        judged.fenced[rows, start:stop] = (residual < low - reach) | (residual > high + reach)
        off = np.abs(self.batch.values[rows, start:stop] - judged.expected[rows, start:stop])
        keep = _worth(measured, residual, off, options)
        first = max(FIRST, start - options.history)
        used = self.used[rows, first:start] & (np.arange(first, start) >= self.begin[rows, None])
        for number, name in enumerate(NAMES):
            skip = max(0, SHAPE_FROM - first) if name == "shape" else 0
            if start - first - skip < (SILENCE_FROM if name == "silence" else FIRST):
                continue
            history = self.statistics[number, rows, first + skip : start]
            tail = fit_tail(history, used[:, skip:], _FLOORS[number])
            surprise = tail.surprise(measured.found[number])
            if name == "spike" and counts.any():
                surprise = self._rarer(rows, (first, start, stop), used, surprise)
            if name == "silence":
                surprise = np.where(measured.found[number] > LONGER * tail.largest[:, :1], surprise, 0.0)
            surprise = surprise * keep[number]
            surprise = self.recurring.limit(number, rows, measured.found[number], surprise, tail.rows)
            if name == "spike":
                extreme = self._new_extreme(rows, scale, (start, stop))
                self.extreme[rows, start:stop] = extreme >= AGAIN * self.options.surprise
                surprise = np.maximum(surprise, extreme)
            judged.surprise[number, rows, start:stop] = surprise

    def _new_extreme(self, rows: NDArray[np.int64], scale: Array, span: tuple[int, int]) -> Array:
        values = _some(self.batch.values, rows)
        return new_extreme(values, self._values(rows), scale, span, self.options.surprise)

    def _rarer(
        self, rows: NDArray[np.int64], span: tuple[int, int, int], used: NDArray[np.bool_], surprise: Array
    ) -> Array:
        """Where counts are few, the chance of so many tells more than the tail of those that were seen."""
        first, start, stop = span
        chosen = np.flatnonzero(self.counts[rows])
        values = self.batch.values[rows[chosen]]
        rare = rarity(values[:, start:stop], values[:, first:start], used[chosen])
        seen = values[:, start:stop] <= values[:, first:start].max(axis=1, keepdims=True)
        surprise[chosen] = np.where(seen, surprise[chosen], np.maximum(surprise[chosen], np.minimum(rare, MOST)))
        return surprise

    def _decide(self, start: int, stop: int) -> None:
        """Alarms and incidents of the columns of a block, and what later blocks train on."""
        judged, options = self.judged, self.options
        combined, alone, self.evidence = combine(judged.surprise[:, :, start:stop], self.evidence)
        factor = self.lessons.factor(start, stop)
        combined, alone = combined / factor, alone / factor
        if self.batch.step < 0.9 * DAY:  # nobody knows yet how a weekend of this series looks
            daily = (self.season * self.batch.step > 0.9 * DAY)[:, None]
            combined[self.batch.new_days[:, start:stop] & daily] /= options.new_day_factor
        over = combined >= options.surprise
        over[:, : max(0, self.warm - start)] = False
        over &= np.arange(start, stop) < self.batch.lengths[:, None]
        block, z = self.extreme[:, start:stop], judged.z[:, start:stop]
        clear = over & (alone >= options.surprise)
        found = group(over, clear, z, block, start, self.open, self.cooldown, options.learn)
        self.recurring.remember(self.statistics[:, :, start:stop], over, found.incident, start)
        judged.combined[:, start:stop] = combined
        judged.over[:, start:stop] = over
        judged.alarm[:, start:stop] = found.alarm
        judged.incident[:, start:stop] = found.incident
        self.used[:, start:stop] = ~over
        for series, first, last in found.learnt:
            self.used[series, first : last + 1] = True


_FLOORS = (0.25, 0.25, 0.15, 0.05, 1.0, 0.1)


def _some(held: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[Any]:
    """Rows of an array, without a copy where they are all."""
    return held if len(rows) == len(held) else held[rows]


def _worth(measured: _Measured, residual: Array, off: Array, options: Options) -> NDArray[np.bool_]:
    """Which statistics of which rows are large enough to matter to anyone."""
    found, scale = measured.found, measured.scales.residual[:, None]
    least = options.min_relative * measured.scales.range[:, None]
    keep = np.ones(found.shape, dtype=bool)
    keep[:3] = off >= options.min_absolute
    keep[0] &= found[0] * scale >= least
    keep[1] &= np.abs(residual) >= least
    keep[2] &= found[2] * scale >= least
    return keep
