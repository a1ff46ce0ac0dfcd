"""A JSON web token: its signature by one of the issuer's keys, and its claims. Pure.

https://www.rfc-editor.org/rfc/rfc7519 (tokens), https://www.rfc-editor.org/rfc/rfc8725 (what goes wrong with them):
only signatures with public keys count, the key says what it may be used for, and nothing in a token chooses its key
but the key's id.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

LONGEST = 16 << 10
LEEWAY = 60  # seconds that the issuer's clock may differ
_HASHES: dict[str, hashes.HashAlgorithm] = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
_CURVES: dict[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}
_CURVE_OF = {"ES256": "P-256", "ES384": "P-384"}
_RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_SMALLEST = 2048  # bits of an RSA key


class BadToken(Exception):
    """Why a token does not count; nothing of the token is in it."""


@dataclass(frozen=True)
class Key:
    """A public key of the issuer, and what it is for."""

    id: str
    algorithms: frozenset[str]
    public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey

    @classmethod
    def of(cls, jwk: Mapping[str, Any]) -> "Key | None":
        """A key of a set (https://www.rfc-editor.org/rfc/rfc7517); None for one that signs nothing here."""
        try:
            if jwk.get("use", "sig") != "sig":
                return None
            if jwk.get("kty") == "RSA":
                public: Any = rsa.RSAPublicNumbers(_number(jwk["e"]), _number(jwk["n"])).public_key()
                able = frozenset(_RSA) if public.key_size >= _SMALLEST else frozenset[str]()
            elif jwk.get("kty") == "EC" and jwk.get("crv") in _CURVES:
                curve = _CURVES[jwk["crv"]]
                public = ec.EllipticCurvePublicNumbers(_number(jwk["x"]), _number(jwk["y"]), curve).public_key()
                able = frozenset(name for name, wanted in _CURVE_OF.items() if wanted == jwk["crv"])
            else:
                return None
        except (KeyError, TypeError, ValueError, UnsupportedAlgorithm):
            return None
        said = jwk.get("alg")
        return cls(str(jwk.get("kid", "")), able & {said} if said is not None else able, public)


@dataclass(frozen=True)
class Token:
    """A token taken apart, nothing of it believed."""

    algorithm: str
    key: str
    claims: dict[str, Any]
    message: bytes
    signature: bytes

    @classmethod
    def of(cls, text: str) -> "Token":
        parts = text.encode("ascii", "replace").split(b".")
        if len(text) > LONGEST or len(parts) != 3:
            raise BadToken("it is no signed JSON web token")
        try:
            header, claims = (orjson.loads(_decoded(part)) for part in parts[:2])
            signature = _decoded(parts[2])
        except (binascii.Error, ValueError):
            raise BadToken("it is no signed JSON web token") from None
        if not isinstance(header, dict) or not isinstance(claims, dict):
            raise BadToken("it is no signed JSON web token")
        if "crit" in header:
            raise BadToken("it demands something that is not known here")
        return cls(str(header.get("alg")), str(header.get("kid", "")), claims, b".".join(parts[:2]), signature)

    def verify(self, keys: Mapping[str, Key]) -> None:
        """Raises unless one of the keys made the signature."""
        key = keys.get(self.key) if self.key or len(keys) != 1 else next(iter(keys.values()))
        if key is None:
            raise BadToken("its key is none of the issuer's")
        if self.algorithm not in key.algorithms:
            raise BadToken("its key does not sign in this way")
        digest = _HASHES[self.algorithm[2:]]
        try:
            if isinstance(key.public, rsa.RSAPublicKey):
                pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
                how = padding.PKCS1v15() if self.algorithm.startswith("RS") else pss
                key.public.verify(self.signature, self.message, how, digest)
            else:
                half = (key.public.key_size + 7) // 8
                if len(self.signature) != 2 * half:
                    raise InvalidSignature
                two = (int.from_bytes(part, "big") for part in (self.signature[:half], self.signature[half:]))
                key.public.verify(encode_dss_signature(*two), self.message, ec.ECDSA(digest))
        except InvalidSignature:
            raise BadToken("its signature does not fit") from None

    def hold(self, issuer: str, audience: str, now: float) -> None:
        """Raises unless the token is of this issuer, for us, and of this time."""
        claims = self.claims
        if claims.get("iss") != issuer:
            raise BadToken("it is of another issuer")
        said = claims.get("aud")
        if audience not in (said if isinstance(said, list) else [said]):
            raise BadToken("it is for somebody else")
        if not _moment(claims.get("exp")) or claims["exp"] <= now - LEEWAY:
            raise BadToken("it has expired, or does not say when")
        for name in ("nbf", "iat"):
            if name in claims and (not _moment(claims[name]) or claims[name] > now + LEEWAY):
                raise BadToken("it is not valid yet")
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise BadToken("it does not say whose it is")


def _moment(value: Any) -> bool:
    return type(value) in (int, float)


def _decoded(part: bytes) -> bytes:
    if b"=" in part:
        raise ValueError("padding")
    return base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _number(text: str) -> int:
    if len(text) > 2000:
        raise ValueError("too large")
    return int.from_bytes(_decoded(text.encode()), "big")
