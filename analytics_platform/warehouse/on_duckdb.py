"""DuckDB as the warehouse: a file that dbt writes, a copy of it that readers open, no service.

Does not live here: the steps themselves (``publishing``, ``reader``, ``tables``, ``lake_copy``).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from shutil import rmtree

import duckdb
import pyarrow as pa

from analytics_platform.errors import WarehouseBusy
from analytics_platform.lake import open_lake
from analytics_platform.lake.day_files import Marks
from analytics_platform.lake.store import LocalStore, Store
from analytics_platform.settings import Settings
from analytics_platform.warehouse import publishing
from analytics_platform.warehouse.lake_copy import refresh
from analytics_platform.warehouse.protocol import Finding, Log
from analytics_platform.warehouse.pseudonyms import people_file
from analytics_platform.warehouse.publishing import Snapshot
from analytics_platform.warehouse.reader import Reader
from analytics_platform.warehouse.tables import TableFacts, describe_marts


class DuckDBWarehouse:
    """The warehouse of one machine."""

    kind = "duckdb"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.place = str(settings.published_folder / publishing.CURRENT)

    def load(self, days: Sequence[date], log: Log) -> Marks:
        lake = open_lake(self._settings)
        lake.prepare()
        return refresh(self._settings, lake, log)

    def notes(self) -> tuple[Store, str]:
        return LocalStore(self._settings.home), "warehouse/built_from.json"

    def is_there(self) -> bool:
        return self._settings.warehouse_file.exists() and self._settings.steps_file.exists()

    def describe(self, personal: Mapping[str, Sequence[str]]) -> dict[str, TableFacts]:
        return describe_marts(self._settings, personal)

    def built(self, layer: str, model: str, sql: str) -> pa.Table:
        steps = layer == "intermediate"
        file = self._settings.steps_file if steps else self._settings.warehouse_file
        try:
            with duckdb.connect(str(file), read_only=True) as connection:
                connection.execute("set timezone = 'UTC'")
                return connection.sql(sql.format(model=f"{layer}.{model}" if steps else model)).to_arrow_table()
        except duckdb.IOException as error:
            raise WarehouseBusy(f"{file} cannot be read now, try again after the build ({error}).") from None

    @contextmanager
    def drafting(self, build: str, now: datetime, log: Log) -> Iterator[None]:
        """The file is copied by a thread: gigabytes that nobody should wait for."""
        publishing.checkpoint(self._settings)
        with ThreadPoolExecutor(1) as threads:
            copying = threads.submit(publishing.draft, self._settings, build, now)
            yield
        if error := copying.exception():
            log(f"The marts could not be copied yet, publishing will try again: {error}")

    def publish(self, build: str, now: datetime, log: Log, failing: Sequence[str] = ()) -> Snapshot:
        return publishing.publish(self._settings, build, now, log, failing)

    def forget(self) -> None:
        """A deleted row may stay readable in a database's free pages: the files go."""
        rmtree(self._settings.warehouse_file.parent, ignore_errors=True)
        drafts = self._settings.published_folder.glob(".draft*")
        for file in (*drafts, *people_file(self._settings).parent.glob("*people*")):
            file.unlink()

    def older(self) -> list[str]:
        newest = self.current()
        files = sorted(file.name for file in self._settings.published_folder.glob("marts-*.duckdb"))
        return [file for file in files if newest and file != newest.file]

    def forget_older(self) -> int:
        older = self.older()
        for file in older:
            (self._settings.published_folder / file).unlink()
        return len(older)

    def current(self) -> Snapshot | None:
        return publishing.current(self._settings)

    def reader(self) -> Reader:
        return Reader(self._settings)

    def cost(self, compiled: Callable[[], Mapping[str, str]], log: Log) -> dict[str, int | None]:
        log("DuckDB runs on this machine: a build is billed by nobody.")
        return {}

    def examine(self) -> Iterator[Finding]:
        yield True, f"Warehouse is DuckDB, {self._settings.warehouse_file}"
