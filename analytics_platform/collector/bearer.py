"""Turns a bearer token into a credential: its id is a hash of issuer and subject, its scopes are the platform's.

A mapping (``write=lrs.write,read_all=lrs.read``) translates the token's scopes. Without a mapping a token must use the
platform's names, and no token has ``admin``. Does not live here: how a token is verified (``tokens``).
"""

from collections.abc import Mapping
from typing import Any

from analytics_platform.collector.errors import Overloaded, Refusal
from analytics_platform.collector.store.credentials import SCOPES, Credential
from analytics_platform.settings import Settings
from analytics_platform.tokens.issuer import Issuer, read_names, subject_id
from analytics_platform.tokens.keys import IssuerAway
from analytics_platform.tokens.signed import BadToken


class Bearer:
    """One issuer's tokens."""

    def __init__(self, issuer: Issuer, scopes: Mapping[str, str], rate: float | None = None) -> None:
        self._issuer, self._scopes, self._rate = issuer, scopes, rate

    @classmethod
    def of(cls, settings: Settings) -> "Bearer | None":
        """None where no issuer is set."""
        name, audience = settings.collector_oidc_issuer, settings.collector_oidc_audience
        issuer = Issuer.of("COLLECTOR_OIDC", name, audience, settings.collector_oidc_keys_url)
        if issuer is None:
            return None
        return cls(issuer, read_scopes(settings.collector_oidc_scopes), settings.collector_oidc_rate or None)

    async def verify(self, text: str) -> Credential:
        """The credential behind a token; 401 for one that does not count."""
        try:
            claims = await self._issuer.claims(text)
        except BadToken as error:
            challenge = 'Bearer realm="collector", error="invalid_token"'
            raise Refusal(
                401, f"The bearer token does not count: {error}.", (("WWW-Authenticate", challenge),)
            ) from None
        except IssuerAway as error:
            raise Overloaded(f"{error} Basic authentication goes on.", seconds=30) from None
        return Credential(
            id=subject_id(self._issuer.name, claims["sub"]),
            label=str(claims.get("azp") or claims.get("client_id") or ""),
            scopes=frozenset(self._scopes[name] for name in _said(claims) if name in self._scopes),
            digest=b"",
            created=0,
            revoked=None,
            rate=self._rate,
        )


def read_scopes(text: str) -> dict[str, str]:
    """Their scope -> ours."""
    return read_names("COLLECTOR_OIDC_SCOPES", text, SCOPES)


def _said(claims: Mapping[str, Any]) -> list[str]:
    """The scopes of a token: https://www.rfc-editor.org/rfc/rfc9068#section-2.2.3; some issuers list them as scp."""
    found = claims.get("scope", claims.get("scp", ""))
    if isinstance(found, str):
        return found.split()
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []
