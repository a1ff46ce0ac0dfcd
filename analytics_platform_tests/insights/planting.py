"""Incidents of known place and kind in a background, and the troubles that are none: gaps and frozen stretches.

An incident has a window around it, as wide as a tenth of the series shared among its incidents: a detector that speaks
inside it, the earlier the better, is right. Nothing is planted in the first 15 %, which is history.
"""

import zlib
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analytics_platform_tests.insights.shapes import BACKGROUNDS, Array, Background, Random

KINDS = ("spike", "dip", "burst", "shift", "restless", "frozen", "outage", "lost_day", "ramp", "dense")
PROBATION, MOST_PROBATION = 0.15, 750


@dataclass(frozen=True)
class Planted:
    """One series with its truth; windows are half-open spans of rows."""

    background: str
    times: Array
    values: Array
    step: int
    windows: list[tuple[int, int]]
    kinds: list[str]
    sizes: tuple[float, ...] = ()  # of the incidents, where they can be compared

    @property
    def probation(self) -> int:
        return min(int(PROBATION * len(self.values)), MOST_PROBATION)


def plant(background: str, seed: int, harmless: bool = True) -> Planted:
    """The same name and seed give the same series. About one series in seven has no incident."""
    rng = np.random.default_rng([zlib.crc32(background.encode()), seed])
    base = BACKGROUNDS[background](rng)
    values, rows = base.values.copy(), len(base.values)
    count = int(rng.choice([0, 1, 1, 2, 2, 3, 1]))
    start = int(PROBATION * rows) + rows // 20
    width = rows // 10 // max(count, 1)
    kinds: list[str] = []
    windows: list[tuple[int, int]] = []
    for place in _apart(rng, start, rows - rows // 20, count, width):
        kind = str(rng.choice(KINDS))
        _change(values, base, kind, place, rng)
        kinds.append(kind)
        windows.append((max(place - width // 2, 0), min(place + width // 2, rows)))
    if base.floor is not None:
        values = np.maximum(values, base.floor)
    if base.counts:
        values = np.round(values)
    times = np.arange(rows) * base.step + 1_700_000_000 // base.step * base.step
    if harmless and rng.random() < 0.3:
        times, values, windows = _gap(rng, times, values, windows)
    return Planted(background, times, values, base.step, windows, kinds)


def _apart(rng: Random, start: int, stop: int, count: int, width: int) -> list[int]:
    """Places whose windows do not touch."""
    for _ in range(1000):
        places = sorted(int(place) for place in rng.integers(start, stop, size=count))
        if all(after - before > width + 5 for before, after in pairwise(places)):
            return places
    raise AssertionError("no room for so many incidents")


def _change(values: Array, base: Background, kind: str, place: int, rng: Random) -> None:
    """Plant one incident, as large as this background makes noticeable: in units of its own local noise and range."""
    rows = len(values)
    noise = max(float(np.percentile(np.abs(np.diff(base.values)), 90)), 0.02 * float(np.ptp(base.values)), 1e-3)
    size = noise * rng.uniform(3, 9)
    day = max(min(round(86400 / base.step), rows // 12), 4)
    sign = 1 if base.floor == 0.0 and rng.random() < 0.7 else int(rng.choice([-1, 1]))
    short = int(rng.integers(3, 15))
    if kind in ("spike", "dip"):
        values[place : place + int(rng.integers(1, 4))] += size * 1.5 * (1 if kind == "spike" else -1)
    elif kind == "burst":
        values[place : place + short] += sign * size * rng.uniform(0.6, 1.2, size=len(values[place : place + short]))
    elif kind == "shift":
        values[place:] += sign * size
    elif kind == "restless":
        length = len(values[place : place + day // 2])
        values[place : place + day // 2] += 0.7 * size * rng.normal(size=length)
    elif kind == "frozen":
        values[place : place + day // 2] = values[place]
    elif kind == "outage":
        values[place : place + short * 2] = base.floor if base.floor is not None else values.min() - 2 * noise
    elif kind == "lost_day":
        low = np.percentile(base.values[max(0, place - day) : place + 1], 10)
        span = values[place : place + day]
        values[place : place + day] = np.minimum(span, low + 0.3 * np.abs(span - low))
    elif kind == "ramp":
        length = len(values[place : place + day])
        values[place : place + day] += sign * 1.5 * size * np.linspace(0, 1, length)
    else:  # dense: spikes that come too often
        many = rng.choice(day // 2 + 6, size=6, replace=False) + place
        values[many[many < rows]] += size


def _gap(
    rng: Random, times: Array, values: Array, windows: list[tuple[int, int]]
) -> tuple[Array, Array, list[tuple[int, int]]]:
    """Rows that never arrived, outside of the windows."""
    rows, length = len(values), int(rng.integers(3, len(values) // 40 + 4))
    at = int(rng.integers(rows // 5, rows - length))
    if any(at < stop and at + length > start for start, stop in windows):
        return times, values, windows
    keep = np.ones(rows, dtype=bool)
    keep[at : at + length] = False
    moved = [(start - length * (at < start), stop - length * (at < start)) for start, stop in windows]
    return times[keep], values[keep], moved
