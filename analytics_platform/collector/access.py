"""Who is asking, and what they may do. Basic authentication, and bearer tokens where an issuer is set (``bearer``).

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#4.0
Verified headers are remembered for a few seconds; a revoked credential is refused at the latest after that time. A page
has a public key instead, in the parameter ``key``. Does not live here: making credentials (``store/``).
"""

import base64
import binascii
import hmac
import time
from hashlib import sha256
from typing import Any

from analytics_platform.collector.bearer import Bearer
from analytics_platform.collector.errors import Overloaded, Refusal
from analytics_platform.collector.rates import Buckets, FailedLogins
from analytics_platform.collector.store.credentials import Credential, digest, find_credential
from analytics_platform.collector.store.readers import Readers

_REMEMBERED_SECONDS = 5.0
_REMEMBERED = 1000
_NOBODY = digest("")
_PAGE_RATE, _PAGE_BURST = 5.0, 50.0  # requests of one address with one public key


class Access:
    """Verifies the Authorization header, or a page's key."""

    def __init__(self, readers: Readers, public_url: str, bearer: Bearer | None = None) -> None:
        self._readers, self._bearer = readers, bearer
        self._public_url = public_url
        self._verified: dict[bytes, tuple[float, Credential]] = {}
        self._pages: dict[str, tuple[float, Credential | None]] = {}
        self._rates = Buckets()
        self.failed = FailedLogins()

    async def verify(self, header: str | None, address: str = "") -> Credential:
        """The credential behind a header; 401 when there is none."""
        if header is None:
            raise unauthorized("Authentication is needed.")
        key = sha256(header.encode("utf-8", "surrogateescape")).digest()
        found = self._verified.get(key)
        if found is not None and found[0] > time.monotonic():
            return self._in_time(found[1])
        credential = await self._of_token(header, address) or await self._of_password(header, address)
        if len(self._verified) >= _REMEMBERED:
            self._verified.clear()
        self._verified[key] = (time.monotonic() + _REMEMBERED_SECONDS, credential)
        return self._in_time(credential)

    async def _of_token(self, header: str, address: str) -> Credential | None:
        kind, _, token = header.partition(" ")
        if self._bearer is None or kind.lower() != "bearer":
            return None
        try:
            return await self._bearer.verify(token.strip())
        except Refusal as refusal:
            if refusal.status == 401:
                await self.failed.one_more(address, None)
            raise

    async def _of_password(self, header: str, address: str) -> Credential:
        try:
            name, secret = basic(header)
        except Refusal:
            await self.failed.one_more(address, None)
            raise
        credential = await self._readers.ask(lambda connection: find_credential(connection, name))
        expected = credential.digest if credential is not None else _NOBODY
        if not hmac.compare_digest(expected, digest(secret)) or credential is None:
            await self.failed.one_more(address, name)
            raise unauthorized("Unknown user name or wrong password.")
        return credential

    async def page(self, key: str) -> Credential | None:
        """A live public key. Unknown ones are remembered as well: a page asks again and again."""
        found = self._pages.get(key)
        if found is None or found[0] <= time.monotonic():
            credential = None
            if key.startswith("pk-") and len(key) <= 40:
                credential = await self._readers.ask(lambda connection: find_credential(connection, key))
            if len(self._pages) >= _REMEMBERED:
                self._pages.clear()
            found = self._pages[key[:40]] = (time.monotonic() + _REMEMBERED_SECONDS, credential)
        return found[1] if found[1] is not None and found[1].is_public else None

    async def verify_page(self, key: str, origin: str | None, kind: str | None, address: str) -> Credential:
        """The public key of a page, if it may send this kind of events from this origin now."""
        credential = await self.page(key)
        if credential is None:
            await self.failed.one_more(address, key)
            raise Refusal(401, "There is no such public key.")
        if origin is None or origin not in credential.origins:
            raise Refusal(403, "This public key does not belong to pages of this origin.")
        if kind not in credential.events:
            raise Refusal(403, "This public key may not send here.")
        if not self._rates.take(f"{credential.id} {address}", _PAGE_RATE, _PAGE_BURST):
            raise Overloaded("Too many requests of one browser.", status=429, seconds=5)
        return self._in_time(credential)

    def _in_time(self, credential: Credential) -> Credential:
        if credential.rate is not None and not self._rates.take(credential.id, credential.rate):
            raise Overloaded("More requests than this credential may send.", status=429, seconds=1)
        return credential

    def authority(self, credential: Credential) -> dict[str, Any]:
        """Who vouches for a statement: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.9.s3"""
        return {"objectType": "Agent", "account": {"homePage": self._public_url, "name": credential.id}}


def need_write(credential: Credential) -> None:
    if not credential.scopes & {"write", "admin"}:
        raise Refusal(403, "This credential may not write.")


def need_events(credential: Credential) -> None:
    """A public key was asked for its kind of events when it was verified."""
    if not credential.is_public:
        need_write(credential)


def may_void_all(credential: Credential) -> bool:
    return bool(credential.scopes & {"void_all", "admin"})


def sees_all(credential: Credential) -> bool:
    return bool(credential.scopes & {"read_all", "admin"})


def visible_owner(credential: Credential) -> str | None:
    """Whose statements and documents may be read: None is everybody's."""
    if sees_all(credential):
        return None
    if "read_own" in credential.scopes:
        return credential.id
    raise Refusal(403, "This credential may not read.")


def unauthorized(why: str) -> Refusal:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#3.2.s2.b2"""
    return Refusal(401, why, (("WWW-Authenticate", 'Basic realm="collector", charset="UTF-8"'),))


def basic(header: str) -> tuple[str, str]:
    """Name and secret of a header."""
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
