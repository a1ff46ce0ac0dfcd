"""What the lake holds of a person: rows of every table by their identifiers, and the ids that hang on those rows.

Conversations carry messages without a user, and sessions events without one; both count as the person's. Does not live
here: who a person is (``identity``), raw lines (``lake/subjects`` says the same of them).
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from analytics_platform.contracts import LAKE_TABLES, TABLES, LakeTable
from analytics_platform.lake.day_files import day_of
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.parse_sql import quote_name, quote_text
from analytics_platform.lake.workbench import workbench
from analytics_platform.privacy.identity import Person

OWN = (*TABLES, "people/roster", "people/links", "responses/exports")
# Tables that the platform makes, with the column that names what they are about.
WRITTEN = (("xapi/statements", "response"), ("responses/exports", "response"), ("nocodb/messages", "query"))
LEAST_TEXT, MOST_TEXT = 16, 40
_ESCAPED = re.compile(r"[&<>\"'|*_\n\r]")
DERIVED = {
    "labels/answers": "answer_id",
    "labels/safety": "answer_id",
    "labels/exchanges": "message_id",
    "labels/conversations": "conversation_id",
    "labels/translations": "message_id",
    "insights/learner_risk": "person_id",
    "kept/engagement_days": "actor_key",
    "kept/error_days": "actor_key",
}


def ids_for(column: str, person: Person, rows: Sequence[str]) -> tuple[str, ...]:
    """What a column of ``DERIVED`` says of a person; ``rows`` are the ids of the person's own rows."""
    if column == "person_id":
        return (person.person_id or "",)
    return tuple(person.identifiers if column == "actor_key" else rows)


@dataclass(frozen=True)
class Held:
    """Ids of the person's rows, what hangs on them, and what a roster adds to who they are."""

    rows: tuple[str, ...]  # statement, response, message and conversation ids
    hanging: tuple[str, ...]  # conversation:…, session:…
    names: tuple[str, ...]
    phones: tuple[str, ...]
    texts: tuple[str, ...] = ()  # what the person wrote, where it is long enough to be nobody else's


