"""The same seed gives the same bytes, day by day; another seed gives others."""

from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from analytics_platform.contracts import TABLES
from analytics_platform.errors import SettingsError
from analytics_platform.lake.landing import Landing
from analytics_platform.lake.store import LocalStore
from analytics_platform.simulator import Plan, simulate
from analytics_platform.simulator.organisation import found
from analytics_platform.simulator.run import simulate_day

PLAN = Plan(start=date(2026, 3, 2), people=12, days=3, seed=5)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_gives_others(tmp_path: Path) -> None:
    first, second = (_simulate(PLAN, tmp_path / name, workers) for name, workers in (("first", 1), ("second", 3)))
    other = _simulate(replace(PLAN, seed=6), tmp_path / "other", 1)
    assert len(first) > 3 * len(TABLES)
    assert first == second
    same = {name for name in first if first[name] == other.get(name)}
    # The course is the same for everybody, and so are few people's names.
    assert same == {"simulated/lesson-map.csv", "simulated/roster.csv", "simulated/videos.csv"}


def test_a_day_can_be_made_alone(tmp_path: Path) -> None:
    everything = _simulate(PLAN, tmp_path / "all", 2)
    store = LocalStore(tmp_path / "one")
    simulate_day(found(PLAN), 1, Landing(store, date(2020, 1, 1)), store)
    alone = _bytes(tmp_path / "one")
    assert alone == {name: digest for name, digest in everything.items() if "day=2026-03-03" in name}


def test_lines_per_day_and_mix_scale_the_volume(tmp_path: Path) -> None:
    plan = replace(PLAN, days=1, lines_per_day=20_000, mix={"xapi/statements": 3, "telemetry/events": 1})
    store = LocalStore(tmp_path)
    truth = simulate(plan, Landing(store, date(2020, 1, 1)), store)
    stored = {path: days["2026-03-02"].stored for path, days in truth.tallies.items()}
    assert stored == {"xapi/statements": 15_000, "telemetry/events": 5_000}


def test_progress_is_told_for_each_day_in_order(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    store = LocalStore(tmp_path)
    simulate(PLAN, Landing(store, date(2020, 1, 1)), store, progress=lambda *step: told.append(step))
    assert told == [("2026-03-02", 1, 3), ("2026-03-03", 2, 3), ("2026-03-04", 3, 3)]


@pytest.mark.parametrize("wrong", [{"people": 0}, {"days": 0}, {"lines_per_day": 0}, {"mix": {"xapi/statement": 1}}])
def test_an_impossible_plan_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        replace(PLAN, **wrong)


def _simulate(plan: Plan, root: Path, workers: int) -> dict[str, str]:
    store = LocalStore(root)
    simulate(plan, Landing(store, date(2020, 1, 1)), store, root / "truth.json", workers=workers)
    return _bytes(root)


def _bytes(root: Path) -> dict[str, str]:
    files = [path for path in root.rglob("*") if path.is_file()]
    return {str(path.relative_to(root)): sha256(path.read_bytes()).hexdigest() for path in files}
