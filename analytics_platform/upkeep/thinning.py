"""Raw lines rewritten: kinds of telemetry that are kept for a shorter time leave their days, small segments become one.

A day whose lines changed is built again by the next run; ``sessions`` end there, daily rows stay (``settling``). New
segments are published before old ones go: who dies in between leaves lines twice, which count as duplicates, and loses
none. Does not live here: whole days that are too old (``retention``).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import duckdb
import pyarrow as pa

from analytics_platform.contracts import TABLES, Table
from analytics_platform.lake.checks import open_days
from analytics_platform.lake.lake import Lake, lake_key
from analytics_platform.lake.landing import Segment
from analytics_platform.settings import Settings
from analytics_platform.upkeep.old import Old

TELEMETRY = TABLES["telemetry/events"]
_KIND = "lower(replace(coalesce(json ->> '$.payload.event_type', ''), '-', '_'))"
SETTLED, FEW = timedelta(days=7), 4  # a day that still gets lines, or has a handful of files, is left alone


def kinds_kept(settings: Settings) -> dict[str, tuple[int, tuple[str, ...]]]:
    """What is kept for how many days, and the kinds of events that it is."""
    return {
        "sessions": (settings.keep_session_days, ("session_start", "session_end")),
        "system metrics": (settings.keep_metric_days, ("system_metrics",)),
        "AI processes": (settings.keep_ai_days, ("cognitive_process",)),
    }


def thin(settings: Settings, lake: Lake, today: date, held: Collection[date] = ()) -> Iterator[Old]:
    """Lines of a kind on days beyond its age; not of days that wait until their rows are kept (``settling``)."""
    for kind, (days, events) in kinds_kept(settings).items():
        cut = today - timedelta(days=days)
        old = [day for day in lake.ledger.days(TELEMETRY) if day < cut and day not in held]
        old = [day for day in old if lake.store.exists(lake_key(TELEMETRY, day))]
        with open_days(lake, TELEMETRY, old) as (connection, _):
            found = connection.execute(
                "select day, count(*) from days where kind in (select unnest($1)) group by day order by day", [events]
            ).fetchall()
        for day, lines in found:
            yield Old(kind, f"{TELEMETRY.path} {day}", lines, partial(_remove_kinds, lake, day, events))


def compact(lake: Lake, today: date) -> Iterator[Old]:
    """Days with many small segments: one takes their place, and nothing has to be built again."""
    for table in TABLES.values():
        by_day: dict[date, list[Segment]] = {}
        for segment in lake.landing.segments(table):
            if segment.lines is not None and segment.day < today - SETTLED:
                by_day.setdefault(segment.day, []).append(segment)
        for day, segments in sorted(by_day.items()):
            if len(segments) > FEW:
                yield Old(
                    "small segments", f"{table.path} {day}", len(segments), partial(_merge, lake, table, day, segments)
                )


def _remove_kinds(lake: Lake, day: date, events: Sequence[str]) -> None:
    for segment in lake.landing.segments(TELEMETRY, day):
        if segment.lines is None:
            continue  # a file of somebody's own: it goes with its whole day
        with lake.store.workspace() as folder, duckdb.connect(config={"threads": 1}) as connection:
            (file,) = lake.store.local([segment.key], folder)
            rows = connection.execute(
                f"select json::varchar from read_ndjson_objects($1) where {_KIND} not in (select unnest($2))",
                [str(file), list(events)],
            ).fetchall()
        if len(rows) < segment.lines:
            if rows:
                _publish(lake, TELEMETRY, day, segment, "".join(f"{row}\n" for (row,) in rows).encode(), len(rows))
            lake.store.delete(segment.key)


def _merge(lake: Lake, table: Table, day: date, segments: Sequence[Segment]) -> None:
    """The lines in their order, byte for byte. The ledger names the new segment where it named these."""
    parts = []
    with lake.store.workspace() as folder:
        for file in lake.store.local([segment.key for segment in segments], folder):
            with pa.input_stream(str(file), compression="zstd" if file.suffix == ".zst" else None) as stream:
                text = stream.read()
            parts.append(text if text.endswith(b"\n") or not text else text + b"\n")
    merged = _publish(lake, table, day, segments[0], b"".join(parts), sum(segment.lines or 0 for segment in segments))
    entry, gone = lake.ledger.read(table, day), {segment.name for segment in segments}
    if entry is not None and gone <= set(entry.segments):
        names = {*entry.segments} - gone | {merged.name}
        lake.ledger.write(replace(entry, segments=tuple(sorted(names))))
    for segment in segments:
        lake.store.delete(segment.key)


def _publish(lake: Lake, table: Table, day: date, like: Segment, text: bytes, lines: int) -> Segment:
    """A segment in the place of another one: it keeps its time, and so its order."""
    at = datetime.strptime(like.name.partition("Z-")[0], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
    with lake.store.workspace() as folder:
        file = folder / "lines.ndjson.zst"
        with pa.output_stream(str(file), compression="zstd") as out:
            out.write(text)
        return lake.landing.adopt(table, day, file, lines, at, "upkeep")
