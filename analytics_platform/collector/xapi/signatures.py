"""Signed statements: the JSON web signature must be one, of an allowed kind, and of this statement.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.6
Whether the signer is to be trusted is not decided here.
"""

import base64
import binascii
from typing import Any

import orjson
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.xapi.comparison import same
from analytics_platform.collector.xapi.statements import SIGNATURE

# https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.6.s4.b4
_ALGORITHMS: dict[str, hashes.HashAlgorithm] = {
    "RS256": hashes.SHA256(),
    "RS384": hashes.SHA384(),
    "RS512": hashes.SHA512(),
}


def verify(statement: dict[str, Any], signature: bytes) -> None:
    """Raises Invalid unless the signature fits the statement: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.6.s5"""
    parts = signature.strip().split(b".")
    if len(parts) != 3:
        raise Invalid("The signature is no JWS in compact form.")
    header, payload = _json(parts[0], "header"), _json(parts[1], "payload")
    algorithm = _ALGORITHMS.get(header.get("alg", "") if isinstance(header.get("alg"), str) else "")
    if algorithm is None:
        raise Invalid(f"The signature must be made with one of {', '.join(_ALGORITHMS)}.")
    if not same(_unsigned(payload), _unsigned(statement)):
        raise Invalid("The signature is of another statement.")
    chain = header.get("x5c")
    if chain is not None:
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.6.s5.b1.b3
        _verify_with(chain, parts, algorithm)


def _verify_with(chain: Any, parts: list[bytes], algorithm: hashes.HashAlgorithm) -> None:
    try:
        key = x509.load_der_x509_certificate(base64.b64decode(chain[0])).public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise Invalid("The signature's certificate has no RSA key.")
        key.verify(_decoded(parts[2]), b".".join(parts[:2]), padding.PKCS1v15(), algorithm)
    except (InvalidSignature, ValueError, TypeError, LookupError):
        raise Invalid("The signature does not fit its certificate.") from None


def _unsigned(statement: dict[str, Any]) -> dict[str, Any]:
    rest = [file for file in statement.get("attachments", []) if file.get("usageType") != SIGNATURE]
    kept = {name: value for name, value in statement.items() if name != "attachments"}
    return kept | ({"attachments": rest} if rest else {})


def _json(part: bytes, name: str) -> dict[str, Any]:
    try:
        value = orjson.loads(_decoded(part))
    except (binascii.Error, ValueError):
        raise Invalid(f"The signature's {name} is no JSON in base64url.") from None
    if not isinstance(value, dict):
        raise Invalid(f"The signature's {name} is no JSON object.")
    return value


def _decoded(part: bytes) -> bytes:
    return base64.b64decode(part + b"=" * (-len(part) % 4), altchars=b"-_", validate=True)
