"""Which day files of the lake changed since they were last taken: a mark per file, compared with marks remembered.

A mark is the file's size and time of writing, from one listing of ``lake/``; no file is opened. Days that did not
change are not taken again. Pure but for the listing.
"""

from dataclasses import dataclass, field
from datetime import date

import orjson

from analytics_platform.lake.store import Store

Marks = dict[str, str]


@dataclass(frozen=True)
class Known:
    """The marks of the files as they were taken, and what else is remembered beside them."""

    marks: Marks = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def read(content: bytes | None) -> "Known":
        return Known(**orjson.loads(content)) if content else Known()

    def content(self) -> bytes:
        return orjson.dumps({"marks": self.marks, "notes": self.notes}, option=orjson.OPT_INDENT_2)


def lake_files(store: Store, table_path: str = "") -> Marks:
    """Every day file of the lake, or of one table, with its mark."""
    marks = store.marks(f"lake/{table_path}/" if table_path else "lake/")
    return {key: mark for key, mark in marks.items() if key.endswith("/part-0.parquet")}


def day_of(key: str) -> date:
    """The day of a file ``lake/<source>/<table>/day=YYYY-MM-DD/part-0.parquet``."""
    return date.fromisoformat(key.rpartition("/day=")[2].partition("/")[0])
