"""Which days wait for a run, and for what: raw lines, files imported or dropped, changed alarms. Imports no Dagster.

Does not live here: asking for the run (``automation``, ``demo``).
"""

from datetime import UTC, date, datetime

from analytics_platform.connectors.files.dropping import dropped_files
from analytics_platform.contracts import IMPORTS, TABLES
from analytics_platform.contracts.imports import EXPORTS
from analytics_platform.lake import open_lake
from analytics_platform.settings import Settings

Waiting = dict[date, list[str]]


def waiting_days(settings: Settings, today: date | None = None) -> Waiting:
    """Days to build and names of what each waits for: the same names are the same state.

    Files and rules have no day of their own: any run takes them in, so today's will do. Answers of an export are also
    labelled on the day on which they were received.
    """
    lake, now, waiting = open_lake(settings), today or datetime.now(UTC).date(), Waiting()
    for table in (*TABLES.values(), *IMPORTS.values()):
        for day in lake.ledger.reopened(table, lake.landing):
            names = [f"{table.path}/{segment.name}" for segment in lake.landing.segments(table, day)]
            places = {day} if table.path in TABLES else {day, now} if table is EXPORTS else {now}
            for place in places:
                waiting.setdefault(place, []).extend(names)
    for kind, file in dropped_files(settings):
        stat = file.stat()
        waiting.setdefault(now, []).append(f"imports/{kind}/{file.name}@{stat.st_size}-{stat.st_mtime_ns}")
    _add_alarms(settings, now, waiting)
    return waiting


def _add_alarms(settings: Settings, today: date, waiting: Waiting) -> None:
    lake = open_lake(settings)
    if not lake.store.exists("labels/scanned.json"):
        return  # nothing was ever labelled, and the rules need not be read
    from analytics_platform.enrichment.rescanning import changed_rules, rescanned_days

    for day in rescanned_days(lake):
        waiting.setdefault(day, []).append("labels/safety/rescanned")
    for rule in sorted(changed_rules(settings, today)):
        waiting.setdefault(today, []).append(f"labels/safety/{rule}")
