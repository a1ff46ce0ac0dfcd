"""Taking erased people out of landing: their lines become empty ones, and where others mention them the mention goes.

An erased line stays as ``{"problem": "erased"}``: it is counted as received and as quarantined, so that the ledger
balances and says how many there were. The line has the first moment of its day and nothing else. This is the one
exception to segments being never changed; the name and its number of lines stay. Does not live here: who was erased
(``erased``), the Parquet days, which are built anew from what is left (``lake``).
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow as pa

from analytics_platform.contracts import Table
from analytics_platform.lake import parse_sql
from analytics_platform.lake.erased import Erased
from analytics_platform.lake.landing import Segment
from analytics_platform.lake.parse_sql import quote_text
from analytics_platform.lake.store import Store
from analytics_platform.lake.subjects import ADDRESS, agent_ids, identifier_sql, is_agent, pieces_sql, subjects

REASON = "erased"
HIDDEN = "[erased]"
_NOBODY = {"objectType": "Agent", "account": {"homePage": "https://erased.invalid", "name": "erased"}}
_COMPRESSIONS = {".zst": "zstd", ".gz": "gzip"}


def scrub(store: Store, table: Table, segments: list[Segment], erased: Erased) -> tuple[int, int]:
    """Take erased people out of some segments; how many lines are empty now, and in how many a mention is hidden."""
    emptied = hidden = 0
    with store.workspace() as folder:
        files = store.local([segment.key for segment in segments], folder)
        if not holding(table, files, erased):
            return 0, 0
        for segment, file in zip(segments, files, strict=True):
            if not holding(table, [file], erased):
                continue
            target = folder / f"scrubbed-{segment.name}"
            gone, less = _rewrite(table, segment, file, target, erased)
            if gone or less:
                store.publish(target, segment.key)
            emptied, hidden = emptied + gone, hidden + less
    return emptied, hidden


def holding(table: Table, files: list[Path], erased: Erased) -> bool:
    """Whether some raw lines name somebody erased; true for a file that no JSON reader accepts: each line is looked at.

    The hashes are made once for each different identifier.
    """
    if not files or not erased:
        return False
    lines = parse_sql.scan_lines([str(file) for file in files])
    said = " or ".join(f"contains(lower(payload::varchar), {quote_text(needle)})" for needle in erased.lowered)
    with duckdb.connect(config={"threads": 1}) as connection:
        try:
            found = connection.execute(
                f"""select exists (
                    select 1 from (
                        select {identifier_sql("piece")} as identifier from (
                            select distinct unnest({pieces_sql(table.path)}) as piece from {lines}
                            where coalesce(problem, '') <> '{REASON}'
                        )
                    ) where {erased.holds_sql("identifier")}
                ) {f"or exists (select 1 from {lines} where {said})" if said else ""}"""
            ).fetchone()
        except duckdb.Error:
            return True
    return bool(found and found[0])


def _rewrite(table: Table, segment: Segment, file: Path, target: Path, erased: Erased) -> tuple[int, int]:
    """Write a segment anew; lines that nobody erased is in keep their bytes."""
    gone = less = 0
    compression = _COMPRESSIONS.get(file.suffix)
    with pa.output_stream(str(target), compression=compression) as out:
        for line in _lines(file, compression):
            after = scrubbed(table.path, line, segment.day, erased)
            out.write((line if after is None else after) + b"\n")
            gone += after == _empty(segment.day)
            less += after is not None and after != _empty(segment.day)
    return gone, less


def scrubbed(path: str, line: bytes, day: date, erased: Erased) -> bytes | None:
    """A raw line without erased people; None when it names none of them."""
    try:
        whole = orjson.loads(line)
        payload = whole["payload"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        whole, payload = None, line.decode(errors="backslashreplace")
    if isinstance(whole, dict) and whole.get("problem") == REASON:
        return None
    if not isinstance(payload, dict):  # refused by its connector, or no JSON: nobody can say whose it is but by words
        return _empty(day) if _mentions(payload, erased) else None
    after = without(path, payload, erased)
    if after is payload:
        return None
    return _empty(day) if after is None else orjson.dumps({**whole, "payload": after})


def without(path: str, payload: dict[str, Any], erased: Erased) -> dict[str, Any] | None:
    """A payload without erased people: the same object when it names none, None when it is about one."""
    if any(map(erased.holds, subjects(path, payload))):
        return None
    return _hidden(payload, erased) if _mentions(payload, erased) else payload


def _mentions(value: object, erased: Erased) -> bool:
    if isinstance(value, str):
        return _said(value, erased)
    if isinstance(value, list):
        return any(_mentions(one, erased) for one in value)
    if isinstance(value, dict):
        if is_agent(value) and any(map(erased.holds, agent_ids(value))):
            return True
        return any(_said(name, erased) or _mentions(one, erased) for name, one in value.items())
    return False


def _hidden(value: Any, erased: Erased) -> Any:
    if isinstance(value, str):
        return hide(value, erased)
    if isinstance(value, list):
        return [_hidden(one, erased) for one in value]
    if isinstance(value, dict):
        if is_agent(value) and any(map(erased.holds, agent_ids(value))):
            return _NOBODY
        return {hide(name, erased): _hidden(one, erased) for name, one in value.items()}
    return value


def _said(words: str, erased: Erased) -> bool:
    return hide(words, erased) is not words


def hide(words: str, erased: Erased) -> str:
    """A text in which an erased person's address, or a word of an erasure under way, is hidden; else the same text."""
    after = words
    if "@" in words:
        after = ADDRESS.sub(lambda found: HIDDEN if erased.holds(f"mbox:{found[0]}") else found[0], words)
    lowered = after.lower()
    for needle in erased.lowered:
        if needle in lowered:
            after = re.sub(re.escape(needle), HIDDEN, after, flags=re.IGNORECASE)
            lowered = after.lower()
    return words if after == words else after


def _empty(day: date) -> bytes:
    return orjson.dumps({"received_at": f"{day}T00:00:00Z", "origin": REASON, "problem": REASON, "payload": REASON})


def _lines(file: Path, compression: str | None) -> Iterator[bytes]:
    """Lines up to where a broken file breaks off: what is behind cannot be read by anybody."""
    rest = b""
    with pa.input_stream(str(file), compression=compression) as stream:
        while True:
            try:
                block = stream.read(1 << 20)
            except OSError:
                break
            if not block:
                break
            *lines, rest = (rest + block).split(b"\n")
            yield from (line for line in lines if line.strip())
    if rest.strip():
        yield rest
