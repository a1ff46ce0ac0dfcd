"""Looking for words in every byte of every file of a folder: what is packed is unpacked first.

Parquet, DuckDB and SQLite are read row by row and as bytes (a deleted row's bytes may lie in a free page); gzip, zstd
and zip (Excel too) are unpacked. Does not live here: which words (``identity``), removing them (``home_files``).
"""

import gzip
import sqlite3
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

_PORTION = 1 << 24


def search(folder: Path, words: Sequence[str], leave_out: Sequence[str] = ()) -> dict[str, list[str]]:
    """The files below a folder that hold some of the words, in any case, with those that they hold."""
    found: dict[str, list[str]] = {}
    if not words:
        return found
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file.is_file() and not file.is_symlink() and not name.startswith(tuple(leave_out) or ("\0",)):
            held = in_file(file, words)
            if held:
                found[name] = held
    return found


def in_file(file: Path, words: Sequence[str]) -> list[str]:
    """The words that a file holds, in its bytes or in what is packed in it."""
    wanted = {word: _spellings(word) for word in words}
    held: set[str] = set()
    longest = max((len(one) for spellings in wanted.values() for one in spellings), default=0)
    for stream in _streams(file):
        tail = b""
        for portion in stream:
            content = (tail + portion).lower()
            held |= {word for word, spellings in wanted.items() if any(one in content for one in spellings)}
            tail = (tail + portion)[-longest:]
    return sorted(held)


def _spellings(word: str) -> set[bytes]:
    """As bytes, and as JSON may write it."""
    lowered = word.lower()
    return {lowered.encode(), orjson.dumps(lowered)[1:-1], lowered.encode("unicode_escape")}


def _streams(file: Path) -> Iterator[Iterator[bytes]]:
    yield _raw(file)
    suffix = file.suffix.lower()
    if suffix == ".parquet":
        yield _parquet(file)
    elif suffix == ".duckdb":
        yield _duckdb(file)
    elif suffix in (".db", ".sqlite"):
        yield _sqlite(file)
    elif suffix == ".gz":
        with gzip.open(file) as stream:
            yield iter(lambda: stream.read(_PORTION), b"")
    elif suffix == ".zst":
        with pa.input_stream(str(file), compression="zstd") as stream:
            yield iter(lambda: stream.read(_PORTION), b"")
    elif zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as packed:
            yield (packed.read(name) for name in packed.namelist())


def _raw(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        yield from iter(lambda: stream.read(_PORTION), b"")


def _parquet(file: Path) -> Iterator[bytes]:
    with pq.ParquetFile(file) as parquet:
        for batch in parquet.iter_batches():
            for column in batch.columns:
                yield "\n".join(map(str, column.to_pylist())).encode()


def _duckdb(file: Path) -> Iterator[bytes]:
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where not temporary"
        ).fetchall()
        for schema, table in tables:
            for batch in connection.sql(f'select t::varchar as row from "{schema}"."{table}" t').to_arrow_reader():
                yield "\n".join(batch.column(0).to_pylist()).encode()


def _sqlite(file: Path) -> Iterator[bytes]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        names = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (table,) in names:
            for row in connection.execute(f'select * from "{table}"'):
                yield b"\n".join(one if isinstance(one, bytes) else str(one).encode() for one in row)
