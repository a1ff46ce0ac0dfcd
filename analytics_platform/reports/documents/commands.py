"""``analytics-platform report executive|technical|learning|conversations``: one report as files or on the screen.

Imports are inside the commands, so that ``--help`` answers at once.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

Failing = Callable[[], list[str]]


class Form(StrEnum):
    md = "md"
    html = "html"


def add_reports(report: typer.Typer, failing_checks: Failing) -> None:
    """Add one command for each kind of report. ``failing_checks`` knows the control room, which this room does not."""
    from analytics_platform.reports.documents.document import KINDS, TITLES

    for kind in KINDS:
        report.command(name=kind, help=f"{TITLES[kind]}: written below reports/, or printed with --format.")(
            _command(kind, failing_checks)
        )

    @report.command()
    def index() -> None:
        """Write reports/index.html anew: every report that is there."""
        from analytics_platform.reports.documents.report_files import write_index
        from analytics_platform.settings import load

        typer.echo(f"Wrote {write_index(load())}")


def _command(kind: str, failing_checks: Failing) -> Callable[..., None]:
    def command(
        period: Annotated[str, typer.Option(help="A day as 2026-03-10, an ISO week as 2026-W11, a month as 2026-03.")],
        form: Annotated[Form | None, typer.Option("--format", help="Print this form instead of writing files.")] = None,
    ) -> None:
        from analytics_platform.reports.documents import forms
        from analytics_platform.reports.documents.building import compose
        from analytics_platform.reports.documents.periods import parse
        from analytics_platform.reports.documents.report_files import write_reports
        from analytics_platform.settings import load

        settings, asked, failing = load(), parse(period), failing_checks()
        if form is None:
            (written,) = write_reports(settings, [kind], asked, failing)
            typer.echo(f"Wrote {written.page}")
            typer.echo(f"      {written.text}")
            for table in written.document.tables:
                typer.echo(f"      {written.folder / table.name}.csv")
            return
        (document,) = compose(settings, [kind], asked, failing)
        text = forms.html(document) if form is Form.html else forms.markdown(document)
        typer.echo(text.rstrip("\n"))

    return command
