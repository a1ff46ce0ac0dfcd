"""``analytics-platform checks rows``: the rows that a dbt test finds, as CSV. They may be personal.

dbt runs the test's own SQL on the warehouse file, so no run may be writing it at that moment.
"""

import tempfile
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from analytics_platform.errors import WarehouseError
from analytics_platform.settings import Settings

checks = typer.Typer(help="Checks of the marts.", no_args_is_help=True)


@checks.callback()
def _group() -> None:
    """Keeps ``rows`` a command of its own while it is the only one."""


@checks.command()
def rows(
    asset: Annotated[str, typer.Argument(help="As marts/users.")],
    check: Annotated[str, typer.Argument(help="The check's name, as Dagster shows it.")],
    limit: Annotated[int, typer.Option(min=1, help="Most rows to print.")] = 1000,
) -> None:
    """Print the rows on which a check of a mart fails."""
    from analytics_platform.settings import load

    if not asset.startswith("marts/"):
        typer.echo(
            f"The check's message in Dagster names the days; the lines: analytics-platform quarantine show {asset}"
        )
        raise typer.Exit(1)
    import pandas as pd

    found = failing_rows(load(), check, limit)
    typer.echo(pd.DataFrame(found).to_csv(index=False).rstrip("\n") if found else "No row fails.")


def failing_rows(settings: Settings, check: str, limit: int) -> list[dict[str, Any]]:
    """What the test's query returns now."""
    from analytics_platform.warehouse.dbt import build_arguments, dbt_environment, run_dbt

    said: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        arguments = build_arguments(settings, Path(folder), [check], "show")
        done = run_dbt([*arguments, "--limit", str(limit), "--output", "json"], dbt_environment(settings), said.append)
    shown = next((line for line in said if line.lstrip().startswith("{") and '"show"' in line), None)
    if shown is None:
        raise WarehouseError(f"dbt shows nothing for {check}. It said:\n{done.stdout}")
    found: list[dict[str, Any]] = orjson.loads(shown)["show"]
    return found
