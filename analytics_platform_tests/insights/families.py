"""Series of a business with planted truth: quiet ones, and the incidents that a detector of new values alone misses.

Hours over ten weeks, days over two years. A window begins at the row at which the incident begins, and ends with it or
six rows after its beginning. Quiet families have no window: each alarm there is false.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics_platform_tests.insights.planting import Planted
from analytics_platform_tests.insights.shapes import DAY, FIVE, HOUR, Array, Random, mentions, spiky_traffic

WEEKS, MONDAY = 10, 1_767_571_200  # Monday, 5 January 2026
HOURS, GRACE = WEEKS * 168, 6


@dataclass(frozen=True)
class Case:
    values: Array
    windows: list[tuple[int, int]]
    step: int = HOUR
    sizes: tuple[float, ...] = ()  # of the incidents, in units of the usual range


def _week(rng: Random, night: float = 0.1) -> Array:
    """A working week by the hour, its busiest hour 1."""
    hour, day = np.arange(HOURS) % 24, np.arange(HOURS) // 24 % 7
    peak = rng.uniform(10, 19)
    shape = night + (1 - night) * np.exp(-(((hour - peak + 12) % 24 - 12) ** 2) / rng.uniform(12, 40))
    return np.asarray(shape * np.where(day >= 5, rng.uniform(0.3, 0.9), 1.0))


def quiet_counts(rng: Random) -> Case:
    mean = 10 ** rng.uniform(-0.3, 3) * _week(rng, rng.uniform(0.0, 0.3))
    wide = rng.uniform(20, 80)
    return Case(rng.negative_binomial(wide, wide / (wide + mean)).astype(float), [])


def quiet_shares(rng: Random) -> Case:
    people = rng.poisson(10 ** rng.uniform(1, 2.5) * _week(rng, 0.3)) + 5
    return Case(rng.binomial(people, rng.uniform(0.02, 0.8)) / people, [])


def quiet_times(rng: Random) -> Case:
    logs = 0.15 * rng.normal(size=HOURS) + 0.2 * _week(rng)
    return Case(rng.uniform(50, 2000) * np.exp(logs), [])


def quiet_days(rng: Random) -> Case:
    day = np.arange(730)
    mean = (
        10 ** rng.uniform(0.5, 3.5)
        * np.where(day % 7 >= 5, rng.uniform(0.3, 1), 1)
        * (1 + rng.uniform(0, 1) * day / 730)
    )
    return Case(rng.negative_binomial(60, 60 / (60 + mean)).astype(float), [], DAY)


def repeats(rng: Random) -> Case:
    """Noise-free, the same each day or week: nothing ever happens."""
    period = int(rng.choice([24, 168]))
    return Case(np.tile(np.round(50 * rng.random(period)), HOURS // period), [])


def after_spike(rng: Random) -> Case:
    """A clean day of 100 ± 30 and one spike of two hours: the weeks after it are as quiet as those before."""
    values = 100 + 30 * np.sin(2 * np.pi * np.arange(HOURS) / 24) + rng.normal(0, 3, HOURS)
    place, size = int(rng.integers(21 * 24, 49 * 24)), rng.uniform(60, 200)
    values[place : place + 2] += size
    return Case(values, [(place, place + GRACE)], sizes=(size / 60,))


def new_extremes(rng: Random) -> Case:
    """Bursts are the normal state, and one goes a good part of everything seen beyond everything seen."""
    base = (mentions if rng.random() < 0.5 else spiky_traffic)(rng)
    values, place = base.values.copy(), int(rng.integers(2000, len(base.values) - 300))
    length, size = int(rng.integers(1, 10)), rng.uniform(1.2, 4)
    values[place : place + length] = values[:place].max() * size * rng.uniform(0.9, 1, size=length)
    return Case(values, [(place, place + max(length, GRACE))], FIVE, (size,))


def larger_bursts(rng: Random) -> Case:
    """Next to nothing but a burst now and then, between one and two in size; one of them is a third larger than all."""
    values = np.abs(0.02 * rng.normal(size=HOURS))
    usual = rng.random(HOURS) < rng.uniform(0.005, 0.03)
    values[usual] += rng.uniform(1, 2, usual.sum())
    place, size = int(rng.integers(35 * 24, 63 * 24)), rng.uniform(1.25, 1.5)
    values[place] = values[:place].max() * size
    return Case(values, [(place, place + GRACE)], sizes=(size,))


def level_shifts(rng: Random) -> Case:
    mean, place = 10 ** rng.uniform(1, 3) * _week(rng, 0.2), int(rng.integers(28 * 24, 56 * 24))
    size = float(rng.choice([0.4, 0.5, 2.0, 2.5]))
    mean[place:] *= size
    return Case(
        rng.negative_binomial(60, 60 / (60 + mean)).astype(float), [(place, place + 48)], sizes=(abs(np.log2(size)),)
    )


def silences(rng: Random) -> Case:
    """What is never without events for long falls silent for some hours of a working day, or for a day."""
    mean = 10 ** rng.uniform(0.8, 2.5) * np.maximum(_week(rng, 0.2), 0.2)
    values = rng.poisson(mean).astype(float)
    place, length = int(rng.integers(28 * 24, 56 * 24)) // 24 * 24 + 9, int(rng.choice([4, 8, 24]))
    values[place : place + length] = 0
    return Case(values, [(place, place + max(length, GRACE))], sizes=(length / 24,))


def bursts_stop(rng: Random) -> Case:
    """Bursts that come at any time, several a day, stop coming for three days or more."""
    values = rng.uniform(0.5, 2) + 0.2 * np.abs(rng.normal(size=HOURS))
    values[rng.random(HOURS) < rng.uniform(0.2, 0.35)] += rng.uniform(10, 20)
    place = int(rng.integers(28 * 24, 56 * 24))
    length = int(rng.integers(72, 120))
    values[place : place + length] = np.minimum(values[place : place + length], 3)
    return Case(values, [(place, place + length)], sizes=(length / 72,))


def rhythms(rng: Random) -> Case:
    """A job at fixed hours comes twice as often from some day on, or half as often, for a week."""
    every, place = int(rng.choice([4, 6, 8])), int(rng.integers(28, 56)) * 24
    hours, often = np.arange(HOURS), rng.random() < 0.5
    now = np.where((hours >= place) & (hours < place + 168), every // 2 if often else every * 2, every)
    values = 5 + rng.normal(0, 0.5, HOURS) + rng.uniform(15, 25) * (hours % now == 0)
    return Case(values, [(place, place + 48)])


def seconds(rng: Random) -> Case:
    """A small incident, and hours after it another one, larger and the other way."""
    values = 200 + 60 * np.sin(2 * np.pi * np.arange(HOURS) / 24) + rng.normal(0, 5, HOURS)
    place, apart = int(rng.integers(28 * 24, 56 * 24)), int(rng.integers(4, 9))
    values[place : place + 2] += 60
    values[place + apart : place + apart + 3] -= 150
    return Case(values, [(place, place + 3), (place + apart, place + apart + GRACE)], sizes=(0.5, 1.25))


def inside(rng: Random) -> Case:
    """A restless incident of two and a half days, and half a day or more into it a value beyond all before."""
    values = 200 + 60 * np.sin(2 * np.pi * np.arange(HOURS) / 24) + rng.normal(0, 5, HOURS)
    place, apart = int(rng.integers(28 * 24, 56 * 24)), int(rng.integers(12, 40))
    values[place : place + 60] += rng.normal(60, 40, 60)
    second = place + apart
    values[second : second + 2] = values[:second].max() + np.ptp(values[:second]) * rng.uniform(0.5, 1)
    return Case(values, [(place, place + GRACE), (second, second + GRACE)])


FAMILIES: dict[str, Callable[[Random], Case]] = {
    maker.__name__: maker
    for maker in (
        *(quiet_counts, quiet_shares, quiet_times, quiet_days, repeats),
        *(after_spike, new_extremes, larger_bursts, level_shifts, silences, bursts_stop, rhythms, seconds, inside),
    )
}
QUIET = ("quiet_counts", "quiet_shares", "quiet_times", "quiet_days", "repeats")


def family(name: str, seed: int) -> Planted:
    """The same name and seed give the same series."""
    case = FAMILIES[name](np.random.default_rng([zlib.crc32(name.encode()), seed]))
    times = MONDAY + np.arange(len(case.values)) * case.step
    return Planted(name, times, case.values, case.step, case.windows, [name] * len(case.windows), case.sizes)
