"""Backgrounds: what series look like when nothing is wrong. Each is made from a seed, in the steps that it has in life.

What is planted into them is in ``planting``. No background was drawn after a particular public series.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Random = np.random.Generator
FIVE, HALF, HOUR, DAY, MINUTE = 300, 1800, 3600, 86400, 60
WEEKDAY = 1


@dataclass(frozen=True)
class Background:
    values: Array
    step: int
    counts: bool = False
    floor: float | None = None  # values never go below it


def _day(rng: Random, rows: int, period: int, sharp: float = 1.0) -> Array:
    """A daily curve with a random phase and a second harmonic, 0 to 1."""
    phase = 2 * np.pi * (np.arange(rows) / period + rng.random())
    wave = np.sin(phase) + 0.4 * rng.random() * np.sin(2 * phase + rng.random() * 6)
    wave = (wave - wave.min()) / np.ptp(wave)
    return np.asarray(wave**sharp)


def _ar(rng: Random, rows: int, memory: float) -> Array:
    """Autocorrelated noise with variance 1."""
    from scipy.signal import lfilter

    noise = rng.normal(size=rows + 200) * np.sqrt(1 - memory**2)
    return np.asarray(lfilter([1.0], [1.0, -memory], noise))[200:]


def daily_wave(rng: Random) -> Background:
    rows, noise = 4032, rng.uniform(0.01, 0.12)
    return Background(50 + 40 * (_day(rng, rows, 288) + noise * rng.normal(size=rows)), FIVE)


def working_week(rng: Random) -> Background:
    """Counts of a city's or a company's day, quieter on weekends."""
    rows, size = 3000, rng.uniform(200, 8000)
    rng.integers(7)  # kept, so that the series of a seed stay what they were
    weekday = (np.arange(rows) // 48 + WEEKDAY) % 7  # the series begins on a Tuesday, see planting
    weekend = np.where(weekday >= 5, rng.uniform(0.3, 0.9), 1.0)
    mean = size * (0.1 + _day(rng, rows, 48, 1.3)) * weekend
    return Background(rng.negative_binomial(30, 30 / (30 + mean)).astype(float), HALF, True, 0.0)


def sparse_counts(rng: Random) -> Background:
    rows = 2160
    mean = rng.uniform(0.1, 1.5) * (0.2 + _day(rng, rows, 24))
    return Background(rng.poisson(mean).astype(float), HOUR, True, 0.0)


def mentions(rng: Random) -> Background:
    """Bursty counts: a daily curve times heavy-tailed excitement that fades."""
    rows = 6000
    rate = rng.uniform(5, 60) * (0.3 + _day(rng, rows, 288)) * np.exp(0.5 * _ar(rng, rows, 0.9))
    for start in rng.choice(rows, rng.integers(5, 20), replace=False):
        length = min(rows - start, 40)
        rate[start : start + length] *= 1 + rng.pareto(2.0) * np.exp(-np.arange(length) / 6)
    return Background(rng.poisson(rate).astype(float), FIVE, True, 0.0)


def busy_server(rng: Random) -> Background:
    rows = 4032
    level, noise = rng.uniform(5, 60), rng.uniform(0.3, 3)
    return Background(np.maximum(level + noise * rng.standard_t(4, size=rows), 0), FIVE, floor=0.0)


def cron_server(rng: Random) -> Background:
    """Quiet, with a job at fixed times that is the normal state."""
    rows, every = 4032, int(rng.choice([24, 48, 72, 144]))
    values = rng.uniform(1, 5) + rng.uniform(0.05, 0.4) * np.abs(rng.normal(size=rows))
    late = rng.integers(0, 2, size=rows // every + 1)
    for number, start in enumerate(range(int(rng.integers(every)), rows, every)):
        values[start + late[number] : start + late[number] + 3] += rng.uniform(18, 24)
    return Background(values, FIVE, floor=0.0)


def spiky_traffic(rng: Random) -> Background:
    """Spikes at any time are the normal state (network, disk)."""
    rows = 4032
    values = rng.uniform(1, 3) * 1e5 * np.exp(0.2 * rng.normal(size=rows))
    hit = rng.random(rows) < rng.uniform(0.01, 0.05)
    values[hit] *= 1 + 8 * rng.gamma(2.0, 1.0, size=hit.sum())
    return Background(values, FIVE, floor=0.0)


def latency(rng: Random) -> Background:
    rows = 4032
    logs = 0.25 * _ar(rng, rows, 0.85) + 0.12 * rng.standard_t(5, size=rows) + 0.2 * _day(rng, rows, 288)
    return Background(rng.uniform(20, 200) * np.exp(logs), FIVE, floor=0.0)


def temperature(rng: Random) -> Background:
    """Wanders slowly, with a daily swing; hourly or every five minutes."""
    five = rng.random() < 0.5
    rows, day = (8000, 288) if five else (4000, 24)
    wander = 3 * _ar(rng, rows, 1 - 1 / (2 * day))
    return Background(70 + wander + rng.uniform(0.5, 4) * _day(rng, rows, day) + 0.4 * _ar(rng, rows, 0.6),
                      FIVE if five else HOUR)  # fmt: skip


def random_walk(rng: Random) -> Background:
    rows = 3000
    return Background(1000 + np.cumsum(rng.standard_t(5, size=rows)), HOUR)


def advertising(rng: Random) -> Background:
    """Money per click by the hour: skewed noise, a weak day, now and then a dear one."""
    rows = 1600
    logs = 0.25 * rng.normal(size=rows) + 0.2 * _day(rng, rows, 24)
    values = rng.uniform(0.05, 2) * np.exp(logs)
    dear = rng.random(rows) < 0.01
    values[dear] *= rng.uniform(1.5, 3, size=dear.sum())
    return Background(values, HOUR, floor=0.0)


def speed_on_road(rng: Random) -> Background:
    """Irregular times, a plateau with a dip in rush hours, skewed downwards."""
    rows = 2500
    dip = _day(rng, rows, 144) ** 6
    noise = rng.gamma(2.0, 1.5, size=rows)
    return Background(np.maximum(85 - 20 * dip - noise * (1 + dip), 5), 600, floor=0.0)


def square_wave(rng: Random) -> Background:
    rows, noise = 4032, float(rng.choice([0.0, 0.5, 3.0]))
    high = (np.arange(rows) % 288 > 100) & (np.arange(rows) % 288 < 220)
    return Background(20 + 60.0 * high + noise * rng.random(rows), FIVE)


def flat(rng: Random) -> Background:
    rows, steps = 4032, float(rng.choice([0.0, 0.0, 1.0]))
    return Background(45 + steps * rng.integers(0, 2, size=rows), FIVE)


def growing_users(rng: Random) -> Background:
    """A daily number with a week and growth."""
    rows = 540
    week = np.tile(np.append(rng.uniform(0.8, 1.2, 5), rng.uniform(0.2, 0.6, 2)), rows // 7 + 1)[:rows]
    mean = rng.uniform(100, 2000) * week * np.exp(rng.uniform(-0.5, 1.0) * np.arange(rows) / rows)
    return Background(rng.negative_binomial(40, 40 / (40 + mean)).astype(float), DAY, True, 0.0)


def completion_rate(rng: Random) -> Background:
    rows = 400
    people = rng.integers(40, 200, size=rows)
    return Background(rng.binomial(people, rng.uniform(0.3, 0.8)) / people, DAY, floor=0.0)


def minutes_of_load(rng: Random) -> Background:
    rows = 6000
    values = 30 + 10 * _day(rng, rows, 1440) + 4 * _ar(rng, rows, 0.95) + rng.normal(size=rows)
    return Background(np.maximum(values, 0), MINUTE, floor=0.0)


def sawtooth_memory(rng: Random) -> Background:
    """Fills and is freed, not at fixed times."""
    rows, values, used = 4032, [], 30.0
    slope = rng.uniform(0.05, 0.3)
    for _ in range(rows):
        used += slope * rng.exponential()
        if used > rng.uniform(70, 90):
            used = rng.uniform(25, 35)
        values.append(used + 0.3 * rng.normal())
    return Background(np.array(values), FIVE, floor=0.0)


BACKGROUNDS: dict[str, Callable[[Random], Background]] = {
    maker.__name__: maker
    for maker in (
        *(daily_wave, working_week, sparse_counts, mentions, busy_server, cron_server, spiky_traffic, latency),
        *(temperature, random_walk, advertising, speed_on_road, square_wave, flat, growing_users, completion_rate),
        *(minutes_of_load, sawtooth_memory),
    )
}
