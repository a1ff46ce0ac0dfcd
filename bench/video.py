"""10,000,000 events of 200 videos from the lake to all video marts, beside a script by hand; one curve; chdb.

The lake is written by one DuckDB statement: viewings of players with heartbeats, some of which seek, so that the
marts and not the parsing are measured. Everything below the video marts is built by dbt; the other sources are empty.
``video_sql/marts.sql`` makes the same marts of one dialect in one process; what both say of views, play time, seconds
and exits must be equal. One more day is built twice: over a history of all days and over one of two. The curve that
both engines compute is the number of views that saw each second, from the watched intervals.
"""

import importlib.util
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from bench.homes import settings_of
from bench.measuring import THREADS, Result, at_most, run_part, temporary_home

EVENTS, VIDEOS, DAYS, MEMORY_MB, CURVE_MS, ROUNDS = 10_000_000, 200, 20, 4_096, 20.0, 3
AGAINST_SCRIPT, MORE_DAY, SHORT_HISTORY = 2.0, 1.25, 2
MARTS = [f"video_{name}" for name in ("views", "retention_curve", "dropoffs", "engagement", "concurrency")]
MARTS += ["video_catalogue", "video_viewers"]  # all but the moments, which need every other source
PER_VIEW = 14  # play, heartbeats, a seek, the end

_EVENTS = """
    with views as (
        select v as view, hash(v) % {videos} as video, hash(v, 1) % 50000 as person,
            date '2025-01-01' + {first} + (hash(v, 2) % {days})::integer as day, hash(v, 3) % 80000 as second_of_day,
            300 + 10 * (hash(video, 4) % 60) as duration, 1 + hash(v, 5) % {most} as beats, hash(v, 6) % 4 = 0 as seeks
        from range({begin}, {end}) as t(v)
    ),
    steps as (
        select *, unnest(range((beats + 2)::bigint)) as step from views
    )
    select 'e' || view || '-' || step as event_id, 'video-' || video as video_id, 'user:' || person as actor_key,
        's' || view as session_id,
        case when step = 0 then 'play' when step = beats + 1 then 'ended'
            when seeks and step = beats // 2 + 1 then 'seek' else 'heartbeat' end as event_type,
        least(duration, 10.0 * step + case when seeks and step > beats // 2 then 60 else 0 end)::double
            as position_seconds,
        duration::double as duration_seconds, 1.0 as playback_rate,
        case when seeks and step = beats // 2 + 1 then 10.0 * (step - 1) end as seek_from_seconds,
        case when seeks and step = beats // 2 + 1 then 10.0 * step + 60 end as seek_to_seconds, 'desktop' as device,
        timezone('UTC', day::timestamp + to_seconds(second_of_day + 10 * step)) as event_time, day
    from steps"""
CURVE = """
    select video_id, video_second, count(distinct view_id) as views from (
        select video_id, view_id, {seconds} as video_second from {source}
    ) as watched group by video_id, video_second"""
DUCKDB = "unnest(range(floor(from_seconds)::bigint, ceil(to_seconds)::bigint))"
CHDB = "arrayJoin(range(toUInt64(floor(from_seconds)), toUInt64(ceil(to_seconds))))"


