"""Dagster's event log in SQLite with connections that stay open: the storage of a one-machine instance.

Dagster's own class makes an engine and a connection for each statement, so each statement is compiled anew and each
commit waits for the disk; it looks up the columns of its tables for each event, and stores a batch one by one. A run
of one asset over 240 days took 115 ms and 24 ms of CPU a day on a busy two-core machine, here 4 ms and 1 ms. A range
of a year is 10,000 of these. Files and tables are Dagster's: either class reads what the other wrote. After a power
cut the last events may be missing (``synchronous = normal``); the log stays whole. It stands on private modules of
Dagster, so a test runs it. Does not live here: PostgreSQL, which instances beyond one machine use.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluationPlanned
from dagster._core.events import AssetMaterializationPlannedData, DagsterEventType
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool

SHOWN_DAYS = 31
OPEN_FILES = 16  # one for each run that is looked at, and one for all assets


class OpenEventLog(SqliteEventLogStorage):
    """One engine for each file, the longest unused one closed when there are many."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "OpenEventLog":
        return cls(config_value["base_dir"], inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _engine(self, shard: str) -> Engine:
        if shard not in self._initialized_dbs and shard in self._engines:  # its file was wiped
            self._engines.pop(shard).dispose()
        if shard not in self._engines:
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,
                connect_args={"timeout": 60, "check_same_thread": False},  # one thread at a time: the lock is held
            )
            event.listen(engine, "connect", lambda opened, _: opened.execute("pragma synchronous = normal").close())
            self._engines[shard] = engine
        self._engines.move_to_end(shard)
        while len(self._engines) > OPEN_FILES:
            self._engines.popitem(last=False)[1].dispose()
        return self._engines[shard]

    @property
    def supports_partition_subset_in_asset_materialization_planned_events(self) -> bool:
        """Long ranges are planned by one event for an asset; of short ones each day shows as running or failed."""
        return True

    def store_event(self, event: EventLogEntry) -> None:
        planned = event.dagster_event.event_specific_data if event.dagster_event else None
        if isinstance(planned, AssetCheckEvaluationPlanned) and planned.partitions_subset is not None:
            # Checks here answer for a range at once, and the answer takes the place of a plan that names no day.
            # Planned for each day, 127 checks of 263 days were 33,401 rows of 48 MB that stayed planned for ever.
            event = _with(
                event, AssetCheckEvaluationPlanned(asset_key=planned.asset_key, check_name=planned.check_name)
            )
        if isinstance(planned, AssetMaterializationPlannedData) and planned.partitions_subset is not None:
            days = list(planned.partitions_subset.get_partition_keys())
            if len(days) <= SHOWN_DAYS:
                for day in days:
                    super().store_event(_with(event, planned._replace(partition=day, partitions_subset=None)))
                return
        super().store_event(event)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """The days of one asset in one transaction for the run, and one for the index of all runs."""
        if {event.dagster_event_type for event in events} != {DagsterEventType.ASSET_MATERIALIZATION}:
            super().store_event_batch(events)
            return
        rows = [self._event_to_row(event) for event in events]
        with self.run_connection(events[0].run_id) as connection:
            connection.execute(SqlEventLogStorageTable.insert(), rows)
        with self.index_transaction() as connection:
            done = (connection.execute(SqlEventLogStorageTable.insert(), row) for row in rows)
            ids = [result.inserted_primary_key[0] for result in done if result.inserted_primary_key]
            self._store_asset_event_tags(connection, events, ids)
            self._store_asset_event(connection, events[-1], ids[-1])

    def has_table(self, table_name: str) -> bool:
        if table_name not in self._tables:
            if not super().has_table(table_name):
                return False
            self._tables.add(table_name)
        return True

    def _has_asset_key_index_cols_on_connection(self, conn: Connection) -> bool:
        return True  # since Dagster 0.13; these files are younger

    def dispose(self) -> None:
        super().dispose()
        while self._engines:
            self._engines.popitem()[1].dispose()


def _with(event: EventLogEntry, data: Any) -> EventLogEntry:
    return event._replace(dagster_event=event.get_dagster_event()._replace(event_specific_data=data))
