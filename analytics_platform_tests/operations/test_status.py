"""What a person sees of what waits: the table, JSON, the doctor's line; and a demo that never joins real people."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analytics_platform.cli import app
from analytics_platform.commands import demo
from analytics_platform.commands.doctor import CHECKS
from analytics_platform.errors import SettingsError
from analytics_platform.lake.lake import Lake
from analytics_platform.operations.status import status, what_waits
from analytics_platform.settings import Settings, load
from analytics_platform.simulator import Plan
from analytics_platform_tests.lines import DAY, STATEMENTS, land, statement

NOW = datetime(2026, 3, 20, tzinfo=UTC)


def test_days_there_missing_and_waiting_by_step(settings: Settings, lake: Lake) -> None:
    land(lake, "xapi/statements", statement("a"))
    lake.build(STATEMENTS, [DAY, date(2026, 3, 13)])
    land(lake, "xapi/statements", statement("b", timestamp="2026-03-12T10:00:00Z"), at=NOW)
    found = status(settings, NOW)
    by_step = {step.step: step for step in found.steps}
    days = {asset.asset: asset for asset in found.assets}
    assert (days["xapi/statements"].days, days["xapi/statements"].missing) == (2, 2)
    assert (days["video/events"].days, days["video/events"].missing) == (0, None)
    assert (by_step["lake"].waiting, by_step["lake"].first_waiting) == (1, "2026-03-12")
    assert by_step["marts"].waiting == 1
    lag = next(lag for lag in found.sources if lag.source == "xapi/statements")
    assert (lag.last_day, lag.unbuilt_lines, lag.uncounted_files) == ("2026-03-12", 1, 0)
    assert found.published is None
    assert found.disk.folders["landing"] > 0
    assert what_waits(settings, NOW.date()) == [
        "1 day waits at lake (2026-03-12)",
        "1 day waits at labels (2026-03-10)",
        "1 day waits at marts (2026-03-10)",
    ]


def test_the_command_and_the_doctor_say_it(
    settings: Settings, lake: Lake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PLATFORM_HOME", str(settings.home))
    load.cache_clear()
    land(lake, "xapi/statements", statement("a"))
    told = CliRunner().invoke(app, ["status", "--json"])
    assert {step["step"]: step["waiting"] for step in json.loads(told.stdout)["steps"]}["lake"] == 1
    said = CliRunner().invoke(app, ["status"]).stdout
    for line in (
        "Published: nothing yet.",
        "lake         1  2026-03-10  2026-03-10",
        "Last runs: none yet.",
        "Red checks: none.",
    ):
        assert line in said
    (waiting,) = (check for check in CHECKS if check.__name__ == "_waiting")
    assert list(waiting(settings)) == [
        (
            False,
            "1 day waits at lake (2026-03-10). Run analytics-platform materialize, or leave it to make dev.",
        )
    ]
    load.cache_clear()


def test_the_demo_refuses_a_home_with_data_of_others(settings: Settings, lake: Lake) -> None:
    land(lake, "xapi/statements", statement("a"))
    with pytest.raises(SettingsError, match="would add invented people"):
        demo.prepare(settings, Plan(start=DAY, people=1, days=1))


def test_an_interrupted_demo_goes_on(settings: Settings, lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, imported = Plan(start=DAY, people=3, days=1), demo.import_simulated

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "import_simulated", interrupted)
    with pytest.raises(KeyboardInterrupt):
        demo.prepare(settings, plan)
    simulated = lake.store.keys("landing")
    (settings.home / "truth.json").unlink()
    lake.store.delete(simulated[0])
    with pytest.raises(KeyboardInterrupt):
        demo.prepare(settings, plan)  # interrupted while lines were written: they are written again, not twice
    assert lake.store.keys("landing") == simulated
    monkeypatch.setattr(demo, "import_simulated", imported)
    demo.prepare(settings, plan)  # the simulation is whole, the imports follow
    assert not (settings.home / demo.STARTED).exists()


def test_an_interrupted_demo_leaves_lines_of_others_alone(settings: Settings, lake: Lake) -> None:
    demo.prepare(settings, Plan(start=DAY, people=3, days=1))
    (settings.home / "truth.json").unlink()
    (settings.home / demo.STARTED).touch()
    land(lake, "xapi/statements", statement("a"))
    there = lake.store.keys("landing")
    with pytest.raises(SettingsError, match="would add invented people"):
        demo.prepare(settings, Plan(start=DAY, people=3, days=1))
    assert lake.store.keys("landing") == there
