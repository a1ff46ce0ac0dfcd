"""``analytics-platform ask``: a question on the command line. Does not live here: understanding it."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import orjson
import typer

MOST, WIDEST = 20, 60


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
    if reply.rows:
        typer.echo(_table(reply.rows[:MOST]))
    if len(reply.rows) > MOST:
        typer.echo(f"… {len(reply.rows)} rows; --json prints all")
    if reply.suggestions:
        typer.echo("I can answer, for instance: " + "; ".join(reply.suggestions))
    if reply.version:
        typer.secho(f"Snapshot {reply.version}, {reply.quality}.", dim=True)


def _table(rows: Sequence[Mapping[str, object]]) -> str:
    """Under their headings, without columns that say nothing; a long text is cut."""
    import pyarrow as pa

    from analytics_platform.semantics.commands import printed

    telling = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    return printed(pa.Table.from_pylist([{name: _short(row[name]) for name in telling} for row in rows]), csv=False)


def _short(value: object) -> object:
    text = value if isinstance(value, str) else ""
    return f"{text[:WIDEST]}…" if len(text) > WIDEST else value
