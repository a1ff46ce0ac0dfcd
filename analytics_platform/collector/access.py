"""Who is asking, and what they may do. Basic authentication; verified headers are remembered for a few seconds.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#4.0
A revoked credential is refused at the latest after that time. Does not live here: making credentials (``store/``).
"""

import base64
import binascii
import hmac
import time
from hashlib import sha256
from typing import Any

from analytics_platform.collector.errors import Refusal
from analytics_platform.collector.store.credentials import Credential, digest, find_credential
from analytics_platform.collector.store.readers import Readers

_REMEMBERED_SECONDS = 5.0
_REMEMBERED = 1000
_NOBODY = digest("")


class Access:
    """Verifies the Authorization header."""

    def __init__(self, readers: Readers, public_url: str) -> None:
        self._readers = readers
        self._public_url = public_url
        self._verified: dict[bytes, tuple[float, Credential]] = {}

    async def verify(self, header: str | None) -> Credential:
        """The credential behind a header; 401 when there is none."""
        if header is None:
            raise unauthorized("Authentication is needed.")
        key = sha256(header.encode("utf-8", "surrogateescape")).digest()
        found = self._verified.get(key)
        if found is not None and found[0] > time.monotonic():
            return found[1]
        name, secret = _basic(header)
        credential = await self._readers.ask(lambda connection: find_credential(connection, name))
        expected = credential.digest if credential is not None else _NOBODY
        if not hmac.compare_digest(expected, digest(secret)) or credential is None:
            raise unauthorized("Unknown user name or wrong password.")
        if len(self._verified) >= _REMEMBERED:
            self._verified.clear()
        self._verified[key] = (time.monotonic() + _REMEMBERED_SECONDS, credential)
        return credential

    def authority(self, credential: Credential) -> dict[str, Any]:
        """Who vouches for a statement: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.9.s3"""
        return {"objectType": "Agent", "account": {"homePage": self._public_url, "name": credential.id}}


def need_write(credential: Credential) -> None:
    if not credential.scopes & {"write", "admin"}:
        raise Refusal(403, "This credential may not write.")


def visible_owner(credential: Credential) -> str | None:
    """Whose statements and documents may be read: None is everybody's."""
    if credential.scopes & {"read_all", "admin"}:
        return None
    if "read_own" in credential.scopes:
        return credential.id
    raise Refusal(403, "This credential may not read.")


def unauthorized(why: str) -> Refusal:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#3.2.s2.b2"""
    return Refusal(401, why, (("WWW-Authenticate", 'Basic realm="collector", charset="UTF-8"'),))


def _basic(header: str) -> tuple[str, str]:
    kind, _, value = header.partition(" ")
    if kind.lower() != "basic":
        raise unauthorized("Use Basic authentication.")
    try:
        name, colon, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise unauthorized("The Authorization header is not Basic authentication.") from None
    if not colon or "\0" in name:
        raise unauthorized("The Authorization header is not Basic authentication.")
    return name, secret
