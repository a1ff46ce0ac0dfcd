"""The command line: ``analytics-platform``. Each command says what it does; the work is done in the rooms.

Imports are inside the commands, so that ``--help`` answers at once. Errors that the platform raises on purpose are
printed as one message, without a traceback.
"""

import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from analytics_platform.errors import PlatformError

app = typer.Typer(
    name="analytics-platform",
    help="Learning analytics that can be trusted: raw lines of four sources in, checked marts out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.command()
def demo(
    people: Annotated[int, typer.Option(min=1, help="People in the simulated organisation.")] = 300,
    days: Annotated[int, typer.Option(min=1, help="Days to simulate, up to yesterday.")] = 30,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same data.")] = 7,
) -> None:
    """Simulate an organisation, materialise and publish everything, print a summary. Again: only what is new."""
    from analytics_platform.commands.demo import run_demo
    from analytics_platform.settings import load

    if not run_demo(load(), people, days, seed):
        raise typer.Exit(1)


@app.command()
def materialize(
    assets: Annotated[list[str] | None, typer.Argument(help="Assets as marts/users; default: all.")] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day. Default: the days that wait.")
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day: --from's.")] = None,
) -> None:
    """Build days of everything, or of some assets, by the job that Dagster runs; without days: what waits."""
    from analytics_platform.commands.materializing import materialize as build
    from analytics_platform.commands.materializing import reopened
    from analytics_platform.lake.ranges import days_in
    from analytics_platform.settings import load

    settings = load()
    if last and not first:
        raise typer.BadParameter("give --from with --to")
    if first and last and last < first:
        raise typer.BadParameter(f"--to {last:%Y-%m-%d} lies before --from {first:%Y-%m-%d}")
    days = days_in([(first.date(), (last or first).date())]) if first else reopened(settings)
    if not days:
        typer.echo("Nothing waits: every line is in the published marts.")
    elif not build(settings, days, assets or ()):
        raise typer.Exit(1)


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    runs: Annotated[int, typer.Option(min=1, max=500, help="So many of the last runs.")] = 8,
) -> None:
    """What waits, days of each asset, lag of each source, last runs, red checks, open alerts, and the disk."""
    import json

    from analytics_platform.commands.status import text, whole_status
    from analytics_platform.settings import load

    found = whole_status(load(), runs)
    typer.echo(json.dumps(found.as_json(), indent=2) if as_json else text(found))


@app.command()
def simulate(
    people: Annotated[int, typer.Option(min=1, help="People in the organisation.")] = 300,
    days: Annotated[int, typer.Option(min=1, help="Days to simulate.")] = 30,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 7,
    start: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day. Default: so that the last is yesterday.")
    ] = None,
    lines_per_day: Annotated[int | None, typer.Option(min=1, help="Volume. Default: what the people do.")] = None,
) -> None:
    """Write simulated raw lines to landing, and what is true of them to truth.json."""
    from analytics_platform.commands.demo import simulate_into
    from analytics_platform.settings import load
    from analytics_platform.simulator import Plan

    first = start.date() if start else datetime.now(UTC).date() - timedelta(days=days)
    simulate_into(load(), Plan(start=first, people=people, days=days, seed=seed, lines_per_day=lines_per_day))


@app.command()
def dev() -> None:
    """Run the Dagster UI and the platform's other processes until Ctrl-C."""
    from analytics_platform.commands.supervisor import run_development
    from analytics_platform.settings import load

    raise typer.Exit(run_development(load()))


@app.command()
def prepare() -> None:
    """Before services start: Dagster's instance file, dbt's manifest, and a first API key where there is none."""
    from analytics_platform.defs.instance import prepare_instance
    from analytics_platform.serving.api.keys import Keys
    from analytics_platform.settings import load
    from analytics_platform.warehouse.manifest import manifest_path

    settings = load()
    typer.echo(f"Dagster's instance: {prepare_instance(settings)}")
    typer.echo(f"dbt's manifest: {manifest_path(settings)}")
    if file := Keys(settings).laptop():
        typer.echo(f"The first admin key of the API is in {file}")


@app.command()
def ui() -> None:
    """Serve the pages for people who write no SQL, until Ctrl-C."""
    from analytics_platform.serving.pages.launch import run_pages
    from analytics_platform.settings import load

    raise typer.Exit(run_pages(load()))


