"""Two that ask in the same second: one may; a day that was asked for and never built is free again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from analytics_platform.operations.requested_days import HOLDS, may_ask

DAYS = [date(2026, 3, 10), date(2026, 3, 11)]
NOW = datetime(2026, 3, 11, 0, 30, tzinfo=UTC)


def test_of_many_at_once_one_may_ask(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda n: may_ask(tmp_path, f"asker {n}", "k", DAYS[n % 2 :], NOW), range(8)))
    assert sum(said) == 1


def test_a_day_is_held_for_two_minutes_from_the_first_asking_of_a_key(tmp_path: Path) -> None:
    assert may_ask(tmp_path, "sensor", "a", DAYS, NOW)
    assert not may_ask(tmp_path, "schedule", "x", DAYS[:1], NOW + HOLDS / 2)
    assert may_ask(tmp_path, "schedule", "x", [date(2026, 3, 12)], NOW)  # another day is nobody's
    assert may_ask(tmp_path, "sensor", "a", DAYS, NOW + HOLDS / 2)  # again, which starts nothing
    assert may_ask(tmp_path, "schedule", "x", DAYS[:1], NOW + HOLDS + timedelta(seconds=1))
    assert not may_ask(tmp_path, "sensor", "b", DAYS, NOW + HOLDS + timedelta(seconds=2))
    assert may_ask(tmp_path, "sensor", "b", DAYS[1:], NOW + HOLDS + timedelta(seconds=2))
