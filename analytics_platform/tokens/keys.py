"""The issuer's public keys: where they are is asked of the issuer, unless it was set; then they are remembered.

They are fetched anew after ten minutes, and earlier for a key that is not known, at most every thirty seconds: nobody
can make us ask the issuer by inventing keys. While the issuer does not answer, the keys that are known count.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from analytics_platform.errors import PlatformError
from analytics_platform.tokens.signed import Key

log = logging.getLogger(__name__)

_FRESH, _SOONEST = 600.0, 30.0  # seconds
_LARGEST, _MOST = 1 << 20, 100
_TIMEOUT = 5.0
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Unreachable(Exception):
    """The issuer did not answer, or not with keys."""


class IssuerAway(PlatformError):
    """No key is known, and the issuer cannot be asked now."""


class Keys:
    """Belongs to one event loop."""

    def __init__(self, issuer: str, address: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer, self._address, self._clock = issuer, address, clock
        self._known: dict[str, Key] = {}
        self._fetched = self._tried = float("-inf")
        self._turn = asyncio.Lock()

    async def holding(self, key: str) -> dict[str, Key]:
        """The keys; fetched first if they are old, or this one is not among them. Who has a known key waits for nobody
        else's."""
        if key in self._known and (self._turn.locked() or not self._is_old()):
            return self._known
        async with self._turn:
            wanted = self._is_old() or key not in self._known
            if wanted and self._clock() - self._tried > _SOONEST:
                self._tried = self._clock()
                try:
                    self._known = await self._fetch()
                    self._fetched = self._clock()
                except Unreachable as error:
                    log.warning("The keys of the issuer %s cannot be had: %s.", self._issuer, error)
        if not self._known:
            raise IssuerAway("The issuer of tokens cannot be reached.")
        return self._known

    def _is_old(self) -> bool:
        return self._clock() - self._fetched > _FRESH

    async def _fetch(self) -> dict[str, Key]:
        async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False) as client:
            address = self._address or await self._discovered(client)
            found = await _json(client, address)
        listed = found.get("keys")
        if not isinstance(listed, list):
            raise Unreachable("it gave no list of keys")
        keys = [Key.of(jwk) for jwk in listed[:_MOST] if isinstance(jwk, dict)]
        return {key.id: key for key in keys if key is not None and key.algorithms}

    async def _discovered(self, client: httpx.AsyncClient) -> str:
        """https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig"""
        found = await _json(client, f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self._issuer:
            raise Unreachable("it calls itself by another name")
        return str(found.get("jwks_uri", ""))


async def _json(client: httpx.AsyncClient, address: str) -> dict[str, Any]:
    if not is_safe(address):
        raise Unreachable("its address is not https://")
    body = b""
    try:
        async with client.stream("GET", address) as answer:
            if answer.status_code != httpx.codes.OK:
                raise Unreachable(f"it answered {answer.status_code}")
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > _LARGEST:
                    raise Unreachable("its answer is too large")
        found = orjson.loads(body)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(type(error).__name__) from None
    except ValueError:
        raise Unreachable("its answer is no JSON") from None
    if not isinstance(found, dict):
        raise Unreachable("its answer is no JSON object")
    return found


def is_safe(address: str) -> bool:
    """Whether keys from there can be believed: by TLS, or from this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
