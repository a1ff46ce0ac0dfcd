"""The slow way, for a segment that no JSON reader accepts: a disk lost bytes, or somebody put a file there by hand.

Every line that can be read is kept; every other becomes a wrapped line with its problem, so that it is counted and
quarantined instead of lost. Runs line by line in Python, so only broken segments come here.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import orjson
import pyarrow as pa

from analytics_platform.lake.landing import Segment
from analytics_platform.lake.parse_sql import MAX_LINE

_FALLBACK_RECEIPT = "T00:00:00Z"  # a line that lost its receipt time was received on its folder's day, at the earliest


def salvage(segment: Segment, file: Path, target: Path) -> None:
    """Rewrite a broken segment as valid NDJSON."""
    written = 0
    with target.open("wb") as out:
        for line in _lines(file):
            if line.strip():
                out.write(_readable(line, segment) + b"\n")
                written += 1
        # The name says how many lines there were: what damage swallowed is counted too, without its text.
        for _ in range((segment.lines or written) - written):
            out.write(_wrapped("", "damaged_segment", segment) + b"\n")


def _readable(line: bytes, segment: Segment) -> bytes:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return _wrapped(line.decode(errors="backslashreplace"), "not_utf8", segment)
    if len(line) > MAX_LINE - 1024:
        return _wrapped(text[:1024] + " …", "too_large", segment)
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return _wrapped(text, "not_json", segment)
    if not isinstance(value, dict) or "payload" not in value or not _is_time(value.get("received_at")):
        return _wrapped(text, "not_a_landing_line", segment)
    return line


def _is_time(value: object) -> bool:
    try:
        return datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        return False


def _wrapped(text: str, problem: str, segment: Segment) -> bytes:
    received_at = f"{segment.day}{_FALLBACK_RECEIPT}"
    return orjson.dumps({"received_at": received_at, "origin": "salvage", "problem": problem, "payload": text})


def _lines(file: Path) -> Iterator[bytes]:
    """Lines of a segment up to where its compression breaks off."""
    compression = {".zst": "zstd", ".gz": "gzip"}.get(file.suffix)
    rest = b""
    with pa.input_stream(str(file), compression=compression) as stream:
        while True:
            try:
                block = stream.read(1 << 20)
            except OSError:
                block = b""
            if not block:
                break
            *lines, rest = (rest + block).split(b"\n")
            yield from lines
    if rest:
        yield rest