def measure(scale: float) -> list[Result]:
    with temporary_home() as home:
        events = run_part(land, home, max(20_000, round(EVENTS * scale))).answer
        built = run_part(build, home)
        script, same = run_part(by_hand, home), run_part(same_figures, home).answer
        day = run_part(one_more_day, home, DAYS, events // DAYS)
        curve = run_part(read_curve, home).answer
        intervals = run_part(export, home).answer
        ours, found = _best(curve_by_duckdb, home)
        known = importlib.util.find_spec("chdb") is not None
        theirs, others = _best(curve_by_chdb, home) if known else (None, None)
    with temporary_home() as home:
        run_part(land, home, events * SHORT_HISTORY // DAYS, SHORT_HISTORY)
        run_part(build, home)
        short = run_part(one_more_day, home, SHORT_HISTORY, events // DAYS)
    detail = {"events": events, "seconds": round(built.seconds, 1), "events/s": round(events / built.seconds)}
    results = [
        at_most("video_memory", built.peak_mb, MEMORY_MB, 1.0, "MB", detail),
        at_most(
            "video_against_script",
            built.seconds,
            script.seconds,
            AGAINST_SCRIPT,
            "s",
            {"figures": same, "slowest": built.answer, "script": script.answer["steps"]},
        ),
        at_most(
            "video_one_more_day",
            day.seconds,
            short.seconds,
            MORE_DAY,
            "s",
            {"long": day.answer["slowest"], "short": short.answer["slowest"]},
        ),
        at_most("video_curve_read", curve["ms"], CURVE_MS, 1.0, "ms", {"seconds of the video": curve["rows"]}),
    ]
    if theirs is None:
        print("    chdb is not installed, so there is nothing to compare the curve with: pip install chdb")
        return results
    return [
        *results,
        at_most(
            "video_curve_against_chdb",
            ours,
            theirs,
            1.0,
            "s",
            {"intervals": intervals, "duckdb": found, "chdb": others},
        ),
    ]


def _best(part: Callable[[str], dict[str, Any]], home: str) -> tuple[float, Any]:
    """The shortest of some rounds, and what the engine counted."""
    answers = [run_part(part, home).answer for _ in range(ROUNDS)]
    return min(answer["seconds"] for answer in answers), answers[0]["rows"]


def land(home: str, events: int, days: int = DAYS, first: int = 0) -> int:
    from analytics_platform.contracts import TABLES
    from analytics_platform.lake import open_lake
    from analytics_platform.lake.workbench import workbench

    lake, table = open_lake(settings_of(home)), TABLES["video/events"]
    views = events // PER_VIEW
    rows = _EVENTS.format(videos=VIDEOS, days=days, most=2 * PER_VIEW - 5,
                          first=first, begin=first * events, end=first * events + views)  # fmt: skip
    extra = "event_time as claimed_at, false as clock_skewed, event_time as received_at, 'bench' as origin"
    columns = ", ".join(f"{c.name}::{c.duckdb_type} as {c.name}" for c in table.all_columns)
    with workbench(lake) as (connection, folder):
        connection.execute(f"create table events as select {columns} from (select *, {extra} from ({rows}))")
        for (day,) in connection.execute("select distinct day from events order by day").fetchall():
            file = folder / f"{day}.parquet"
            connection.execute(
                f"copy (select * from events where day = date '{day}' order by event_id) to '{file}' (format parquet)"
            )
            lake.store.publish(file, f"lake/{table.path}/day={day}/part-0.parquet")
        (count,) = connection.execute("select count(*) from events").fetchone() or (0,)
    return int(count)


def build(home: str, *days: date) -> dict[str, float]:
    """Seconds of the nodes that take longest."""
    from analytics_platform.warehouse.building import build_marts

    said: list[str] = []
    wanted = [f"+{mart}" for mart in MARTS]
    # Its files are noted as built in, or the day that comes later would build every day again.
    results = build_marts(settings_of(home), days, wanted, f"bench {days}", said.append, read=["video/events"])
    failed = [f"{result.unique_id}: {result.message}" for result in results if not result.succeeded]
    if failed:
        raise RuntimeError("\n".join([*said[-20:], *failed[:10]]))
    slowest = sorted(results, key=lambda result: -result.seconds)[:6]
    return {result.unique_id.rpartition(".")[2]: round(result.seconds, 2) for result in slowest}


def by_hand(home: str) -> dict[str, Any]:
    """The script over all events, its file new."""
    import duckdb

    settings, script = settings_of(home), Path(__file__).parent / "video_sql" / "marts.sql"
    events = sorted(str(file) for file in (settings.home / "lake" / "video" / "events").glob("day=2*/part-0.parquet"))
    config: dict[str, Any] = {"threads": THREADS, "memory_limit": settings.warehouse_memory}
    began, seconds = time.perf_counter(), {}
    with duckdb.connect(str(_by_hand(home)), config=config | {"preserve_insertion_order": False}) as connection:
        connection.execute("set timezone = 'UTC'")
        for step in script.read_text("utf-8").format(events=events).split(";\n"):
            started = time.perf_counter()
            connection.execute(step)
            seconds[step.partition("create table ")[2].partition(" ")[0]] = round(time.perf_counter() - started, 2)
    return {"seconds": time.perf_counter() - began, "steps": seconds}


def same_figures(home: str) -> dict[str, str]:
    """What the platform's marts and the script's say alike."""
    import duckdb

    pairs = {
        "views and play time": ("video_engagement", "engagement", "sum(views), sum(play_time_seconds)"),
        "unique seconds": ("video_engagement", "engagement", "sum(unique_watched_seconds)"),
        "seconds watched": ("video_retention_curve", "curve", "count(*), sum(times_watched), sum(views_watching)"),
        "exits before the end": (
            *("video_retention_curve", "curve"),
            "sum(exits * video_second) filter (where not is_end)",
        ),
        "skips": ("video_retention_curve", "curve", "sum(skips)"),
        "playing seconds": ("video_concurrency", "concurrency", "round(sum(playing_seconds))"),
    }
    with (
        duckdb.connect(str(settings_of(home).warehouse_file), read_only=True) as ours,
        duckdb.connect(str(_by_hand(home)), read_only=True) as theirs,
    ):
        ours.execute(f"attach '{settings_of(home).steps_file}' as steps (read_only)")
        found = {
            name: (
                ours.execute(f"select {what} from {mart}").fetchone(),
                theirs.execute(f"select {what.replace('exits', 'own_exits')} from {table}").fetchone(),
            )
            for name, (mart, table, what) in pairs.items()
        }
    return {name: "same" if one == other else f"{one} against {other}"[:300] for name, (one, other) in found.items()}


def _by_hand(home: str) -> Path:
    return Path(home) / "by_hand.duckdb"


def one_more_day(home: str, number: int, events: int) -> dict[str, Any]:
    """Seconds of dbt for a day that came after those that are built."""
    from bench.homes import days_from

    land(home, events, 1, number)
    began = time.perf_counter()
    slowest = build(home, *days_from(number, 1))
    return {"seconds": time.perf_counter() - began, "slowest": slowest}


def read_curve(home: str) -> dict[str, Any]:
    """Milliseconds of one curve, the best of some; the file is open, as a reader's is."""
    import duckdb

    with duckdb.connect(str(settings_of(home).warehouse_file), read_only=True) as connection:
        times, rows = [], []
        for number in range(20):
            began = time.perf_counter()
            rows = connection.execute(
                "select * from video_retention_curve where video_id = ? order by video_second", [f"video-{number}"]
            ).fetchall()
            times.append(time.perf_counter() - began)
    return {"ms": 1000 * sorted(times)[len(times) // 2], "rows": len(rows)}


def export(home: str) -> int:
    import duckdb

    settings = settings_of(home)
    with duckdb.connect(str(settings.steps_file), read_only=True) as connection:
        (place,) = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where table_name = 'int_video_stretches'"
        ).fetchone() or ("",)
        connection.execute(f"copy (select * from {place}) to '{_file(home)}' (format parquet)")
        (count,) = connection.execute(f"select count(*) from {place}").fetchone() or (0,)
    return int(count)


def _file(home: str) -> Path:
    return Path(home) / "intervals.parquet"


def curve_by_duckdb(home: str) -> dict[str, Any]:
    import duckdb

    sql = CURVE.format(seconds=DUCKDB, source=f"read_parquet('{_file(home)}')")
    with duckdb.connect(config={"threads": THREADS}) as connection:
        began = time.perf_counter()
        rows = connection.execute(f"select count(*), sum(views) from ({sql})").fetchone()
        return {"seconds": time.perf_counter() - began, "rows": rows}


def curve_by_chdb(home: str) -> dict[str, Any]:
    import chdb

    sql = CURVE.format(seconds=CHDB, source=f"file('{_file(home)}', Parquet)")
    asked = f"select count(*), sum(views) from ({sql}) settings max_threads = {THREADS}"
    chdb.query("select 1")
    began = time.perf_counter()
    said = chdb.query(asked).bytes().decode()
    return {"seconds": time.perf_counter() - began, "rows": said}
