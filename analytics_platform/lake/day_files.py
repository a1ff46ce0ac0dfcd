"""The lake's day files by their names: one listing says which there are and which changed. No file is opened.

Does not live here: what is in a file (``lake``), what was built from it (``notes``).
"""

from contextlib import suppress
from datetime import date

from analytics_platform.contracts import IMPORTS, TABLES, LakeTable
from analytics_platform.lake.store import LocalStore, Store

Marks = dict[str, str]
_NEVER = f"/day={date.min}/"


def all_files(store: Store, table: LakeTable | None = None) -> Marks:
    """Every day file of the lake, or of one table, with a mark that changes when the file does."""
    marks = store.marks(f"lake/{table.path}/" if table else "lake/")
    return {key: mark for key, mark in marks.items() if key.endswith("/part-0.parquet")}


def day_files(store: Store, table: LakeTable | None = None) -> Marks:
    """The same without the file of no day and no rows that each table starts with."""
    return only_days(all_files(store, table))


def only_days(marks: Marks) -> Marks:
    return {key: mark for key, mark in marks.items() if _NEVER not in key}


def day_of(key: str) -> date:
    """The day of a file ``lake/<source>/<table>/day=YYYY-MM-DD/part-0.parquet``."""
    return date.fromisoformat(key.rpartition("/day=")[2].partition("/")[0])


def table_of(key: str) -> str:
    """The path ``<source>/<table>`` of the file's table."""
    return key.removeprefix("lake/").partition("/day=")[0]


def first_known_day(store: Store) -> date | None:
    """The first day of any source or import that has lines or was built. A look at folders; a bucket is not listed."""
    if not isinstance(store, LocalStore):
        return None
    days = []
    for path in (*TABLES, *IMPORTS):
        for root in (f"landing/{path}", f"ledger/{path}"):
            for name in store.names(root):
                with suppress(ValueError):  # another file that somebody put there
                    days.append(date.fromisoformat(name.removeprefix("day=").removesuffix(".json")))
    return min(days, default=None)