class Holdings:
    """The lake's rows of one person."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, lake: Lake, person: Person, folder: Path) -> None:
        self._connection, self._lake, self._folder = connection, lake, folder
        self._files: dict[str, list[Path]] = {}
        connection.execute("create temp table ids (id varchar)")
        connection.executemany("insert into ids values (lower(?))", [[one] for one in person.identifiers] or [[""]])
        mine = self._mine("nocodb/conversations")
        connection.execute(f"create temp table conversations as select distinct conversation_id as id from {mine}")
        connection.execute(
            f"insert into conversations select distinct conversation_id from {self.table('nocodb/messages')}"
            " where lower(actor_key) in (select id from ids)"
        )
        connection.execute(
            "create temp table sessions as select id from ("
            + " union ".join(
                f"select session_id as id from {self.table(path)} where lower(actor_key) in (select id from ids)"
                for path in ("video/events", "telemetry/events")
            )
            + ") where id is not null"
        )

    def table(self, path: str) -> str:
        """SQL of a whole table of the lake."""
        table = LAKE_TABLES[path]
        if path not in self._files:
            keys = self._lake.store.keys(f"lake/{table.path}")
            keys = [key for key in keys if "/day=" in key and day_of(key) != date.min]
            place = self._folder / table.path
            place.mkdir(parents=True, exist_ok=True)
            self._files[path] = self._lake.store.local(keys, place)
        if not self._files[path]:
            nothing = ", ".join(f"null::{one.duckdb_type} as {quote_name(one.name)}" for one in table.all_columns)
            return f"(select {nothing} where false)"
        names = ", ".join(quote_text(str(file)) for file in self._files[path])
        return f"read_parquet([{names}], hive_partitioning = false, union_by_name = true)"

    def _mine(self, path: str) -> str:
        return f"(select * from {self.table(path)} where {self._where(path)})"

    def _where(self, path: str) -> str:
        known = "in (select id from ids)"
        own = f"lower(actor_key) {known}"
        conditions = {
            "xapi/statements": f"{own} or (object_type in ('Agent', 'Group') and lower(object_id) {known})",
            "nocodb/conversations": own,
            "nocodb/messages": f"{own} or conversation_id in (select id from conversations)",
            "video/events": f"{own} or (actor_key is null and session_id in (select id from sessions))",
            "telemetry/events": f"{own} or (actor_key is null and session_id in (select id from sessions))",
            "people/roster": f"lower('mbox:' || email) {known} or lower('id:' || external_id) {known}"
            f" or lower('name:' || cohort || '|' || full_name) {known}",
            "people/links": f"lower(identifier_a) {known} or lower(identifier_b) {known}",
            "responses/exports": own,
        }
        return conditions[path]

    def rows(self, path: str) -> str:
        """SQL of the person's rows in one of ``OWN``."""
        return self._mine(path)

    def count(self, path: str) -> int:
        row = self._connection.execute(f"select count(*) from {self._mine(path)}").fetchone()
        return int(row[0]) if row else 0

    def fetch(self, rows: str) -> pa.Table:
        return self._connection.sql(f"select * from {rows}").to_arrow_table()

    def fetch_about(self, path: str, column: str, ids: Sequence[str]) -> pa.Table:
        """Rows of a table that the platform makes, about some ids."""
        sql = f"select * from {self.table(path)} where list_contains($ids, {quote_name(column)})"
        return self._connection.sql(sql, params={"ids": list(ids)}).to_arrow_table()

    def held(self) -> Held:
        rows: set[str] = set()
        for path in (*TABLES, "responses/exports"):
            key = quote_name(LAKE_TABLES[path].key)
            rows |= {one for (one,) in self._all(f"select {key} from {self._mine(path)}")}
        roster = self._all(f"select full_name, first_name, last_name, phone from {self._mine('people/roster')}")
        hanging = [f"conversation:{one}" for (one,) in self._all("select distinct id from conversations")]
        hanging += [f"session:{one}" for (one,) in self._all("select distinct id from sessions")]
        names = {full or f"{first} {last}" for full, first, last, _ in roster if full or (first and last)}
        names |= {
            one for (one,) in self._all(f"select distinct actor_name from {self._mine('xapi/statements')}") if one
        }
        phones = {phone for *_, phone in roster if phone}
        written = (f"select {column} from {self._mine(path)} where {column} is not null" for path, column in WRITTEN)
        texts = {piece for sql in written for (one,) in self._all(sql) if len(piece := _piece(one)) >= LEAST_TEXT}
        return Held(*(tuple(sorted(one)) for one in (rows, hanging, names, phones, texts)))

    def _all(self, sql: str) -> list[tuple[str, ...]]:
        found: list[tuple[str, ...]] = self._connection.execute(sql).fetchall()
        return found


def _piece(text: str) -> str:
    """The longest piece that a report writes as it is: it may cut a text, and escapes some characters."""
    return max((piece.strip() for piece in _ESCAPED.split(text)), key=len)[:MOST_TEXT].strip()


@contextmanager
def holdings(lake: Lake, person: Person) -> Iterator[Holdings]:
    with workbench(lake) as (connection, folder):
        yield Holdings(connection, lake, person, folder)


def without_rows(lake: Lake, table: LakeTable, column: str, ids: tuple[str, ...], dry_run: bool) -> int:
    """Take rows out of every day of a table that the platform makes; how many there were."""
    gone = 0
    for key in lake.store.keys(f"lake/{table.path}"):
        with workbench(lake) as (connection, folder):
            connection.execute("create temp table gone (id varchar)")
            connection.executemany("insert into gone values (?)", [[one] for one in ids] or [[""]])
            (file,) = lake.store.local([key], folder)
            source = f"read_parquet({quote_text(str(file))}, hive_partitioning = false)"
            about = f"{quote_name(column)} in (select id from gone)"
            row = connection.execute(f"select count(*) from {source} where {about}").fetchone()
            count = int(row[0]) if row else 0
            gone += count
            if count and not dry_run:
                target = folder / "left.parquet"
                connection.execute(
                    f"copy (select * from {source} where not coalesce({about}, false)) to {quote_text(str(target))}"
                    " (format parquet, compression zstd)"
                )
                lake.store.publish(target, key)
    return gone
