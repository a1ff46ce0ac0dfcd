"""From a bearer token to who is asking: a credential whose id stands for issuer and subject, with our scopes.

The token's scopes are ours by a mapping, ``write=lrs.write read_all=lrs.read``; without one they have our names, and
``admin`` is nobody's. Does not live here: how a token is verified (``signed``), where keys come from (``keys``).
"""

import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from analytics_platform.collector.errors import Refusal
from analytics_platform.collector.store.credentials import SCOPES, Credential
from analytics_platform.collector.tokens.keys import Keys, is_safe
from analytics_platform.collector.tokens.signed import BadToken, Token
from analytics_platform.errors import SettingsError
from analytics_platform.settings import Settings


class Bearer:
    """One issuer's tokens."""

    def __init__(
        self, issuer: str, audience: str, keys: Keys, scopes: Mapping[str, str], clock: Callable[[], float] = time.time
    ) -> None:
        self._issuer, self._audience, self._keys = issuer, audience, keys
        self._scopes, self._clock = scopes, clock

    @classmethod
    def of(cls, settings: Settings) -> "Bearer | None":
        """None where no issuer is set."""
        issuer, audience = settings.collector_oidc_issuer, settings.collector_oidc_audience
        if not issuer:
            return None
        if not audience or not is_safe(issuer):
            raise SettingsError(
                "COLLECTOR_OIDC_ISSUER is an https:// address, and COLLECTOR_OIDC_AUDIENCE is what its tokens for this"
                " collector have as aud: set both."
            )
        keys = Keys(issuer, settings.collector_oidc_keys_url)
        return cls(issuer, audience, keys, read_scopes(settings.collector_oidc_scopes))

    async def verify(self, text: str) -> Credential:
        """The credential behind a token; 401 for one that does not count."""
        try:
            token = Token.of(text)
            token.hold(self._issuer, self._audience, self._clock())
            token.verify(await self._keys.holding(token.key))
        except BadToken as error:
            challenge = 'Bearer realm="collector", error="invalid_token"'
            raise Refusal(
                401, f"The bearer token does not count: {error}.", (("WWW-Authenticate", challenge),)
            ) from None
        claims = token.claims
        return Credential(
            id=subject_id(self._issuer, claims["sub"]),
            label=str(claims.get("azp") or claims.get("client_id") or ""),
            scopes=frozenset(self._scopes[name] for name in _said(claims) if name in self._scopes),
            digest=b"",
            created=0,
            revoked=None,
        )


def subject_id(issuer: str, subject: str) -> str:
    """The id of whoever a token is of: the same with each token, and no name of a person."""
    return f"t-{sha256(f'{issuer} {subject}'.encode()).hexdigest()[:24]}"


def read_scopes(text: str) -> dict[str, str]:
    """Their scope -> ours."""
    if not text.strip():
        return {name: name for name in SCOPES if name != "admin"}
    found = {}
    for pair in text.replace(",", " ").split():
        ours, _, theirs = pair.partition("=")
        if ours not in SCOPES or not theirs:
            raise SettingsError(
                f"COLLECTOR_OIDC_SCOPES has {pair!r}: say ours=theirs, ours being one of {', '.join(SCOPES)}."
            )
        found[theirs] = ours
    return found


def _said(claims: dict[str, Any]) -> list[str]:
    """The scopes of a token: https://www.rfc-editor.org/rfc/rfc9068#section-2.2.3; some issuers list them as scp."""
    found = claims.get("scope", claims.get("scp", ""))
    if isinstance(found, str):
        return found.split()
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []
