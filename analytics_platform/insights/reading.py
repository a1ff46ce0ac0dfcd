"""CSV to series: which columns, which times, which values, and a message that names the line where one is wrong.

Rows may come in any order and may repeat a time; an empty or NaN value is a missing one. What the file says is kept
beside the series, so that the answer can be written in the file's own order and words.
"""

import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from analytics_platform.insights.errors import FileRefused
from analytics_platform.insights.rolling import Array

MISSING = ["", "nan", "null", "none", "na", "n/a", "-"]

LARGEST = 1e100  # squares of what is larger do not fit into a number


@dataclass(frozen=True)
class Columns:
    """Names of the columns to read; a series column that is not there means one series."""

    timestamp: str = "timestamp"
    value: str = "value"
    series: str = "series"


@dataclass(frozen=True)
class Series:
    """One series in time order, rows with a value only; ``rows`` says where each stands in the file."""

    name: str
    times: NDArray[np.int64]  # seconds
    values: Array
    rows: NDArray[np.int64]


@dataclass(frozen=True)
class SeriesFile:
    """The file's rows as they came, and their times and values as numbers."""

    text: pa.Table  # timestamp, value and, if there is one, series
    times: NDArray[np.int64]
    values: Array
    codes: NDArray[np.int64]  # of the series of each row
    names: list[str]
    notes: list[str]

    def series(self) -> Iterator[Series]:
        """Series in the order of their first row."""
        order = np.lexsort((self.times, self.codes))
        starts = np.searchsorted(self.codes[order], np.arange(len(self.names) + 1))
        for code, name in enumerate(self.names):
            rows = order[starts[code] : starts[code + 1]]
            rows = rows[np.isfinite(self.values[rows])]
            yield Series(name, self.times[rows], self.values[rows], rows)


def read_series(path: Path | str, columns: Columns | None = None) -> SeriesFile:
    """Read a CSV file, or standard input for ``-``."""
    wanted = columns or Columns()
    table, name = _table(path)
    picked = {
        "timestamp": _column(table, wanted.timestamp, name, "--timestamp"),
        "value": _column(table, wanted.value, name, "--value"),
    }
    if found := _named(table, wanted.series):
        picked["series"] = table[found]
    text = pa.table(picked)
    if not len(text):
        raise FileRefused(f"{name} has a header and no rows: there is nothing to judge. Add rows below the header.")
    notes: list[str] = []
    times = _times(text["timestamp"], name)
    values = _values(text["value"], name, notes)
    if "series" in picked:
        coded = pc.dictionary_encode(text["series"].combine_chunks())
        codes, names = coded.indices.to_numpy().astype(np.int64), [str(each) for each in coded.dictionary.to_pylist()]
    else:
        codes, names = np.zeros(len(text), dtype=np.int64), [""]
    _note_order(times, codes, notes)
    return SeriesFile(text, times, values, codes, names, notes)


def _table(path: Path | str) -> tuple[pa.Table, str]:
    source: Any = path
    name = str(path)
    if name == "-":
        source, name = io.BytesIO(sys.stdin.buffer.read()), "standard input"
    elif not Path(path).is_file():
        raise FileRefused(f"{path} is not a file. Give the path of a CSV file with the columns timestamp and value.")
    elif Path(path).stat().st_size == 0:
        raise FileRefused(f"{name} is empty. It needs a header line with timestamp,value and rows below it.")
    try:
        if isinstance(source, io.BytesIO):
            names = csv.open_csv(source).schema.names
            source.seek(0)
        else:
            with csv.open_csv(source) as head:
                names = head.schema.names
        text = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
        return csv.read_csv(source, convert_options=text), name
    except pa.ArrowInvalid as error:
        raise FileRefused(
            f"{name} cannot be read as CSV: {_words(error)}. Save it as CSV in UTF-8, with commas and one header line."
        ) from error


def _words(error: Exception) -> str:
    return str(error).splitlines()[0].removeprefix("CSV parse error: ").rstrip(".")


