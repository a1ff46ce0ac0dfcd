"""Rows of a file in order of series and time, and their verdicts back in the order of the file, in bounded memory.

Rows lie in a temporary folder as Parquet. What is in order already is read as it is; else DuckDB sorts it, with a limit
of memory, on disk. Does not live here: reading CSV (series_csv), judging (scoring).
"""

import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from analytics_platform.insights.series_csv import Columns, Reader, Series

PIECE, MEMORY, THREADS = 200_000, "256MB", 2


class Spool:
    """A file's rows on disk, in a folder that is gone afterwards."""

    def __init__(self, reader: Reader, folder: Path) -> None:
        self.reader, self.folder = reader, folder
        self.in_order = True
        self.repeated = 0
        self._fill()

    @property
    def notes(self) -> list[str]:
        """Complete once all series have been taken."""
        return self.reader.notes(self.repeated)

    def series(self) -> Iterator[Series]:
        """Series in the order of their first row, one after the other; some may be empty."""
        held: list[pa.RecordBatch] = []
        for batch in self._ordered(self.folder / "rows.parquet", "code, time, row", self.in_order):
            codes = batch["code"].to_numpy()
            for start, stop in pairwise([0, *(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]):
                if held and held[0]["code"][0].as_py() != codes[start]:
                    yield self._one(held)
                    held = []
                held.append(batch.slice(start, stop - start))
        if held:
            yield self._one(held)

    def by_row(self, tables: Iterable[pa.Table], keep: bool = False) -> Iterator[pa.RecordBatch]:
        """Tables with a column ``row``, in the order of the file. ``keep``: all are made before this returns."""
        if self.in_order and not keep:
            return (batch for table in tables for batch in table.sort_by("row").to_batches())
        path = self.folder / "verdicts.parquet"
        _write(path, (table.sort_by("row") for table in tables))
        return self._ordered(path, "row", self.in_order) if path.exists() else iter(())

    def _fill(self) -> None:
        code = time = -(2**62)

        def tables() -> Iterator[pa.Table]:
            nonlocal code, time
            for block in self.reader.blocks():
                codes, times = block.codes.astype(np.int64), block.times
                step, ahead = np.diff(codes, prepend=code), np.diff(times, prepend=time)
                self.in_order = self.in_order and not ((step < 0) | ((step == 0) & (ahead < 0))).any()
                code, time = int(codes[-1]), int(times[-1])
                rows = np.arange(block.first, block.first + len(codes))
                yield pa.table({"code": codes, "time": times, "value": block.values, "row": rows})

        _write(self.folder / "rows.parquet", tables())

    def _one(self, held: list[pa.RecordBatch]) -> Series:
        table = pa.Table.from_batches(held)
        times, values = table["time"].to_numpy(), table["value"].to_numpy()
        self.repeated += int((np.diff(times) == 0).sum())
        known = np.isfinite(values)
        name = self.reader.names[table["code"][0].as_py()]
        return Series(name, times[known], values[known], table["row"].to_numpy()[known])

    def _ordered(self, path: Path, by: str, in_order: bool) -> Iterator[pa.RecordBatch]:
        if in_order:
            with parquet.ParquetFile(path) as file:
                yield from file.iter_batches(PIECE)
            return
        import duckdb

        limits = {"memory_limit": MEMORY, "threads": THREADS, "temp_directory": str(self.folder / "sort")}
        with duckdb.connect(config=limits) as connection:
            found = connection.sql(f"from read_parquet($path) order by {by}", params={"path": str(path)})
            yield from found.to_arrow_reader(PIECE)


def _write(path: Path, tables: Iterable[pa.Table]) -> None:
    writer: parquet.ParquetWriter | None = None
    try:
        for table in tables:
            if writer is None:
                writer = parquet.ParquetWriter(path, table.schema, compression="lz4", use_dictionary=False)
            writer.write_table(table, row_group_size=PIECE)
    finally:
        if writer is not None:
            writer.close()


@contextmanager
def readable(path: Path | str) -> Iterator[tuple[Path, str]]:
    """A path that can be read twice, and what to call it; standard input (``-``) is kept in a file meanwhile."""
    if str(path) != "-":
        yield Path(path), str(path)
        return
    with tempfile.NamedTemporaryFile(suffix=".csv") as held:
        shutil.copyfileobj(sys.stdin.buffer, held)
        held.flush()
        yield Path(held.name), "standard input"


@contextmanager
def spooled(path: Path | str, columns: Columns | None = None) -> Iterator[Spool]:
    """Read a CSV file, or standard input for ``-``."""
    with readable(path) as (file, name), tempfile.TemporaryDirectory(prefix="series-") as folder:
        yield Spool(Reader(file, columns, name), Path(folder))


def read_series(path: Path | str, columns: Columns | None = None) -> tuple[list[Series], list[str]]:
    """All series of a file that fits into memory, and notes on it."""
    with spooled(path, columns) as spool:
        return list(spool.series()), spool.notes
