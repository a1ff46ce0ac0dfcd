"""What older versions of the store had, brought to what this one has. Runs whenever a store is opened.

Version 1 kept a row for each mark of each statement (``marks``); versions 1 and 2 had an index of the times of storing.
An epoch is one transaction, so that a start that breaks off goes on where it was; for a million statements it takes
about half a minute, once.
Does not live here: the tables as they are now (``schema``).
"""

import logging
from typing import ClassVar, Protocol

import orjson

from analytics_platform.collector.store.connection import Connection, insert
from analytics_platform.collector.store.postings import Postings
from analytics_platform.collector.store.schema import SCHEMA
from analytics_platform.collector.xapi.preparing import ATTACHED, attachments

log = logging.getLogger(__name__)


class Catalogue(Protocol):
    """What a database says of its tables."""

    words: ClassVar[dict[str, str]]  # what the braces of the schema stand for

    @staticmethod
    def has(connection: Connection, table: str, column: str = "") -> bool: ...

    @staticmethod
    def is_key(connection: Connection, table: str, column: str) -> bool: ...


def migrate(connection: Connection, catalogue: type[Catalogue]) -> None:
    """Do what is left to do."""
    if catalogue.has(connection, "marks"):
        _pack_marks(connection)
    _fill_ids(connection)
    with connection.transaction():
        if not catalogue.has(connection, "lines", "problem"):
            connection.run("alter table lines add column problem text")
        if not catalogue.has(connection, "credentials", "details"):
            connection.run("alter table credentials add column details text")
        connection.run("drop index if exists statements_stored")
        if not catalogue.is_key(connection, "documents", "owner"):
            _own_documents(connection, catalogue)
    _own_attachments(connection)


def _own_documents(connection: Connection, catalogue: type[Catalogue]) -> None:
    """Until version 3 a document had one owner, whoever wrote last."""
    [table] = [statement for statement in SCHEMA.split(";") if "exists documents (" in statement]
    connection.run(table.replace("exists documents (", "exists documents_owned (").format(**catalogue.words))
    columns = "kind, activity, agent, registration, name, owner, content_type, etag, updated, content"
    connection.run(f"insert into documents_owned ({columns}) select {columns} from documents")
    connection.run("drop table documents")
    connection.run("alter table documents_owned rename to documents")


def _own_attachments(connection: Connection) -> None:
    """Until version 3 nobody knew who had sent an attachment: who declared it without another address of it did."""
    if connection.rows("select 1 from attachment_owners limit 1") or not connection.rows(
        "select 1 from attachments limit 1"
    ):
        return
    types: dict[str, str] = dict(connection.rows("select sha2, content_type from attachments"))
    with connection.transaction():
        after = 0
        while rows := connection.rows(
            f"select seq, owner, body from statements where seq > ? and flags & {ATTACHED} <> 0 order by seq limit 500",
            [after],
        ):
            after = rows[-1][0]
            owned = {
                (file["sha2"].lower(), owner, types[file["sha2"].lower()])
                for _, owner, body in rows
                for file in attachments(orjson.loads(body))
                if "fileUrl" not in file and file["sha2"].lower() in types
            }
            insert(
                connection,
                "attachment_owners",
                "sha2, owner, content_type",
                sorted(owned),
                "on conflict do nothing",
            )


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
