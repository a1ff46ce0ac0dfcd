"""analytics-platform upgrade: a home that an older version wrote, brought up to this one.

The lake's files get today's columns, from the raw lines where there are some; the warehouse, which is made of the lake,
is built anew by the job that Dagster runs. Readers keep the old snapshot until the new one is published. An upgrade
that was interrupted is run again. Does not live here: the layout of the home (``upkeep.layout``), the collector's
store, which brings itself up to date.
"""

import typer

from analytics_platform.commands.materializing import materialize
from analytics_platform.contracts import TABLES
from analytics_platform.lake import open_lake
from analytics_platform.lake.outdated import Outdated, mend, outdated_files
from analytics_platform.lake.replaying import known_days
from analytics_platform.settings import Settings


def upgrade(settings: Settings) -> bool:
    """True when everything is of this version afterwards."""
    lake = open_lake(settings)
    found = list(outdated_files(lake))
    typer.echo(told(found))
    for one in found:
        mend(lake, one)
    days = sorted({day for table in TABLES.values() for day in known_days(lake, table)})
    if not days:
        return True
    if settings.warehouse == "duckdb":
        for file in (settings.warehouse_file, settings.steps_file):
            file.unlink(missing_ok=True)
    typer.echo(f"Building everything anew, {days[0]} to {days[-1]}; readers see the old snapshot until it is done.")
    return materialize(settings, days)


def told(found: list[Outdated]) -> str:
    """What an older version left, by table."""
    if not found:
        return "No file of the lake lacks a column."
    tables: dict[str, list[Outdated]] = {}
    for one in found:
        tables.setdefault(one.table.path, []).append(one)
    return "\n".join(
        f"{path}: {len(files)} {'file lacks' if len(files) == 1 else 'files lack'}"
        f" {', '.join(sorted({name for file in files for name in file.lacks}))}"
        for path, files in sorted(tables.items())
    )
