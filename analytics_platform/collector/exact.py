"""JSON that is exact: integers of any length stay as they came, and a name that is there twice is refused.

orjson makes a float of an integer beyond 64 bits, and takes the last of two equal names. If its result, written again,
equals the input, neither has happened. This is nearly always so, and costs one comparison.
https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.2.s4.b1.b5
Does not live here: what JSON means.
"""

import json
from typing import Any

import msgspec
import orjson

from analytics_platform.collector.errors import Invalid, NotJson


def loads(text: bytes) -> Any:
    """Parse; raises NotJson for what is no JSON, Invalid for a name that is there twice."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise NotJson(f"The body is no JSON: {error.msg} at character {error.pos}.") from None
    if is_exact(text, value):
        return value
    try:
        return json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise Invalid("The JSON has a number of thousands of digits, or is nested too deeply.") from None


def is_exact(text: bytes, value: Any) -> bool:
    """Whether a parsed value says all that its text says. Raises Invalid for what could not be written again."""
    try:
        written = orjson.dumps(value)
    except TypeError:  # orjson reads 1,024 levels and writes 254
        raise Invalid("The JSON is nested too deeply.") from None
    if written == text:
        return True
    try:
        return bool(msgspec.json.format(text, indent=-1) == written)
    except (msgspec.MsgspecError, RecursionError):
        return False


def names_of_all(text: bytes) -> int:
    """As ``names_in`` of a whole body; more when some names are written with a blank before the colon."""
    return names_in(text) + text.count(b'" :')


def dumps(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # an integer beyond 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def names_in(text: bytes) -> int:
    """How many names of properties a text has, as nearly every writer writes them: with the colon at the quote.

    Within a string the quote is escaped. A sum of the parts of a text is that of the text: where the parts have fewer,
    one of them was dropped.
    """
    return text.count(b'":') - text.count(b'\\":')


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _twice(pairs)
    return found


def _twice(pairs: list[tuple[str, Any]]) -> Invalid:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            return Invalid("is there twice in one object", name[:80])
        seen.add(name)
    return Invalid("A name is there twice in one object.")
