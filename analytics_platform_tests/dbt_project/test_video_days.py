"""Video days are built exactly: whatever reaches over midnight, in whatever order days and catalogues come."""

import pytest

from analytics_platform_tests.dbt_project.people import statement
from analytics_platform_tests.dbt_project.test_video import NUMBERS, event, profile
from analytics_platform_tests.dbt_project.test_voiding import voiding

pytestmark = pytest.mark.proof

SELECT = "+fact_video_views +video_retention_curve +video_concurrency"
FIRST, DAYS = "2025-12-01", [f"2026-03-0{day}" for day in range(1, 6)]


def player(video, who, day, time, kind, position=None, **more):
    return event(video, who, "00:00", kind, position) | {"event_time": f"2026-03-0{day} {time}+00"} | more


def listed(day, time, position, segments, session="s"):
    row = profile("paused", "00:00", video="listed", session=session)
    row |= {"event_time": f"2026-03-0{day} {time}+00", "video_time_seconds": position}
    return row | {"video_length_seconds": 400, "video_played_segments": segments}


EVENTS = [
    # A view over midnight; a lecture of which a silence lies over midnight.
    player("night", "ann", 1, "23:59:50", "play", 0),
    player("night", "ann", 2, "00:00:10", "heartbeat", 20),
    player("night", "ann", 2, "00:00:20", "pause", 30),
    player("lecture", "ann", 2, "23:00:00", "play", 0, duration_seconds=9000),
    player("lecture", "ann", 3, "01:00:00", "pause", 7200),
    # A machine that runs for days: cut at midnight.
    *(
        player("machine", "kiosk", 2 + n // 24, f"{n % 24:02}:00:00", "heartbeat", n, playback_rate=2)
        for n in range(14, 60)
    ),
    # Lengths that the days tell differently: the last day's votes cut what the first one watched.
    player("length", "ann", 1, "10:00:00", "play", 0, duration_seconds=90),
    player("length", "ann", 1, "10:01:20", "pause", 80),
    *(
        e
        for who in ("ben", "cem")
        for e in (
            player("length", who, 5, "10:00:00", "play", 0, duration_seconds=60),
            player("length", who, 5, "10:00:10", "pause", 10),
        )
    ),
]
# A session's list goes on over a night.
LISTS = [
    listed(1, "22:00:00", 100, "0[.]100"),
    listed(2, "09:00:00", 150, "0[.]100[,]100[.]150"),
    listed(3, "08:00:00", 200, "0[.]100[,]100[.]150[,]150[.]200"),
    # Another one goes on after three months; its first day comes later than the second.
    listed(1, "10:00:00", 60, "0[.]60", session="t") | {"event_time": FIRST + " 10:00:00+00"},
    listed(4, "10:00:00", 70, "0[.]70", session="t"),
]
CATALOGUE = [
    {"video_id": "night", "title": "Night", "duration_seconds": 25},
    {"video_id": "lecture", "alias_of": "night"},
]


def filled(make_warehouse, without=(), catalogue=(), **variables):
    warehouse = make_warehouse(platform_timezone="Asia/Bangkok", **variables)
    warehouse.command = "run"
    for table, rows in (("video/events", EVENTS), ("xapi/statements", LISTS)):
        warehouse.put(table, [row for row in rows if row["event_time"][:10] not in without])
    put_catalogue(warehouse, catalogue)
    return warehouse


def put_catalogue(warehouse, lines):
    batch = {"day": "2026-03-01", "batch_id": f"b{next(NUMBERS):05}", "event_time": "2026-03-01 00:00:00+00"}
    rows = [line | batch | {"row_id": f"{batch['batch_id']}:{n}", "file_line": n} for n, line in enumerate(lines)]
    warehouse.put("videos/catalogue", rows) if rows else warehouse.empty("videos/catalogue", "2026-03-01")


@pytest.fixture(scope="module")
def everything(make_warehouse):
    warehouse = filled(make_warehouse)
    warehouse.build(select=SELECT)
    return warehouse.all_facts()


def test_what_reaches_over_midnight_is_counted_once(everything):
    views = everything["warehouse.facts.fact_video_views"]
    seconds = {}
    for row in views:
        seconds.setdefault(row[3], []).append(row[15])
    assert sorted(seconds["listed"]) == [10.0, 50.0, 50.0, 60.0, 100.0]
    assert (seconds["night"], seconds["lecture"]) == ([30.0], [7200.0])
    assert sorted(seconds["length"]) == [10.0, 10.0, 60.0]


def test_days_that_come_one_after_the_other_in_any_order_equal_all_at_once(make_warehouse, everything):
    late = filled(make_warehouse, without=DAYS[2:3])
    for day in ("2026-03-04", "2026-03-01", FIRST, "2026-03-05", "2026-03-02"):
        late.build(day, select=SELECT)
    assert late.all_facts() != everything
    filled_again = [row for row in EVENTS + LISTS if row["event_time"].startswith(DAYS[2])]
    late.put("video/events", [row for row in filled_again if "event_id" in row])
    late.put("xapi/statements", [row for row in filled_again if "statement_id" in row])
    late.build(DAYS[2], select=SELECT)
    assert late.all_facts() == everything


def test_a_catalogue_and_its_removal_change_all_of_history_whatever_day_is_built(make_warehouse, everything):
    warehouse = filled(make_warehouse, catalogue=CATALOGUE)
    warehouse.build(select=SELECT)
    known = warehouse.all_facts()
    assert warehouse.rows("""
        select sent_video_id, play_time_seconds from facts.fact_video_views where video_id = 'night' order by 1
    """) == [("lecture", 25.0), ("night", 25.0)]
    put_catalogue(warehouse, [])
    warehouse.build("2026-03-05", select=SELECT)
    assert warehouse.all_facts() == everything
    put_catalogue(warehouse, CATALOGUE)
    warehouse.build("2026-03-05", select=SELECT)
    assert warehouse.all_facts() == known


def test_a_voiding_weeks_later_leaves_the_other_views_of_its_day(make_warehouse, everything):
    """It opens the day of what it voids; every step of a view has to see that day."""
    of_card = statement(900, "2026-03-02 15:00", "mbox:ann@example.org", card="quiz/1", response="x")
    warehouse = filled(make_warehouse)
    day = [row for row in LISTS if row["event_time"].startswith("2026-03-02")]
    warehouse.put("xapi/statements", [*day, of_card])
    warehouse.build(select=SELECT)
    before = warehouse.rows("select * from facts.fact_video_views order by all")
    warehouse.put("xapi/statements", [voiding(901, "s900", "2026-03-25 12:00")])
    warehouse.build("2026-03-25", select=SELECT)
    assert warehouse.rows("select * from facts.fact_video_views order by all") == before
    assert before == everything["warehouse.facts.fact_video_views"]
