"""The collector's part of the command line: ``collector``, ``credentials``, ``import xapi``.

Imports are inside the commands, so that ``--help`` answers at once. ``cli`` mounts the three Typer applications. Does
not live here: ``collector statements``, which also looks into lake and marts (``commands/arrival``).
"""

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from analytics_platform.collector.store.connection import Connection

collector = typer.Typer(help="The HTTP front door: xAPI, video events, telemetry.", no_args_is_help=False)
credentials = typer.Typer(help="Who may send and read.", no_args_is_help=True)
imports = typer.Typer(help="Take in files: statements, rosters, links, lesson maps, answers.", no_args_is_help=True)


@collector.callback(invoke_without_command=True)
def serve(context: typer.Context) -> None:
    """Serve until Ctrl-C. The very first start makes a credential, shown once on a terminal, else kept in a file."""
    if context.invoked_subcommand is not None:
        return
    from analytics_platform.collector import server
    from analytics_platform.settings import load

    settings = load()
    made = server.first_credential(settings)
    if made is not None:
        _show_first(settings.home / "collector" / "first-credential.txt", *made)
    scheme = "https" if settings.collector_tls_cert else "http"
    where = f"{settings.collector_host}:{settings.collector_port}{settings.collector_prefix}"
    typer.echo(f"Collector on {scheme}://{where}/xapi")
    server.serve(settings)


@collector.command()
def ship() -> None:
    """Ship what waits to landing, once, and end: the same as ``pump collector --once``."""
    from analytics_platform.collector.shipping import queue_source
    from analytics_platform.lake import open_lake
    from analytics_platform.lake.pump import Pump
    from analytics_platform.lake.pump_status import StatusFile
    from analytics_platform.settings import load

    settings = load()
    pump = Pump(queue_source(settings), open_lake(settings).landing, StatusFile.of(settings.home))
    typer.echo(f"{pump.once()} lines shipped.")


@collector.command()
def forward() -> None:
    """Send what waits to the LRSs of COLLECTOR_FORWARD_FILE, once; a running collector does it by itself."""
    from analytics_platform.collector.forwarding.running import forward_once
    from analytics_platform.settings import load

    said = forward_once(load())
    typer.echo("\n".join(said) or "Nothing is forwarded: COLLECTOR_FORWARD_FILE names no target.")


refused = typer.Typer(help="What the strict routes refused in the last days.", no_args_is_help=True)
collector.add_typer(refused, name="refused")


