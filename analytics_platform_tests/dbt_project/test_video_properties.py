"""What holds of all views: drawn ones, told in each dialect, in any order of rows, from one build."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from analytics_platform_tests.dbt_project.test_video import event, profile

DIALECTS = ("signals", "beats", "pairs", "list")
LENGTH, VIEWERS = 120, 80
START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def drawn(rng):
    """Stretches of whole seconds, each begun by a leap of more than a second from where the last one ended."""
    stretches, last = [], None
    for _ in range(rng.randint(1, 5)):
        begin = rng.randint(0, LENGTH - 2) if last is not None or rng.random() < 0.3 else 0
        if last is not None and abs(begin - last) <= 1:
            continue
        last = rng.randint(begin + 1, min(begin + 50, LENGTH))
        stretches.append((begin, last))
    return stretches


def told(dialect, who, stretches, begins):
    """The view as a player of the dialect tells it; it never pauses between two stretches."""

    def player(kind, second, position=None, **more):
        moment = {"event_time": (begins + timedelta(seconds=second)).strftime("%Y-%m-%d %H:%M:%S.%f+00")}
        return event(dialect, who, "00:00", kind, position, duration_seconds=LENGTH) | moment | more

    if dialect == "list":
        segments = "[,]".join(f"{a}[.]{b}" for a, b in stretches)
        played = sum(b - a for a, b in stretches)
        for verb, second, position, said in (
            ("played", 0, stretches[0][0], None),
            ("terminated", played, stretches[-1][1], segments),
        ):
            moment = {"event_time": (begins + timedelta(seconds=second)).strftime("%Y-%m-%d %H:%M:%S.%f+00")}
            row = profile(verb, "00:00", video="list", session=f"session of {who}") | moment
            row |= {"actor_key": f"user:{who}", "video_length_seconds": LENGTH}
            yield row | {"video_time_seconds": position, "video_played_segments": said}
        return
    clock = 0
    for n, (a, b) in enumerate(stretches):
        if dialect == "pairs":
            for position in range(a, b):
                yield player("segment_start", clock + position - a, position)
                yield player("segment_end", clock + position - a + 0.9, position)
        elif n:
            yield player("seek", clock, seek_from_seconds=stretches[n - 1][1], seek_to_seconds=a)
        else:
            yield player("play", clock, a)
        if dialect == "beats":
            for position in range(a + 10, b, 10):
                yield player("heartbeat", clock + position - a, position)
        clock += b - a
    if dialect != "pairs":
        yield player("pause", clock, stretches[-1][1])


VIEWS = [
    (f"v{n}", drawn(random.Random(n)), START + timedelta(seconds=random.Random(-n).randint(0, 7200)))
    for n in range(VIEWERS)
]


def rows_of(seed):
    rows = [row for dialect in DIALECTS for who, view, begins in VIEWS for row in told(dialect, who, view, begins)]
    random.Random(seed).shuffle(rows)
    return [row for row in rows if "event_id" in row], [row for row in rows if "statement_id" in row]


@pytest.fixture(scope="module")
def warehouse(make_warehouse):
    warehouse = make_warehouse()
    events, statements = rows_of(1)
    warehouse.put("video/events", events)
    warehouse.put("xapi/statements", statements)
    warehouse.build(select="+fact_video_views +video_retention_curve +video_concurrency")
    return warehouse


def test_every_dialect_tells_the_same(warehouse):
    expected = sorted(
        (f"user:{who}", float(sum(b - a for a, b in view)), float(len({s for a, b in view for s in range(a, b)})))
        for who, view, _ in VIEWS
    )
    for dialect in DIALECTS:
        found = warehouse.rows(f"""
            select actor_key, play_time_seconds, unique_watched_seconds from facts.fact_video_views
            where video_id = '{dialect}' order by 1
        """)
        assert found == expected, dialect


def test_every_dialect_gives_the_same_curves(warehouse):
    columns = "video_second, views_watching, times_watched, views_surviving, exits, views_at_risk"
    curves = [
        warehouse.rows(f"select {columns} from video_retention_curve where video_id = '{dialect}' order by 1")
        for dialect in DIALECTS
    ]
    assert len(curves[0]) == LENGTH
    watched = [sum(a <= second < b for _, view, _ in VIEWS for a, b in view) for second in range(LENGTH)]
    assert [row[2] for row in curves[0]] == watched
    for dialect, curve in zip(DIALECTS, curves, strict=True):
        assert curve == curves[0], dialect


def test_curves_keep_their_bounds(warehouse):
    assert warehouse.rows("""
        select count(*) from (
            select *, lag(survival) over (partition by video_id order by video_second) as survived_before
            from video_retention_curve
        ) where unique_retention not between 0 and 1 or absolute_retention < unique_retention
            or survival > survived_before or survival not between 0 and 1 or hazard_lower_bound > hazard
    """) == [(0,)]


def test_concurrency_over_time_is_play_time(warehouse):
    played = float(sum(b - a for _, view, _ in VIEWS for a, b in view))
    found = dict(warehouse.rows("select video_id, sum(playing_seconds) from video_concurrency group by 1"))
    for dialect in ("signals", "beats", "pairs"):
        assert found[dialect] == pytest.approx(played), dialect
    assert found[None] == pytest.approx(sum(seconds for name, seconds in found.items() if name))


def test_the_peak_is_what_a_sweep_over_the_views_finds(warehouse):
    moments = {}
    for _, view, begins in VIEWS:
        until = begins + timedelta(seconds=sum(b - a for a, b in view))
        moments[begins] = moments.get(begins, 0) + 1
        moments[until] = moments.get(until, 0) - 1
    playing = peak = 0
    for moment in sorted(moments):
        playing += moments[moment]
        peak = max(peak, playing)
    assert warehouse.rows("select max(peak) from video_concurrency where video_id = 'signals'") == [(peak,)]


@pytest.mark.proof
def test_the_order_of_rows_changes_nothing(warehouse, make_warehouse):
    again = make_warehouse()
    again.command = "run"
    # A test's events get new numbers when they are made anew, so the same ones are shuffled.
    again.put("video/events", sorted(warehouse_events(warehouse), key=lambda row: row["event_id"][::-1]))
    again.build(select="+fact_video_views +video_retention_curve")
    for table in ("facts.fact_video_views", "video_retention_curve"):
        sql = f"select * exclude (relative_retention, compared_videos) from {table}"
        sql = sql if "curve" in table else f"select * from {table}"
        assert again.rows(f"{sql} where video_id <> 'list' order by all") == warehouse.rows(
            f"{sql} where video_id <> 'list' order by all"
        )


def warehouse_events(warehouse):
    columns = "event_id, event_time, video_id, actor_key, session_id, event_type, position_seconds, duration_seconds"
    columns += ", seek_from_seconds, seek_to_seconds"
    found = warehouse.rows(f"""
        select {columns.replace("event_time", "cast(event_time as varchar)")} from
        read_parquet('{warehouse.folder}/lake/video/events/*/part-0.parquet')
    """)
    return [dict(zip(columns.split(", "), row, strict=True)) for row in found]
