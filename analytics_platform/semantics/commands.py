"""analytics-platform metrics …: what can be asked, what it means, and the answer."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from analytics_platform.semantics.errors import WrongQuestion, unknown
from analytics_platform.semantics.questions import GRAINS, Filter, Grain, Named, Query

if TYPE_CHECKING:
    import pyarrow as pa

    from analytics_platform.semantics.answer import Answer
    from analytics_platform.semantics.metrics import Metric
    from analytics_platform.semantics.named import NamedQuery
    from analytics_platform.semantics.registry import Registry

metrics = typer.Typer(help="Every metric and named query: what it means, and its numbers.", no_args_is_help=True)


@metrics.command("list")
def list_metrics(contains: Annotated[str, typer.Argument(help="Only those with this word.")] = "") -> None:
    """Metrics, and named queries for what is no metric (curves, lists, timelines)."""
    from rich.console import Console
    from rich.table import Table

    known, word = _registry(), contains.lower()
    console = Console(highlight=False)
    for title, found in (("Metrics", known.metrics), ("Named queries", known.named)):
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        for heading in ("name", "unit", "what it says"):
            table.add_column(heading, overflow="fold", no_wrap=heading == "name")
        for name, one in found.items():
            text = one.definition.description
            if word in f"{name} {one.definition.label} {text}".lower():
                table.add_row(name, one.definition.unit, text)
        if table.row_count:
            console.print(table)


@metrics.command()
def show(name: Annotated[str, typer.Argument(help="A metric or named query.")]) -> None:
    """What it means, what it is over, and by what it can be grouped."""
    known = _registry()
    if name in known.metrics:
        _show_metric(known.metrics[name])
    elif name in known.named:
        _show_named(known.named[name])
    else:
        raise unknown("metric or named query", name, [*known.metrics, *known.named], "name")


@metrics.command()
def query(
    names: Annotated[list[str], typer.Argument(help="Metrics, or one named query.")],
    by: Annotated[list[str] | None, typer.Option(help="Group by this dimension; may be repeated.")] = None,
    grain: Annotated[str | None, typer.Option(help=f"Put it on a time axis: {', '.join(GRAINS)}.")] = None,
    where: Annotated[list[str] | None, typer.Option(help='As "cohort=North / Harbour", or PARAMETER=VALUE.')] = None,
    start: Annotated[str | None, typer.Option(help="First local day, YYYY-MM-DD.")] = None,
    end: Annotated[str | None, typer.Option(help="Last local day.")] = None,
    order: Annotated[list[str] | None, typer.Option(help="Column to order by; -COLUMN: largest first.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most rows.")] = 50,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
    sql: Annotated[bool, typer.Option("--sql", help="Print the SQL, too.")] = False,
) -> None:
    """Ask the published snapshot."""
    from analytics_platform.semantics import query as ask
    from analytics_platform.settings import load

    known = _registry()
    days = {name: value for name, text in (("start", start), ("end", end)) if (value := day(text, name))}
    unknown_there = [*(["by"] if by else ()), *(["grain"] if grain else ())]
    if named := known.named.get(names[0]) if len(names) == 1 else None:
        unknown_there += sorted(days.keys() - {one.name for one in named.parameters})
    if named and unknown_there and names[0] not in known.metrics:
        raise WrongQuestion(
            f"{names[0]} is a named query, and it has no --{unknown_there[0]}. What it has:"
            f" analytics-platform metrics show {names[0]}",
            unknown_there[0],
        )
    if named and not unknown_there:
        parameters = dict(parameter(text) for text in where or ())
        answer = ask(load(), Named(names[0], {**parameters, **days}, tuple(order or ()), limit))
    else:
        question = Query(
            metrics=tuple(names),
            group_by=tuple(by or ()),
            where=tuple(Filter.parse(text) for text in where or ()),
            grain=as_grain(grain),
            start=days.get("start"),
            end=days.get("end"),
            order=tuple(order or ()),
            limit=limit,
        )
        answer = ask(load(), question)
    _print(answer, csv, sql)


def _registry() -> "Registry":
    from analytics_platform.semantics.registry import registry
    from analytics_platform.settings import load

    return registry(load())


def _show_metric(metric: "Metric") -> None:
    definition = metric.definition
    typer.secho(f"{definition.name}: {definition.label}", bold=True)
    typer.echo(definition.description)
    lines = {
        "unit": definition.unit,
        "over": definition.denominator,
        "made of": ", ".join(metric.inputs),
        "marts": ", ".join(metric.marts),
        "owner": definition.owner,
        "needs": ", ".join([*(["a grain"] if metric.needs_time else []), *metric.needs]),
    }
    for heading, text in lines.items():
        if text:
            typer.echo(f"  {heading:8} {text}")
    typer.echo(f"  grains   {', '.join(GRAINS)}")
    typer.echo("  group by")
    for dimension in metric.dimensions:
        typer.echo(f"    {dimension.short:20} {dimension.description}")


def _show_named(named: "NamedQuery") -> None:
    typer.secho(f"{named.name}: {named.definition.label}", bold=True)
    typer.echo(named.definition.description)
    typer.echo(f"  marts    {', '.join(named.marts)}")
    typer.echo(f"  about    {named.shows}")
    for one in named.parameters:
        default = "needed" if one.is_required else f"default {one.default}" if one.default else ""
        typer.echo(f"  --where {one.name}=…   {one.description} {default}")


def _print(answer: "Answer", csv: bool, sql: bool) -> None:
    typer.echo(printed(answer.table, csv))
    if sql:
        typer.echo(f"\n{answer.sql}")
    if not csv:
        reasons = "".join(f"; {reason}" for reason in answer.quality.reasons)
        typer.echo(f"\n{answer.table.num_rows} rows of snapshot {answer.version}, {answer.age_seconds / 3600:.1f} hours"
                   f" old: {answer.quality.state}{reasons}")  # fmt: skip


def printed(table: "pa.Table", csv: bool) -> str:
    """Rows for a terminal, where no data reads NULL; or as CSV, where its cell is empty."""
    rows = table.to_pandas(integer_object_nulls=True)  # else whole numbers beside a NULL would read 1.0
    if csv:
        return str(rows.to_csv(index=False)).rstrip("\n")
    for number, column in enumerate(table.columns):
        if column.null_count:
            told = rows.iloc[:, number].astype(object).where(column.is_valid().to_numpy(), "NULL")
            rows.isetitem(number, told)  # by its place: two columns may have one name
    return str(rows.to_string(index=False))


def parameter(text: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found:
        raise WrongQuestion(f"{text!r} is no parameter; write PARAMETER=VALUE.", "where")
    return name.strip(), value


def as_grain(grain: str | None) -> Grain | None:
    for one in GRAINS:
        if one == grain:
            return one
    if grain:
        raise WrongQuestion(f"{grain!r} is no grain. There are: {', '.join(GRAINS)}.", "grain")
    return None


def day(text: str | None, parameter: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WrongQuestion(f"{parameter} is {text!r} and must be a day as 2026-11-27.", parameter) from None
