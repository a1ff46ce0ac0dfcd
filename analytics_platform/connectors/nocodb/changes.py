"""What was created or edited since a position, as a source of the pump; and once a day a sweep of the latest days.

``UpdatedAt`` is NULL until the first edit, so both columns are followed, each with a position of its own. A position
lies a minute before the last row that came: what was committed late is read twice rather than never. Does not live
here: whole days (``days``).
"""

from collections.abc import Generator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from analytics_platform.connectors.nocodb.client import Client, Row
from analytics_platform.connectors.nocodb.connection import Connection, connection_of
from analytics_platform.connectors.nocodb.days import DaySource, Pulled, new_lines, reader_of
from analytics_platform.connectors.nocodb.known import ORIGIN, Known
from analytics_platform.connectors.nocodb.paging import since
from analytics_platform.connectors.nocodb.rows import Reader
from analytics_platform.connectors.positions import Positions
from analytics_platform.contracts import Table
from analytics_platform.errors import SettingsError
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.pump import Batch
from analytics_platform.lake.pump_status import Lag
from analytics_platform.settings import Settings

LATE = timedelta(seconds=60)
SWEEP = timedelta(days=1)


class ChangeSource:
    """New and edited rows of both tables. ``days`` are those on which something landed."""

    name = "nocodb"
    pause = 60.0

    def __init__(self, lake: Lake, client: Client, connection: Connection, positions: Positions) -> None:
        self._lake, self._client, self._connection, self._positions = lake, client, connection, positions
        self.days: set[date] = set()

    def __enter__(self) -> "ChangeSource":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def batches(self) -> Generator[Batch, None, None]:
        for table in self._connection.pulled:
            reader = reader_of(self._client, self._connection, table)
            known = Known(self._lake, table)
            for column in ("created_at", "updated_at"):
                if reader.columns and reader.name(column) not in reader.columns:
                    continue  # messages of some installations are never edited
                yield from self._follow(reader, column, known)
        yield from self._sweep()

    def _follow(self, reader: Reader, column: str, known: Known) -> Generator[Batch, None, None]:
        name = f"{reader.table.path}.{column}"
        begin = self._positions.read().get(name) or _text(datetime.now(UTC) - SWEEP)
        pages = since(self._client, reader, reader.name(column), begin, self._connection.page_size)
        for rows, reached in pages:
            days = _by_day(reader, rows).items()
            lines = [line for day, some in days for line in self._new(reader, day, some, known)]
            # A row from a clock that is ahead must not carry the position over those that are still to come.
            sure = min(datetime.fromisoformat(reached), datetime.now(UTC)) - LATE
            position = max(begin, _text(sure))
            yield Batch([(reader.table, lines)], ORIGIN, (name, position))

    def _new(self, reader: Reader, day: date | None, rows: list[Row], known: Known) -> list[Any]:
        """A row without a time, or of the future, lives on the day of its receipt, as landing has it.

        One from before the first day has no partition.
        """
        today = datetime.now(UTC).date()
        lives_on = today if day is None or day > today else day
        if lives_on < self._lake.first_day:
            return []
        lines = new_lines(reader, rows, known.day(lives_on))
        if lines:
            self.days.add(lives_on)
        return lines

    def _sweep(self) -> Generator[Batch, None, None]:
        """The latest days once more, to see which rows are gone and what was edited without a time.

        A sweep that was cut off goes on where it stopped: a tick of the sensor ends long before many rows have come.
        """
        now, known = datetime.now(UTC), self._positions.read()
        if known.get("swept") is not None and datetime.fromisoformat(known["swept"]) > now - SWEEP:
            return
        days = [now.date() - timedelta(days=number) for number in range(self._connection.sweep_days)]
        every: list[tuple[Table, date]] = [(table, day) for table in self._connection.pulled for day in days]
        asked = [(table, day) for table, day in every if f"{table.path} {day}" not in known.get("sweeping", ())]
        yield from DaySource(self._lake, self._client, self._connection, asked).batches()
        yield Batch((), ORIGIN, ("swept", _text(now)))

    def note(self, position: Any) -> None:
        if isinstance(position, Pulled):
            if position.landed or position.gone:
                self.days.add(position.day)
            done = self._positions.read().get("sweeping", [])
            self._positions.write("sweeping", [*done, f"{position.table} {position.day}"])
        elif position is not None:
            self._positions.write(*position)
            if position[0] == "swept":
                self._positions.write("sweeping", [])

    def is_full(self) -> bool:
        return False

    def lag(self) -> Lag:
        """How long ago the last row was created that came; how many wait only the server knows."""
        times = [value for name, value in self._positions.read().items() if name.endswith(".created_at")]
        if not times:
            return Lag()
        return Lag(None, max(0.0, (datetime.now(UTC) - datetime.fromisoformat(max(times))).total_seconds()))


def positions_of(settings: Settings) -> Positions:
    return Positions(settings.home / "pumps" / "positions" / "nocodb.json")


def demanded(settings: Settings) -> Connection:
    connection = connection_of(settings)
    if connection is None:
        raise SettingsError(
            "No NocoDB is set: set NOCODB_URL, NOCODB_TOKEN and the ids of its tables (see docs/sources.md)."
        )
    return connection


def change_source(settings: Settings) -> ChangeSource:
    """The source for the settings; close it, or let it live as long as the process that pumps."""
    connection = demanded(settings)
    return ChangeSource(open_lake(settings), Client(connection), connection, positions_of(settings))


def _by_day(reader: Reader, rows: list[Row]) -> dict[date | None, list[Row]]:
    found: dict[date | None, list[Row]] = {}
    for row in rows:
        found.setdefault(reader.day_of(row), []).append(row)
    return found


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
