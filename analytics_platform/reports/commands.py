"""``analytics-platform report progress|video``: the evening message of a cohort, the report of a video.

Imports are inside the commands, so that ``--help`` answers at once. Does not live here: what is said (``progress``,
``video``).
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


class PageForm(StrEnum):
    md = "md"
    html = "html"


@report.command()
def progress(
    cohort: Annotated[str, typer.Option(help="The cohort, as in the roster: 'North / Harbour'.")],
    date: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The local day.")],
    form: Annotated[Form, typer.Option("--format", help="Markdown, HTML or CSV.")] = Form.md,
    output: Annotated[Path | None, typer.Option(help="File to write; the screen otherwise.")] = None,
) -> None:
    """Who completed, partly did, or did not start; flagged answers first, quotes, insights, the next lesson."""
    from analytics_platform.reports.message_files import FORMS, message_of, write
    from analytics_platform.settings import load

    text = FORMS[form](message_of(load(), cohort, date.date()))
    if output is None:
        typer.echo(text.removeprefix("\ufeff").rstrip("\n"))
        return
    write(output, text)
    typer.echo(f"Wrote {output}")


@report.command()
def video(
    video_id: Annotated[str, typer.Argument(help="The video's id, as in video_catalogue.")],
    form: Annotated[PageForm, typer.Option("--format", help="Markdown or HTML.")] = PageForm.md,
    threshold: Annotated[float, typer.Option(help="Share who must leave within a second to be a drop-off.")] = 0.1,
    output: Annotated[Path | None, typer.Option(help="File to write; the screen otherwise.")] = None,
) -> None:
    """One video: five numbers, three curves, where people leave and what they do next, causes, actions, targets."""
    from analytics_platform.reports.message_files import write
    from analytics_platform.reports.video_writing import FORMS, report_of
    from analytics_platform.settings import load

    text = FORMS[form](report_of(load(), video_id, threshold))
    if output is None:
        typer.echo(text.rstrip("\n"))
        return
    write(output, text)
    typer.echo(f"Wrote {output}")
