"""``analytics-platform ask``: a question on the command line. Does not live here: understanding it."""

from typing import Annotated

import orjson
import typer


def ask_command(
    question: Annotated[str, typer.Argument(help='In words, as: "who completed lesson 5 on time"')],
    json: Annotated[bool, typer.Option("--json", help="Status, reading, SQL, columns, rows, text and chart.")] = False,
) -> None:
    """Ask Seven: an answer with its rows and SQL, or why she cannot answer."""
    from analytics_platform.serving.seven.asking import ask
    from analytics_platform.settings import load

    reply = ask(load(), question)
    if json:
        document = reply.document()
        typer.echo(orjson.dumps(document, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode())
        raise typer.Exit(0)
    typer.secho(reply.text, fg=None if reply.status == "answered" else "yellow")
    if reply.reading:
        typer.secho(f"Read as: {reply.reading}", dim=True)
    for row in reply.rows[:20]:
        typer.echo("  " + " · ".join(f"{value}" for value in row.values() if value is not None))
    if len(reply.rows) > 20:
        typer.echo(f"  … {len(reply.rows)} rows; --json prints all")
    if reply.suggestions:
        typer.echo("I can answer, for instance: " + "; ".join(reply.suggestions))
    if reply.version:
        typer.secho(f"Snapshot {reply.version}, {reply.quality}.", dim=True)
