"""When two deliveries are the same statement.

https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.3.1.s9
Equal fingerprints mean the same statement. Only when they differ are the two compared property by property, without
what an LRS assigns, the names and definitions of activities and verbs, the notation of times and the order of members.
Durations are compared to a hundredth of a second.
"""

from hashlib import sha256
from typing import Any

import orjson

from analytics_platform.collector.errors import Invalid
from analytics_platform.collector.xapi.primitives import moment

ASSIGNED = (
    "id",
    "stored",
    "authority",
    "version",
)  # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.3.1.b1
_LISTED = ("member", "parent", "grouping", "category", "other")


def fingerprint(statement: bytes) -> bytes:
    """Of the JSON of a statement without what an LRS assigns. Another order of keys is another fingerprint."""
    return sha256(statement).digest()[:16]


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two statements whose fingerprints differ are the same all the same."""
    return bool(_essence(one) == _essence(other))


def _essence(statement: dict[str, Any]) -> dict[str, Any]:
    kept = {name: _plain(name, value) for name, value in statement.items() if name not in ASSIGNED}
    kept.get("actor", {}).setdefault("objectType", "Agent")
    kept.get("object", {}).setdefault("objectType", "Activity")
    return kept


def _to_hundredths(duration: str) -> str:
    """https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#4.6.s1.b3: what is finer is not compared"""
    whole, _, fraction = duration.replace(",", ".").rpartition(".")
    digits = fraction.removesuffix("S")
    if not whole or digits == fraction or not digits.isdecimal():  # a part of something else than a second
        return duration
    kept = digits[:2].rstrip("0")
    return f"{whole}.{kept}S" if kept else f"{whole}S"


def _plain(name: str, value: Any) -> Any:
    if name == "timestamp":
        try:
            return moment(value)
        except Invalid:  # within an extension anything may be called timestamp
            return value
    if name == "extensions":
        return value
    if name == "duration" and isinstance(value, str):
        return _to_hundredths(value)
    if isinstance(value, dict):
        # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.3.1.b2 (definitions) and b3 (a verb's display)
        left_out = {"object": "definition", "verb": "display"}.get(name, "definition")
        kept = {key: _plain(key, item) for key, item in value.items() if key != left_out}
        if name in _LISTED:
            kept.setdefault("objectType", "Activity")
            return [kept]
        return kept
    if isinstance(value, list):
        plain = [_plain("item", item) for item in value]
        if name in _LISTED:
            # https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.3.1.b5
            for item in plain:
                item.setdefault("objectType", "Agent" if name == "member" else "Activity")
            plain.sort(key=lambda item: orjson.dumps(item, option=orjson.OPT_SORT_KEYS))
        return plain
    if name in ("registration", "sha2", "mbox_sha1sum") or (
        name == "id" and isinstance(value, str) and len(value) == 36
    ):
        return value.lower()
    return value
