"""The reader of BigQuery's published marts: SELECT over the readers' views, with limits on rows, time and bytes billed.

What it may read is settled by the account's roles (docs/cloud.md: the readers' dataset and nothing else); a dry run
before each query refuses what is no SELECT or reads elsewhere, and costs nothing.
"""

import re
from collections.abc import Sequence
from concurrent.futures import TimeoutError as TookTooLong
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from analytics_platform.errors import QueryRefused, WarehouseError
from analytics_platform.settings import Settings
from analytics_platform.warehouse.bigquery.client import connect
from analytics_platform.warehouse.bigquery.lake_tables import dataset_id
from analytics_platform.warehouse.bigquery.publishing import current
from analytics_platform.warehouse.publishing import Snapshot

if TYPE_CHECKING:
    from google.cloud.bigquery import QueryJobConfig


class BigQueryReader:
    """One connection to the readers' views. Use it as a context manager."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = connect(settings)
        snapshot = current(self._client, settings)
        if snapshot is None:
            self.close()
            raise WarehouseError("Nothing has been published yet. Materialise the marts in Dagster.")
        self.snapshot: Snapshot = snapshot

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """The result of one statement; refused when it goes over a limit, instead of being cut in silence."""
        from google.api_core.exceptions import GoogleAPICallError

        sql = _named(sql)
        try:
            self._refuse_all_but_reading(sql, parameters)
            job = self._client.query(sql, job_config=self._config(parameters))
            rows = job.result(timeout=self._settings.reader_timeout_seconds)
            if (rows.total_rows or 0) > self._settings.reader_max_rows:
                raise QueryRefused(
                    f"The query returns more than {self._settings.reader_max_rows:,} rows. Add a limit or aggregate."
                )
            return rows.to_arrow(create_bqstorage_client=False)
        except TookTooLong:
            job.cancel()
            raise QueryRefused(
                f"The query ran longer than {self._settings.reader_timeout_seconds:g} s. Narrow it by day, or raise"
                " READER_TIMEOUT_SECONDS."
            ) from None
        except GoogleAPICallError as error:
            raise QueryRefused(f"BigQuery refused the query: {error.message}") from None

    def _refuse_all_but_reading(self, sql: str, parameters: Sequence[object]) -> None:
        config = self._config(parameters)
        config.dry_run = True
        tried = self._client.query(sql, job_config=config)
        if tried.statement_type != "SELECT":
            raise QueryRefused("Readers ask with SELECT and nothing else.")
        mine = {dataset_id(self._settings, layer) for layer in ("readers", "snapshots")}
        others = {f"{table.project}.{table.dataset_id}" for table in tried.referenced_tables} - mine
        if others:
            raise QueryRefused(f"Readers see the published marts only, not {', '.join(sorted(others))}.")

    def _config(self, parameters: Sequence[object]) -> "QueryJobConfig":
        from google.cloud.bigquery import QueryJobConfig

        return QueryJobConfig(
            default_dataset=dataset_id(self._settings, "readers"),
            maximum_bytes_billed=self._settings.bigquery_max_bytes,
            query_parameters=[_parameter(f"p{n}", value) for n, value in enumerate(parameters, 1)],
        )

    def close(self) -> None:
        self._client.close()  # type: ignore[no-untyped-call]

    def __enter__(self) -> "BigQueryReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


_TYPES = {"bool": "BOOL", "int": "INT64", "float": "FLOAT64", "Decimal": "NUMERIC", "str": "STRING", "date": "DATE",
          "datetime": "TIMESTAMP"}  # fmt: skip


# A quoted text, a quoted name or a comment, in which a dollar is a dollar; or a place for a parameter.
_PLACES = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`|--[^\n]*|/\*.*?\*/|\$(\d+)""", re.DOTALL)


def _named(sql: str) -> str:
    """``$1`` as BigQuery writes it: ``@p1``."""
    return _PLACES.sub(lambda found: f"@p{found[1]}" if found[1] else found[0], sql)


def _parameter(name: str, value: Any) -> Any:
    from google.cloud.bigquery import ScalarQueryParameter

    try:
        return ScalarQueryParameter(name, _TYPES[type(value).__name__], value)
    except KeyError:
        raise QueryRefused(f"A parameter cannot be a {type(value).__name__}.") from None
