"""What is known of a person, as they can read it: a folder with a page of words and a CSV file for each table.

Rows of the lake (what sources sent), of the published marts (what was made of it), and documents of the collector.
Does not live here: who a person is (``identity``), which rows are theirs (``holdings``).
"""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv

from analytics_platform.contracts import LAKE_TABLES
from analytics_platform.errors import PrivacyError
from analytics_platform.lake import open_lake
from analytics_platform.privacy.holdings import DERIVED, OWN, holdings, ids_for
from analytics_platform.privacy.identity import Person, resolve
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse
from analytics_platform.warehouse.protocol import OpenReader


def export(settings: Settings, given: str, folder: Path) -> dict[str, int]:
    """Write everything that is known of a person; the rows of each file."""
    if folder.exists() and any(folder.iterdir()):
        raise PrivacyError(f"{folder} is not empty, and an export overwrites nothing. Name a new folder.")
    person = resolve(settings, given)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    counts: dict[str, int] = {}
    lake = open_lake(settings)
    with holdings(lake, person) as held:
        everything = held.held()
        for path in OWN:
            _write(folder, f"sent {path}", held.fetch(held.rows(path)), counts)
        for path, column in DERIVED.items():
            ids = ids_for(column, person, everything.rows)
            _write(folder, f"said {path}", held.fetch_about(path, column, ids), counts)
    if open_warehouse(settings).current() is not None:
        with open_warehouse(settings).reader() as reader:
            for mart in sorted(reader.snapshot.rows):
                rows = _of_mart(reader, mart, person)
                if rows is not None:
                    _write(folder, f"made {mart}", rows, counts)
    (folder / "about.md").write_text(_about(person, everything.phones, counts), "utf-8")
    return counts


def _of_mart(reader: OpenReader, mart: str, person: Person) -> pa.Table | None:
    columns = set(reader.query(f'select * from "{mart}" limit 0').column_names)
    if "person_id" in columns and person.person_id:
        return reader.query(f'select * from "{mart}" where person_id = $1', [person.person_id])
    if "person_key" in columns and person.person_key is not None:
        return reader.query(f'select * from "{mart}" where person_key = $1', [person.person_key])
    for who in ("actor_key", "identifier"):
        if who in columns:
            marks = ", ".join(f"${number}" for number in range(1, len(person.identifiers) + 1))
            return reader.query(f'select * from "{mart}" where "{who}" in ({marks})', list(person.identifiers))
    return None


def _write(folder: Path, title: str, rows: pa.Table, counts: dict[str, int]) -> None:
    if not rows.num_rows:
        return
    name = f"{title.replace('/', ' ').replace(' ', '-')}.csv"
    flat = [
        pa.array([None if one is None else str(one) for one in column.to_pylist()], pa.string())
        if pa.types.is_nested(column.type)
        else column
        for column in rows.columns
    ]
    pacsv.write_csv(pa.table(flat, names=rows.column_names), folder / name)
    counts[name] = rows.num_rows


def _about(person: Person, phones: tuple[str, ...], counts: dict[str, int]) -> str:
    known = [f"- {one}" for one in person.identifiers if not one.startswith("mbox_sha1sum:")]
    tables = {f"sent-{path.replace('/', '-')}.csv": LAKE_TABLES[path].description for path in OWN}
    tables |= {f"said-{path.replace('/', '-')}.csv": LAKE_TABLES[path].description for path in DERIVED}
    lines = [
        "# What is known of you",
        "",
        f"Written {datetime.now(UTC):%Y-%m-%d %H:%M} UTC. Times are UTC. One row of a file is one event, answer or"
        " message; its first line names the columns.",
        "",
        "## You are known as",
        "",
        *known,
        *(f"- name: {name}" for name in person.names),
        *(f"- phone: {phone}" for phone in phones),
        "",
        "## Files",
        "",
        "`sent-…` is what other systems sent of you, `said-…` what this platform says about it, `made-…` what was"
        " calculated from it.",
        "",
        "| file | rows | what |",
        "| --- | ---: | --- |",
        *(f"| {name} | {rows:,} | {tables.get(name, 'calculated')} |" for name, rows in sorted(counts.items())),
        "",
        "Answers and messages are as you wrote them. Hashes of your e-mail address are known where a system sent only"
        " those.",
    ]
    return "\n".join(lines) + "\n"
