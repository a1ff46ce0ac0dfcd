"""Neighbouring days are one range, and many ranges become few."""

from datetime import date

import pytest

from analytics_platform.lake.ranges import days_in, few_ranges, ranges


def day(n: int) -> date:
    return date(2026, 3, n)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], []),
        ([1], [(1, 1)]),
        ([1, 2, 3], [(1, 3)]),
        ([9, 3, 1, 4], [(1, 1), (3, 4), (9, 9)]),
    ],
)
def test_neighbouring_days_are_one_range(days: list[int], expected: list[tuple[int, int]]) -> None:
    assert list(ranges(day(n) for n in days)) == [(day(a), day(b)) for a, b in expected]


@pytest.mark.parametrize(
    ("most", "expected"),
    [(4, [(1, 1), (3, 4), (9, 9), (20, 20)]), (3, [(1, 4), (9, 9), (20, 20)]), (2, [(1, 9), (20, 20)]), (1, [(1, 20)])],
)
def test_the_smallest_gaps_are_filled_first(most: int, expected: list[tuple[int, int]]) -> None:
    found = few_ranges([day(n) for n in (1, 3, 4, 9, 20)], most)
    assert found == [(day(a), day(b)) for a, b in expected]
    assert len(days_in(found)) == sum(b - a + 1 for a, b in expected)


@pytest.mark.parametrize(
    ("gap", "expected"),
    [(0, [(1, 1), (3, 4), (9, 9), (20, 20)]), (1, [(1, 4), (9, 9), (20, 20)]), (4, [(1, 9), (20, 20)])],
)
def test_short_gaps_are_filled(gap: int, expected: list[tuple[int, int]]) -> None:
    found = few_ranges([day(n) for n in (1, 3, 4, 9, 20)], 9, gap)
    assert found == [(day(a), day(b)) for a, b in expected]
