"""Notes which days were just requested, so that a schedule and a sensor do not request one day at the same time.

Each leaves out days of runs that it sees, but a run is seen only when Dagster has made it, seconds after the asking.
What was asked for until then is noted in one SQLite file beside Dagster's. Starts nothing.
"""

import sqlite3
from collections.abc import Collection
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

HOLDS = timedelta(minutes=2)  # in this time the run is made; if it never is, the day can be asked for again
_SCHEMA = "create table if not exists asked (day text primary key, asker text, key text, at real)"


def may_ask(folder: Path, asker: str, key: str, days: Collection[date], now: datetime) -> bool:
    """Whether no other asker has just asked for one of these days; if so, they are noted as asked for by this one.

    ``key`` names the run: asking again with the same key, which starts no second run, does not hold the days longer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / "asked.db", timeout=30, isolation_level=None)) as connection:
        connection.execute("begin immediate")
        connection.execute(_SCHEMA)
        connection.execute("delete from asked where at < ?", [(now - timedelta(days=1)).timestamp()])
        others = connection.execute(
            "select day from asked where asker <> ? and at > ?", [asker, (now - HOLDS).timestamp()]
        ).fetchall()
        free = not {day for (day,) in others} & set(map(str, days))
        if free:
            connection.executemany(
                "insert into asked values (?, ?, ?, ?) on conflict (day) do update"
                " set asker = excluded.asker, key = excluded.key, at = excluded.at where asked.key <> excluded.key",
                [(str(day), asker, key, now.timestamp()) for day in days],
            )
        connection.execute("commit")
    return free
