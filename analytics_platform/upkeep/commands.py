"""``analytics-platform upkeep|backup|restore``. Imports are inside the commands, so that ``--help`` answers at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer


def add_upkeep(app: typer.Typer, prune_runs: Callable[[bool], int]) -> None:
    """Add the commands. ``prune_runs`` removes or counts Dagster's old runs: only the control room knows them."""

    @app.command()
    def upkeep(
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would go, and remove nothing.")] = False,
    ) -> None:
        """Remove what is older than its kind is kept: events, daily reports, alerts, orphans, Dagster's runs."""
        from datetime import UTC, datetime

        from analytics_platform.lake import open_lake
        from analytics_platform.settings import load
        from analytics_platform.upkeep.retention import find, oldest_kept
        from analytics_platform.upkeep.settling import waiting

        settings, now = load(), datetime.now(UTC)
        counts: dict[str, list[int]] = {}
        if held := waiting(settings, open_lake(settings), now.date()):
            typer.echo(
                f"{len(held)} old days of telemetry stay, {min(held)} to {max(held)}: the marts are not built from them"
                " yet. Run `analytics-platform materialize`, then upkeep again."
            )
        for old in find(settings, now):
            seen = counts.setdefault(old.kind, [0, 0])
            seen[0] += 1
            seen[1] += old.count
            if not dry_run:
                old.remove()
        done = "would go" if dry_run else "gone"
        for kind, (things, files) in sorted(counts.items()):
            typer.echo(f"{kind}: {things} {done} ({files} files, rows or lines)")
        runs = prune_runs(dry_run)
        typer.echo(f"Dagster's runs with their events: {runs} {done}")
        if "events" in counts:
            typer.echo(
                f"Days before {oldest_kept(settings, now)} leave the marts with the next build of those days. Marts"
                " over all time (users, user_retention, user_lifecycle, lessons, lesson_progress) then begin later."
            )

    @app.command()
    def backup(file: Annotated[Path, typer.Argument(help="The tar file to write.")]) -> None:
        """Save what cannot be made again: raw lines, the collector's store, imports, labels, feedback, reports."""
        from datetime import UTC, datetime

        from analytics_platform.settings import load
        from analytics_platform.upkeep.backup import save

        saved = save(load(), file, datetime.now(UTC))
        typer.echo(f"Saved {saved.files} files ({saved.size / 1e6:,.1f} MB) to {saved.file}")
        for note in saved.notes:
            typer.echo(note)

    @app.command(name="restore")
    def restore_(file: Annotated[Path, typer.Argument(help="A file that backup wrote.")]) -> None:
        """Put a backup into an empty PLATFORM_HOME; the next run builds everything from it."""
        from analytics_platform.settings import load
        from analytics_platform.upkeep.backup import restore

        settings = load()
        typer.echo(f"Restored {restore(settings, file)} files into {settings.home}")
        typer.echo("Build everything from them: the sensor reopened_days asks for every day (make dev).")
