"""``analytics-platform quarantine list|show|retry`` and ``ledger``: what became of raw lines, by day and source.

Imports are inside the commands, so that ``--help`` answers at once.
"""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from analytics_platform.contracts import Table
    from analytics_platform.lake.ledger import Entry

quarantine = typer.Typer(help="Raw lines that were refused, with their reasons.", no_args_is_help=True)
_DAY = ["%Y-%m-%d"]
Source = Annotated[str | None, typer.Option(help="As xapi/statements. Default: every source.")]
From = Annotated[datetime | None, typer.Option("--from", formats=_DAY, help="First UTC day. Default: all.")]
To = Annotated[datetime | None, typer.Option("--to", formats=_DAY, help="Last UTC day. Default: all.")]


class By(StrEnum):
    day = "day"
    source = "source"


@quarantine.command(name="list")
def list_(source: Source = None, first: From = None, last: To = None) -> None:
    """Refused lines by source and reason, with the first and last day."""
    counts: dict[tuple[str, str], int] = {}
    days: dict[tuple[str, str], list[date]] = {}
    for table, entry in _entries(source, first, last):
        for reason, lines in entry.reasons.items():
            counts[table.path, reason] = counts.get((table.path, reason), 0) + lines
            days.setdefault((table.path, reason), []).append(entry.day)
    for (path, reason), lines in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        found = days[path, reason]
        typer.echo(f"{lines:>8,}  {path:22} {reason:24} {min(found)} to {max(found)}")
    if not counts:
        typer.echo("No line is in quarantine.")


@quarantine.command()
def show(
    source: Annotated[str, typer.Argument(help="As xapi/statements.")],
    reason: Annotated[str | None, typer.Option(help="Only lines with this reason.")] = None,
    first: From = None,
    last: To = None,
    limit: Annotated[int, typer.Option(min=1, help="Most lines to print.")] = 20,
) -> None:
    """Print refused lines as they came. They may hold words and names of people."""
    import duckdb

    from analytics_platform.lake import open_lake
    from analytics_platform.lake.lake import quarantine_key
    from analytics_platform.settings import load

    lake, printed = open_lake(load()), 0
    for table, entry in _entries(source, first, last):
        key = quarantine_key(table, entry.day)
        wanted = sum(entry.reasons.values()) if reason is None else entry.reasons.get(reason, 0)
        if not wanted or printed >= limit or not lake.store.exists(key):
            continue
        with lake.store.workspace() as folder, duckdb.connect() as connection:
            (file,) = lake.store.local([key], folder)
            rows = connection.execute(
                "select reason, origin, payload from read_parquet($file, hive_partitioning = false)"
                " where $reason is null or reason = $reason order by received_at, payload limit $most",
                {"file": str(file), "reason": reason, "most": limit - printed},
            ).fetchall()
        for why, origin, payload in rows:
            typer.echo(f"{entry.day} {why} (from {origin}): {payload}")
        printed += len(rows)
    if not printed:
        typer.echo("No line is in quarantine there.")


@quarantine.command()
def retry(
    source: Annotated[str, typer.Argument(help="As xapi/statements.")], first: From = None, last: To = None
) -> None:
    """Parse the days that have refused lines again, after a contract was mended, and say what changed."""
    from analytics_platform.lake import open_lake
    from analytics_platform.settings import load

    lake, changed = open_lake(load()), 0
    entries = [(table, entry) for table, entry in _entries(source, first, last) if entry.quarantined]
    for table, before in entries:
        (after,) = lake.build(table, [before.day])
        changed += before.quarantined != after.quarantined
        typer.echo(
            f"{before.day}: {before.quarantined} refused before, {after.quarantined} now;"
            f" {after.stored - before.stored:+} stored"
        )
    typer.echo(
        f"{len(entries)} days parsed again, {changed} changed. The marts follow with the next run of these days."
    )


def ledger(
    source: Source = None,
    first: From = None,
    last: To = None,
    by: Annotated[By, typer.Option(help="One line for each source and day, or for each source.")] = By.source,
) -> None:
    """What became of every line: received = stored + duplicate + quarantined."""
    names = ("received", "stored", "duplicate", "quarantined")
    sums: dict[tuple[str, str], list[int]] = {}
    for table, entry in _entries(source, first, last):
        row = sums.setdefault((table.path, str(entry.day) if by is By.day else ""), [0, 0, 0, 0])
        for place, name in enumerate(names):
            row[place] += getattr(entry, name)
    typer.echo(f"{'source':22} {'day' if by is By.day else '':10} {''.join(f'{name:>12}' for name in names)}  balances")
    for (path, day), row in sorted(sums.items()):
        right = "yes" if row[0] == sum(row[1:]) else "NO"
        typer.echo(f"{path:22} {day:10} {''.join(f'{count:>12,}' for count in row)}  {right}")


def _entries(source: str | None, first: datetime | None, last: datetime | None) -> "Iterator[tuple[Table, Entry]]":
    from analytics_platform.contracts import IMPORTS, TABLES
    from analytics_platform.errors import LakeError
    from analytics_platform.lake import open_lake
    from analytics_platform.settings import load

    known = {**TABLES, **IMPORTS}
    if source is not None and source not in known:
        raise LakeError(f"There is no source {source!r}. Known: {', '.join(known)}.")
    lake = open_lake(load())
    for path, table in known.items():
        if source in (None, path):
            for day in lake.ledger.days(table):
                entry = lake.ledger.read(table, day)
                if entry and (first is None or first.date() <= day) and (last is None or day <= last.date()):
                    yield table, entry
