"""Credentials: who may send and read. Secrets are made here, shown once and kept as hashes; several live at once.

A secret has 256 random bits, so its plain SHA-256 cannot be inverted by guessing. Checking one takes microseconds, so
wrong passwords cannot keep the collector busy. A public key has no secret: it may stand in a page, and may do nothing
but send events of some kinds from pages of some origins. Each change leaves a line in the audit.
Does not live here: reading the request's header (``access``).
"""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson

from analytics_platform.collector.store.connection import Connection
from analytics_platform.errors import SettingsError

SCOPES = ("write", "read_own", "read_all", "void_all", "admin")
EVENTS = ("video", "telemetry")
PUBLIC = "public"
PUBLIC_RATE = 50.0  # requests a second of all pages with one key, unless said otherwise


@dataclass(frozen=True)
class Credential:
    """A key of the front door; ``id`` is the user name of Basic authentication. Times are microseconds."""

    id: str
    label: str
    scopes: frozenset[str]
    digest: bytes
    created: int
    revoked: int | None
    origins: frozenset[str] = field(default_factory=frozenset)  # of a public key
    events: frozenset[str] = field(default_factory=frozenset)
    rate: float | None = None  # most requests a second

    @property
    def is_public(self) -> bool:
        return PUBLIC in self.scopes


@dataclass(frozen=True)
class Change:
    """A line of the audit."""

    at: int
    who: str
    what: str
    credential: str
    detail: str


def digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def add_credential(
    connection: Connection, label: str, scopes: tuple[str, ...], rate: float | None = None, who: str = ""
) -> tuple[str, str]:
    """Make a credential; returns its id and its secret, which nobody can ask for again."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise SettingsError(f"Unknown scope {', '.join(unknown) or '(none)'}; use {', '.join(SCOPES)}.")
    name, secret = f"c-{secrets.token_hex(6)}", secrets.token_urlsafe(32)
    _add(connection, name, label, scopes, secret, {"rate": rate} if rate else {}, who)
    return name, secret


def add_public_key(
    connection: Connection,
    label: str,
    origins: Sequence[str],
    events: Sequence[str],
    rate: float = PUBLIC_RATE,
    who: str = "",
) -> str:
    """Make a key that may stand in a page; returns it."""
    unknown = sorted(set(events) - set(EVENTS))
    if unknown or not events:
        raise SettingsError(f"Unknown events {', '.join(unknown) or '(none)'}; use {', '.join(EVENTS)}.")
    if not origins or not all(is_origin(origin) for origin in origins):
        raise SettingsError("A public key needs origins as https://www.example.org, without a path.")
    name = f"pk-{secrets.token_hex(12)}"
    details = {"origins": sorted(set(origins)), "events": sorted(set(events)), "rate": rate}
    _add(connection, name, label, (PUBLIC,), secrets.token_urlsafe(32), details, who)  # nobody learns this secret
    return name


def is_origin(text: str) -> bool:
    scheme, _, rest = text.partition("://")
    return scheme in ("http", "https") and bool(rest) and not set(rest) & set("/?#@ ")


def _add(
    connection: Connection, name: str, label: str, scopes: Sequence[str], secret: str, details: dict[str, Any], who: str
) -> None:
    kept = orjson.dumps(details).decode() if details else None
    with connection.transaction():
        connection.run(
            "insert into credentials (id, label, scopes, secret, created, details) values (?, ?, ?, ?, ?, ?)",
            [name, label, " ".join(scopes), digest(secret), time.time_ns() // 1000, kept],
        )
        _note(connection, who, "added", name, f"{' '.join(scopes)} {kept or ''} {label}")


def list_credentials(connection: Connection) -> list[Credential]:
    return [_credential(*row) for row in connection.rows(f"{_SELECT} order by created, id")]


def revoke_credential(connection: Connection, name: str, who: str = "") -> bool:
    """End a credential; false when there is no live one of that id."""
    with connection.transaction():
        found = connection.run(
            "update credentials set revoked = ? where id = ? and revoked is null", [time.time_ns() // 1000, name]
        )
        if found:
            _note(connection, who, "revoked", name, "")
    return found > 0


def find_credential(connection: Connection, name: str) -> Credential | None:
    rows = connection.rows(f"{_SELECT} where id = ? and revoked is null", [name])
    return _credential(*rows[0]) if rows else None


def changes(connection: Connection) -> list[Change]:
    """The audit, oldest first."""
    rows = connection.rows("select at, who, what, credential, detail from audit order by seq")
    return [Change(*row) for row in rows]


_SELECT = "select id, label, scopes, secret, created, revoked, details from credentials"


def _credential(
    name: str, label: str, scopes: str, secret: bytes, created: int, revoked: int | None, details: str | None
) -> Credential:
    found = orjson.loads(details) if details else {}
    return Credential(
        name,
        label,
        frozenset(scopes.split()),
        bytes(secret),
        created,
        revoked,
        frozenset(found.get("origins", ())),
        frozenset(found.get("events", ())),
        found.get("rate"),
    )


def _note(connection: Connection, who: str, what: str, name: str, detail: str) -> None:
    place = connection.rows("select coalesce(max(seq), 0) from audit")[0][0] + 1
    connection.run(
        "insert into audit (seq, at, who, what, credential, detail) values (?, ?, ?, ?, ?, ?)",
        [place, time.time_ns() // 1000, who or "unknown", what, name, detail.strip()],
    )
