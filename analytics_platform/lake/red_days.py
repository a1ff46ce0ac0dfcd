"""Which checks of a table failed on which day, by the latest evaluation: ``red_days/<source>/<table>/…``.

A deviation on such a day tells of the data and not of people, also when it is looked for months later; Dagster's own
check results are deleted with its old runs. Does not live here: the checks (``checks``), who asks (``insights``).
"""

from collections.abc import Mapping, Sequence
from datetime import date

import orjson

from analytics_platform.contracts import Table
from analytics_platform.lake.checks import Finding
from analytics_platform.lake.lake import Lake


def red_key(table: Table, day: date) -> str:
    return f"red_days/{table.path}/day={day}.json"


def note(lake: Lake, table: Table, days: Sequence[date], findings: Mapping[str, Finding]) -> None:
    """What these findings say of these days, in place of what was known of them; a day without fault has no file."""
    known = set(lake.store.keys(f"red_days/{table.path}"))
    with lake.store.workspace() as folder:
        for day in days:
            red = sorted(name for name, found in findings.items() if not found.passed and day in (found.days or days))
            if red:
                file = folder / f"{day}.json"
                file.write_bytes(orjson.dumps(red))
                lake.store.publish(file, red_key(table, day))
            elif red_key(table, day) in known:
                lake.store.delete(red_key(table, day))


def red_checks_of(lake: Lake, table: Table, first: date, last: date) -> dict[date, list[str]]:
    """The checks that were red, by day; days without fault are left out."""
    found = {}
    for key in lake.store.keys(f"red_days/{table.path}"):
        day = date.fromisoformat(key.rpartition("day=")[2].removesuffix(".json"))
        if first <= day <= last and (content := lake.store.read(key)) is not None:
            found[day] = list(orjson.loads(content))
    return found
