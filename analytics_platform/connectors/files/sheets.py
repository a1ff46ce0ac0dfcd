"""A file that somebody saved from a spreadsheet, as rows of text: encoding, separator, header, line numbers.

UTF-8 with or without a mark, UTF-16, Windows' code pages; comma, semicolon or tab; blank lines; quoted line breaks.
Rows come one by one, so a file of any size is read in little memory. Does not live here: what a column means
(``headers``).
"""

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics_platform.connectors.files.headers import Columns, Field, find_columns
from analytics_platform.errors import FileRefused

SEPARATORS = (",", ";", "\t")
LONGEST_FIELD = 1 << 20  # as the longest payload of the lake; more is an unclosed quote
_LOOK = 1 << 16
_HIGH = re.compile(rb"[\x80-\xff]+")


@dataclass(frozen=True)
class Row:
    """One row: the line of the file on which it begins, and its values under the fields that the file has."""

    line: int
    values: dict[str, str]
    open_ended: dict[str, dict[str, str]]
    problem: str = ""


@dataclass(frozen=True)
class Sheet:
    """An opened file: where its fields are, and how it was written."""

    file: Path
    encoding: str
    separator: str
    header: tuple[str, ...]
    header_line: int
    columns: Columns

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank, in order. A row that cannot be read carries its problem instead of values."""
        for line, values in _raw_rows(self.file, self.encoding, self.separator):
            if line > self.header_line and any(value.strip() for value in values):
                yield self._row(line, values)

    def _row(self, line: int, values: Sequence[str]) -> Row:
        width = len(self.header)
        if any(value.strip() for value in values[width:]):
            return Row(
                line, {}, {}, f"has more values than the header's {width} columns; quote values with {self._sign}"
            )
        if any("\x00" in value for value in values):
            return Row(line, {}, {}, "holds a NUL character")
        at = [_clean(value) for value in values] + [""] * (width - len(values))
        named = {name: at[place] for name, place in self.columns.places.items()}
        spread = {name: {rest: at[place] for place, rest in places} for name, places in self.columns.open_ended.items()}
        return Row(line, named, spread)

    @property
    def _sign(self) -> str:
        return {"\t": "tabs", ";": "semicolons", ",": "commas"}[self.separator]


def open_sheet(file: Path, fields: Sequence[Field], encoding: str = "") -> Sheet:
    """Find out how a file is written. The separator is the one under which most columns are known."""
    try:
        if not file.stat().st_size:
            raise FileRefused(f"{file.name} is empty.")
        found = encoding or _encoding(file)
        sheets = []
        for separator in _separators(file, found):
            line, header = _header(file, found, separator)
            sheets.append(Sheet(file, found, separator, tuple(header), line, find_columns(header, fields)))
    except OSError as error:
        raise FileRefused(f"{file.name} cannot be read: {error.strerror}.") from error
    except LookupError:
        raise FileRefused(f"{encoding!r} is no encoding; use a name as utf-8, cp1252 or cp874.") from None
    return max(sheets, key=lambda sheet: sheet.columns.known)


def _header(file: Path, encoding: str, separator: str) -> tuple[int, list[str]]:
    for line, values in _raw_rows(file, encoding, separator):
        if any(value.strip() for value in values) and not _is_excel_hint(values):
            return line, [_clean(value) for value in values]
    raise FileRefused(f"{file.name} holds only blank lines.")


def _separators(file: Path, encoding: str) -> Sequence[str]:
    """Excel may write ``sep=;`` on the first line, and then that is it."""
    with file.open(encoding=encoding, newline="", errors="replace") as lines:
        first = lines.readline(64).strip().strip('"')
    return (first[4],) if first.lower().startswith("sep=") and first[4:] in SEPARATORS else SEPARATORS


def _is_excel_hint(values: Sequence[str]) -> bool:
    return values[0].strip().lower().startswith("sep=")


def _raw_rows(file: Path, encoding: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins; a quoted line break does not begin a new one."""
    csv.field_size_limit(LONGEST_FIELD)
    with file.open(encoding=encoding, newline="") as lines:
        reader = csv.reader(lines, delimiter=separator)
        before = 0
        while True:
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise FileRefused(
                    f"{file.name} cannot be read from line {before + 1} on: {error}. A quote is opened there and never"
                    " closed, most likely; close it and import again. Nothing was imported."
                ) from None
            except UnicodeDecodeError as error:
                raise FileRefused(
                    f"{file.name} is not written in {encoding} ({error.reason} after line {before}). Name its"
                    " --encoding (Excel on Windows: cp1252, in Thailand cp874), or save it as CSV UTF-8."
                ) from None
            yield before + 1, values
            before = reader.line_num


def _clean(value: str) -> str:
    """A value without what Excel and web pages leave around it; inside nothing is touched."""
    return value.strip(" \t\r\n\f\v\u00a0\u200b\ufeff")


def _encoding(file: Path) -> str:
    """By its mark; else UTF-16 by its zero bytes; else UTF-8 if all of it is; else one of Windows' code pages."""
    with file.open("rb") as content:
        start = content.read(_LOOK)
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if start[1::2].count(0) > len(start) // 4:
            return "utf-16-le"
        if start[::2].count(0) > len(start) // 4:
            return "utf-16-be"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while start:
                decoder.decode(start)
                start = content.read(1 << 20)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _code_page(file)
    return "utf-8"


def _code_page(file: Path) -> str:
    """Thai stands in words of Thai signs, one byte each; Western accents stand alone among plain letters."""
    high = in_words = 0
    with file.open("rb") as content:
        for line in content:
            words = _HIGH.findall(line[:LONGEST_FIELD])
            high += sum(map(len, words))
            in_words += sum(len(word) for word in words if len(word) > 2)
    return "cp874" if in_words > high / 2 else "cp1252"
