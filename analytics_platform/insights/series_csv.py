"""CSV to series, block by block: which columns there are, and what rows say, in the file's order and as numbers.

Rows may come in any order and may repeat a time; an empty or NaN value is a missing one. Does not live here: text to
numbers (parsing), putting the rows of a large file into order (sorted_file).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from analytics_platform.insights.errors import FileRefused
from analytics_platform.insights.parsing import are_numbers, times_of, values_of
from analytics_platform.insights.rolling import Array

BLOCK_BYTES = 8_000_000


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
class Block:
    """Rows of a file one after the other, from row ``first`` on; ``codes`` are places in the reader's names."""

    first: int
    times: NDArray[np.int64]
    values: Array
    codes: NDArray[np.int32]


class Reader:
    """A CSV file that can be read again and again, in blocks. ``names`` and what is counted grow with each block."""

    def __init__(self, path: Path, columns: Columns | None = None, name: str | None = None) -> None:
        self.path, self.name, self.wanted = path, name or str(path), columns or Columns()
        self.every = self._header()
        self.columns = {
            "timestamp": self._column(self.wanted.timestamp, "--timestamp"),
            "value": self._column(self.wanted.value, "--value"),
        }
        if found := self._named(self.wanted.series):
            self.columns["series"] = found
        self.names: list[str] = [] if found else [""]
        self.rows = self.missing = self.late = 0
        self.plain = True  # no time or name needs quotes when it is written
        self._codes: dict[str, int] = {}
        self._last = np.empty(0, dtype=np.int64)  # time, per series

    @property
    def many(self) -> bool:
        return "series" in self.columns

    def require_series(self, option: str) -> None:
        """Where the series column is asked for by name, a file without it is refused."""
        if not self.many:
            self._column(self.wanted.series, option)

    def texts(self, *wanted: str) -> Iterator[pa.RecordBatch]:
        """These columns as the file has them, under our names."""
        columns = {self.columns[name]: name for name in wanted}
        convert = csv.ConvertOptions(
            column_types=dict.fromkeys(self.every, pa.string()), strings_can_be_null=False, include_columns=[*columns]
        )
        read = csv.ReadOptions(block_size=BLOCK_BYTES)
        try:
            with csv.open_csv(self.path, read_options=read, convert_options=convert) as source:
                for batch in source:
                    if len(batch):
                        yield batch.rename_columns([columns[name] for name in batch.schema.names])
        except pa.ArrowInvalid as error:
            raise self._unreadable(error) from error

    def blocks(self) -> Iterator[Block]:
        numbers: bool | None = None
        for text in self.texts(*self.columns):
            numbers = are_numbers(text["timestamp"]) if numbers is None else numbers
            times = times_of(text["timestamp"], numbers, self.name, self.rows)
            values = values_of(text["value"], self.name, self.rows)
            codes = self._code(text["series"]) if self.many else np.zeros(len(text), dtype=np.int32)
            if self.plain:
                self.plain = not pc.any(pc.match_substring_regex(text["timestamp"], '[",\r\n]')).as_py()
            self.missing += int(np.isnan(values).sum())
            self._count_late(times, codes)
            yield Block(self.rows, times, values, codes)
            self.rows += len(text)
        if not self.rows:
            raise FileRefused(
                f"{self.name} has a header and no rows: there is nothing to judge. Add rows below the header."
            )

    def notes(self, repeated: int) -> list[str]:
        """What a person should know of the file, after it was read."""
        told = []
        if self.missing:
            told.append(f"{self.missing} rows have no value; they are not judged")
        if self.late:
            told.append(f"{self.late} rows are older than the row before them; they are judged in order of time")
        if repeated:
            told.append(f"{repeated} rows repeat a time of their series; each is judged, in the order of the file")
        return told

    def _code(self, text: pa.Array) -> NDArray[np.int32]:
        coded = pc.dictionary_encode(text)
        places = []
        for name in coded.dictionary.to_pylist():
            if name not in self._codes:
                self._codes[name] = len(self.names)
                self.names.append(name)
                self.plain = self.plain and not any(mark in name for mark in '",\r\n')
            places.append(self._codes[name])
        return np.asarray(np.array(places, dtype=np.int32)[coded.indices.to_numpy()])

    def _count_late(self, times: NDArray[np.int64], codes: NDArray[np.int32]) -> None:
        grown = np.full(len(self.names), np.iinfo(np.int64).min)
        grown[: len(self._last)] = self._last
        order = np.argsort(codes, kind="stable")
        codes, times = codes[order], times[order]
        new = np.flatnonzero(np.diff(codes, prepend=-1))
        before = np.concatenate([[0], times[:-1]])
        before[new] = grown[codes[new]]
        self.late += int((times < before).sum())
        ends = np.append(new[1:], len(codes)) - 1
        grown[codes[ends]] = times[ends]
        self._last = grown

    def _header(self) -> list[str]:
        if not self.path.is_file():
            raise FileRefused(
                f"{self.name} is not a file. Give the path of a CSV file with the columns timestamp and value."
            )
        if self.path.stat().st_size == 0:
            raise FileRefused(f"{self.name} is empty. It needs a header line with timestamp,value and rows below it.")
        try:
            with csv.open_csv(self.path) as head:
                return [str(name) for name in head.schema.names]
        except pa.ArrowInvalid as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> FileRefused:
        words = str(error).splitlines()[0].removeprefix("CSV parse error: ").rstrip(".")
        return FileRefused(
            f"{self.name} cannot be read as CSV: {words}. Save it as CSV in UTF-8, with commas and one header line."
        )

    def _named(self, wanted: str) -> str | None:
        """The column of that name; upper case and spaces do not matter."""
        names = {name.strip().strip("\ufeff").lower(): name for name in reversed(self.every)}
        return names.get(wanted.strip().lower())

    def _column(self, wanted: str, option: str) -> str:
        found = self._named(wanted)
        if found is None:
            raise FileRefused(
                f"{self.name} has no column {wanted}; it has {', '.join(self.every)}. Rename one, or name it with"
                f" {option}."
            )
        return found
