"""The last 60 minutes by event time, from landing itself: no run, no warehouse.

``LiveWindow`` keeps the hour's events in memory as columns and reads only segments that are new since it was last
asked; the collector ships every few seconds, so an accepted event is here in less than half a minute. Minutes are
fixed and do not overlap; the running one is the last. What did not happen is NULL, never 0 %. Keep one window for each
process that answers people.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb

from analytics_platform.contracts import TABLES, Table
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.parse_sql import scan_lines, timed
from analytics_platform.lake.workbench import workbench

MINUTES = 60
STALLED_SECONDS = 300  # a viewer without a sign of life for longer is no longer watching
MEMORY = "1500MB"
_APP, _VIDEO = TABLES["telemetry/events"], TABLES["video/events"]
_STOPPED = ("pause", "paused", "ended", "completed", "terminated", "stop", "error")


@dataclass(frozen=True)
class Minute:
    """One minute; rates and times are NULL where nothing happened that they could be of."""

    at: datetime
    events: int
    active_users: int
    error_rate: float | None
    response_ms_avg: float | None
    response_ms_p95: float | None
    ai_ms_avg: float | None
    ai_success_rate: float | None


@dataclass(frozen=True)
class Live:
    """The window as a whole and by minute. ``has_data`` false: nothing came, and nothing is said of it."""

    asked_at: datetime
    first: datetime
    has_data: bool
    events: int
    active_users: int
    events_per_minute: float | None
    requests: int
    errors: int
    error_rate: float | None
    response_ms_avg: float | None
    response_ms_p95: float | None
    ai_runs: int
    ai_ms_avg: float | None
    ai_success_rate: float | None
    process_shares: dict[str, float] = field(default_factory=dict)
    viewers: dict[str, int] = field(default_factory=dict)
    minutes: list[Minute] = field(default_factory=list)
    newest_event: datetime | None = None


class LiveWindow:
    """The hour's events of one lake."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._lock = threading.Lock()
        self._seen: set[str] = set()
        self._connection = duckdb.connect(config={"memory_limit": MEMORY, "threads": lake.threads})
        self._connection.execute("set timezone = 'UTC'")
        self._connection.execute("""
            create table app (key ubigint, event_time timestamptz, actor ubigint, kind varchar, failed boolean,
                response_ms float, process_kind varchar, ai_ms float, success boolean);
            create table video (key ubigint, event_time timestamptz, video_id varchar, viewer ubigint, kind varchar)
        """)

    def close(self) -> None:
        self._connection.close()

    def ask(self, now: datetime | None = None) -> Live:
        """What the last hour looks like now."""
        at = (now or datetime.now(UTC)).astimezone(UTC)
        first = at.replace(second=0, microsecond=0) - timedelta(minutes=MINUTES - 1)
        with self._lock:
            self._take_in(_APP, first, at, _APP_COLUMNS, "app")
            self._take_in(_VIDEO, first, at, _VIDEO_COLUMNS, "video")
            return self._told(first, at)

    def _take_in(self, table: Table, first: datetime, now: datetime, columns: str, into: str) -> None:
        """Segments that were written since the window began and were not read yet; what has aged out goes."""
        # A name begins with the time of writing, and nothing is written before it has happened.
        oldest = f"{first:%Y%m%dT%H%M%S}"
        keys = [
            segment.key
            for day in _days(first, now)
            for segment in self._lake.landing.segments(table, day)
            if segment.key not in self._seen and segment.name >= oldest
        ]
        self._connection.execute(f"delete from {into} where event_time < $1", [first])
        self._seen = {key for key in self._seen if key.rpartition("/")[2] >= oldest}
        if not keys:
            return
        with workbench(self._lake) as (_, folder):
            files = [str(file) for file in self._lake.store.local(keys, folder)]
            narrow = replace(table, shape={name: table.shape[name] for name in _SHAPES[into]})
            lines = timed(narrow, scan_lines(files), self._lake.first_day)
            self._connection.execute(
                f"""insert into {into}
                select distinct on (key) {columns} from ({lines})
                where p is not null and problem is null and event_time >= $1 and key not in (select key from {into})""",
                [first],
            )
        self._seen.update(keys)

    def _told(self, first: datetime, at: datetime) -> Live:
        total = self._row(f"select {_TOTALS}, max(event_time) from app where event_time between $1 and $2", first, at)
        minutes = {
            row[0]: row[1:]
            for row in self._rows(
                f"select date_trunc('minute', event_time) as minute, {_TOTALS} from app"
                " where event_time between $1 and $2 group by minute",
                first,
                at,
            )
        }
        kinds = self._rows(
            "select process_kind, count(*) from app where event_time between $1 and $2 and process_kind is not null"
            " group by process_kind order by process_kind",
            first,
            at,
        )
        viewers = self._rows(_VIEWERS, at - timedelta(seconds=STALLED_SECONDS), at)
        events, users, requests, errors, avg_ms, p95_ms, runs, ai_ms, known, succeeded, newest = total
        runs_of_kinds = sum(count for _, count in kinds)
        return Live(
            asked_at=at,
            first=first,
            has_data=events > 0,
            events=events,
            active_users=users,
            events_per_minute=events / MINUTES if events else None,
            requests=requests,
            errors=errors,
            error_rate=errors / requests if requests else None,
            response_ms_avg=avg_ms,
            response_ms_p95=p95_ms,
            ai_runs=runs,
            ai_ms_avg=ai_ms,
            ai_success_rate=succeeded / known if known else None,
            process_shares={kind: count / runs_of_kinds for kind, count in kinds},
            viewers=dict(viewers),
            minutes=[_minute(first + timedelta(minutes=number), minutes) for number in range(MINUTES)],
            newest_event=newest,
        )

    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._connection.execute(sql, list(values)).fetchall()
        return found

    def _row(self, sql: str, *values: Any) -> tuple[Any, ...]:
        return self._rows(sql, *values)[0]


