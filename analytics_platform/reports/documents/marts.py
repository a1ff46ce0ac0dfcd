"""Asking the published marts for a report: rows as plain numbers, and what a snapshot does not hold yet."""

from decimal import Decimal
from typing import Any

from analytics_platform.reports.documents.document import Value
from analytics_platform.warehouse.protocol import OpenReader

Row = dict[str, Any]
FEWEST_PEOPLE = 5  # cells of fewer people are not shown in what leaves the platform


class Marts:
    """The marts of one snapshot."""

    def __init__(self, reader: OpenReader) -> None:
        self._reader = reader
        self.snapshot = reader.snapshot

    def has(self, *names: str) -> bool:
        return all(name in self.snapshot.rows for name in names)

    def lacks(self, *names: str) -> str:
        """Why there is no data, where a mart is not in the snapshot."""
        gone = [name for name in names if name not in self.snapshot.rows]
        return f"No data: the published snapshot has no mart {', '.join(gone)} yet." if gone else ""

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        found = self._reader.query(sql, parameters).to_pylist()
        return [{name: _plain(value) for name, value in row.items()} for row in found]

    def row(self, sql: str, *parameters: object) -> Row:
        (found,) = self.rows(sql, *parameters)
        return found


def few(people: int | None) -> Value:
    """A count of people as it may be shown."""
    if people is None:
        return None
    return people if people == 0 or people >= FEWEST_PEOPLE else f"< {FEWEST_PEOPLE}"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
    return value
