"""A new or changed rule or word scans the past: every day is screened for it alone, and what has fired stays as it is.

A day whose alarms changed has another file, so its marts wait. Does not live here: what fires (``alarms``), when this
is done (``defs``, or ``analytics-platform labels rescan``).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import orjson

from analytics_platform.enrichment.answers.alarms import FIRINGS, SAFETY, Watch, fired_sql
from analytics_platform.enrichment.answers.free_texts import CHUNK_DAYS, batches, collect, read_answers
from analytics_platform.enrichment.safety.rules import packaged_rules
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.parse_sql import quote_text
from analytics_platform.lake.workbench import days_of, days_sql, workbench, write_day
from analytics_platform.settings import Settings

_SCANNED = "labels/scanned.json"  # the rules with which every day was screened at least


@dataclass(frozen=True)
class Rescan:
    """What a rescan found: the rules that were new, changed or gone, and the days whose alarms it changed."""

    rules: tuple[str, ...]
    days: tuple[date, ...]


def rescan(settings: Settings, now: datetime | None = None) -> Rescan:
    """Screen all the past for rules and words that are new or changed; drop the alarms of those that are gone."""
    lake, at = open_lake(settings), now or datetime.now(UTC)
    watch = Watch.of(settings, packaged_rules(), at.date())
    changed = _differing(lake, watch)
    if not changed:
        return Rescan((), ())
    found: list[date] = []
    days, new = days_of(lake, SAFETY), watch.narrowed(changed)
    for chunk in (days[first : first + CHUNK_DAYS] for first in range(0, len(days), CHUNK_DAYS)):
        found += _rescan_days(lake, chunk, new, changed, at)
    _publish(lake, _SCANNED, watch.digests())
    return Rescan(tuple(sorted(changed)), tuple(found))


def _rescan_days(lake: Lake, days: Sequence[date], new: Watch, changed: Collection[str], at: datetime) -> list[date]:
    names = ", ".join(map(quote_text, sorted(changed)))
    found = []
    with workbench(lake) as (connection, folder):
        read_answers(connection, folder, lake, days)
        collect(connection, "fired", FIRINGS.empty_table())
        for texts in batches(connection):
            collect(connection, "fired", new.screen(texts))
        for day in days:
            before = days_sql(lake, SAFETY, [day], folder / str(day))
            columns = ", ".join(column.name for column in SAFETY.columns)
            rows = f"""select {columns} from ({before}) where rule not in ({names})
                union all select {columns} from ({fired_sql(before, day, at)})"""
            now_and_then = [f"(select firing_id, tier, cohort from ({sql}))" for sql in (rows, before)]
            gained, lost = (f"({a} except {b})" for a, b in (now_and_then, now_and_then[::-1]))
            row = connection.execute(f"select count(*) from ({gained} union all {lost})").fetchone()
            if row and row[0]:
                write_day(connection, lake, folder, SAFETY, day, rows)
                found.append(day)
    return found


def remember_first(lake: Lake, watch: Watch) -> None:
    """Note with which rules the very first days were screened; later only ``rescan`` notes it."""
    if not lake.store.exists(_SCANNED):
        _publish(lake, _SCANNED, watch.digests())


def changed_rules(settings: Settings, today: date) -> dict[str, str]:
    """Rules and words with which the past was not screened yet, or that are gone; each with its digest.

    Cheap enough for a sensor.
    """
    watch = Watch.of(settings, packaged_rules(), today)
    digests = watch.digests()
    return {rule: digests.get(rule, "gone") for rule in _differing(open_lake(settings), watch)}


def _differing(lake: Lake, watch: Watch) -> set[str]:
    content = lake.store.read(_SCANNED)
    if content is None:
        return set()  # nothing was ever screened
    known, now = orjson.loads(content), watch.digests()
    return {rule for rule in known.keys() | now.keys() if known.get(rule) != now.get(rule)}


def _publish(lake: Lake, key: str, content: Mapping[str, str]) -> None:
    with lake.store.workspace() as folder:
        file = folder / "content.json"
        file.write_bytes(orjson.dumps(content, option=orjson.OPT_SORT_KEYS))
        lake.store.publish(file, key)
