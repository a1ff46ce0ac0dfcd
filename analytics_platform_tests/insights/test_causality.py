"""The verdict on a row uses nothing after it, and nothing of the series beside it."""

from dataclasses import fields

import numpy as np
import pytest

from analytics_platform.insights.scoring import score
from analytics_platform.insights.series_csv import Series
from analytics_platform.insights.verdicts import Verdicts
from analytics_platform_tests.insights.planting import plant
from analytics_platform_tests.insights.shapes import BACKGROUNDS

pytestmark = pytest.mark.slow


def verdicts_on(*series: tuple[np.ndarray, np.ndarray]) -> list[Verdicts]:  # type: ignore[type-arg]
    held = [Series(str(place), times, values, np.arange(len(values))) for place, (times, values) in enumerate(series)]
    return [verdicts for _, verdicts in sorted(score(held), key=lambda item: item[0])]


def assert_same(short: Verdicts, long: Verdicts) -> None:
    for field in fields(Verdicts):
        ours = getattr(short, field.name)
        np.testing.assert_array_equal(ours, getattr(long, field.name)[: len(ours)], err_msg=field.name)


@pytest.mark.parametrize("shape", sorted(BACKGROUNDS))
def test_the_verdicts_on_a_prefix_are_the_prefix_of_the_verdicts(shape: str) -> None:
    planted = plant(shape, 11)
    rows = len(planted.values)
    (whole,) = verdicts_on((planted.times, planted.values))
    for part in (0.131, 0.457, 0.83):
        size = int(part * rows)
        (prefix,) = verdicts_on((planted.times[:size], planted.values[:size]))
        assert_same(prefix, whole)


def test_a_wild_future_changes_nothing() -> None:
    planted = plant("daily_wave", 3)
    wild = planted.values.copy()
    wild[2500:] = np.random.default_rng(1).normal(size=len(wild) - 2500) * 1e6
    calm, other = verdicts_on((planted.times, planted.values)), verdicts_on((planted.times, wild))
    size = 2500
    for field in fields(Verdicts):
        np.testing.assert_array_equal(getattr(calm[0], field.name)[:size], getattr(other[0], field.name)[:size])


def test_the_series_beside_it_change_nothing() -> None:
    all_of = [
        plant(shape, 5) for shape in ("daily_wave", "cron_server", "busy_server", "mentions", "flat", "square_wave")
    ]
    together = verdicts_on(*((each.times, each.values) for each in all_of))
    for each, verdicts in zip(all_of, together, strict=True):
        (alone,) = verdicts_on((each.times, each.values))
        assert_same(alone, verdicts)
