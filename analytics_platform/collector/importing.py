"""Files of statements through the same checks as the front door: NDJSON or JSON arrays, plain, .gz or .zst.

A running collector may go on meanwhile. Does not live here: judging statements (``intake/lenient``).
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa

from analytics_platform.collector.errors import NotJson
from analytics_platform.collector.intake.arrays import array_texts
from analytics_platform.collector.intake.lenient import portions
from analytics_platform.collector.store.connection import Database
from analytics_platform.collector.store.transaction import perform
from analytics_platform.errors import PlatformError

_CHUNK = 1 << 20
_LONGEST_LINE = 16 << 20
_EXAMPLES = 10
OWNER = "import"


@dataclass
class ImportReport:
    """How many statements had which verdict, and the first refusals in words."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


def import_statements(
    database: Database, files: Sequence[Path], public_url: str, progress: Callable[[int], None]
) -> ImportReport:
    """Load files; ``progress`` is told the bytes read of them all."""
    authority = {"objectType": "Agent", "account": {"homePage": public_url, "name": OWNER}}
    report, before = ImportReport(), 0
    connection = database.connect()
    try:
        for file in files:
            with file.open("rb") as raw:
                for portion in portions(_texts(file, raw), authority):
                    outcome = perform(connection, [portion.work(OWNER, void_all=True)], time.time_ns() // 1000)[0]
                    if isinstance(outcome, Exception):
                        raise outcome
                    for verdict in portion.settle(outcome):  # type: ignore[arg-type]
                        report.counts[verdict["verdict"]] += 1
                        if "reason" in verdict and len(report.examples) < _EXAMPLES:
                            where = f" {verdict['where']}" if "where" in verdict else ""
                            report.examples.append(f"{file.name} #{verdict['index']}{where}: {verdict['reason']}")
                    # Arrow closes the file when it has read it to its end.
                    progress(before + (file.stat().st_size if raw.closed else raw.tell()))
            before += file.stat().st_size
    finally:
        connection.close()
    return report


def _texts(file: Path, raw: Any) -> Iterator[bytes]:
    """The statements' texts, one after another: a line each, or the items of an array."""
    kind = {".gz": "gzip", ".zst": "zstd", ".zstd": "zstd"}.get(file.suffix.lower())
    try:
        with pa.input_stream(pa.PythonFile(raw, mode="r"), compression=kind) as stream:
            head = stream.read(_CHUNK)
            chunks = chain([head], iter(lambda: stream.read(_CHUNK), b""))
            yield from array_texts(chunks) if head.lstrip()[:1] == b"[" else _lines(file, chunks)
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
