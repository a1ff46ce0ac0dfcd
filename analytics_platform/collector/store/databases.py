"""The two databases that the store runs on, and which of them an address names.

Does not live here: what is asked of a database (``connection``), how each answers (``sqlite``, ``postgres``).
"""

from pathlib import Path

from analytics_platform.collector.store.connection import Database


def open_database(address: str) -> Database:
    """The store at a postgresql:// URL or a path."""
    if address.startswith(("postgresql://", "postgres://")):
        from analytics_platform.collector.store.postgres import PostgresDatabase

        return PostgresDatabase(address)
    from analytics_platform.collector.store.sqlite import SqliteDatabase

    return SqliteDatabase(Path(address))
