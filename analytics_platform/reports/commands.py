"""``analytics-platform report progress``: the evening message of a cohort on the screen or in a file.

Imports are inside the command, so that ``--help`` answers at once. Does not live here: the message (``progress``).
"""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

report = typer.Typer(help="Documents that people read, from the published marts.", no_args_is_help=True)


class Form(StrEnum):
    md = "md"
    html = "html"
    csv = "csv"


@report.callback()
def _group() -> None:
    """Keeps ``progress`` a command of its own while it is the only one."""


@report.command()
def progress(
    cohort: Annotated[str, typer.Option(help="The cohort, as in the roster: 'North / Harbour'.")],
    date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The local day.")],
    form: Annotated[Form, typer.Option("--format", help="Markdown, HTML or CSV.")] = Form.md,
    output: Annotated[Path | None, typer.Option(help="File to write; the screen otherwise.")] = None,
) -> None:
    """Who completed, partly did, or did not start; flagged answers first, quotes, insights, the next lesson."""
    from analytics_platform.reports.writing import FORMS, message_of, write
    from analytics_platform.settings import load

    text = FORMS[form](message_of(load(), cohort, date.date()))
    if output is None:
        typer.echo(text.removeprefix("\ufeff").rstrip("\n"))
        return
    write(output, text)
    typer.echo(f"Wrote {output}")
