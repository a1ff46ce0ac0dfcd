"""The words a contract is written in: column, rule, table, and the types of the three engines.

Lives here: the dataclasses and the one type map (DuckDB, Arrow, BigQuery). Does not live here: what any
source sends (its own module beside this one), or how a day is read (``lake/``).
"""

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256

# Logical type -> (DuckDB, BigQuery). Arrow's type is what DuckDB writes to Parquet; a test holds the three equal.
TYPES: dict[str, tuple[str, str]] = {
    "text": ("VARCHAR", "STRING"),
    "integer": ("BIGINT", "INT64"),
    "number": ("DOUBLE", "FLOAT64"),
    "money": ("DECIMAL(38, 9)", "NUMERIC"),
    "boolean": ("BOOLEAN", "BOOL"),
    "timestamp": ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP"),
    "date": ("DATE", "DATE"),
    "texts": ("VARCHAR[]", "ARRAY<STRING>"),  # never NULL: BigQuery shows a list without a value as an empty one
    "json": ("VARCHAR", "STRING"),  # JSON as text: what no column names yet is kept, not lost
}


@dataclass(frozen=True)
class Column:
    """One typed column of a lake table.

    ``sql`` takes it from ``p``, the payload read with the table's shape. ``late_sql`` is applied when the day is
    written, over the columns and the table's lookups.
    """

    name: str
    type: str
    description: str
    sql: str
    personal: bool = False  # hidden in previews and logs
    compared: bool = True  # False: may differ between two deliveries of the same row (stored, authority, raw JSON)

    late_sql: str | None = None

    @property
    def duckdb_type(self) -> str:
        return TYPES[self.type][0]

    @property
    def bigquery_type(self) -> str:
        return TYPES[self.type][1]


@dataclass(frozen=True)
class Lookup:
    """An expression worth evaluating once per distinct value of a day (titles, card ids), not once per line.

    ``of`` takes the value from ``p``; ``sql`` is the expression over ``value``. A million statements have some hundred
    titles: taking text out of each line's Quill delta took a quarter of the whole read. ``type`` is given where many
    days have no value at all: then the expression is left out, which for a long one is most of a small day's time.
    """

    of: str
    sql: str
    type: str | None = None


@dataclass(frozen=True)
class Rule:
    """A reason to put a line into quarantine. ``sql`` is true for a bad line and may use the table's columns."""

    reason: str
    sql: str
    remedy: str


@dataclass(frozen=True)
class LakeTable:
    """What a table of the lake is to whoever reads it: its columns, its key, and what one row is."""

    source: str
    name: str
    description: str
    grain: str
    key: str
    columns: tuple[Column, ...]

    @property
    def path(self) -> str:
        return f"{self.source}/{self.name}"

    @property
    def all_columns(self) -> tuple[Column, ...]:
        return self.columns

    @property
    def personal_columns(self) -> frozenset[str]:
        return frozenset(column.name for column in self.all_columns if column.personal)


@dataclass(frozen=True)
class Table(LakeTable):
    """A lake table that is taken from landing: how a raw payload becomes a row, and what makes it unusable.

    ``shape`` is the JSON structure handed to ``from_json``: a field of another shape becomes NULL and the row stays.
    ``key_paths`` are where the key may stand in the raw payload; ``enveloped_sql`` is the inner payload where the outer
    one is an envelope. ``prepared`` names expressions over ``p`` that several columns share; ``lookups`` are for late
    columns. ``claimed_sql`` is the event time as the source wrote it (text). ``version`` names the column that orders
    edits of a row (None: rows never change, so a differing repeat is a conflict).
    """

    shape: dict
    claimed_sql: str
    rules: tuple[Rule, ...]
    key_paths: tuple[str, ...] = ("$.id",)
    enveloped_sql: str | None = None
    prepared: dict[str, str] = field(default_factory=dict)
    lookups: dict[str, Lookup] = field(default_factory=dict)
    version: str | None = None

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """The table's own columns, then those that every table from landing carries."""
        return self.columns + COMMON

    @cached_property
    def recipe(self) -> str:
        """A digest of how a payload becomes a row. Another one means that the days must be built again."""
        columns = [(c.name, c.type, c.sql, c.late_sql) for c in self.all_columns]
        rules = [(rule.reason, rule.sql) for rule in self.rules]
        how = (columns, rules, self.shape, self.claimed_sql, self.key_paths, self.enveloped_sql, self.prepared)
        return sha256(repr((*how, self.lookups, self.version)).encode()).hexdigest()[:12]

    @property
    def dating(self) -> "Table":
        """As much of the table as dating a line takes: a small shape is taken out of a payload in half the time."""
        asked = f"{self.claimed_sql} {self.enveloped_sql or ''}"
        used = set(re.findall(r"\bp\.(\w+)", asked))
        return replace(self, shape={name: kind for name, kind in self.shape.items() if name in used} or self.shape)


def made(name: str, type: str, description: str, personal: bool = False) -> Column:
    """A column of a table that the platform makes itself: it comes from no payload."""
    return Column(name, type, description, name, personal=personal)


# What the platform adds to every row. lake/parse_sql.py makes their SQL and decides time once for all tables.
COMMON: tuple[Column, ...] = (
    Column("event_time", "timestamp", "When it happened (UTC): the claimed time if usable, else the time of receipt.",
           "event_time", compared=False),
    Column("claimed_at", "timestamp", "The event time as the source claimed it (UTC); NULL when it claimed none.",
           "claimed_at"),
    Column("clock_skewed", "boolean",
           "True when the claimed time lies in the future or before the first day, so that receipt time is used.",
           "clock_skewed", compared=False),
    Column("received_at", "timestamp", "When this platform received the line (UTC).", "received_at", compared=False),
    Column("origin", "text", "Which connector, file or device brought the line.", "origin", compared=False),
    Column("day", "date", "The UTC day of event_time: the partition that the row lives in.", "day", compared=False),
)  # fmt: skip
