"""What BigQuery would say to a statement, without a server: tables by name and type, and a query's columns or refusal.

``query`` analyses a SELECT and answers its output columns, or raises ``Refused`` with Google's message. It runs
nothing; the double does (``statements``).
"""

from analytics_platform_tests.bigquery.errors import ApiError
from analytics_platform_tests.bigquery.googlesql import Refused
from analytics_platform_tests.bigquery.outcome import outputs
from analytics_platform_tests.bigquery.statements import Runner
from analytics_platform_tests.bigquery.storage import Column, Path, Storage, Table
from analytics_platform_tests.bigquery.types import name_of, named

__all__ = ["BigQuery", "Refused"]


class BigQuery:
    """Tables by (project, dataset, table), each a map from column to BigQuery type."""

    def __init__(self) -> None:
        self._storage = Storage()

    @property
    def tables(self) -> dict[Path, Table]:
        return self._storage.tables

    def add(self, project: str, dataset: str, table: str, columns: dict[str, str]) -> None:
        self._storage.create_dataset(project, dataset, "EU", {}, exists_ok=True)
        path = (project, dataset, table)
        self._storage.put(Table(path, [Column(name, named(kind)) for name, kind in columns.items()]))

    def query(self, sql: str) -> dict[str, str]:
        """The columns that a query returns, in order, with their types."""
        try:
            statement = Runner(self._storage, "project").resolve(sql.encode())
        except ApiError as refused:
            raise Refused(refused.message) from None
        return {column.name: name_of(column.type) for column in outputs(statement.tree)}
