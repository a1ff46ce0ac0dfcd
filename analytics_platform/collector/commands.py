"""The collector's part of the command line: ``collector``, ``credentials``, ``import xapi``.

Imports are inside the commands, so that ``--help`` answers at once. ``cli`` mounts the three Typer applications.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

collector = typer.Typer(help="The HTTP front door: xAPI, video events, telemetry.", no_args_is_help=False)
credentials = typer.Typer(help="Who may send and read.", no_args_is_help=True)
imports = typer.Typer(help="Take in files: statements, rosters, links, lesson maps, answers.", no_args_is_help=True)


@collector.callback(invoke_without_command=True)
def serve(context: typer.Context) -> None:
    """Serve until Ctrl-C. The very first start makes a credential and prints it once."""
    if context.invoked_subcommand is not None:
        return
    from analytics_platform.collector import server
    from analytics_platform.settings import load

    settings = load()
    made = server.first_credential(settings)
    if made is not None:
        typer.echo(f"First start: user name {made[0]}, password {made[1]} (scope admin). It is not shown again.")
    typer.echo(f"Collector on http://{settings.collector_host}:{settings.collector_port}/xapi")
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


@credentials.command("add")
def add(
    label: Annotated[str, typer.Argument(help="What the credential is for.")],
    scope: Annotated[list[str], typer.Option(help="write, read_own, read_all, admin; may be given again.")],
) -> None:
    """Make a credential and print its password, once."""
    from analytics_platform.collector.store.connection import open_database
    from analytics_platform.collector.store.credentials import add_credential
    from analytics_platform.settings import load

    connection = open_database(load().collector_store).connect()
    name, secret = add_credential(connection, label, tuple(dict.fromkeys(scope)))
    connection.close()
    typer.echo(f"user name {name}\npassword  {secret}\nThe password is not shown again.")


@credentials.command("list")
def list_all() -> None:
    """List credentials; passwords are not known to anybody."""
    from analytics_platform.collector.store.connection import open_database
    from analytics_platform.collector.store.credentials import list_credentials
    from analytics_platform.settings import load

    connection = open_database(load().collector_store).connect()
    for found in list_credentials(connection):
        state = "live" if found.revoked is None else f"revoked {_day(found.revoked)}"
        typer.echo(f"{found.id}  {' '.join(sorted(found.scopes))}  {_day(found.created)}  {state}  {found.label}")
    connection.close()


@credentials.command()
def revoke(name: Annotated[str, typer.Argument(help="The credential's user name.")]) -> None:
    """End a credential; a running collector refuses it within five seconds."""
    from analytics_platform.collector.store.connection import open_database
    from analytics_platform.collector.store.credentials import revoke_credential
    from analytics_platform.settings import load

    connection = open_database(load().collector_store).connect()
    found = revoke_credential(connection, name)
    connection.close()
    typer.echo(f"{name} is revoked." if found else f"There is no live credential {name}.")
    if not found:
        raise typer.Exit(1)


@imports.callback()
def take_in() -> None:
    """Typer would take a group's only command for the group itself; other rooms mount theirs beside this one."""


@imports.command()
def xapi(
    files: Annotated[list[Path], typer.Argument(help="NDJSON or JSON arrays, also .gz and .zst.", exists=True)],
) -> None:
    """Load xAPI statements from files; bad ones go to quarantine with a reason. Again: only what is new."""
    from rich.progress import BarColumn, Progress, TextColumn, TransferSpeedColumn

    from analytics_platform.collector.importing import import_statements
    from analytics_platform.collector.store.connection import open_database
    from analytics_platform.settings import load

    settings = load()
    database = open_database(settings.collector_store)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TransferSpeedColumn()) as progress:
        task = progress.add_task("reading", total=sum(file.stat().st_size for file in files))
        report = import_statements(
            database, files, settings.collector_public_url, lambda done: progress.update(task, completed=done)
        )
    for name, count in report.counts.items():
        typer.echo(f"{name}: {count}")
    for line in report.examples:
        typer.echo(line)


def _day(micros: int) -> str:
    return datetime.fromtimestamp(micros / 1e6, UTC).strftime("%Y-%m-%d %H:%M")
