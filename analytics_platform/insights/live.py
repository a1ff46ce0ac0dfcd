"""The last 60 minutes by event time, from landing itself: no run, no warehouse.

``LiveWindow`` keeps the hour as numbers by minute (``live_minutes``) and reads only segments that are new since it was
last asked; the collector ships every few seconds, so an accepted event is here in less than half a minute. Minutes are
fixed and do not overlap; the running one is the last. What did not happen is NULL, never 0 %. The window moves forward
only. Keep one for each process that answers people.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import duckdb
import numpy as np
import pyarrow as pa

from analytics_platform.contracts import TABLES, Table
from analytics_platform.insights.live_minutes import MICROSECONDS, Events, Minutes, Sums
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.parse_sql import scan_lines, timed

MINUTES = 60
STALLED = timedelta(seconds=300)  # a viewer without a sign of life for longer is no longer watching
MEMORY = "1500MB"
_APP, _VIDEO = TABLES["telemetry/events"], TABLES["video/events"]
_STOPPED = ("pause", "paused", "ended", "completed", "terminated", "stop", "error")


@dataclass(frozen=True)
class Minute:
    """One minute; rates and times are None where nothing happened that they could be of.

    ``active_users`` is None for readers who may not see so few.
    """

    at: datetime
    events: int
    active_users: int | None
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
    active_users: int | None
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
        self._minutes = Minutes()
        self._kinds: dict[str, int] = {}  # process kinds by their number in the minutes
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._connection = duckdb.connect(config={"memory_limit": MEMORY, "threads": lake.threads})
        self._connection.execute("set timezone = 'UTC'")
        self._connection.execute(
            "create table video (key ubigint, event_time timestamptz, video_id varchar, viewer ubigint, kind varchar)"
        )

    def close(self) -> None:
        self._connection.close()

    def ask(self, now: datetime | None = None) -> Live:
        """What the last hour looks like now."""
        with self._lock:
            at = self._latest = max((now or datetime.now(UTC)).astimezone(UTC), self._latest)
            first = at.replace(second=0, microsecond=0) - timedelta(minutes=MINUTES - 1)
            self._connection.execute("delete from video where event_time < $1", [at - STALLED])
            self._take_video(first, at)
            self._take_app(first, at)
            return self._told(first, at)

    def _take_video(self, first: datetime, at: datetime) -> None:
        with self._new_lines(_VIDEO, first, at) as lines:
            if lines:
                columns = f"insert into video select {_VIDEO_COLUMNS} from ({lines}) {_GOOD}"
                self._connection.execute(columns, [at - STALLED])

    def _take_app(self, first: datetime, at: datetime) -> None:
        events = Events.none()
        with self._new_lines(_APP, first, at) as lines:
            if lines:
                found = self._connection.sql(f"select {_APP_COLUMNS} from ({lines}) {_GOOD}", params=[first])
                events = self._events(found.to_arrow_table())
            self._minutes.take_in(events, _micros(first) // MICROSECONDS, _micros(at))

    @contextmanager
    def _new_lines(self, table: Table, first: datetime, now: datetime) -> Iterator[str | None]:
        """SQL of the lines of segments that were written since the window began and were not read yet, if any.

        They count as read when the block has ended well.
        """
        # A name begins with the time of writing, and nothing is written before it has happened.
        oldest = f"{first:%Y%m%dT%H%M%S}"
        keys = [
            segment.key
            for day in _days(first, now)
            for segment in self._lake.landing.segments(table, day)
            if segment.key not in self._seen and segment.name >= oldest
        ]
        self._seen = {key for key in self._seen if key.rpartition("/")[2] >= oldest}
        if not keys:
            yield None
            return
        with self._lake.store.workspace() as folder:
            files = [str(file) for file in self._lake.store.local(keys, folder)]
            narrow = replace(table, shape={name: table.shape[name] for name in _SHAPES[table.path]})
            yield timed(narrow, scan_lines(files), self._lake.first_day)
        self._seen.update(keys)

    def _events(self, found: pa.Table) -> Events:
        kinds = found["process_kind"].combine_chunks().dictionary_encode()
        numbers = [self._kinds.setdefault(kind, len(self._kinds)) for kind in kinds.dictionary.to_pylist()]
        codes = np.array([*numbers, -1], dtype=np.int32)[kinds.indices.fill_null(len(numbers)).to_numpy()]
        columns = {name: found[name].to_numpy() for name in found.column_names}
        return Events(**columns | {"process_kind": codes})

    def _told(self, first: datetime, at: datetime) -> Live:
        total, start = self._minutes.together(), _micros(first) // MICROSECONDS
        kinds = {kind: total.kinds[number] for kind, number in sorted(self._kinds.items()) if number in total.kinds}
        viewers = self._connection.execute(_VIEWERS, [at - STALLED, at]).fetchall()
        avg_ms, p95_ms = total.response
        return Live(
            asked_at=at,
            first=first,
            has_data=total.events > 0,
            events=total.events,
            active_users=len(self._minutes.actors),
            events_per_minute=total.events / MINUTES if total.events else None,
            requests=total.requests,
            errors=total.errors,
            error_rate=total.error_rate,
            response_ms_avg=avg_ms,
            response_ms_p95=p95_ms,
            ai_runs=total.runs,
            ai_ms_avg=total.ai_ms,
            ai_success_rate=total.success_rate,
            process_shares={kind: count / total.runs for kind, count in kinds.items()},
            viewers=dict(viewers),
            minutes=[
                _minute(first + timedelta(minutes=number), self._minutes.by_minute.get(start + number, Sums()))
                for number in range(MINUTES)
            ],
            newest_event=datetime.fromtimestamp(total.newest / 1e6, UTC) if total.events else None,
        )


def _minute(at: datetime, of: Sums) -> Minute:
    avg_ms, p95_ms = of.response
    return Minute(at, of.events, len(of.actors), of.error_rate, avg_ms, p95_ms, of.ai_ms, of.success_rate)


def _micros(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000 + at.microsecond


def _days(first: datetime, last: datetime) -> Iterable[date]:
    return sorted({first.date(), last.date()})


_SHAPES = {
    "telemetry/events": (
        *("event_id", "event_type", "timestamp", "user_id", "status_code", "response_time", "membrane_type"),
        *("processing_time", "success"),
    ),
    "video/events": ("event_id", "event_type", "event_timestamp", "user_id", "session_id", "video_id"),
}
_KIND = "lower(replace(p.event_type, '-', '_'))"
_KEY = "hash(coalesce(p.event_id, md5(payload::varchar))) as key"
_GOOD = "where p is not null and problem is null and event_time >= $1"
_APP_COLUMNS = f"""{_KEY}, epoch_us(event_time) as at,
    case when p.user_id is null then 0 else hash(p.user_id) end as actor,
    coalesce({_KIND} = 'api_request', false) as is_request,
    coalesce({_KIND} = 'api_request' and p.status_code >= 500, false) as failed,
    case when {_KIND} = 'api_request' then coalesce(p.response_time, 'nan') else 'nan' end::float as response_ms,
    case when {_KIND} = 'cognitive_process' then coalesce(p.membrane_type, 'unknown') end as process_kind,
    case when {_KIND} = 'cognitive_process' then coalesce(p.processing_time, 'nan') else 'nan' end::float as ai_ms,
    case when {_KIND} = 'cognitive_process' then coalesce(p.success::tinyint, -1) else -1 end::tinyint as success"""
_VIEWER = "hash(coalesce(p.session_id, ''), coalesce(p.user_id, ''))"
_VIDEO_COLUMNS = f"{_KEY}, event_time, p.video_id, {_VIEWER}, {_KIND}"
_VIEWERS = f"""
    select video_id, count(*) from (
        select video_id, viewer, arg_max(kind, (event_time, key)) as last_kind
        from video where event_time between $1 and $2 and video_id is not null group by video_id, viewer
    )
    where last_kind not in {_STOPPED} group by video_id order by count(*) desc, video_id"""
