"""``analytics-platform quarantine list|show|retry`` and ``ledger``: what became of raw lines, by day and source.

Imports are inside the commands, so that ``--help`` answers at once.
"""

from collections import Counter
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
_NOTHING = "No line is in quarantine there."
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
        found = sorted({name for _, entry in _entries(source, first, last) for name in entry.reasons})
        typer.echo(f"No line has the reason {reason!r}. There are: {', '.join(found)}." if found else _NOTHING)


@quarantine.command()
def retry(
    source: Annotated[str, typer.Argument(help="As xapi/statements.")], first: From = None, last: To = None
) -> None:
    """Parse the days that have refused lines again, after a contract was mended, and say what changed."""
    days = [entry.day for _, entry in _entries(source, first, last) if entry.quarantined]
    _replay(source, days, _NOTHING)


def replay(
    source: Annotated[str, typer.Option(help="As xapi/statements.")], first: From = None, last: To = None
) -> None:
    """Parse days anew from their raw lines, after a parser was mended, and say what changed in each."""
    from analytics_platform.lake import open_lake
    from analytics_platform.lake.replaying import known_days
    from analytics_platform.settings import load

    _demand_order(first, last)
    table = _known(source)[source]
    _replay(source, [day for day in known_days(open_lake(load()), table) if _within(day, first, last)])


def _replay(source: str, days: "list[date]", nothing: str = "") -> None:
    from analytics_platform.lake import open_lake
    from analytics_platform.lake.replaying import replay as changes
    from analytics_platform.settings import load

    if not days:
        typer.echo(nothing or f"{source} has neither raw lines nor built days there.")
        return
    table = _known(source)[source]
    typer.echo(f"{'day':10} {'rows before':>12} {'after':>10} {'added':>8} {'gone':>8} {'changed':>8}   refused")
    differing = 0
    for one in changes(open_lake(load()), table, days):
        differing += not one.is_none
        typer.echo(
            f"{one.day} {one.stored_before:>12,} {one.after.stored:>10,} {one.added:>8,} {one.gone:>8,}"
            f" {one.changed:>8,}   {one.refused_before:,} → {one.after.quarantined:,}{_reasons(one.after)}"
        )
    parsed = f"{len(days)} {'day' if len(days) == 1 else 'days'} parsed anew, {differing} changed."
    then = " make dev builds what waits now within a minute; without it: analytics-platform materialize"
    typer.echo(parsed + (then if differing else ""))


def _reasons(entry: "Entry") -> str:
    found = ", ".join(f"{reason} {count:,}" for reason, count in entry.reasons.items())
    return f" ({found})" if found else ""


def ledger(
    source: Source = None,
    first: From = None,
    last: To = None,
    by: Annotated[By, typer.Option(help="One line for each source and day, or for each source.")] = By.source,
) -> None:
    """What became of every line: received = stored + duplicate + quarantined.

    "at the door" are repeats that a collector recognised before they became lines, by day of receipt.
    """
    names = ("received", "stored", "duplicate", "quarantined")
    sums: dict[tuple[str, str], list[int]] = {}
    for table, entry in _entries(source, first, last):
        row = sums.setdefault((table.path, str(entry.day) if by is By.day else ""), [0, 0, 0, 0])
        for place, name in enumerate(names):
            row[place] += getattr(entry, name)
    doors = Counter[tuple[str, str]]()
    for (path, received), repeats in _at_the_doors(first, last):
        if source in (None, path):
            doors[path, str(received) if by is By.day else ""] += repeats
    heads = "".join(f"{name:>12}" for name in (*names, "at the door"))
    typer.echo(f"{'source':22} {'day' if by is By.day else '':10} {heads}  balances")
    for path, day in sorted(sums.keys() | doors.keys()):
        row = sums.get((path, day), [0, 0, 0, 0])
        right = "yes" if row[0] == sum(row[1:]) else "NO"
        counts = "".join(f"{count:>12,}" for count in (*row, doors[path, day]))
        typer.echo(f"{path:22} {day:10} {counts}  {right}")


def _at_the_doors(first: datetime | None, last: datetime | None) -> "Iterator[tuple[tuple[str, date], int]]":
    from analytics_platform.lake import open_lake
    from analytics_platform.lake.recognised import Recognised
    from analytics_platform.settings import load

    found = Recognised(open_lake(load()).store).read()
    return ((at, repeats) for at, repeats in found.items() if _within(at[1], first, last))


def _entries(source: str | None, first: datetime | None, last: datetime | None) -> "Iterator[tuple[Table, Entry]]":
    from analytics_platform.lake import open_lake
    from analytics_platform.settings import load

    lake = open_lake(load())
    _demand_order(first, last)
    for table in _known(source).values():
        for day in lake.ledger.days(table):
            if _within(day, first, last) and (entry := lake.ledger.read(table, day)):
                yield table, entry


def _known(source: str | None) -> "dict[str, Table]":
    from analytics_platform.contracts import IMPORTS, TABLES
    from analytics_platform.errors import LakeError

    known = {**TABLES, **IMPORTS}
    if source is not None and source not in known:
        raise LakeError(f"There is no source {source!r}. Known: {', '.join(known)}.")
    return {path: table for path, table in known.items() if source in (None, path)}


def _demand_order(first: datetime | None, last: datetime | None) -> None:
    if first and last and last < first:
        raise typer.BadParameter(f"--to {last:%Y-%m-%d} lies before --from {first:%Y-%m-%d}")


def _within(day: date, first: datetime | None, last: datetime | None) -> bool:
    return (first is None or first.date() <= day) and (last is None or day <= last.date())
