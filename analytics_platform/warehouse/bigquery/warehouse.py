"""BigQuery behind the one interface to warehouses. Each call opens a client of its own and closes it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date, datetime
from typing import TYPE_CHECKING

from analytics_platform.errors import PlatformError
from analytics_platform.lake import open_lake
from analytics_platform.lake.day_files import Marks
from analytics_platform.lake.store import Store
from analytics_platform.settings import Settings
from analytics_platform.warehouse.bigquery import costing, loading, publishing
from analytics_platform.warehouse.bigquery.client import connect, explain
from analytics_platform.warehouse.bigquery.lake_tables import dataset_id
from analytics_platform.warehouse.bigquery.reader import BigQueryReader
from analytics_platform.warehouse.protocol import Finding, Log
from analytics_platform.warehouse.publishing import Snapshot
from analytics_platform.warehouse.tables import PREVIEW_ROWS, TableFacts, markdown

if TYPE_CHECKING:
    import pyarrow as pa
    from google.cloud.bigquery import Client

LAYERS = ("staging", "intermediate", "facts", "marts")  # what dbt builds: the paths of dbt_project/models


class BigQueryWarehouse:
    """The warehouse of one Google Cloud project."""

    kind = "bigquery"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.place = dataset_id(settings, "readers")

    def load(self, days: Sequence[date], log: Log) -> Marks:
        lake = open_lake(self._settings)
        lake.prepare()
        with self._client() as client:
            there = loading.load_days(client, self._settings, lake, log)
            if not publishing.tables_of(client, dataset_id(self._settings, "marts")):
                store, key = self.notes()
                store.delete(key)  # the marts were deleted, and what they were built from with them
        return there

    def notes(self) -> tuple[Store, str]:
        place = f"{self._settings.bigquery_project}.{self._settings.bigquery_dataset}"
        return open_lake(self._settings).store, f"loaded/{place}/built_from.json"

    def is_there(self) -> bool:
        """Looked at by ``load``, before each build: a sensor asks too often for a call."""
        return True

    def describe(self, personal: Mapping[str, Sequence[str]]) -> dict[str, TableFacts]:
        """Rows and preview from the tables' own pages, which bill nothing; a mart that is a view has neither."""
        marts = dataset_id(self._settings, "marts")
        with self._client() as client:
            kinds = publishing.tables_of(client, marts)
            found = {}
            for mart in personal:
                if kinds.get(mart) == "TABLE":
                    table = client.get_table(f"{marts}.{mart}")
                    rows = client.list_rows(table, max_results=PREVIEW_ROWS).to_arrow(create_bqstorage_client=False)
                    found[mart] = TableFacts(int(table.num_rows or 0), markdown(rows.to_pandas(), personal[mart]))
        return found

    def built(self, layer: str, model: str, sql: str) -> "pa.Table":
        with self._client() as client:
            rows = publishing.run(client, sql.format(model=f"`{dataset_id(self._settings, layer)}.{model}`"))
            return rows.to_arrow(create_bqstorage_client=False)

    def drafting(self, build: str, now: datetime, log: Log) -> AbstractContextManager[None]:
        """Clones are made in no time."""
        return nullcontext()

    def publish(self, build: str, now: datetime, log: Log, failing: Sequence[str] = ()) -> Snapshot:
        with self._client() as client:
            return publishing.publish(client, self._settings, build, now, log, failing)

    def forget(self) -> None:
        with self._client() as client:
            for layer in LAYERS:
                for table in publishing.tables_of(client, dataset := dataset_id(self._settings, layer)):
                    client.delete_table(f"{dataset}.{table}", not_found_ok=True)
        store, key = self.notes()
        store.delete(key)

    def older(self) -> list[str]:
        with self._client() as client:
            return publishing.older(client, self._settings)

    def forget_older(self) -> int:
        with self._client() as client:
            older = publishing.older(client, self._settings)
            publishing.drop(client, self._settings, older)
            return len(older)

    def current(self) -> Snapshot | None:
        with self._client() as client:
            return publishing.current(client, self._settings)

    def reader(self) -> BigQueryReader:
        return BigQueryReader(self._settings)

    def cost(self, compiled: Callable[[], Mapping[str, str]], log: Log) -> dict[str, int | None]:
        with self._client() as client:
            return costing.bytes_by_model(client, compiled(), log)

    def examine(self) -> Iterator[Finding]:
        import importlib.util

        if importlib.util.find_spec("dbt.adapters.bigquery") is None:
            yield False, "WAREHOUSE=bigquery needs the gcp extra: pip install 'analytics-platform[gcp]'"
            return
        try:
            with self._client() as client:
                found = [dataset.dataset_id for dataset in client.list_datasets(max_results=1000, timeout=20)]
        except PlatformError as error:
            yield False, str(error)
            return
        except Exception as error:  # the service's, the transport's and the credentials' own errors have no common root
            yield False, str(explain(error, f"Asking BigQuery for the datasets of {self._settings.bigquery_project}"))
            return
        mine = [name for name in found if name.startswith(self._settings.bigquery_dataset + "_")]
        yield True, f"Warehouse is BigQuery, project {self._settings.bigquery_project} ({len(mine)} datasets of ours)"

    @contextmanager
    def _client(self) -> "Iterator[Client]":
        client = connect(self._settings)
        try:
            yield client
        finally:
            client.close()  # type: ignore[no-untyped-call]
