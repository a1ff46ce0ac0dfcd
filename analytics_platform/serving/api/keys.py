"""Keys of the API: made once, shown once, kept as a hash. ``PLATFORM_HOME/api/keys.json``, readable by its owner only.

A key is ``ap_<id>_<secret>``; the secret has 256 bits, so one SHA-256 of it says nothing about it. Whoever runs the
API on the loopback address for the first time gets an admin key in ``laptop.key``, a file that only they can read:
what else runs on the machine under another account cannot ask.
"""

import hmac
import os
import secrets
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import orjson

from analytics_platform.errors import PlatformError
from analytics_platform.semantics import Role, Viewer
from analytics_platform.settings import Settings

FILE, LAPTOP = "keys.json", "laptop.key"


class KeyRefused(PlatformError):
    """A key cannot be made or revoked as asked."""


@dataclass(frozen=True)
class Key:
    """One key, without its secret. ``cohorts`` None: all."""

    id: str
    name: str
    role: str
    cohorts: list[str] | None
    hash: str
    created_at: str

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.name, Role(self.role), None if self.cohorts is None else tuple(self.cohorts))


class Keys:
    """The keys of this platform. The file is read again when it has changed, so a revoked key stops at once."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.api_folder
        self._read: tuple[tuple[int, int], dict[str, Key]] = ((0, 0), {})
        self._lock = threading.Lock()

    def all(self) -> list[Key]:
        return list(self._keys().values())

    def viewer(self, token: str) -> Viewer | None:
        """Who holds this key; None for nobody's."""
        parts = token.split("_", 2)
        key = self._keys().get(parts[1]) if len(parts) == 3 and parts[0] == "ap" else None
        same = hmac.compare_digest(_hash(token), key.hash if key else "0" * 64)
        return key.viewer if key and same else None

    def add(self, name: str, role: Role, cohorts: Sequence[str] | None = None) -> str:
        """A new key; this is the only time that it can be seen."""
        if any(key.name == name for key in self.all()):
            raise KeyRefused(f"There is a key {name!r} already: revoke it first, or take another name.")
        id, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
        token = f"ap_{id}_{secret}"
        now = datetime.now(UTC).isoformat(timespec="seconds")
        new = Key(id, name, role.value, list(cohorts) if cohorts is not None else None, _hash(token), now)
        self._write([*self.all(), new])
        return token

    def revoke(self, name: str) -> None:
        left = [key for key in self.all() if name not in (key.name, key.id)]
        if len(left) == len(self.all()):
            names = ", ".join(key.name for key in left) or "none"
            raise KeyRefused(f"There is no key {name!r}. There are: {names}.")
        self._write(left)

    def laptop(self) -> Path | None:
        """A first admin key in a file of its owner; None when there are keys already."""
        if self.all():
            return None
        file = self._folder / LAPTOP
        file.unlink(missing_ok=True)
        _write_private(file, self.add("laptop", Role.ADMIN).encode() + b"\n")
        return file

    def _keys(self) -> dict[str, Key]:
        file = self._folder / FILE
        with self._lock:
            try:
                found = file.stat()
            except FileNotFoundError:
                return {}
            state = (found.st_mtime_ns, found.st_ino)
            if state != self._read[0]:
                keys = (Key(**entry) for entry in orjson.loads(file.read_bytes()))
                self._read = (state, {key.id: key for key in keys})
            return self._read[1]

    def _write(self, keys: Sequence[Key]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f".{FILE}.{secrets.token_hex(4)}"
        _write_private(part, orjson.dumps([asdict(key) for key in keys], option=orjson.OPT_INDENT_2))
        part.replace(self._folder / FILE)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _write_private(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as writing:
        writing.write(content)
