"""The items of a JSON array that comes in chunks, one after another: a file of any length needs the room of an item.

Only finds where an item ends; whether its text is good JSON in good UTF-8 is judged with the statement.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from analytics_platform.collector.errors import NotJson

LONGEST = 16 << 20  # bytes of one item
# Read as Latin-1, a character is a byte. Control characters are somebody else's to refuse.
_scan = json.JSONDecoder(strict=False).raw_decode
_SPACE = re.compile(r"[ \t\r\n]*")
_END_OF_OBJECT = re.compile(r'\s*(?:,\s*"more"\s*:\s*(?:"[^"]*"|null)\s*)?\}\s*')  # of an LRS result


def array_texts(chunks: Iterable[bytes], within_object: bool = False) -> Iterator[bytes]:
    """The texts of the items; raises NotJson where there is no array, or no whole one.

    ``within_object`` is the array of an LRS result, whose object ends behind it.
    """
    source = iter(chunks)
    buffer, expected = "", "["
    while expected:
        place = 0
        while (found := _next(buffer, place, expected)) is not None:
            text, place, expected = found
            if text:
                yield text.encode("latin-1")
            if not expected:
                break
        buffer = buffer[place:]
        chunk = next(source, None)
        if expected and (chunk is None or len(buffer) > LONGEST):
            raise NotJson("is no whole JSON array, or has an item that is longer than is allowed")
        buffer += (chunk or b"").decode("latin-1")
    if within_object:
        behind = buffer + "".join(chunk.decode("latin-1") for chunk in islice(source, 2))
        if not _END_OF_OBJECT.fullmatch(behind):
            raise NotJson("has something behind its statements, or does not end")
        return
    if buffer.strip(" \t\r\n") or any(chunk.strip() for chunk in source):
        raise NotJson("has something behind its JSON array")


def _next(buffer: str, place: int, expected: str) -> tuple[str, int, str] | None:
    """An item's text, the place behind it and its comma, and what must follow; None if the buffer ends before.

    Expected is the opening bracket, then an item, which only the first one may do without, then nothing.
    """
    place = _end_of_space(buffer, place)
    if expected == "[":
        return ("", place + 1, "item or end") if buffer[place : place + 1] == "[" else None
    if expected == "item or end" and buffer[place : place + 1] == "]":
        return "", place + 1, ""
    try:
        end = _scan(buffer, place)[1]
    except (ValueError, RecursionError):
        return None
    behind = _end_of_space(buffer, end)
    mark = buffer[behind : behind + 1]
    if mark not in (",", "]"):
        return None
    return buffer[place:end], behind + 1, "item" if mark == "," else ""


def _end_of_space(buffer: str, place: int) -> int:
    found = _SPACE.match(buffer, place)
    return found.end() if found else place
