"""Landing, the only entrance: raw lines in append-only segments, one folder per source, table and UTC day.

``landing/<source>/<table>/day=YYYY-MM-DD/<time>-<writer>-<lines>.ndjson.zst``, each line
``{"received_at", "origin", "payload"}`` plus ``problem`` when the payload could not be embedded as JSON, or when its
connector refused it: then the payload is its text, and the problem is its reason in quarantine. Segments are published
whole, never changed, sort by time of writing, and carry their number of lines in their name, so that what was received
is known without the parser. Several writers never meet: each has a name of its own.

Does not live here: what a payload means (``contracts/``), what becomes of a line (``lake``).
"""

import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from analytics_platform.contracts import Table
from analytics_platform.lake import parse_sql
from analytics_platform.lake.inbox import Inbox
from analytics_platform.lake.store import Store


@dataclass(frozen=True)
class Segment:
    """One file of landing. ``lines`` is None for a file that somebody put there under another name."""

    key: str
    day: date
    lines: int | None

    @property
    def name(self) -> str:
        return self.key.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class RawLine:
    """What a connector received, byte for byte, and when; ``problem`` is why it refused the line, if it did."""

    payload: bytes
    received_at: datetime
    problem: str | None = None


class Landing:
    """The landing area of one lake."""

    def __init__(self, store: Store, first_day: date) -> None:
        self._store = store
        self._first_day = first_day
        self.inbox = Inbox(store)

    def segments(self, table: Table, day: date | None = None) -> list[Segment]:
        """The segments of a table, of one day or of all, in the order in which they were written."""
        base = f"landing/{table.path}/"
        found = self._store.keys(base if day is None else f"{base}day={day}")
        return [segment for key in found if (segment := _segment(key)) is not None]

    def adopt(self, table: Table, day: date, file: Path, lines: int, at: datetime, writer: str) -> Segment:
        """Take in a finished segment (valid NDJSON in zstd, every line of that day). Bulk writers use this."""
        name = f"{at.astimezone(UTC):%Y%m%dT%H%M%S%f}Z-{writer}-{lines}.ndjson.zst"
        segment = Segment(f"landing/{table.path}/day={day}/{name}", day, lines)
        self.inbox.announce(table, day, name)
        self._store.publish(file, segment.key)
        return segment

    def append(self, table: Table, lines: Sequence[RawLine], origin: str) -> list[Segment]:
        """Take in lines as they came, each in the folder of its day. What is no JSON is wrapped, never refused."""
        if not lines:
            return []
        texts = [_decoded(line.payload) for line in lines]
        received = pa.table(
            {
                "received_at": pa.array([line.received_at for line in lines], pa.timestamp("us", "UTC")),
                "body": pa.array([body for body, _ in texts], pa.string()),
                "broken": pa.array(
                    [line.problem or problem for line, (_, problem) in zip(lines, texts, strict=True)], pa.string()
                ),
            }
        )
        writer, at = secrets.token_hex(4), datetime.now(UTC)
        with self._store.workspace() as folder, _engine(os.getpid()).cursor() as connection:
            connection.execute("set timezone = 'UTC'")
            connection.register("received", received)
            dated = connection.sql(
                f"select day, line from ({parse_sql.timed(table.dating, f'({_WRAPPED})', self._first_day)})",
                params={"origin": origin},
            ).to_arrow_table()
            segments = []
            for day in sorted(dated["day"].unique().to_pylist()):
                written = dated.filter(pc.equal(dated["day"], day))["line"]
                file = folder / f"{day}.ndjson.zst"
                with pa.output_stream(str(file), compression="zstd") as out:
                    for chunk in written.chunks:
                        out.write(_text_of(chunk))
                segments.append(self.adopt(table, day, file, len(written), at, writer))
        return segments


@lru_cache(maxsize=1)
def _engine(_process: int) -> duckdb.DuckDBPyConnection:
    """One for each process, never a forked one: starting DuckDB took as long as 600 lines. Cursors share nothing."""
    return duckdb.connect(config={"threads": 1, "arrow_large_buffer_size": True})


def _text_of(texts: pa.LargeStringArray) -> memoryview:
    """The texts of an array one behind the other, as they lie in memory: no Python loop over lines."""
    (_, ends, data), first = texts.buffers(), texts.offset
    begins = pa.Array.from_buffers(pa.int64(), len(texts) + 1, [None, ends], offset=first)
    return memoryview(data)[begins[0].as_py() : begins[-1].as_py()]


# A payload is embedded byte for byte (line breaks between its tokens become spaces); what is no JSON becomes a JSON
# string. ``payload`` is for dating the line, ``line`` is what is written. ``translate`` costs more than all the rest.
# Nothing sorts: one thread keeps the order of what it is given.
_WRAPPED = """
select received_at, payload,
    concat('{"received_at":"', strftime(received_at, '%Y-%m-%dT%H:%M:%S.%fZ'), '","origin":', to_json($origin),
        ',"problem":' || to_json(problem), ',"payload":', payload, '}', chr(10)) as line
from (
    select received_at, problem,
        case
            when problem is not null then to_json(body)::varchar
            when contains(body, chr(10)) or contains(body, chr(13)) then translate(body, chr(10) || chr(13), '  ')
            else body
        end as payload
    from (
        select received_at, body,
            coalesce(broken, case when json_valid(body) then null else 'not_json' end) as problem
        from received
    )
)"""

_DEEPEST = 80  # the collector allows 64 levels within an extension, which lies up to nine levels deep itself
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"')
_CLOSERS = re.compile(rb"[\]}]{%d}" % (_DEEPEST + 1))


def _decoded(payload: bytes) -> tuple[str, str | None]:
    """Text of a payload. Bytes that are not UTF-8 are written as escapes, so that nothing of them is lost."""
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return payload.decode(errors="backslashreplace"), "not_utf8"
    if payload.count(b"}") + payload.count(b"]") <= _DEEPEST:
        return text, None  # the search would cost more than all the rest
    # Text inside quotes does not nest: a learner may type brackets.
    nested = _CLOSERS.search(payload) and _CLOSERS.search(_STRINGS.sub(b"", payload))
    return text, "too_deep" if nested else None


def _segment(key: str) -> Segment | None:
    """The segment behind a key; None for a file that is none (hidden, or outside a day's folder)."""
    folder, _, name = key.rpartition("/")
    day_text = folder.rpartition("/day=")[2]
    if name.startswith(".") or not name.endswith((".ndjson.zst", ".ndjson", ".ndjson.gz")):
        return None
    try:
        day = date.fromisoformat(day_text)
    except ValueError:
        return None
    lines = name.split(".", 1)[0].rsplit("-", 1)[-1] if name.count("-") == 2 else ""
    return Segment(key, day, int(lines) if lines.isdecimal() else None)
