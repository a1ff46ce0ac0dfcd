"""analytics-platform warehouse …: what a build would cost, before it runs, and a build of everything."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer

warehouse = typer.Typer(help="The warehouse: what a build would read; building it anew.", no_args_is_help=True)
TIB = 1 << 40
_DAY = ["%Y-%m-%d"]


@warehouse.command()
def cost(
    first: Annotated[datetime | None, typer.Option(formats=_DAY, help="First day of the build. Default: all.")] = None,
    last: Annotated[datetime | None, typer.Option(formats=_DAY, help="Last day. Default: the first one.")] = None,
    price: Annotated[float, typer.Option(min=0, help="Price of a TiB read, on demand.")] = 6.25,
) -> None:
    """Bytes that a build of these days would read, by model, from BigQuery's dry runs. Nothing is billed."""
    from analytics_platform.settings import load
    from analytics_platform.warehouse.dbt import compiled_models
    from analytics_platform.warehouse.engine import open_warehouse

    days: list[date] = []
    if first:
        span = ((last or first) - first).days
        days = [first.date() + timedelta(days=number) for number in range(span + 1)]
    settings = load()
    found = open_warehouse(settings).cost(lambda: compiled_models(settings, days), typer.echo)
    for model, size in sorted(found.items(), key=lambda item: -(item[1] or 0)):
        typer.echo(f"{'unknown yet' if size is None else f'{size / 1e6:,.1f} MB':>14}  {model}")
    if found:
        total = sum(size or 0 for size in found.values())
        unknown = sum(size is None for size in found.values())
        left_out = f", {unknown} models unknown until what they read is built" if unknown else ""
        typer.echo(f"{total / 1e6:,.1f} MB in all, {total / TIB * price:,.4f} at {price:g} a TiB{left_out}")


@warehouse.command()
def rebuild() -> None:
    """Build every mart anew from the whole lake and publish it: after an update that changed the marts' columns."""
    from analytics_platform.errors import WarehouseError
    from analytics_platform.settings import load
    from analytics_platform.warehouse.building import build_marts
    from analytics_platform.warehouse.engine import open_warehouse
    from analytics_platform.warehouse.manifest import manifest_path

    settings, now = load(), datetime.now(UTC)
    manifest_path(settings)  # publishing tells from it what tables and columns mean
    build = f"rebuild at {now:%Y-%m-%d %H:%M:%S}"
    failed = [result for result in build_marts(settings, [], [], build, typer.echo) if not result.succeeded]
    if failed:
        said = "; ".join(f"{result.unique_id}: {result.message}" for result in failed[:10])
        raise WarehouseError(f"Not everything could be built, and nothing is published: {said}")
    open_warehouse(settings).publish(build, datetime.now(UTC), typer.echo)
