"""analytics-platform export NAME: a mart, metrics or a named query as a file; export-chats: chats for others."""

from enum import StrEnum
from typing import Annotated

import typer

from analytics_platform.semantics.commands import as_grain, day, parameter
from analytics_platform.semantics.viewers import Role, Viewer


class FileFormat(StrEnum):
    PARQUET = "parquet"
    CSV = "csv"
    JSON = "json"
    XML = "xml"
    ARROW = "arrow"


def export(
    name: Annotated[str, typer.Argument(help="A mart, a named query, a metric, or metrics with commas.")],
    format: Annotated[FileFormat, typer.Option(help="The file's format.")] = FileFormat.PARQUET,
    to: Annotated[str, typer.Option(help="Folder, gs:// or s3:// place. Default: exports in PLATFORM_HOME.")] = "",
    by: Annotated[list[str] | None, typer.Option(help="Group metrics by this dimension; may be repeated.")] = None,
    grain: Annotated[str | None, typer.Option(help="Put metrics on a time axis: day, week, month …")] = None,
    where: Annotated[list[str] | None, typer.Option(help="PARAMETER=VALUE of a named query.")] = None,
    start: Annotated[str | None, typer.Option(help="First local day of metrics.")] = None,
    end: Annotated[str | None, typer.Option(help="Last local day of metrics.")] = None,
    role: Annotated[Role, typer.Option(help="viewer: no people and no small groups.")] = Role.ADMIN,
    cohort: Annotated[list[str] | None, typer.Option(help="Only people of this cohort; may be repeated.")] = None,
) -> None:
    """Write rows of the published snapshot to a file, with a manifest and a schema beside it."""
    from analytics_platform.serving.exports.exporting import Export
    from analytics_platform.serving.exports.exporting import export as write
    from analytics_platform.settings import load

    settings = load()
    wanted = Export(
        name=name,
        format=format.value,
        group_by=tuple(by or ()),
        grain=as_grain(grain),
        start=day(start, "start"),
        end=day(end, "end"),
        parameters=dict(parameter(text) for text in where or ()),
    )
    viewer = Viewer("export", role, tuple(cohort) if cohort else None)
    written = write(settings, wanted, to or str(settings.exports_folder), viewer)
    typer.echo(f"{written.file}: {written.rows:,} rows, {written.size:,} bytes, of snapshot {written.version}")


def export_chats(
    first: Annotated[str, typer.Option("--from", help="First UTC day, as 2026-03-01.")],
    last: Annotated[str, typer.Option("--to-day", help="Last UTC day. Default: the first.")] = "",
    to: Annotated[str, typer.Option(help="Folder, gs:// or s3:// place. Default: CHAT_EXPORT_URL.")] = "",
    mongodb: Annotated[bool, typer.Option("--mongodb", help="To the database of MONGODB_URL instead.")] = False,
) -> None:
    """Hand chats on: Parquet in folders of days, people, reports; or the same as collections of MongoDB."""
    from datetime import timedelta

    from analytics_platform.serving.exports.chat_lake import write_chat_lake
    from analytics_platform.settings import load

    begin, end = day(first, "from"), day(last or first, "to-day")
    if begin is None or end is None or end < begin:
        raise typer.BadParameter(f"{last} is before {first}", param_hint="--to-day")
    days = [begin + timedelta(days=number) for number in range((end - begin).days + 1)]
    if mongodb:
        from analytics_platform.serving.exports.mongodb import upsert_chats

        done = upsert_chats(load(), days)
        for name in done.new:
            typer.echo(f"{name}: {done.new[name]} new, {done.changed[name]} changed, {done.deleted[name]} deleted")
        return
    written = write_chat_lake(load(), days, to)
    for file, rows in written.files.items():
        typer.echo(f"{written.place.rstrip('/')}/{file}: {rows:,} rows")
    typer.echo(f"{len(written.files)} files of {len(written.days)} local days, of snapshot {written.version}")


connections_app = typer.Typer(help="Tableau and Power BI: what connections.yml keeps fresh.", no_args_is_help=True)


@connections_app.command("list")
def list_connections() -> None:
    """Each connection, and how it was when it was last tried."""
    from analytics_platform.serving.exports.connections import FILE, connections
    from analytics_platform.serving.exports.refreshing import health
    from analytics_platform.settings import load

    settings = load()
    known, states = connections(settings), health(settings)
    if not known:
        typer.echo(f"There is none: {settings.home / FILE} would name them; docs/exports.md says how.")
    for one in known:
        state = states.get(one.name)
        how = "never tried" if state is None else state.error or f"good, {state.rows:,} rows of {state.snapshot}"
        since = f", last success {state.succeeded_at or 'never'}" if state else ""
        typer.echo(f"{one.name:20} {one.kind:8} each {one.every:5} {how}{since}")


@connections_app.command("refresh")
def refresh_connections(name: Annotated[str, typer.Argument(help="Only this one.")] = "") -> None:
    """Bring connections up to the newest snapshot now."""
    from analytics_platform.semantics.errors import unknown
    from analytics_platform.serving.exports.connections import connections
    from analytics_platform.serving.exports.refreshing import refresh
    from analytics_platform.settings import load

    settings = load()
    known = connections(settings)
    wanted = [one for one in known if name in ("", one.name)]
    if name and not wanted:
        raise unknown("connection", name, [one.name for one in known], "name")
    states = [refresh(settings, one) for one in wanted]
    for state in states:
        typer.echo(f"{state.name}: {state.error or f'{state.rows:,} rows of snapshot {state.snapshot}'}")
    raise typer.Exit(1 if any(state.error for state in states) else 0)
