"""One day of one table, from landing to Parquet: read once, judged, and published whole.

``lake/<source>/<table>/day=YYYY-MM-DD/part-0.parquet`` and the same below ``quarantine/``. The order of publishing
is quarantine, rows, ledger: whoever is killed in between leaves the old day or the new one, never half of it, and a
ledger that still names the old segments, so that the day is built again. Days never share a file: any number of them
may be built at once.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from analytics_platform.contracts import LAKE_TABLES, TABLES, LakeTable, Table
from analytics_platform.errors import LakeError
from analytics_platform.lake import parse_sql, verdicts
from analytics_platform.lake.day_files import day_files, day_of
from analytics_platform.lake.erased import Erased, Erasures
from analytics_platform.lake.landing import Landing, Segment
from analytics_platform.lake.ledger import Entry, Ledger
from analytics_platform.lake.parse_sql import quote_text
from analytics_platform.lake.repeats import Elsewhere, keys_key, number_of, repeated
from analytics_platform.lake.salvage import salvage
from analytics_platform.lake.scrubbing import scrub
from analytics_platform.lake.store import Store

# The segment's name: a copy from an object store has a number in front, a mended one a word behind.
_SEGMENT = "regexp_replace(parse_filename(filename), '^[0-9]{6}~|~mended[.]ndjson$', '', 'g')"
_PARQUET = "(format parquet, compression zstd)"
FEW_DAYS = 32  # up to here each day is looked for by itself, beyond it the table is listed once


def lake_key(table: LakeTable, day: date) -> str:
    return f"lake/{table.path}/day={day}/part-0.parquet"


def quarantine_key(table: Table, day: date) -> str:
    return f"quarantine/{table.path}/day={day}/part-0.parquet"


@dataclass(frozen=True)
class Lake:
    """Builds days. ``memory`` and ``threads`` bound what all days built at once may use together."""

    store: Store
    first_day: date
    memory_bytes: int
    threads: int
    erasures: Erasures | None = None

    @property
    def landing(self) -> Landing:
        return Landing(self.store, self.first_day)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.store)

    def build(self, table: Table, days: Sequence[date]) -> list[Entry]:
        """Build days, several at once when there are several: small days use two cores better than one does.

        A day without a line, now and when it was built last, gets an entry in the ledger and no file.
        """
        empty = self._empty(table, days)
        self.ledger.write(*empty.values())
        self.landing.inbox.tidy(table, empty)
        filled = [day for day in days if day not in empty]
        self.scrub(table, filled, self.erasures.read() if self.erasures else Erased(()))
        workers = max(1, min(self.threads, len(filled)))
        with ThreadPoolExecutor(workers) as pool:
            built = {entry.day: entry for entry in pool.map(lambda day: self._build_day(table, day, workers), filled)}
        for day, elsewhere in self._repeated(table, [day for day in filled if built[day].stored]).items():
            built[day] = self._build_day(table, day, 1, elsewhere)
        return [built.get(day) or empty[day] for day in days]

    def scrub(self, table: Table, days: Sequence[date], erased: Erased) -> tuple[int, int]:
        """Take erased people out of these days' raw lines: how many lines are empty now, how many mention less."""
        counts = [scrub(self.store, table, self.landing.segments(table, day), erased) for day in days if erased]
        return sum(gone for gone, _ in counts), sum(less for _, less in counts)

    def _empty(self, table: Table, days: Sequence[date]) -> dict[date, Entry]:
        """The days that have no segment and no file, each with its entry."""
        if len(days) < FEW_DAYS:
            filled = {day for day in days if self.landing.segments(table, day)}
            filled |= {day for day in days if day not in filled and self.store.exists(lake_key(table, day))}
        else:
            filled = {segment.day for segment in self.landing.segments(table)}
            filled |= {day_of(key) for key in day_files(self.store, table)}
        return {day: Entry(table.source, table.name, day, 0, 0, 0, 0, 0) for day in days if day not in filled}

    def _repeated(self, table: Table, days: Sequence[date]) -> dict[date, Elsewhere]:
        """Rows of these days that another day has too, by the day that has to give way, which may be an older one."""
        if table.version is not None or table.path not in TABLES or not days:
            return {}
        keys = self.store.keys(f"keys/{table.path}") if self.store.lists_for_free else []
        found = [date.fromisoformat(key.rpartition("day=")[2].removesuffix(".parquet")) for key in keys]
        around = found or [day + timedelta(days=number) for day in days for number in range(-31, 32)]
        return repeated(self.store, table, days, {day: lake_key(table, day) for day in around})

    def prepare(self) -> None:
        """Give every table a file without rows, so that reading the lake works before its first day."""
        for table in LAKE_TABLES.values():
            key = lake_key(table, date.min)
            if not self.store.exists(key):
                with self.store.workspace() as folder, duckdb.connect() as connection:
                    columns = ", ".join(
                        f"cast(null as {column.duckdb_type}) as {parse_sql.quote_name(column.name)}"
                        for column in table.all_columns
                    )
                    file = folder / "empty.parquet"
                    connection.execute(f"copy (select {columns} where false) to {quote_text(str(file))} {_PARQUET}")
                    self.store.publish(file, key)

    def _build_day(self, table: Table, day: date, workers: int, elsewhere: Elsewhere | None = None) -> Entry:
        segments = self.landing.segments(table, day)
        config = {"threads": max(1, self.threads // workers), "memory_limit": f"{self.memory_bytes // workers}B"}
        with self.store.workspace() as folder:
            with duckdb.connect(config=config | {"temp_directory": str(folder / "spill")}) as connection:
                connection.execute("set timezone = 'UTC'")
                try:
                    lines = self._parse(connection, table, day, segments, folder)
                    entry = _judge(connection, table, day, segments, self.first_day, elsewhere)
                    _write(connection, table, self._quarantine(table, lines, entry), folder)
                except duckdb.Error as error:
                    raise LakeError(
                        f"{table.path} {day} could not be built from its {len(segments)} segments: {error}."
                        " The day keeps its old content; mend the cause and materialise the partition again."
                    ) from error
            self.store.publish(folder / "quarantine.parquet", quarantine_key(table, day))
            if (folder / "keys.parquet").exists():
                self.store.publish(folder / "keys.parquet", keys_key(table, day))
            self.store.publish(folder / "rows.parquet", lake_key(table, day))
        self.ledger.write(entry)
        self.landing.inbox.take_away(table, day, entry.segments)
        return entry

    def _parse(
        self,
        connection: duckdb.DuckDBPyConnection,
        table: Table,
        day: date,
        segments: list[Segment],
        folder: Path,
    ) -> str:
        """Fill the temporary table ``parsed``; returns what reads the raw lines again, in the same order."""
        files = self.store.local([segment.key for segment in segments], folder)
        try:
            lines = self._parse_files(connection, table, day, files)
            broken = _broken(connection, segments)
        except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException):
            broken = {segment.name for segment in segments}
        if not broken:
            return lines
        for number, (segment, file) in enumerate(zip(segments, files, strict=True)):
            if segment.name in broken:
                files[number] = folder / f"{segment.name}~mended.ndjson"
                salvage(segment, file, files[number])
        return self._parse_files(connection, table, day, files)

    def _quarantine(self, table: Table, lines: str, entry: Entry) -> str:
        """SQL of the day's quarantine; the segments are read again only if there are conflicts."""
        rows = verdicts.quarantined_rows(table)
        if "conflict" not in entry.reasons:
            return rows
        return f"{rows} union all ({verdicts.conflicting_rows(table, lines, _SEGMENT, self.first_day)})"

    def _parse_files(self, connection: duckdb.DuckDBPyConnection, table: Table, day: date, files: list[Path]) -> str:
        lines = parse_sql.scan_lines([str(file) for file in files]) if files else parse_sql.NO_LINES
        connection.execute(
            f"""create or replace temp table parsed as
            select * exclude (payload, filename, reason), {_SEGMENT} as segment,
                case when reason is null then null
                    when json_type(payload) = 'VARCHAR' then payload ->> '$' else payload::varchar end as payload,
                reason
            from (
                select * replace (coalesce(reason, case when day <> date '{day}' then 'wrong_day' end) as reason)
                from ({parse_sql.typed(table, lines, self.first_day)})
            )"""
        )
        return lines


def _broken(connection: duckdb.DuckDBPyConnection, segments: list[Segment]) -> set[str]:
    """Segments that gave another number of lines than their name says, or lines without a payload.

    A torn zstd file ends without an error.
    """
    found = connection.execute(
        "select segment, count(*), count(*) filter (where reason is not null and payload is null)"
        " from parsed group by segment"
    ).fetchall()
    counts = {segment: (lines, hollow) for segment, lines, hollow in found}
    broken = set()
    for segment in segments:
        lines, hollow = counts.get(segment.name, (0, 0))
        if hollow or segment.lines not in (None, lines):
            broken.add(segment.name)
    return broken


def _judge(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    day: date,
    segments: list[Segment],
    first_day: date,
    elsewhere: Elsewhere | None,
) -> Entry:
    """Decide the fate of each line and count. Lines received are counted by landing's names, not by the parser."""
    if elsewhere:
        connection.execute("create temp table elsewhere (key varchar, content ubigint)")
        connection.executemany("insert into elsewhere values (?, ?)", elsewhere)
    connection.execute(f"create temp table verdicts as {verdicts.verdicts(table, bool(elsewhere))}")
    parsed = _one(connection, "select count(*) from parsed")
    fates = dict(connection.execute("select fate, count(*) from verdicts group by fate").fetchall())
    reasons = dict(
        connection.execute(
            "select reason, count(*) from verdicts where reason is not null group by reason order by reason"
        ).fetchall()
    )
    duplicate = fates.get("duplicate", 0) + fates.get("superseded", 0)
    quarantined = fates.get("quarantined", 0)
    return Entry(
        source=table.source,
        table=table.name,
        day=day,
        received=_received(connection, segments),
        stored=parsed - duplicate - quarantined,
        duplicate=duplicate,
        superseded=fates.get("superseded", 0),
        quarantined=quarantined,
        reasons=reasons,
        segments=tuple(segment.name for segment in segments),
        recipe=table.recipe,
        before_first_day=_one(
            connection, f"select count(*) from parsed where claimed_at < timestamptz '{first_day} 00:00:00+00'"
        ),
    )


def _received(connection: duckdb.DuckDBPyConnection, segments: list[Segment]) -> int:
    counted = sum(segment.lines for segment in segments if segment.lines is not None)
    uncounted = [segment.name for segment in segments if segment.lines is None]
    if not uncounted:
        return counted
    return counted + _one(
        connection, f"select count(*) from parsed where segment in ({', '.join(map(quote_text, uncounted))})"
    )


def _write(connection: duckdb.DuckDBPyConnection, table: Table, quarantine: str, folder: Path) -> None:
    values = connection.execute(verdicts.used_lookups(table)).fetchone() or ()
    for file, rows in (("rows.parquet", verdicts.stored_rows(table, values)), ("quarantine.parquet", quarantine)):
        connection.execute(f"copy ({rows}) to {quote_text(str(folder / file))} {_PARQUET}")
    if table.version is None and table.path in TABLES:
        stored = f"select {number_of(table)} as key from parsed where rowid not in (select line from verdicts)"
        connection.execute(f"copy ({stored}) to {quote_text(str(folder / 'keys.parquet'))} (format parquet)")


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    return int(row[0]) if row else 0
