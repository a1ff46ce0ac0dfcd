"""Which change of a document is allowed, and what a POST makes of two documents. Pure.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#3.1 (concurrency), #2.2.s7 (merging)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import orjson

from analytics_platform.collector.errors import Invalid, Refusal


@dataclass(frozen=True)
class Document:
    """A stored document. ``updated`` is microseconds since 1970."""

    name: str
    owner: str
    content_type: str
    etag: str
    updated: int
    content: bytes


class Guard(Enum):
    """Which changes need a condition."""

    NEVER = auto()
    WHAT_IS_THERE = auto()
    ALWAYS = auto()


@dataclass(frozen=True)
class Conditions:
    """If-Match and If-None-Match of a request."""

    match: frozenset[str] | None
    none_match: frozenset[str] | None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "Conditions":
        return cls(_tags(headers.get("if-match")), _tags(headers.get("if-none-match")))

    def hold(self, there: Document | None, guard: Guard) -> None:
        """Raise unless the change may go on: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#3.1.s4"""
        etag = there.etag.strip('"') if there is not None else None
        if self.match is not None and (etag is None or not self.match & {etag, "*"}):
            raise Refusal(412, "If-Match does not fit the document that is stored.")
        if self.none_match is not None and etag is not None and self.none_match & {etag, "*"}:
            raise Refusal(412, "If-None-Match: the document is stored already.")
        if guard is not Guard.NEVER and self.match is None and self.none_match is None:
            if there is None and guard is Guard.WHAT_IS_THERE:
                return
            if there is None:
                # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#3.1.s3
                raise Invalid("is missing: send If-None-Match: * to make a document", "If-None-Match")
            # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#3.1.s4.b13
            raise Refusal(
                409, "The document is stored already: look at it, then send If-Match with its ETag to replace it."
            )


def replaced(content_type: str, content: bytes) -> tuple[str, bytes]:
    """What PUT stores: the document as sent; what says it is JSON must be."""
    if _is_json(content_type):
        _parsed(content, "The document")
    return content_type, content


def merged(there: Document | None, content_type: str, content: bytes) -> tuple[str, bytes]:
    """What POST stores: both JSON objects merged at the top, the new one wins; else nothing is changed.

    https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Communication.md#2.2.s8
    """
    if there is None:
        if _is_json(content_type):
            _object(content, "The document")
        return content_type, content
    if not _is_json(content_type) or not _is_json(there.content_type):
        raise Invalid("Only application/json documents can be merged; use PUT to replace the one that is stored.")
    together = _object(there.content, "The stored document") | _object(content, "The document")
    try:
        return content_type, orjson.dumps(together)
    except TypeError:  # orjson reads 1,024 levels and writes 254
        raise Invalid("The documents are nested too deeply to be merged; use PUT to replace the stored one.") from None


def _tags(header: str | None) -> frozenset[str] | None:
    if header is None:
        return None
    return frozenset(tag.strip().removeprefix("W/").strip('"') for tag in header.split(","))


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/json"


def _parsed(content: bytes, name: str) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        raise Invalid(f"{name} says that it is JSON, and is not.") from None


def _object(content: bytes, name: str) -> dict[str, Any]:
    value = _parsed(content, name)
    if not isinstance(value, dict):
        raise Invalid(f"{name} is no JSON object, so it cannot be merged.")
    return value
