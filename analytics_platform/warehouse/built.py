"""What the marts were built from: the mark of each lake file, and the build that they stand for.

Noted beside the warehouse when dbt and its tests have ended well, so whoever dies in between builds those days again.
A build under way or failed is noted as unfinished: nothing may be published until another has ended well. If the
warehouse is missing, its notes are ignored. Does not live here: asking for a build (``operations``, ``defs``).
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date

import orjson

from analytics_platform.contracts import IMPORTS
from analytics_platform.contracts.imports import EXPORTS
from analytics_platform.lake.day_files import Marks, day_of, table_of
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.protocol import Warehouse

# Rosters, links, maps and due dates are read whole by every build; all other tables by day.
READ_WHOLE = frozenset(path for path in IMPORTS if path != EXPORTS.path)


@dataclass(frozen=True)
class Built:
    """``build`` is the last whole build that ended well; empty before the first. ``recipe`` is that of its models."""

    marks: Marks = field(default_factory=dict)
    build: str = ""
    recipe: str = ""
    unfinished: bool = False

    @property
    def can_be_published(self) -> bool:
        return bool(self.build) and not self.unfinished

    def differing(self, there: Marks) -> list[str]:
        """The lake files that are new, changed or gone since."""
        return sorted(key for key in there.keys() | self.marks.keys() if there.get(key) != self.marks.get(key))


def read_built(settings: Settings) -> Built:
    warehouse = open_warehouse(settings)
    store, key = warehouse.notes()
    content = store.read(key) if warehouse.is_there() else None
    return Built(**orjson.loads(content)) if content else Built()


def days_to_build(asked: Iterable[date], differing: Collection[str]) -> list[date]:
    """The asked days and each day whose input is another than the one that the marts were built from."""
    return sorted({*asked, *(day_of(key) for key in differing if table_of(key) not in READ_WHOLE)})


def begin(settings: Settings, everything: bool) -> Built:
    """Note that a build begins, of everything or of some days. Returns what the marts were built from until now."""
    before = read_built(settings)
    marks = {} if everything else before.marks
    _write(open_warehouse(settings), replace(before, marks=marks, unfinished=True))
    return before


def finish(settings: Settings, build: str, marks: Marks, recipe: str = "") -> None:
    """Note that a whole build has ended well."""
    _write(open_warehouse(settings), Built(marks, build, recipe))


def finish_part(settings: Settings, build: str, before: Built, there: Marks, read: Collection[str]) -> None:
    """Note that a build of some marts has ended well: the others still stand on what they stood on.

    ``read`` are the tables that only these marts are made of: their files are built in.
    """
    kept = {key: mark for key, mark in before.marks.items() if table_of(key) not in read}
    taken = {key: mark for key, mark in there.items() if table_of(key) in read}
    _write(open_warehouse(settings), replace(before, marks=kept | taken, build=build if before.build else ""))


def _write(warehouse: Warehouse, built: Built) -> None:
    store, key = warehouse.notes()
    with store.workspace() as folder:
        file = folder / "built_from.json"
        file.write_bytes(orjson.dumps(asdict(built), option=orjson.OPT_INDENT_2))
        store.publish(file, key)
