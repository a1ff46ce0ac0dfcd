"""What waits at each step: the difference between what there is and what the step notes that it was built from.

Landing ≠ ledger, lake ≠ labels, lake ≠ marts, marts ≠ snapshot. A day that a run lost, because it was killed or failed
behind the lake, differs at a later step and waits there. One listing for a table, no file of a day is opened.

To show a further step: write a function like those below and add it to ``STEPS``. The job ``daily`` does all of them.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime

from analytics_platform.connectors.files.dropping import dropped_files
from analytics_platform.contracts import IMPORTS, INSIGHTS, TABLES
from analytics_platform.contracts.imports import EXPORTS
from analytics_platform.lake import open_lake
from analytics_platform.lake.day_files import day_files, day_of, table_of
from analytics_platform.lake.notes import digest
from analytics_platform.settings import Settings
from analytics_platform.warehouse.built import READ_WHOLE, read_built
from analytics_platform.warehouse.engine import open_warehouse

UNFINISHED, UNPUBLISHED = "marts/unfinished since ", "snapshot/"
# Days, each with the names of what it waits for. A name carries the version: the same names are the same state.
Waiting = dict[date, list[str]]


def lake_waiting(settings: Settings, today: date) -> Waiting:
    """Days with other raw lines than their lake day was built from; today, when files were imported or dropped.

    Files have no day of their own: any run takes them in. Answers of an export are labelled on their day of receipt.
    """
    lake, waiting = open_lake(settings), Waiting()
    for table in (*TABLES.values(), *IMPORTS.values()):
        for day in lake.ledger.reopened(table, lake.landing):
            names = [f"{table.path}/{segment.name}" for segment in lake.landing.segments(table, day)]
            names = names or [f"{table.path}/{day} is empty"]
            places = {day} if table.path in TABLES else {day, today} if table is EXPORTS else {today}
            for place in places:
                waiting.setdefault(place, []).extend(names)
    for kind, file in dropped_files(settings):
        stat = file.stat()
        waiting.setdefault(today, []).append(f"imports/{kind}/{file.name}@{stat.st_size}-{stat.st_mtime_ns}")
    return waiting


def labels_waiting(settings: Settings, today: date) -> Waiting:
    """Days whose answers were labelled in another version; today, when a rule or word must still scan the past."""
    from analytics_platform.enrichment.answers.answer_labeller import unlabelled_days
    from analytics_platform.enrichment.answers.rescanning import changed_rules

    lake = open_lake(settings)
    waiting = {day: [f"labels/{day}@{version}"] for day, version in unlabelled_days(lake).items()}
    if lake.store.exists("labels/scanned.json"):  # else nothing was ever screened, and the rules need not be read
        for rule, version in sorted(changed_rules(settings, today).items()):
            waiting.setdefault(today, []).append(f"labels/safety/{rule}@{version}")
    return waiting


def marts_waiting(settings: Settings, today: date) -> Waiting:
    """Days whose lake files are not those that the marts were built from; today, when the last build did not end."""
    there, built, waiting = day_files(open_lake(settings).store), read_built(settings), Waiting()
    for key in built.differing(there):
        if table_of(key) in INSIGHTS:
            continue  # they are made of the snapshot; their job builds their marts and publishes them
        place = today if table_of(key) in READ_WHOLE else day_of(key)
        waiting.setdefault(place, []).append(f"marts/{key}@{there.get(key, 'gone')}")
    if built.unfinished and not waiting:
        waiting[today] = [f"{UNFINISHED}{built.build or 'the start'}"]
    return waiting


def snapshot_waiting(settings: Settings, today: date) -> Waiting:
    """Today, when readers see another build than the last one that ended well."""
    built, snapshot = read_built(settings), open_warehouse(settings).current()
    if not built.can_be_published or (snapshot is not None and snapshot.build == built.build):
        return {}
    return {today: [f"{UNPUBLISHED}{built.build}"]}


STEPS: dict[str, Callable[[Settings, date], Waiting]] = {
    "lake": lake_waiting,
    "labels": labels_waiting,
    "marts": marts_waiting,
    "snapshot": snapshot_waiting,
}


def waiting_steps(settings: Settings, today: date | None = None) -> dict[str, Waiting]:
    """What waits, by step."""
    now = today or datetime.now(UTC).date()
    return {step: waits(settings, now) for step, waits in STEPS.items()}


def waiting_days(settings: Settings, today: date | None = None) -> Waiting:
    """The days that the job ``daily`` must build. Days before the first partition wait for a run of today: dbt builds
    every day whose input differs.
    """
    now, waiting = today or datetime.now(UTC).date(), Waiting()
    for found in waiting_steps(settings, now).values():
        for day, names in found.items():
            waiting.setdefault(day if day >= settings.platform_first_day else now, []).extend(names)
    return waiting


def is_only_unfinished(waiting: Waiting) -> bool:
    """Whether nothing waits but a build that did not end or was not published yet: a run may be about to."""
    return all(name.startswith((UNFINISHED, UNPUBLISHED)) for names in waiting.values() for name in names)


def state_of(waiting: Mapping[date, Iterable[str]], first: date, last: date) -> str:
    """A digest of what waits in a range of days: the same state has the same digest."""
    return digest({name for day, names in waiting.items() if first <= day <= last for name in names})
