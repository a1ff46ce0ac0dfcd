"""On simulated videos with many views the planted drop-off and no other is significant.

With few views some are, by the definition: where 25 are at risk, three who leave at one second are over the threshold,
and of some hundred seconds a few are so by chance. Here hundreds are at risk.
"""

import json
import shutil
from datetime import date

import pytest

from analytics_platform.contracts import TABLES
from analytics_platform.lake import open_lake
from analytics_platform.settings import Settings
from analytics_platform.simulator import Plan, simulate

EVENTS, LINES = TABLES["video/events"], 150_000


def test_the_planted_dropoff_and_no_other_is_significant(make_warehouse, tmp_path):
    settings = Settings(platform_home=tmp_path / "home", _env_file=None)
    lake = open_lake(settings)
    plan = Plan(start=date(2026, 3, 2), days=1, people=2_000, lines_per_day=LINES, mix={EVENTS.path: 1})
    simulate(plan, lake.landing, lake.store, tmp_path / "truth.json")
    lake.build(EVENTS, [plan.date(0)])
    warehouse = make_warehouse()
    shutil.copytree(settings.home / "lake" / EVENTS.path, warehouse.folder / "lake" / EVENTS.path, dirs_exist_ok=True)
    warehouse.build(select="+video_dropoffs")
    found = warehouse.rows("""
        select regexp_replace(video_id, '^.*/', ''), from_second, to_second, views_at_risk, exits from video_dropoffs
        order by video_id, from_second
    """)
    planted = json.loads((tmp_path / "truth.json").read_text())["videos"]["planted_drop"]
    assert [(video, first <= planted["second"] <= last) for video, first, last, _, _ in found] == [
        (planted["video"], True)
    ], found
    assert found[0][3:] == pytest.approx((planted["reached"], planted["left"]), rel=0.01)  # some lines are broken
