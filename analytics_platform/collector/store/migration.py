"""What older versions of the store had, brought to what this one has. Runs whenever a store is opened.

Version 1 kept a row for each mark of each statement (``marks``); versions 1 and 2 had an index of the times of storing.
An epoch is one transaction, so that a start that breaks off goes on where it was; for a million statements it takes
about half a minute, once.
Does not live here: the tables as they are now (``schema``).
"""

import logging

from analytics_platform.collector.store.connection import Connection
from analytics_platform.collector.store.postings import Postings

log = logging.getLogger(__name__)


def migrate(connection: Connection, marks: str, problem: str) -> None:
    """Do what is left to do. The queries ask whether there is a table marks, and a column problem of lines."""
    if connection.rows(marks):
        _pack_marks(connection)
    _fill_ids(connection)
    with connection.transaction():
        if not connection.rows(problem):
            connection.run("alter table lines add column problem text")
        connection.run("drop index if exists statements_stored")


def _fill_ids(connection: Connection) -> None:
    """Version 1 looked ids up in the statements; its unique index stays there, which a table cannot lose."""
    with connection.transaction():
        known = "select 1 from ids union all select 1 from ids_new limit 1"
        if not connection.rows(known) and connection.rows("select 1 from statements limit 1"):
            log.warning("The store is of an older version; its ids are written anew, which takes a while, once.")
            connection.run("insert into ids (id, seq) select id, seq from statements order by id")


def _pack_marks(connection: Connection) -> None:
    """Turn the rows of the table ``marks`` into postings, and drop it."""
    epochs = connection.rows("select distinct epoch from marks order by epoch")
    if epochs:
        log.warning("The store is of an older version; its index is written anew, which takes a while, once.")
    for (epoch,) in epochs:
        with connection.transaction():
            postings = Postings()
            for mark, place in connection.rows("select mark, seq from marks where epoch = ? order by seq", [epoch]):
                postings.add(place, (mark,))
            postings.write(connection)
            connection.run("delete from marks where epoch = ?", [epoch])
    connection.run("drop table if exists marks")