@app.command()
def upgrade(check: Annotated[bool, typer.Option("--check", help="Only say what there is to do.")] = False) -> None:
    """Bring a home that an older version wrote up to this one: lake, labels, warehouse and snapshot."""
    from analytics_platform.commands.upgrading import told
    from analytics_platform.commands.upgrading import upgrade as bring_up
    from analytics_platform.lake import open_lake
    from analytics_platform.lake.outdated import outdated_files
    from analytics_platform.settings import load

    if check:
        typer.echo(told(list(outdated_files(open_lake(load())))))
    elif not bring_up(load()):
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Check settings, folders and connections, and say what to fix."""
    from analytics_platform.commands.doctor import examine

    raise typer.Exit(0 if examine() else 1)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One SQL statement over the marts, as: select count(*) from users")],
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
) -> None:
    """Ask the published snapshot, through the locked reader: it can read the marts and nothing else."""
    from analytics_platform.semantics.commands import printed
    from analytics_platform.settings import load
    from analytics_platform.warehouse.engine import open_warehouse

    with open_warehouse(load()).reader() as reader:
        typer.echo(printed(reader.query(sql), csv))


@app.command()
def contracts() -> None:
    """Write dbt's source documentation anew from the contracts."""
    from analytics_platform.contracts.dbt_sources import write_dbt_sources

    typer.echo(f"Wrote {write_dbt_sources()}")


@app.command()
def pump(
    name: Annotated[str, typer.Argument(help="collector, files …; none: the health of all pumps.")] = "",
    once: Annotated[bool, typer.Option("--once", help="Land what waits now, and end.")] = False,
    prometheus: Annotated[
        bool, typer.Option("--prometheus", help="Without a name: figures as Prometheus text.")
    ] = False,
) -> None:
    """Move what a source holds into landing, until Ctrl-C; without a name, say how every pump is."""
    from analytics_platform.commands.pumps import pump_forever, pump_health, pump_once
    from analytics_platform.settings import load

    if not name:
        typer.echo("\n".join(pump_health(load(), prometheus)))
    elif once:
        typer.echo(pump_once(load(), name))
    else:
        pump_forever(load(), name)


def _mount() -> None:
    from analytics_platform.alerts.commands import alerts, send
    from analytics_platform.collector.commands import collector, credentials, imports
    from analytics_platform.commands.arrival import statements
    from analytics_platform.connectors.files.commands import add_imports
    from analytics_platform.connectors.nocodb.commands import collect
    from analytics_platform.enrichment.commands import labels
    from analytics_platform.insights.commands import anomalies, forecast
    from analytics_platform.insights.risk.commands import risk
    from analytics_platform.lake.commands import ledger, quarantine, replay
    from analytics_platform.privacy.commands import add_people
    from analytics_platform.reports.commands import report
    from analytics_platform.reports.documents.commands import add_reports
    from analytics_platform.semantics.commands import metrics
    from analytics_platform.serving.api.commands import api, api_keys
    from analytics_platform.serving.exports.commands import connections_app, export, export_chats
    from analytics_platform.serving.seven.commands import ask_command
    from analytics_platform.upkeep.commands import add_upkeep
    from analytics_platform.warehouse.commands import warehouse
    from analytics_platform.warehouse.failing_rows import checks

    add_imports(imports)
    app.command()(collect)
    collector.command()(statements)
    app.add_typer(collector, name="collector")
    app.add_typer(credentials, name="credentials")
    app.add_typer(imports, name="import")
    app.add_typer(alerts, name="alerts")
    app.add_typer(labels, name="labels")
    app.add_typer(anomalies, name="anomalies")
    app.command()(forecast)
    app.command()(risk)
    app.add_typer(metrics, name="metrics")
    app.command("ask")(ask_command)
    app.command()(api)
    app.command()(export)
    app.command("export-chats")(export_chats)
    app.add_typer(connections_app, name="connections")
    app.add_typer(api_keys, name="api-keys")
    add_reports(report, _failing_checks)
    report.command()(send)
    app.add_typer(report, name="report")
    app.add_typer(warehouse, name="warehouse")
    app.add_typer(checks, name="checks")
    app.add_typer(quarantine, name="quarantine")
    app.command()(ledger)
    app.command()(replay)
    add_upkeep(app, _prune_runs)
    add_people(app, _rebuild)


def _failing_checks() -> list[str]:
    from analytics_platform.defs.running import failing_checks_of
    from analytics_platform.settings import load

    return failing_checks_of(load())


def _rebuild() -> bool:
    """Build everything that waits."""
    from analytics_platform.commands.materializing import materialize as build
    from analytics_platform.commands.materializing import reopened
    from analytics_platform.settings import load

    return build(load(), reopened(load()))


def _prune_runs(dry_run: bool) -> int:
    from analytics_platform.defs.upkeep import prune_runs_of
    from analytics_platform.settings import load

    return prune_runs_of(load(), dry_run)


_mount()


def main() -> None:
    """Run a command; an error of ours is a message on stderr and exit status 1."""
    try:
        app()
    except PlatformError as error:
        typer.secho(f"Error: {error}", fg="red", err=True)
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            raise
        typer.secho(f"Error: {error.strerror}: {error.filename}", fg="red", err=True)
        sys.exit(1)
