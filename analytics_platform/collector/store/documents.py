"""Documents: reading, and changing within the writer's transaction, where what is there cannot change meanwhile.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.2
Does not live here: which change is allowed (``xapi/document_rules``).
"""

from hashlib import sha1

from analytics_platform.collector.store.connection import Connection
from analytics_platform.collector.store.writes import ChangeDocument, DeleteDocuments, DocumentKey
from analytics_platform.collector.xapi.document_rules import Document

_KEY = "kind = ? and activity = ? and agent = ? and registration = ? and name = ?"


def read_document(connection: Connection, key: DocumentKey, owner: str | None, reader: str = "") -> Document | None:
    """The document of an owner; without one the reader's own if there is one, else the newest of anybody."""
    where, values = (_KEY, _values(key)) if owner is None else (f"{_KEY} and owner = ?", [*_values(key), owner])
    rows = connection.rows(
        f"select name, owner, content_type, etag, updated, content from documents where {where}"
        " order by case when owner = ? then 0 else 1 end, updated desc limit 1",
        [*values, reader],
    )
    if not rows:
        return None
    name, whose, content_type, etag, updated, content = rows[0]
    return Document(name, whose, content_type, etag, updated, bytes(content))


def document_names(connection: Connection, key: DocumentKey, since: int, owner: str | None) -> list[str]:
    """Names below a key, oldest first. '' as registration means any; an owner sees only its own."""
    where, values = _below(key)
    if owner is not None:
        where, values = f"{where} and owner = ?", [*values, owner]
    rows = connection.rows(
        f"select name from documents where {where} and updated > ? order by updated, name", [*values, since]
    )
    return list(dict.fromkeys(row[0] for row in rows))


def change_document(connection: Connection, write: ChangeDocument, now: int) -> None:
    """Apply a change; ETags are SHA-1: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#3.1.s4.b1"""
    there = read_document(connection, write.key, None if write.sees_all else write.owner, write.owner)
    wanted = write.change(there)
    owner = write.owner if there is None else there.owner
    connection.run(f"delete from documents where {_KEY} and owner = ?", [*_values(write.key), owner])
    if wanted is None:
        return
    content_type, content = wanted
    etag = f'"{sha1(content, usedforsecurity=False).hexdigest()}"'
    connection.run(
        "insert into documents (kind, activity, agent, registration, name, owner, content_type, etag, updated, content)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [*_values(write.key), owner, content_type, etag, now, content],
    )


def delete_documents(connection: Connection, write: DeleteDocuments) -> None:
    where, values = _below(write.key)
    if write.owner is not None:
        where, values = f"{where} and owner = ?", [*values, write.owner]
    connection.run(f"delete from documents where {where}", values)


def _values(key: DocumentKey) -> list[str]:
    return [key.kind, key.activity, key.agent, key.registration, key.name]


def _below(key: DocumentKey) -> tuple[str, list[str]]:
    where, values = "kind = ? and activity = ? and agent = ?", [key.kind, key.activity, key.agent]
    if key.registration:
        return f"{where} and registration = ?", [*values, key.registration]
    return where, values
