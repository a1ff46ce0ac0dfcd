"""``analytics-platform alerts list|test|retry``: what is open, what could not be delivered, and whether a route works.

Imports are inside the commands, so that ``--help`` answers at once.
"""

from typing import Annotated

import typer

alerts = typer.Typer(help="What was told to whom, and what could not be delivered.", no_args_is_help=True)


@alerts.command(name="list")
def list_(
    recovered: Annotated[bool, typer.Option("--all", help="Those that have recovered, too.")] = False,
) -> None:
    """Open alerts, and the messages that wait or could not be delivered."""
    from analytics_platform.alerts.state import State, stamp
    from analytics_platform.settings import load

    state = State(load().home)
    cases = state.cases(only_open=not recovered)
    if not cases:
        typer.echo("No alert is open." if not recovered else "No alert was ever raised.")
    for case in cases:
        over = f", recovered {stamp(case.recovered_at)}" if case.recovered_at else ""
        typer.echo(
            f"{case.alert.severity:8} {case.alert.kind:17} since {stamp(case.opened_at)}, seen {case.times} times"
            f"{over}\n         {case.alert.title}\n         {case.alert.todo}"
        )
    stuck = [m for m in state.messages(["waiting", "sending", "undeliverable"]) if m.tries or m.state != "waiting"]
    for message in stuck:
        typer.echo(
            f"NOT DELIVERED to {message.route} after {message.tries} tries ({message.state}): {message.alert.title}."
            f" {message.error or ''}"
        )
    if stuck:
        typer.echo("Mend the route, then: analytics-platform alerts retry")


@alerts.command()
def test(route: Annotated[str, typer.Argument(help="Name of a route in ALERT_ROUTES_FILE.")]) -> None:
    """Send one alert over a route, now."""
    from datetime import UTC, datetime

    from analytics_platform.alerts.delivering import test_route
    from analytics_platform.settings import load

    test_route(load(), route, datetime.now(UTC))
    typer.echo(f"Delivered to {route}.")


@alerts.command()
def retry() -> None:
    """Try again at once what could not be delivered, given up or waiting."""
    from datetime import UTC, datetime

    from analytics_platform.alerts.delivering import deliver
    from analytics_platform.alerts.state import State
    from analytics_platform.settings import load

    settings, now = load(), datetime.now(UTC)
    asked = State(settings.home).retry(now)
    typer.echo(f"{asked} messages tried again: {deliver(settings, now)}.")


@alerts.command()
def routes() -> None:
    """The routes, and what each hears of."""
    from analytics_platform.alerts.routes import load_routes
    from analytics_platform.settings import load

    for route in load_routes(load()):
        owners = ", ".join(route.owners) or "everybody"
        quiet = f", quiet {route.quiet_hours}" if route.quiet_hours else ""
        typer.echo(
            f"{route.name} ({route.channel}): {', '.join(route.kinds)}; {route.at_least} and graver; of {owners}{quiet}"
        )


def send(
    period: Annotated[
        str | None, typer.Option(help="One period, as 2026-W11. Default: the last whole day, week and month.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say who would get what, and send nothing.")] = False,
    again: Annotated[bool, typer.Option("--again", help="To those, too, who have it already.")] = False,
) -> None:
    """Send written reports to the lists of REPORT_LISTS_FILE, each person once for a period."""
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from analytics_platform.alerts.posting import EXAMPLE, latest_closed, plan, post
    from analytics_platform.reports.documents.periods import parse
    from analytics_platform.settings import load

    settings, now = load(), datetime.now(UTC)
    today = now.astimezone(ZoneInfo(settings.platform_timezone)).date()
    parcels = plan(settings, [parse(period)] if period else latest_closed(today), again)
    if not settings.report_lists_file:
        typer.echo(f"Nobody gets reports. Write who does into a YAML file, and set REPORT_LISTS_FILE to it:\n{EXAMPLE}")
    elif not parcels:
        typer.echo("No list of REPORT_LISTS_FILE is about this period, so nobody gets anything.")
    results = [(parcel, parcel.state) for parcel in parcels] if dry_run else post(settings, parcels, now)
    for parcel, became in results:
        about = f" {parcel.cohort}" if parcel.cohort else ""
        typer.echo(f"{became:12} {parcel.report}{about} {parcel.period} to {parcel.to} over {parcel.route}")
    if any(became.startswith("failed") for _, became in results):
        raise typer.Exit(1)
