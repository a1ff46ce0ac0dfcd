"""``analytics-platform people …``, ``catalogue``, ``sbom`` and ``audit``; imports are inside the commands."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Form(StrEnum):
    md = "md"
    html = "html"
    json = "json"


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
        if not work.rows:
            typer.echo("No row is known of them: check the spelling. Erasing still keeps later deliveries out.")
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

    @people.command()
    def who(pseudonym: Annotated[str, typer.Argument(help="A person_id of pseudonymous marts: ps_…")]) -> None:
        """Say who stands behind a pseudonym (PRIVACY=pseudonymous): only this account can read that table."""
        from analytics_platform.privacy.identity import behind
        from analytics_platform.settings import load

        for name, value in behind(load(), pseudonym).items():
            typer.echo(f"{name}: {'' if value is None else value}")

    @app.command()
    def catalogue(
        form: Annotated[Form, typer.Option("--format", help="Markdown, HTML or JSON.")] = Form.md,
        output: Annotated[Path | None, typer.Option(help="File to write; the screen otherwise.")] = None,
    ) -> None:
        """Print the data dictionary: owners, sensitivity, lineage, retention and readers of every column."""
        from analytics_platform.privacy import catalogue as book
        from analytics_platform.settings import load

        entries = book.catalogue(load())
        if form is Form.json:
            _put(book.as_json(entries).decode(), output)
        else:
            _put(book.as_html(entries) if form is Form.html else book.as_markdown(entries), output)

    @app.command()
    def sbom(
        lock: Annotated[Path, typer.Argument(help="A lock file.")] = Path("requirements.lock"),
        output: Annotated[Path | None, typer.Option(help="File to write; the screen otherwise.")] = None,
    ) -> None:
        """Print what is installed by a lock file as CycloneDX JSON, for scanners of known weaknesses."""
        import json

        from analytics_platform.privacy.sbom import bill_of_materials

        if not lock.is_file():
            raise typer.BadParameter(f"{lock} is no file; run it where the lock file is, or name it")
        _put(json.dumps(bill_of_materials(lock), indent=2), output)

    @app.command()
    def audit(
        advisories: Annotated[Path, typer.Argument(help="Folder of advisories: pypa/advisory-database, or OSV's.")],
        lock: Annotated[list[Path] | None, typer.Option(help="A lock file; may be given again.")] = None,
    ) -> None:
        """Look for known weaknesses of what lock files install; asks no network. Exits with 1 where there is one."""
        from analytics_platform.privacy.auditing import audit as audited
        from analytics_platform.privacy.sbom import bill_of_materials

        for file in lock or [Path("requirements.lock")]:
            if not file.is_file():
                raise typer.BadParameter(f"{file} is no file; run it where the lock file is, or name it")
        if not advisories.is_dir():
            raise typer.BadParameter(f"{advisories} is no folder")
        every = [bill_of_materials(file)["components"] for file in lock or [Path("requirements.lock")]]
        installed = {one["name"]: one["version"] for components in every for one in components}
        found = audited(installed, advisories)
        for weakness in found.weaknesses:
            typer.echo(weakness.line())
        typer.echo(
            f"{len(found.weaknesses)} known weaknesses of {len(installed)} packages,"
            f" by {found.advisories:,} advisories, the newest of {found.newest}."
        )
        if found.weaknesses:
            raise typer.Exit(1)


def _put(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text.rstrip("\n"))
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, "utf-8")
    typer.echo(f"Wrote {output}")
