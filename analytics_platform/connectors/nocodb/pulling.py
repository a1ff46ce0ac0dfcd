"""Pulling days from the NocoDB of the settings, and trying the connection. Does not live here: paging, landing."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from analytics_platform.connectors.nocodb.changes import demanded
from analytics_platform.connectors.nocodb.client import Client
from analytics_platform.connectors.nocodb.connection import connection_of
from analytics_platform.connectors.nocodb.days import DaySource, Pulled, reader_of
from analytics_platform.contracts import Table
from analytics_platform.errors import PlatformError
from analytics_platform.lake import open_lake
from analytics_platform.lake.pump import Pump
from analytics_platform.lake.pump_status import StatusFile
from analytics_platform.settings import Settings


def pull(
    settings: Settings,
    asked: Sequence[tuple[Table, date]],
    app_id: str = "",
    tell: Callable[[Pulled], None] = lambda _: None,
) -> list[Pulled]:
    """Pull days of tables into landing; those whose table has no id in the settings are left out."""
    connection, lake = demanded(settings), open_lake(settings)
    pulled = {table.path for table in connection.pulled}
    with Client(connection) as client:
        days = [(table, day) for table, day in asked if table.path in pulled]
        source = DaySource(lake, client, connection, days, app_id, tell)
        Pump(source, lake.landing, StatusFile.of(settings.home)).once()
    return source.done


def examine(settings: Settings) -> Iterator[tuple[bool, str]]:
    """For ``doctor``: a line per table; nothing where no connection is set."""
    try:
        connection = connection_of(settings)
    except PlatformError as error:
        yield False, str(error)
        return
    if connection is None:
        return
    with Client(connection) as client:
        for table in connection.pulled:
            try:
                reader = reader_of(client, connection, table)
            except PlatformError as error:
                yield False, str(error)
                continue
            missing = ", ".join(reader.missing())
            if not reader.columns:
                yield True, f"NocoDB {connection.url} answers; {table.path} is empty, so its fields are not known yet"
            elif missing:
                seen = ", ".join(sorted(reader.columns))
                yield False, f"{table.path} in NocoDB has no field {missing}: set NOCODB_FIELDS. It has: {seen}"
            else:
                yield True, f"NocoDB {connection.url} answers, {table.path} has the fields that are needed"
