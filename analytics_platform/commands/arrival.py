"""``collector statements``: what arrived, and how far each statement has come through landing, lake and marts.

Does not live here: finding statements in the store (``collector/browser``).
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from analytics_platform.settings import Settings

if TYPE_CHECKING:
    from analytics_platform.collector.browser import Arrived


def statements(
    actor: Annotated[str, typer.Option(help="E-mail address, homePage|name, or an agent as JSON.")] = "",
    verb: Annotated[str, typer.Option(help="IRI, or the last part of one of ADL's, as completed.")] = "",
    activity: Annotated[str, typer.Option(help="IRI of an activity, wherever it is mentioned.")] = "",
    since: Annotated[str, typer.Option(help="Stored after: a time, a day, or 30m, 2h, 3d ago.")] = "",
    until: Annotated[str, typer.Option(help="Stored until.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=500)] = 20,
    name: Annotated[str, typer.Option("--id", help="One statement, whole.")] = "",
) -> None:
    """What arrived, the newest first: when, who, what, and how far it has come."""
    from analytics_platform.collector import browser
    from analytics_platform.collector.commands import open_store
    from analytics_platform.settings import load

    with open_store() as connection:
        if name:
            found = browser.one(connection, name)
            listed, text = ([found[0]], found[1]) if found else ([], "")
        else:
            listed, text = browser.statements(connection, actor, verb, activity, since, until, limit), ""
    way = ways(load(), listed)
    for one in listed:
        typer.echo(f"{one.stored:%Y-%m-%d %H:%M:%S}  {one.actor}  {one.verb}  {one.object}  {way[one.id]}  {one.id}")
    if text:
        typer.echo(text)
    if not listed:
        what = f"No statement {name} is stored" if name else "No such statement is stored"
        typer.echo(f"{what}. Was it refused? See: analytics-platform collector refused list")
        if name:
            raise typer.Exit(1)


def ways(settings: Settings, arrived: Iterable["Arrived"]) -> dict[str, str]:
    """How far each statement has come, in words, by its id."""
    arrived = list(arrived)
    landed = [one for one in arrived if one.landed]
    in_lake = _in_lake(settings, landed)
    in_marts = _in_marts(settings, in_lake)
    return {one.id: _words(one, in_lake, in_marts) for one in arrived}


def _words(one: "Arrived", in_lake: set[str], in_marts: set[str] | None) -> str:
    if not one.landed:
        way = "waits for landing"
    elif one.id not in in_lake:
        way = "landed, waits for the lake"
    elif in_marts is None:
        way = "in the lake, no marts are published"
    elif one.id in in_marts:
        way = "in the marts"
    else:
        way = "in the lake, not in the marts"
    return f"{way}, voided" if one.voided else way


def _in_lake(settings: Settings, landed: list["Arrived"]) -> set[str]:
    """Which of them the Parquet of their days holds."""
    import duckdb

    from analytics_platform.lake import open_lake

    store = open_lake(settings).store
    days = sorted({day for one in landed for day in one.days})
    keys = [key for day in days for key in store.keys(f"lake/xapi/statements/day={day}")]
    if not keys:
        return set()
    with store.workspace() as folder, duckdb.connect() as connection:
        files = [str(file) for file in store.local(keys, folder)]
        rows = connection.execute(
            "select statement_id from read_parquet($1) where list_contains($2, statement_id)",
            [files, [one.id for one in landed]],
        ).fetchall()
    return {name for (name,) in rows}


def _in_marts(settings: Settings, ids: set[str]) -> set[str] | None:
    """Which of them the mart of all activities shows; voiding and voided statements are none. None without marts."""
    from analytics_platform.warehouse.engine import open_warehouse

    warehouse = open_warehouse(settings)
    if warehouse.current() is None:
        return None
    if not ids:
        return set()
    listed = ", ".join(f"'{name}'" for name in sorted(ids))  # ids of the store: hexadecimal digits and hyphens
    with warehouse.reader() as reader:
        found = reader.query(
            f"select activity_id from user_activities where source = 'xapi' and activity_id in ({listed})"
        )
    return {str(name) for name in found.column("activity_id").to_pylist()}
