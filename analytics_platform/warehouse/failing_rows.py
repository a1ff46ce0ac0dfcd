"""``analytics-platform checks rows``: the rows that a dbt test finds, as CSV; and a few of them for whoever looks at a
failed check. All of them may be personal, the few are not.

dbt runs the test's own SQL on the warehouse file, so no run may be writing it at that moment.
"""

import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from analytics_platform.errors import WarehouseError
from analytics_platform.settings import Settings
from analytics_platform.warehouse.lineage import MartTest, Model, mart_tests, marts
from analytics_platform.warehouse.protocol import Log

SAMPLE_ROWS = 5
_KEYS = {"person_id"}  # says who to whoever may ask for names, and nothing to others
_OF_THE_COLUMN = {"unique_field", "from_field", "value_field"}  # what dbt's own tests call the tested column

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
            f"Checks of {asset} judge whole days, and their message names these. What became of the lines of a day:\n"
            f"  analytics-platform ledger --by day --source {asset}\n  analytics-platform quarantine show {asset}"
        )
        raise typer.Exit(1)
    import pandas as pd

    demand_test(load(), asset.removeprefix("marts/"), check)
    found = failing_rows(load(), check, limit)
    typer.echo(pd.DataFrame(found).to_csv(index=False).rstrip("\n") if found else "No row fails.")


def demand_test(settings: Settings, mart: str, check: str) -> None:
    """Refuse a mart or a check that is none, and say which there are."""
    from analytics_platform.warehouse.manifest import manifest_path

    manifest = orjson.loads(manifest_path(settings).read_bytes())
    names = [each.name for each in marts(manifest)]
    if mart not in names:
        raise WarehouseError(f"There is no mart {mart!r}. There are: {', '.join(names)}.")
    tests = [test.name for test in mart_tests(manifest) if test.mart == mart]
    if check not in tests:
        raise WarehouseError(f"No check of marts/{mart} named {check!r} has rows. There are: {', '.join(tests)}.")


def failing_rows(settings: Settings, check: str, limit: int) -> list[dict[str, Any]]:
    """What the test's query returns now."""
    from analytics_platform.warehouse.dbt import build_arguments, build_folder, dbt_environment, run_dbt

    said: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        parsed = build_folder(settings) / "partial_parse.msgpack"
        if parsed.exists():  # else dbt parses the whole project, which takes longer than the query
            shutil.copy(parsed, folder)
        arguments = build_arguments(settings, Path(folder), [check], "show")
        done = run_dbt([*arguments, "--limit", str(limit), "--output", "json"], dbt_environment(settings), said.append)
    shown = next((line for line in said if line.lstrip().startswith("{") and '"show"' in line), None)
    if shown is None:
        raise WarehouseError(f"dbt shows nothing for {check}. It said:\n{done.stdout}")
    found: list[dict[str, Any]] = orjson.loads(shown)["show"]
    return found


def sample(settings: Settings, test: MartTest, mart: Model, personal: Collection[str], log: Log) -> str:
    """A few of the rows on which a test fails, as Markdown, with keys and numbers but nothing personal.

    ``personal`` names the personal columns of all models: a test of a step may show a column that its mart lacks.
    """
    import pandas as pd

    from analytics_platform.warehouse.tables import markdown

    try:
        rows = failing_rows(settings, test.name, SAMPLE_ROWS)
    except WarehouseError as error:
        log(f"No sample of the rows on which {test.name} fails: {error}")
        return ""
    names = list(rows[0]) if rows else []
    hidden = [name for name in names if not _may_be_seen(name, rows, test, mart, set(personal) - _KEYS)]
    return markdown(pd.DataFrame(rows), hidden) if rows else "no row fails now"


def _may_be_seen(
    name: str, rows: Sequence[Mapping[str, Any]], test: MartTest, mart: Model, personal: Collection[str]
) -> bool:
    if name in {column for column, _, _ in mart.columns}:
        return name not in set(mart.personal) - _KEYS
    if name in _OF_THE_COLUMN:
        return test.column not in personal
    return name not in personal and (name.endswith("_id") or not any(isinstance(row[name], str) for row in rows))
