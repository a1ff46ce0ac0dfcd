"""Credentials: who may send and read. Secrets are made here, shown once and kept as hashes; several live at once.

A secret has 256 random bits, so a plain SHA-256 cannot be searched, and checking costs microseconds: nobody can keep
the collector busy with wrong passwords. Does not live here: reading the request's header (``access``).
"""

import secrets
import time
from dataclasses import dataclass
from hashlib import sha256

from analytics_platform.collector.store.connection import Connection
from analytics_platform.errors import SettingsError

SCOPES = ("write", "read_own", "read_all", "admin")


@dataclass(frozen=True)
class Credential:
    """A key of the front door; ``id`` is the user name of Basic authentication. Times are microseconds."""

    id: str
    label: str
    scopes: frozenset[str]
    digest: bytes
    created: int
    revoked: int | None


def digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def add_credential(connection: Connection, label: str, scopes: tuple[str, ...]) -> tuple[str, str]:
    """Make a credential; returns its id and its secret, which nobody can ask for again."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise SettingsError(f"Unknown scope {', '.join(unknown) or '(none)'}; use {', '.join(SCOPES)}.")
    name, secret = f"c-{secrets.token_hex(6)}", secrets.token_urlsafe(32)
    with connection.transaction():
        connection.run(
            "insert into credentials (id, label, scopes, secret, created) values (?, ?, ?, ?, ?)",
            [name, label, " ".join(scopes), digest(secret), time.time_ns() // 1000],
        )
    return name, secret


def list_credentials(connection: Connection) -> list[Credential]:
    rows = connection.rows("select id, label, scopes, secret, created, revoked from credentials order by created, id")
    return [Credential(r[0], r[1], frozenset(r[2].split()), bytes(r[3]), r[4], r[5]) for r in rows]


def revoke_credential(connection: Connection, name: str) -> bool:
    """End a credential; false when there is no live one of that id."""
    with connection.transaction():
        return (
            connection.run(
                "update credentials set revoked = ? where id = ? and revoked is null", [time.time_ns() // 1000, name]
            )
            > 0
        )


def find_credential(connection: Connection, name: str) -> Credential | None:
    rows = connection.rows(
        "select id, label, scopes, secret, created, revoked from credentials where id = ? and revoked is null", [name]
    )
    return (
        Credential(rows[0][0], rows[0][1], frozenset(rows[0][2].split()), bytes(rows[0][3]), rows[0][4], None)
        if rows
        else None
    )