def _named(table: pa.Table, wanted: str) -> str | None:
    """The column of that name; upper case and spaces do not matter."""
    names = {str(name).strip().strip("\ufeff").lower(): str(name) for name in reversed(table.column_names)}
    return names.get(wanted.strip().lower())


def _column(table: pa.Table, wanted: str, name: str, option: str) -> pa.ChunkedArray:
    found = _named(table, wanted)
    if found is None:
        there = ", ".join(map(str, table.column_names))
        raise FileRefused(f"{name} has no column {wanted}; it has {there}. Rename one, or name it with {option}.")
    return table[found]


def _times(text: pa.ChunkedArray, name: str) -> NDArray[np.int64]:
    """Seconds since 1970: ISO 8601 (no zone: UTC), or numbers that are seconds or milliseconds since 1970."""
    import pandas as pd

    trimmed = pc.utf8_trim_whitespace(text)
    if pc.all(pc.match_substring_regex(trimmed, r"^-?\d{9,13}(\.\d+)?$")).as_py():
        numbers = pc.cast(trimmed, pa.float64()).to_numpy()
        return np.asarray(np.where(np.abs(numbers) >= 1e11, numbers / 1000, numbers).astype(np.int64))
    try:
        parsed = pc.cast(trimmed, pa.timestamp("s")).to_numpy()  # the quick way, for times without zone or fraction
    except pa.ArrowInvalid:
        moments = pd.to_datetime(trimmed.to_pandas(), format="ISO8601", utc=True, errors="coerce")
        wrong = np.flatnonzero(moments.isna().to_numpy())
        if wrong.size:
            row = int(wrong[0])
            raise FileRefused(
                f"{name}, line {row + 2}: {trimmed[row].as_py()!r} is no time. Write times as ISO 8601, as in"
                f" 2026-03-01T10:00:00Z or 2026-03-01 10:00:00, in every row ({wrong.size} of {len(text)} cannot)."
            ) from None
        parsed = moments.dt.tz_localize(None).to_numpy().astype("datetime64[s]")
    return np.asarray(parsed.astype("datetime64[s]").astype(np.int64))


def _values(text: pa.ChunkedArray, name: str, notes: list[str]) -> Array:
    trimmed = pc.utf8_trim_whitespace(text)
    empty = pc.is_in(pc.utf8_lower(trimmed), pa.array(MISSING))
    kept = pc.if_else(empty, pa.scalar(None, pa.string()), trimmed)
    try:
        numbers = pc.cast(kept, pa.float64()).to_numpy()
    except pa.ArrowInvalid:
        row = next(row for row, word in enumerate(kept.to_pylist()) if word is not None and not _is_number(word))
        raise FileRefused(
            f"{name}, line {row + 2}: {trimmed[row].as_py()!r} is no number. Write a plain number such as 12.5,"
            " or leave the value empty where it is missing."
        ) from None
    wild = np.flatnonzero(np.isfinite(numbers) & (np.abs(numbers) > LARGEST))
    if wild.size:
        row = int(wild[0])
        raise FileRefused(
            f"{name}, line {row + 2}: {trimmed[row].as_py()} is larger than {LARGEST:g}. Correct it, or leave it empty."
        )
    if missing := int((~np.isfinite(numbers)).sum()):
        notes.append(f"{missing} rows have no value; they are not judged")
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _is_number(word: str) -> bool:
    try:
        pc.cast(pa.array([word]), pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def _note_order(times: NDArray[np.int64], codes: NDArray[np.int64], notes: list[str]) -> None:
    order = np.argsort(codes, kind="stable")
    same = np.diff(codes[order]) == 0
    steps = np.diff(times[order])
    if late := int((same & (steps < 0)).sum()):
        notes.append(f"{late} rows are older than the row before them; they are judged in order of time")
    sort = np.lexsort((times, codes))
    repeated = int(((np.diff(codes[sort]) == 0) & (np.diff(times[sort]) == 0)).sum())
    if repeated:
        notes.append(f"{repeated} rows repeat a time of their series; each is judged, in the order of the file")
