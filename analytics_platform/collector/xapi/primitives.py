"""The smallest rules: text, number, UUID, IRI, time, duration, language map, extensions.

Each check takes a value and returns nothing, or raises Invalid with the reason; the path is added by who calls.
IRIs and language tags repeat without end, so their verdicts are remembered.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from analytics_platform.collector.errors import Invalid

MAX_DEPTH = 64

_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}").fullmatch
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+").fullmatch
_MBOX = re.compile(r"mailto:[^\s@]+@[^\s@]+").fullmatch
_SHA1 = re.compile(r"[0-9a-fA-F]{40}").fullmatch
_SHA2 = re.compile(r"[0-9a-fA-F]{56,128}").fullmatch
_LANGUAGE = re.compile(
    r"(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+|i-[a-z]{3,8}|sgn-[a-z]{2}-[a-z]{2}|en-gb-oed|zh-min-nan|art-lojban|zh-min)",
    re.IGNORECASE,
).fullmatch
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)?", re.ASCII
).fullmatch
_USUAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", re.ASCII).fullmatch  # nearly every one
_NUMBER = r"\d+(?:[.,]\d+)?"
_DURATION = re.compile(
    rf"P(?:{_NUMBER}W|(?=.)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?(?:T(?=.)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)",
    re.ASCII,
).fullmatch


def fail_type(value: Any, expected: str) -> Invalid:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.2.s4.b1.b1 (nulls) and b2 (wrong types)"""
    return Invalid("must not be null" if value is None else f"must be {expected}")


def text(value: Any) -> None:
    if type(value) is not str:
        raise fail_type(value, "a string")


def boolean(value: Any) -> None:
    if type(value) is not bool:
        raise fail_type(value, "true or false")


def number(value: Any) -> None:
    if type(value) is not int and type(value) is not float:
        raise fail_type(value, "a number")


def natural(value: Any) -> None:
    if type(value) is not int or value < 0:
        raise fail_type(value, "a whole number, 0 or more")


def uuid(value: Any) -> None:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#4.4"""
    if type(value) is not str or not _UUID(value):
        raise fail_type(value, "a UUID")


_REMEMBERED = 300  # characters; a verdict on a longer text would keep the text in memory


def is_iri(value: str) -> bool:
    """A scheme and something after it: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.2.s4.b1.b8"""
    return _short_iri(value) if len(value) <= _REMEMBERED else _IRI(value) is not None


@lru_cache(maxsize=1 << 15)
def _short_iri(value: str) -> bool:
    return _IRI(value) is not None


def iri(value: Any) -> None:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#4.3"""
    if type(value) is not str or not is_iri(value):
        raise fail_type(value, "an IRI with a scheme")


def mbox(value: Any) -> None:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.2.3.s3"""
    if type(value) is not str or not _MBOX(value):
        raise fail_type(value, "mailto: and an e-mail address")


def sha1(value: Any) -> None:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.2.3.s3"""
    if type(value) is not str or not _SHA1(value):
        raise fail_type(value, "40 hexadecimal digits")


def sha2(value: Any) -> None:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.4.11.s2"""
    if type(value) is not str or not _SHA2(value):
        raise fail_type(value, "the hexadecimal digits of a SHA-2 hash")


def is_language(value: str) -> bool:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.2.s4.b2 (RFC 5646)"""
    return len(value) <= _REMEMBERED and _short_language(value)


@lru_cache(maxsize=1 << 12)
def _short_language(value: str) -> bool:
    return _LANGUAGE(value) is not None


def language(value: Any) -> None:
    if type(value) is not str or not is_language(value):
        raise fail_type(value, "a language tag as in RFC 5646")


def language_map(value: Any) -> None:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#4.2"""
    if type(value) is not dict:
        raise fail_type(value, "an object of language tags and texts")
    for tag, words in value.items():
        if not is_language(tag):
            raise Invalid("is no language tag as in RFC 5646", tag)
        if type(words) is not str:
            raise Invalid("must be a string", tag)


def moment(value: Any) -> datetime:
    """The time that a text means; without a zone it is UTC. -00:00 says that the zone is unknown, which is refused.

    https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#4.5.s1
    """
    if type(value) is str and _USUAL_TIME(value):
        return _existing(value)
    found = _TIME(value) if type(value) is str else None
    if found is None:
        raise fail_type(value, "an ISO 8601 time, as 2026-03-01T09:30:00.000Z")
    sign, hours, minutes = found.groups()
    if sign == "-" and int(hours) == 0 and int(minutes or 0) == 0:
        raise Invalid("must not have the offset -00:00")
    parsed = _existing(value.upper().replace(",", "."))
    try:
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except OverflowError:
        raise Invalid("is no time that exists") from None


def _existing(value: str) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise Invalid("is no time that exists") from None


def time(value: Any) -> None:
    moment(value)


def duration(value: Any) -> None:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#4.6.s1"""
    if type(value) is not str or not _DURATION(value):
        raise fail_type(value, "an ISO 8601 duration, as PT1M5S")


def extensions(value: Any) -> None:
    """Keys are IRIs, values are anything: https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#4.1"""
    if type(value) is not dict:
        raise fail_type(value, "an object")
    for key, item in value.items():
        if not is_iri(key):
            raise Invalid("is no IRI, as keys of extensions must be", key)
        if type(item) in (dict, list):
            shallow(item)


def shallow(value: Any) -> None:
    """Nesting is bounded: what reads a statement later must not be made to recurse without end."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            item
            for part in level
            for item in (part.values() if type(part) is dict else part)
            if type(item) in (dict, list)
        ]
        if not level:
            return
    raise Invalid(f"is nested deeper than {MAX_DEPTH} levels")
