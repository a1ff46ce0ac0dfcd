"""``analytics-platform import KIND FILE``: a command for each kind of file, added to the group ``import``.

Imports are inside the commands, so that ``--help`` answers at once. Does not live here: importing (``importing``).
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from analytics_platform.connectors.files.kind import Kind

File = Annotated[
    Path,
    typer.Argument(
        help="A file as a spreadsheet saves it: any encoding; commas, semicolons or tabs.", exists=True, dir_okay=False
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and store nothing.")]
Encoding = Annotated[str, typer.Option(help="Encoding of the file, as cp874; found out otherwise.")]


def add_imports(imports: typer.Typer) -> None:
    """Add the commands to the group."""
    from analytics_platform.connectors.files.kinds import kinds

    for kind in kinds().values():
        imports.command(kind.name, help=kind.help)(_command(kind))


def _command(kind: "Kind") -> Callable[..., None]:
    option, meaning = kind.day
    day_option = typer.Option(option or "--day", formats=["%Y-%m-%d"], help=meaning, hidden=not option)

    def run(
        file: File,
        cohort: Annotated[str, typer.Option(help=kind.cohort, hidden=not kind.cohort)] = "",
        day: Annotated[datetime | None, day_option] = None,
        dry_run: DryRun = False,
        encoding: Encoding = "",
    ) -> None:
        from analytics_platform.connectors.files.importing import import_file
        from analytics_platform.connectors.files.kind import Options
        from analytics_platform.settings import load

        if cohort and not kind.cohort:
            raise typer.BadParameter(f"a file of {kind.name} has no cohort")
        options = Options(dry_run, day.date() if day else None, cohort.strip(), encoding)
        for line in import_file(load(), kind.name, file, options).lines():
            typer.echo(line)

    return run
