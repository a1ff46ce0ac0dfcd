"""What goes by kind and age: counted without being removed, then removed; everything younger stays."""

import os
from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest
from typer.testing import CliRunner

from analytics_platform import settings as settings_module
from analytics_platform.alerts.alert import Alert
from analytics_platform.alerts.delivering import recover, tell
from analytics_platform.alerts.state import State
from analytics_platform.cli import app
from analytics_platform.defs.upkeep import prune_runs
from analytics_platform.lake.lake import Lake
from analytics_platform.settings import Settings
from analytics_platform.upkeep.retention import find
from analytics_platform_tests.lines import STATEMENTS, land, statement

NOW = datetime.now(UTC)
AGES = (400, 366, 364, 1)


def day(age: int) -> date:
    return (NOW - timedelta(days=age)).date()


def test_old_days_go_whole_and_a_dry_run_removes_nothing(
    settings: Settings, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    for age in AGES:
        at = NOW - timedelta(days=age)
        land(lake, "xapi/statements", statement(f"s{age}", timestamp=at.isoformat()), {"bad": age}, at=at)
    lake.build(STATEMENTS, [day(age) for age in AGES])
    for age in (500, 10):
        (settings.reports_folder / "executive" / str(day(age))).mkdir(parents=True)
    (settings.reports_folder / "executive" / "2020-W01").mkdir()
    for cause, ago in (("old", 400), ("young", 10)):
        at = NOW - timedelta(days=ago)
        tell(settings, [Alert("run_failed", "high", "o", cause, "t", "t", "t")], at)
        recover(settings, [cause], at)
    tell(settings, [Alert("run_failed", "high", "o", "open", "t", "t", "t")], NOW - timedelta(days=400))
    left = settings.home / "scratch" / "left"
    left.mkdir(parents=True, exist_ok=True)
    os.utime(left, (NOW.timestamp() - 2 * 86_400,) * 2)
    (settings.home / "scratch" / "busy").mkdir()

    monkeypatch.setattr(settings_module, "load", lambda: settings)
    said = CliRunner().invoke(app, ["upkeep", "--dry-run"], catch_exceptions=False).output
    assert "events: 2 would go (10 files, rows or lines)" in said  # segment, keys, lake, quarantine, ledger; twice
    assert "alerts: 1 would go (1 files, rows or lines)" in said
    assert "daily reports: 1 would go" in said
    assert "orphans: 1 would go" in said
    assert lake.ledger.days(STATEMENTS) == sorted(day(age) for age in AGES)

    said = CliRunner().invoke(app, ["upkeep"], catch_exceptions=False).output
    assert "events: 2 gone (10 files, rows or lines)" in said
    assert "Marts over all time" in said
    assert lake.ledger.days(STATEMENTS) == [day(364), day(1)]
    assert {segment.day for segment in lake.landing.segments(STATEMENTS)} == {day(364), day(1)}
    assert lake.ledger.reopened(STATEMENTS, lake.landing) == []
    assert not [key for key in lake.store.keys("lake/xapi") if str(day(400)) in key]
    assert sorted(f.name for f in (settings.reports_folder / "executive").iterdir()) == ["2020-W01", str(day(10))]
    assert {case.alert.cause for case in State(settings.home).cases(only_open=False)} == {"young", "open"}
    assert list(find(settings, NOW)) == []


def test_old_runs_go_with_their_events_and_partitions_stay_known() -> None:
    days = dg.StaticPartitionsDefinition(["a", "b"])

    @dg.asset(partitions_def=days)
    def things() -> None: ...

    with dg.DagsterInstance.ephemeral() as instance:
        for partition in ("a", "b"):
            dg.materialize([things], instance=instance, partition_key=partition)
        later = datetime.now(UTC) + timedelta(minutes=1)
        assert prune_runs(instance, datetime.now(UTC) - timedelta(days=90), dry_run=False) == 0
        assert prune_runs(instance, later, dry_run=True) == 2
        assert len(instance.get_runs()) == 2
        assert prune_runs(instance, later, dry_run=False) == 2
        assert instance.get_runs() == []
