"""What the platform asks of a warehouse, whichever engine it is.

Does not live here: which engine the settings name (``engine``), what either engine does (``on_duckdb``, ``bigquery/``).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

    from analytics_platform.lake.day_files import Marks
    from analytics_platform.lake.store import Store
    from analytics_platform.warehouse.publishing import Snapshot
    from analytics_platform.warehouse.tables import TableFacts

Log = Callable[[str], None]
Finding = tuple[bool, str]


class OpenReader(Protocol):
    """SQL over one published snapshot, which can neither write nor see anything else."""

    snapshot: "Snapshot"

    def query(self, sql: str, parameters: Sequence[object] = ()) -> "pa.Table":
        """The result of one statement; ``$1`` stands for the first parameter, as often as it is needed."""

    def close(self) -> None: ...

    def __enter__(self) -> "OpenReader": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Warehouse(Protocol):
    """What the platform does with a warehouse."""

    kind: str  # as Dagster shows it
    place: str  # where the published marts are, for people

    def load(self, days: Sequence[date], log: Log) -> "Marks":
        """Bring every lake day that changed to where dbt reads it; returns the marks of what is there afterwards."""

    def notes(self) -> "tuple[Store, str]":
        """Where what the marts were built from is noted (``built``)."""

    def is_there(self) -> bool:
        """False when there is surely no warehouse, so that notes of one that was deleted do not count."""

    def describe(self, personal: Mapping[str, Sequence[str]]) -> dict[str, "TableFacts"]:
        """Facts of the built marts named in ``personal`` (mart → its personal columns)."""

    def built(self, layer: str, model: str, sql: str) -> "pa.Table":
        """Rows of a model as the last build left it, steps included; ``{model}`` stands for its name in ``sql``.

        Readers never see these tables: it is for upkeep, and refused while a build holds them.
        """

    def drafting(self, build: str, now: datetime, log: Log) -> AbstractContextManager[None]:
        """Take what publishing needs of the marts as this build left them, while the caller goes on."""

    def publish(self, build: str, now: datetime, log: Log, failing: Sequence[str] = ()) -> "Snapshot":
        """Show readers the marts as this build left them, all at once, and which blocking checks are red."""

    def forget(self) -> None:
        """Remove all that was built, steps and notes included: the next build makes it from the lake alone.

        Readers keep what is published.
        """

    def older(self) -> list[str]:
        """The published snapshots besides the one that readers see."""

    def forget_older(self) -> int:
        """Remove these; how many there were."""

    def current(self) -> "Snapshot | None":
        """What readers see now; None before the first publish."""

    def reader(self) -> OpenReader:
        """A new reader of the current snapshot."""

    def cost(self, compiled: Callable[[], Mapping[str, str]], log: Log) -> dict[str, int | None]:
        """Bytes that each compiled model (name → SQL) would read; None where that cannot be known yet.

        ``compiled`` is called only where reading is billed.
        """

    def examine(self) -> Iterator[Finding]:
        """What the doctor says of it."""
