"""One issuer and the audience that its tokens must have: from a token to its claims, and who it is of.

Does not live here: how a token is verified (``signed``), where keys come from (``keys``).
"""

import time
from collections.abc import Callable, Collection, Mapping
from hashlib import sha256
from typing import Any

from analytics_platform.errors import SettingsError
from analytics_platform.tokens.keys import Keys, is_safe
from analytics_platform.tokens.signed import Token


class Issuer:
    """Belongs to one event loop, as its keys do."""

    def __init__(self, name: str, audience: str, keys: Keys, clock: Callable[[], float] = time.time) -> None:
        self.name, self._audience, self._keys, self._clock = name, audience, keys, clock

    @classmethod
    def of(cls, setting: str, name: str, audience: str, keys_url: str = "") -> "Issuer | None":
        """None where no issuer is set; ``setting`` is what the variables begin with, as COLLECTOR_OIDC."""
        if not name:
            return None
        if not audience or not is_safe(name):
            raise SettingsError(
                f"{setting}_ISSUER is an https:// address, and {setting}_AUDIENCE is what its tokens for us have as"
                " aud: set both."
            )
        return cls(name, audience, Keys(name, keys_url))

    async def claims(self, text: str) -> Mapping[str, Any]:
        """What a token says, once it counts. Raises BadToken, or IssuerAway while there are no keys."""
        token = Token.of(text)
        token.hold(self.name, self._audience, self._clock())
        token.verify(await self._keys.holding(token.key))
        return token.claims


def subject_id(issuer: str, subject: str) -> str:
    """The id of whoever a token is of: the same with each token, and no name of a person."""
    return f"t-{sha256(f'{issuer} {subject}'.encode()).hexdigest()[:24]}"


def read_names(setting: str, text: str, ours: Collection[str]) -> dict[str, str]:
    """Their names -> ours, of ``ours=theirs`` with commas or blanks; without any, ours but ``admin``, nobody's."""
    if not text.strip():
        return {name: name for name in ours if name != "admin"}
    found = {}
    for pair in text.replace(",", " ").split():
        our, _, theirs = pair.partition("=")
        if our not in ours or not theirs:
            raise SettingsError(f"{setting} has {pair!r}: say ours=theirs, ours being one of {', '.join(ours)}.")
        found[theirs] = our
    return found
