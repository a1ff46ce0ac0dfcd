"""``analytics-platform people erase|export``. Imports are inside the commands, so that ``--help`` answers at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

people = typer.Typer(help="Erase a person everywhere, or write down what is known of one.", no_args_is_help=True)
Who = Annotated[str, typer.Argument(help="A person_id, an e-mail address, or an identifier as chat:4711.")]


def add_people(app: typer.Typer, rebuild: Callable[[], bool]) -> None:
    """Add the commands. ``rebuild`` materialises what waits: only the control room can."""
    app.add_typer(people, name="people")

    @people.command()
    def erase(
        who: Annotated[str, typer.Argument(help="A person_id, an e-mail address, or an identifier as chat:4711.")] = "",
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would go, and remove nothing.")] = False,
        resume: Annotated[bool, typer.Option("--resume", help="Go on with the erasure that did not end.")] = False,
    ) -> None:
        """Erase a person from every place of this installation, and keep them from coming in again."""
        from analytics_platform.privacy.erasing import Erasure, not_reached
        from analytics_platform.settings import load

        if bool(who) == resume:
            raise typer.BadParameter("name the person, or give --resume")
        settings = load()
        erasure = Erasure(settings, rebuild, dry_run)
        work = erasure.resume() if resume else erasure.begin(who)
        typer.echo(f"The person has {len(work.person.identifiers)} identifiers and {len(work.rows):,} rows.")
        for removed in erasure.steps(work):
            if removed.count or "every file" in removed.place:
                typer.echo(f"{removed.count:>9,}  {removed.place}: {removed.what}")
        typer.echo("Nothing was removed (--dry-run)." if dry_run else "Erased. Not reached from here:")
        for words in () if dry_run else not_reached(settings):
            typer.echo(f"- {words}")

    @people.command()
    def export(
        who: Who,
        to: Annotated[Path, typer.Option("--to", help="A new folder for the files.")] = Path("export-of-person"),
    ) -> None:
        """Write everything that is known of a person into a folder that they can read: about.md and CSV files."""
        from analytics_platform.privacy.exporting import export as write
        from analytics_platform.settings import load

        counts = write(load(), who, to)
        typer.echo(f"{sum(counts.values()):,} rows in {len(counts)} files; begin with {to / 'about.md'}")
