"""How many statements and events came that were stored already, by table and day: landing gets no line of them.

Does not live here: recognising them (``transaction``), telling the lake (``shipping``).
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from analytics_platform.collector.store.connection import Connection


def count_repeats(connection: Connection, repeats: Mapping[str, int], now: int) -> None:
    day = datetime.fromtimestamp(now / 1e6, UTC).date().isoformat()
    for path, count in repeats.items():
        connection.run(
            "insert into repeats (path, day, count) values (?, ?, ?)"
            " on conflict (path, day) do update set count = repeats.count + excluded.count",
            [path, day, count],
        )


def repeats_by_table(connection: Connection) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for path, day, count in connection.rows("select path, day, count from repeats order by path, day"):
        found.setdefault(path, {})[day] = count
    return found