def _minute(at: datetime, found: dict[datetime, tuple[Any, ...]]) -> Minute:
    if at not in found:
        return Minute(at, 0, 0, None, None, None, None, None)
    events, users, requests, errors, avg_ms, p95_ms, _, ai_ms, known, succeeded = found[at]
    rate, success = errors / requests if requests else None, succeeded / known if known else None
    return Minute(at, events, users, rate, avg_ms, p95_ms, ai_ms, success)


def _days(first: datetime, last: datetime) -> Iterable[date]:
    return sorted({first.date(), last.date()})


_SHAPES = {
    "app": (
        *("event_id", "event_type", "timestamp", "user_id", "status_code", "response_time", "membrane_type"),
        *("processing_time", "success"),
    ),
    "video": ("event_id", "event_type", "event_timestamp", "user_id", "session_id", "video_id"),
}
_KIND = "lower(replace(p.event_type, '-', '_'))"
_KEY = "hash(coalesce(p.event_id, md5(payload::varchar))) as key"
_APP_COLUMNS = f"""{_KEY}, event_time, case when p.user_id is not null then hash(p.user_id) end, {_KIND},
    {_KIND} = 'api_request' and p.status_code >= 500,
    case when {_KIND} = 'api_request' then p.response_time end,
    case when {_KIND} = 'cognitive_process' then coalesce(p.membrane_type, 'unknown') end,
    case when {_KIND} = 'cognitive_process' then p.processing_time end,
    case when {_KIND} = 'cognitive_process' then p.success end"""
_VIEWER = "hash(coalesce(p.session_id, ''), coalesce(p.user_id, ''))"
_VIDEO_COLUMNS = f"{_KEY}, event_time, p.video_id, {_VIEWER}, {_KIND}"
_TOTALS = """
    count(*), count(distinct actor), count(*) filter (where kind = 'api_request'), count(*) filter (where failed),
    avg(response_ms), quantile_disc(response_ms, 0.95), count(*) filter (where kind = 'cognitive_process'), avg(ai_ms),
    count(success), count(*) filter (where success)"""
_VIEWERS = f"""
    select video_id, count(*) from (
        select video_id, viewer, arg_max(kind, (event_time, key)) as last_kind
        from video where event_time between $1 and $2 and video_id is not null group by video_id, viewer
    )
    where last_kind not in {_STOPPED} group by video_id order by count(*) desc, video_id"""
