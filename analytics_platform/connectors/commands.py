"""``analytics-platform import roster|links|lesson-map|responses FILE``: the commands, added to the group ``import``.

Imports are inside the commands, so that ``--help`` answers at once. Does not live here: importing (``importing``).
"""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from analytics_platform.connectors.importing import Kind

_CSV = "CSV as a spreadsheet saves it: any encoding; commas, semicolons or tabs."

File = Annotated[Path, typer.Argument(help=_CSV, exists=True, dir_okay=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and store nothing.")]
Encoding = Annotated[str, typer.Option(help="Encoding of the file, as cp874; found out otherwise.")]
From = Annotated[
    datetime | None,
    typer.Option("--valid-from", formats=["%Y-%m-%d"], help="Day from which it holds; today otherwise."),
]
On = Annotated[
    datetime | None,
    typer.Option("--exported-on", formats=["%Y-%m-%d"], help="Day of the export; today otherwise."),
]


def add_imports(imports: typer.Typer) -> None:
    """Add the commands to the group."""
    imports.command("roster")(roster)
    imports.command("links")(links)
    imports.command("lesson-map")(lesson_map)
    imports.command("responses")(responses)


def roster(
    file: File,
    cohort: Annotated[str, typer.Option(help="Cohort of members whose row names none, as 'North / Harbour'.")] = "",
    valid_from: From = None,
    dry_run: DryRun = False,
    encoding: Encoding = "",
) -> None:
    """Who is in which cohort. The newest file that names a cohort is its state: who is missing there has left."""
    _import("roster", file, valid_from, dry_run, cohort, encoding)


def links(file: File, valid_from: From = None, dry_run: DryRun = False, encoding: Encoding = "") -> None:
    """Which identifiers are one person, confirmed by hand. The newest file is the whole list."""
    _import("links", file, valid_from, dry_run, "", encoding)


def lesson_map(file: File, valid_from: From = None, dry_run: DryRun = False, encoding: Encoding = "") -> None:
    """Which lesson number has which name, url and due dates, from a day on."""
    _import("lesson-map", file, valid_from, dry_run, "", encoding)


def responses(
    file: File,
    cohort: Annotated[str, typer.Option(help="The cohort that the export is of, as in the roster.")] = "",
    exported_on: On = None,
    dry_run: DryRun = False,
    encoding: Encoding = "",
) -> None:
    """Answers of a response export. Again, or a later export with the same answers: only what is new."""
    _import("responses", file, exported_on, dry_run, cohort, encoding)


def _import(kind: "Kind", file: Path, day: datetime | None, dry_run: bool, cohort: str, encoding: str) -> None:
    from analytics_platform.connectors.importing import Options, import_file
    from analytics_platform.settings import load

    options = Options(dry_run, day.date() if day else None, cohort.strip(), encoding)
    for line in import_file(load(), kind, file, options).lines():
        typer.echo(line)
