"""The locked reader: SQL over the published snapshot, which can neither write nor see anything else.

Read-only, no external access, configuration locked, with limits on rows, time and memory. A reader keeps the version
it opened; the next one gets the newest. Everything that answers people reads through here.
"""

import threading
from collections.abc import Sequence
from types import TracebackType

import duckdb
import pyarrow as pa

from analytics_platform.errors import QueryRefused, WarehouseError
from analytics_platform.settings import Settings
from analytics_platform.warehouse.publishing import Snapshot, current

_CONFIGURING = threading.Lock()


class Reader:
    """One open snapshot, for one thread at a time. Use it as a context manager."""

    def __init__(self, settings: Settings) -> None:
        snapshot = current(settings)
        if snapshot is None:
            raise WarehouseError(
                "Nothing has been published yet. Run `analytics-platform materialize`, or make demo for a first look."
            )
        self.snapshot: Snapshot = snapshot
        self._rows = settings.reader_max_rows
        self._seconds = settings.reader_timeout_seconds
        # The file of the version, not marts.duckdb: DuckDB shares an open database by path within a process, and
        # would hand a new reader the old file behind the same name.
        file = settings.published_folder / snapshot.file
        with _CONFIGURING:
            self._connection = duckdb.connect(
                str(file),
                read_only=True,
                config={
                    "enable_external_access": False,
                    "memory_limit": settings.reader_memory,
                    "threads": settings.warehouse_threads,
                    "allow_community_extensions": False,
                },
            )
            _lock(self._connection)

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """The result of one statement; refused when it goes over a limit, instead of being cut in silence."""
        timer = threading.Timer(self._seconds, self._connection.interrupt)
        timer.start()
        try:
            answer = self._connection.sql(sql, params=list(parameters) or None)
            if answer is None:
                raise QueryRefused("The statement returns no rows. Readers ask with SELECT.")
            return self._collect(answer.to_arrow_reader(min(self._rows + 1, 65_536)))
        except duckdb.InterruptException:
            raise QueryRefused(
                f"The query ran longer than {self._seconds:g} s. Narrow it by day, or raise READER_TIMEOUT_SECONDS."
            ) from None
        except duckdb.OutOfMemoryException:
            raise QueryRefused(
                "The query needs more memory than READER_MEMORY allows. Aggregate or narrow it."
            ) from None
        except duckdb.Error as error:
            raise QueryRefused(f"The snapshot refused the query: {error}") from None
        finally:
            timer.cancel()

    def _collect(self, batches: pa.RecordBatchReader) -> pa.Table:
        kept, rows = [], 0
        for batch in batches:
            rows += batch.num_rows
            if rows > self._rows:
                raise QueryRefused(f"The query returns more than {self._rows:,} rows. Add a limit or aggregate.")
            kept.append(batch)
        return pa.Table.from_batches(kept, batches.schema)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _lock(connection: duckdb.DuckDBPyConnection) -> None:
    """Settings for all readers of the file in this process, which are one database: the first one locks them."""
    if connection.execute("select current_setting('lock_configuration')").fetchall() == [(True,)]:
        return
    connection.execute("set global timezone = 'UTC'")
    # DuckDB 2.0 drops a LIMIT above an outer join with an empty side, which it takes for an empty result (a view of
    # ours has one). Without this optimizer it does not; nothing that was measured is slower.
    connection.execute("set global disabled_optimizers = 'statistics_propagation'")
    connection.execute("set global lock_configuration = true")
