"""Files of statements as texts, one after another, whatever wrote them; plain, .gz or .zst, with or without a BOM.

A statement a line; a JSON array; an LRS result ``{"statements": […]}``; one document printed over many lines. Does not
live here: judging a statement (``intake/lenient``), storing it (``importing``).
"""

import codecs
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa

from analytics_platform.collector.errors import NotJson
from analytics_platform.collector.intake.arrays import array_texts
from analytics_platform.errors import PlatformError

_CHUNK = 1 << 20
_LONGEST_LINE = 16 << 20
# https://github.com/adlnet/xAPI-Spec/blob/1.0.3/xAPI-Data.md#2.5.s2: "statements" and "more", in either order.
_RESULT = re.compile(rb'\s*\{\s*(?:"more"\s*:\s*(?:"[^"]*"|null)\s*,\s*)?"statements"\s*:\s*(?=\[)')
_PRINTED = re.compile(rb"\s*\{[ \t]*\r?\n")  # json.dumps(…, indent=2) and its like


def statement_texts(file: Path, raw: Any) -> Iterator[bytes]:
    """The texts of a file's statements; ``raw`` is the opened file."""
    kind = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd"}.get(file.suffix.lower())
    try:
        with pa.input_stream(pa.PythonFile(raw, mode="r"), compression=kind) as stream:
            head = stream.read(_CHUNK).removeprefix(codecs.BOM_UTF8)
            rest = iter(lambda: stream.read(_CHUNK), b"")
            if result := _RESULT.match(head):
                yield from array_texts(chain([head[result.end() :]], rest), within_object=True)
            elif head.lstrip()[:1] == b"[":
                yield from array_texts(chain([head], rest))
            elif _PRINTED.match(head):
                yield from array_texts(chain([b"[", head], rest, [b"]"]))
            else:
                yield from _lines(file, chain([head], rest))
    except (OSError, pa.ArrowInvalid, NotJson) as error:
        raise PlatformError(f"{file} cannot be read to its end: {error}. What came before is stored.") from error


def _lines(file: Path, chunks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
        if len(rest) > _LONGEST_LINE:
            raise PlatformError(f"{file} has a line longer than {_LONGEST_LINE} bytes; is it NDJSON?")
    yield rest
