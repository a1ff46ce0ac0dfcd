"""Rows of an export, as CSV or JSON: an array, an API's ``{"list": […]}``, or a document a line.

Does not live here: spreadsheets' habits (``sheets``), what a row means.
"""

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from analytics_platform.connectors.files.headers import Field
from analytics_platform.connectors.files.reports import Rejects
from analytics_platform.connectors.files.sheets import open_sheet
from analytics_platform.errors import FileRefused

LARGEST_JSON = 512 << 20


def records(file: Path, names: Sequence[str], encoding: str, rejects: Rejects) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line or number, row) of each row that can be read."""
    with file.open("rb") as content:
        head = content.read(4096).removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    if head in (b"[", b"{"):
        yield from _from_json(file, rejects)
        return
    found = open_sheet(file, [Field(name, (name.replace("_", " "),)) for name in names], encoding)
    # A column that is named exactly is that column, beside another of the same words: Id and id are two.
    exact = {name: place for place, name in enumerate(found.header)}
    sheet = replace(found, columns=replace(found.columns, places={**found.columns.places, **exact}))
    for row in sheet.rows():
        if row.problem:
            rejects.add(row.line, row.problem)
        else:
            yield row.line, {name: value for name, value in row.values.items() if value != ""}


def _from_json(file: Path, rejects: Rejects) -> Iterator[tuple[int, dict[str, Any]]]:
    if file.stat().st_size > LARGEST_JSON:
        raise FileRefused(f"{file.name} is larger than {LARGEST_JSON >> 20} MB: export CSV, or a document a line.")
    content = file.read_bytes().removeprefix(codecs.BOM_UTF8)
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        document = [_parsed(line) for line in content.split(b"\n") if line.strip()]
        if not any(document):
            raise FileRefused(f"{file.name} is neither one JSON document nor a document a line.") from None
    if isinstance(document, dict):
        document = document["list"] if isinstance(document.get("list"), list) else [document]
    for number, row in enumerate(document, 1):
        if isinstance(row, dict):
            yield number, row
        else:
            rejects.add(number, "is no JSON object")


def _parsed(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
