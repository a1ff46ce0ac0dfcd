"""multipart/mixed, reading and writing: statements in the first part, attachments' bytes in the others.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.5.2
Does not live here: which attachments a statement declares (``resources.statement_bodies``).
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from analytics_platform.collector.errors import Invalid, TooLarge
from analytics_platform.collector.xapi.media import plain_type, shown_type

# One pass over a short text: the email package took a second for 30,000 semicolons.
_BOUNDARY = re.compile(r';[ \t]*boundary=(?:"([^"]{1,70})"|([^\s";,]{1,70}))[ \t]*(?:;|$)', re.IGNORECASE).search
_HASHES = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}
_MOST_PARTS = 1000
_HEAD_BYTES = 8 << 10  # of one part
_LONGEST_TYPE = 1000


@dataclass(frozen=True)
class Attachment:
    """The bytes of an attachment; their hash is their name."""

    sha2: str
    content_type: str
    content: bytes


def read_multipart(content_type: str, body: bytes) -> tuple[bytes, list[Attachment]]:
    """The statements' JSON and the attachments; raises Invalid with the part that breaks a rule."""
    found = _BOUNDARY(content_type) if len(content_type) <= _LONGEST_TYPE else None
    if found is None:
        raise Invalid("The Content-Type has no usable boundary.")
    mark = b"\r\n--" + (found[1] or found[2]).encode("ascii", "replace")
    pieces = (b"\r\n" + body).split(mark, _MOST_PARTS + 1)
    if len(pieces) > _MOST_PARTS:
        raise TooLarge(f"The multipart body has more than {_MOST_PARTS - 2} parts.")
    if len(pieces) < 3 or not pieces[-1].startswith(b"--"):
        raise Invalid("The multipart body does not begin and end with its boundary.")
    parts = [_part(piece, number) for number, piece in enumerate(pieces[1:-1])]
    kind = parts[0][0].get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.5.2.s2.b2.b1
        raise Invalid("The first part must be application/json.")
    return parts[0][1], [_attachment(headers, content, n + 1) for n, (headers, content) in enumerate(parts[1:])]


def _part(piece: bytes, number: int) -> tuple[dict[str, str], bytes]:
    piece = piece.lstrip(b" \t")
    if piece.startswith(b"\r\n\r\n"):
        return {}, piece[4:]
    start = 2 if piece.startswith(b"\r\n") else 0
    end = piece.find(b"\r\n\r\n", start, start + _HEAD_BYTES)
    if end < 0:
        if len(piece) > _HEAD_BYTES:
            raise TooLarge(f"has headers of more than {_HEAD_BYTES} bytes, or none that end", "part", number)
        raise Invalid("has no blank line between its headers and its content", "part", number)
    headers: dict[str, str] = {}
    name = ""
    for line in piece[start:end].split(b"\n"):
        text = line.removesuffix(b"\r").decode("latin-1")
        if name and text[:1] in (" ", "\t"):  # a folded line goes on with the one before it
            headers[name] = f"{headers[name]} {text.strip()}".strip()
            continue
        name, colon, value = text.partition(":")
        if not colon:
            raise Invalid("has a header line without a colon", "part", number)
        name = name.strip().lower()
        headers[name] = value.strip()
    return headers, piece[end + 4 :]


def _attachment(headers: dict[str, str], content: bytes, number: int) -> Attachment:
    if headers.get("content-transfer-encoding", "").lower() != "binary":
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.5.2.s2.b2.b4
        raise Invalid("must have Content-Transfer-Encoding: binary", "part", number)
    claimed = headers.get("x-experience-api-hash", "").lower()
    if not claimed:
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.5.2.s2.b2.b3
        raise Invalid("must have X-Experience-API-Hash", "part", number)
    kind = _HASHES.get(len(claimed))
    if kind is None or hashlib.new(kind, content).hexdigest() != claimed:
        raise Invalid("has another SHA-2 hash than X-Experience-API-Hash says", "part", number)
    return Attachment(claimed, plain_type(headers.get("content-type", "application/octet-stream")), content)


def write_multipart(first: bytes, attachments: Sequence[Attachment]) -> tuple[str, bytes]:
    """Content type and body of an answer with attachments: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#1.5.2.s3.b1"""
    boundary = secrets.token_hex(16)
    parts = [f"--{boundary}\r\nContent-Type: application/json\r\n\r\n".encode() + first]
    for file in attachments:
        head = (
            f"--{boundary}\r\nContent-Type: {shown_type(file.content_type)}\r\nContent-Transfer-Encoding: binary\r\n"
            f"X-Experience-API-Hash: {file.sha2}\r\n\r\n"
        )
        parts.append(head.encode("latin-1", "replace") + file.content)
    return f"multipart/mixed; boundary={boundary}", b"\r\n".join(parts) + f"\r\n--{boundary}--\r\n".encode()