@refused.command("list")
def list_refused_requests(
    credential: Annotated[str, typer.Option(help="Only of one credential.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
) -> None:
    """Number, when, who, where, and which rule was broken; the newest first."""
    from analytics_platform.collector.store.refused import list_refused

    with open_store() as connection:
        found = list_refused(connection, credential or None, limit)
    for kept in found:
        what = kept.refused
        typer.echo(f"{kept.place}  {_day(kept.at)}  {what.owner}  {what.status} {what.method} {what.path}  {what.rule}")
    if not found:
        typer.echo("Nothing was refused.")


@refused.command()
def show(place: Annotated[int, typer.Argument(help="Its number in the list.")]) -> None:
    """One refused request: the whole reason, and its body."""
    from analytics_platform.collector.store.refused import find_refused

    with open_store() as connection:
        kept = find_refused(connection, place)
    if kept is None:
        typer.echo(f"There is no refused request {place}.")
        raise typer.Exit(1)
    typer.echo(f"{_day(kept.at)}  {kept.refused.owner}  {kept.refused.method} {kept.refused.path}")
    typer.echo(f"{kept.refused.status}: {kept.refused.reason}")
    typer.echo(f"{kept.refused.content_type or 'no Content-Type'}, {kept.size} bytes")
    typer.echo(kept.refused.body.decode("utf-8", "backslashreplace"))


@refused.command()
def retry(
    places: Annotated[list[int] | None, typer.Argument(help="Numbers in the list.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are kept.")] = False,
) -> None:
    """Send refused statements in again, as the credential that sent them."""
    from analytics_platform.collector.again import send_again
    from analytics_platform.collector.store.refused import find_refused, list_refused
    from analytics_platform.settings import load

    if not places and not everything:
        raise typer.BadParameter("Say which: numbers of the list, or --all.")
    with open_store() as connection:
        for place in (
            sorted(kept.place for kept in list_refused(connection, None, 100_000)) if everything else places or ()
        ):
            kept = find_refused(connection, place)
            said = "is not kept" if kept is None else send_again(connection, kept, load().collector_public_url)
            typer.echo(f"{place}: {said}")


@credentials.command("add")
def add(
    label: Annotated[str, typer.Argument(help="What the credential is for.")],
    scope: Annotated[list[str], typer.Option(help="write, read_own, read_all, void_all, admin; may be given again.")],
    rate: Annotated[float, typer.Option(min=0, help="Most requests a second; 0: no limit of its own.")] = 0,
) -> None:
    """Make a credential and print its password, once."""
    from analytics_platform.collector.store.credentials import add_credential

    with open_store() as connection:
        name, secret = add_credential(connection, label, tuple(dict.fromkeys(scope)), rate or None, _operator())
    typer.echo(f"user name {name}\npassword  {secret}\nThe password is not shown again.")


@credentials.command("add-public")
def add_public(
    label: Annotated[str, typer.Argument(help="What the key is for.")],
    origin: Annotated[list[str], typer.Option(help="Origin of the pages, as https://www.example.org; again for more.")],
    events: Annotated[list[str], typer.Option(help="video, telemetry; may be given again.")] = ["video"],  # noqa: B006
    rate: Annotated[float, typer.Option(min=1, help="Most requests a second, of all browsers together.")] = 50,
) -> None:
    """Make a key that may stand in a page: it can do nothing but send events from pages of its origins."""
    from analytics_platform.collector.store.credentials import add_public_key

    with open_store() as connection:
        typer.echo(add_public_key(connection, label, origin, events, rate, _operator()))


@credentials.command("list")
def list_all() -> None:
    """List credentials; passwords are not known to anybody."""
    from analytics_platform.collector.store.credentials import list_credentials

    with open_store() as connection:
        for found in list_credentials(connection):
            state = "live" if found.revoked is None else f"revoked {_day(found.revoked)}"
            more = [*sorted(found.events), *sorted(found.origins), *([f"{found.rate:g}/s"] if found.rate else [])]
            scopes = " ".join([*sorted(found.scopes), *more])
            typer.echo(f"{found.id}  {scopes}  {_day(found.created)}  {state}  {found.label}")


@credentials.command()
def revoke(name: Annotated[str, typer.Argument(help="The credential's user name.")]) -> None:
    """End a credential; a running collector refuses it within five seconds."""
    from analytics_platform.collector.store.credentials import revoke_credential

    with open_store() as connection:
        found = revoke_credential(connection, name, _operator())
    typer.echo(f"{name} is revoked." if found else f"There is no live credential {name}.")
    if not found:
        raise typer.Exit(1)


@credentials.command()
def audit() -> None:
    """Who made and ended which credential, and when."""
    from analytics_platform.collector.store.credentials import changes

    with open_store() as connection:
        for change in changes(connection):
            typer.echo(f"{_day(change.at)}  {change.who}  {change.what}  {change.credential}  {change.detail}")


@imports.callback()
def take_in() -> None:
    """Typer would take a group's only command for the group itself; other rooms mount theirs beside this one."""


@imports.command()
def xapi(
    files: Annotated[
        list[Path], typer.Argument(help="A statement a line, JSON arrays, LRS results; also .gz, .zst.", exists=True)
    ],
    date_by_receipt: Annotated[
        bool,
        typer.Option("--date-by-receipt", help="Take in what is older than PLATFORM_FIRST_DAY, too, dated on today."),
    ] = False,
) -> None:
    """Load xAPI statements from files and ship them; bad ones go to quarantine. Again: only what is new."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from analytics_platform.collector.importing import import_statements
    from analytics_platform.collector.shipping import ship_now
    from analytics_platform.collector.store.databases import open_database
    from analytics_platform.settings import load

    settings = load()
    database = open_database(settings.collector_store)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeElapsedColumn()) as progress:
        task = progress.add_task("reading", total=sum(file.stat().st_size for file in files))
        report = import_statements(
            database,
            files,
            settings.collector_public_url,
            lambda done: progress.update(task, completed=done),
            settings.platform_first_day,
            date_by_receipt,
        )
    for name, count in report.counts.items():
        typer.echo(f"{name}: {count}")
    for reason, count in report.reasons.most_common(10):
        typer.echo(f"  {count:,} × {reason}")
    for line in report.examples:
        typer.echo(line)
    if report.early:
        typer.echo(report.about_early(settings.platform_first_day, date_by_receipt))
    typer.echo(ship_now(settings))


def _day(micros: int) -> str:
    return datetime.fromtimestamp(micros / 1e6, UTC).strftime("%Y-%m-%d %H:%M")


@contextmanager
def open_store() -> Iterator["Connection"]:
    """A connection to the store of the settings."""
    from analytics_platform.collector.store.databases import open_database
    from analytics_platform.settings import load

    connection = open_database(load().collector_store).connect()
    try:
        yield connection
    finally:
        connection.close()


def _operator() -> str:
    """The account that runs the command, for the audit."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _show_first(file: Path, name: str, secret: str) -> None:
    """The first password goes to a terminal, or to a file that only this account reads: a journal is read by many."""
    if sys.stdout.isatty():
        typer.echo(f"First start: user name {name}, password {secret} (scope admin). It is not shown again.")
        return
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)  # with a store in PostgreSQL nobody else has made it
    with open(file, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as kept:
        kept.write(f"user name {name}\npassword  {secret}\n")
    typer.echo(f"First start: user name and password (scope admin) are in {file}. Note them, then delete the file.")
