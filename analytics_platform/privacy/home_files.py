"""Every other file of the home that an erased person may stand in: what people read, what programs logged.

Reports and exports that name the person are removed, for they can be made again; in text files and SQLite databases
the words are hidden; of CSV files that people brought, the person's rows go. What cannot be changed in place (Excel,
Parquet …) is removed. Does not live here: landing, lake, store, warehouse and snapshots (``erasing``), which know
people by their identifiers; what a word is (``identity``).
"""

import csv
import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from analytics_platform.lake.scrubbing import HIDDEN
from analytics_platform.privacy.identity import Person
from analytics_platform.privacy.searching import in_file

# Handled by their own steps, or without anything of a person.
ELSEWHERE = ("landing/", "lake/", "quarantine/", "keys/", "ledger/", "ledger_digests/", "red_days/", "warehouse/",
             "published/", "collector/", "scratch/", "privacy/", "erased/", "models/", "inbox/")  # fmt: skip
_MADE_AGAIN = ("reports/", "exports/")
_UNWRITTEN = "unwritten/"  # translated texts that no lake day holds yet, without a name: all go
_DATABASES = (".db", ".sqlite")
_TEXTS = (".json", ".ndjson", ".jsonl", ".log", ".txt", ".md", ".html", ".yaml", ".yml", ".out", ".err", ".complete")


@dataclass(frozen=True)
class Change:
    """What was done to a file: ``removed``, ``hidden`` or ``rows``, and how often."""

    file: str
    what: str
    count: int


def clean(home: Path, person: Person, texts: tuple[str, ...], dry_run: bool) -> Iterator[Change]:
    """Take a person out of the home's other files. A name counts in reports and exports, and in rows of CSV files;
    what the person wrote counts in reports and exports, which quote it without a name.
    """
    needles, names = person.needles, person.names
    for file in sorted(home.rglob("*")):
        name = file.relative_to(home).as_posix()
        if not file.is_file() or file.is_symlink() or name.startswith(ELSEWHERE):
            continue
        if name.startswith(_UNWRITTEN):
            if not dry_run:
                file.unlink()
            yield Change(name, "removed", 1)
            continue
        change = _one(file, name, needles, names, texts, dry_run)
        if change is not None:
            yield change


def _one(
    file: Path, name: str, needles: tuple[str, ...], names: tuple[str, ...], texts: tuple[str, ...], dry_run: bool
) -> Change | None:
    if name.endswith(("-wal", "-shm")):
        return None  # they belong to their database, which empties them
    is_made = name.startswith(_MADE_AGAIN)
    suffix = file.suffix.lower()
    if suffix == ".csv" and not is_made:
        return _without_rows(file, name, needles, names, dry_run)
    words = (*needles, *_parts(names), *texts) if is_made else (*needles, *names)
    if not words or not in_file(file, words):
        return None
    if is_made:
        if not dry_run:
            file.unlink()
        return Change(name, "removed", 1)
    if suffix in _DATABASES:
        return Change(name, "hidden", _hide_in_database(file, words, dry_run))
    if suffix in _TEXTS or _is_text(file):
        return Change(name, "hidden", _hide_in_text(file, words, dry_run))
    if not dry_run:
        file.unlink()
    return Change(name, "removed", 1)


def _parts(names: tuple[str, ...]) -> Iterator[str]:
    """Reports may show first names only; who else is called so loses a report that can be made again."""
    for name in names:
        yield name
        yield from (part for part in name.split() if len(part) > 2)


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)


def _is_text(file: Path) -> bool:
    try:
        file.read_text("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _hide_in_text(file: Path, words: tuple[str, ...], dry_run: bool) -> int:
    text, count = _pattern(words).subn(HIDDEN, file.read_text("utf-8", errors="surrogateescape"))
    if count and not dry_run:
        draft = file.with_name(f".{file.name}.draft")
        draft.write_text(text, "utf-8", errors="surrogateescape")
        draft.chmod(file.stat().st_mode)
        draft.replace(file)
    return count


def _hide_in_database(file: Path, words: tuple[str, ...], dry_run: bool) -> int:
    """In every text of every table; freed pages are given back, so that the old bytes are gone."""
    pattern, count = _pattern(words), 0

    def hidden(value: str) -> str:
        return pattern.sub(HIDDEN, value)

    def said(value: object) -> bool:
        return isinstance(value, str) and pattern.search(value) is not None

    with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as connection:
        connection.create_function("hidden", 1, hidden, deterministic=True)
        connection.create_function("said", 1, said, deterministic=True)
        tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (table,) in tables:
            for (column,) in connection.execute("select name from pragma_table_info(?)", [table]).fetchall():
                where = f'said("{column}")'
                if dry_run:
                    count += connection.execute(f'select count(*) from "{table}" where {where}').fetchone()[0]
                else:
                    count += connection.execute(
                        f'update or replace "{table}" set "{column}" = hidden("{column}") where {where}'
                    ).rowcount
        if not dry_run:
            connection.execute("vacuum")
            connection.execute("pragma wal_checkpoint(truncate)")
    return count


def _without_rows(
    file: Path, name: str, needles: tuple[str, ...], names: tuple[str, ...], dry_run: bool
) -> Change | None:
    """A row goes that has one of the person's own words, or that has their name and no address of anybody."""
    own, lowered = tuple(needle.lower() for needle in needles), {one.lower() for one in names}
    raw = file.read_bytes()
    encoding = "utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8"
    text = raw.decode(encoding, errors="surrogateescape")
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:4096], ",;\t")
    except csv.Error:
        dialect = csv.excel
    rows = list(csv.reader(io.StringIO(text, newline=""), dialect))

    def is_theirs(row: list[str]) -> bool:
        cells = [cell.lower() for cell in row]
        if any(needle in cell for needle in own for cell in cells):
            return True
        return not any("@" in cell for cell in cells) and any(cell.strip() in lowered for cell in cells)

    left = [row for row in rows if not is_theirs(row)]
    if len(left) == len(rows):
        return None
    if not dry_run:
        out = io.StringIO(newline="")
        csv.writer(out, dialect).writerows(left)
        draft = file.with_name(f".{file.name}.draft")
        draft.write_bytes(out.getvalue().encode(encoding, errors="surrogateescape"))
        draft.replace(file)
    return Change(name, "rows", len(rows) - len(left))
