"""The past labelled anew by what labels today, and what that changed: label by label, from which version to which.

A text that carries today's version already is not labelled again, so a second call changes nothing. Does not live here:
labelling (``chat_labeller``, ``answer_labeller``).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from analytics_platform.contracts import CHAT_LABELS, MADE, TABLES, LakeTable
from analytics_platform.contracts.imports import EXPORTS
from analytics_platform.enrichment.answers.answer_labeller import label_days, open_labeller
from analytics_platform.enrichment.chats.chat_labeller import label_chats, open_chat_labeller
from analytics_platform.enrichment.errors import EnrichmentError
from analytics_platform.lake import open_lake
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.workbench import days_of, days_sql, workbench
from analytics_platform.settings import Settings

CHUNK_DAYS = 31
COMPARED = {"labels/exchanges": ("language", "topic", "intent", "sentiment", "safety"),
            "labels/answers": ("language", "sentiment", "theme")}  # fmt: skip
TABLE_OF: dict[str, LakeTable] = {"chats": CHAT_LABELS["labels/exchanges"], "answers": MADE["labels/answers"]}
SOURCES = {"chats": (TABLES["nocodb/messages"],), "answers": (TABLES["xapi/statements"], EXPORTS)}


@dataclass
class Relabelled:
    """Of chats or answers: days, labelled rows, rows whose version is another one, and each label that changed."""

    what: str
    days: list[date]
    rows: int = 0
    other_version: int = 0
    versions: Counter[str] = field(default_factory=Counter)  # before
    changes: dict[str, Counter[tuple[str, str]]] = field(default_factory=dict)


def relabel(settings: Settings, since: date, until: date | None = None, what: Sequence[str] = ()) -> list[Relabelled]:
    """Label the days since one anew, a month at a time, and compare."""
    today = datetime.now(UTC).date()
    last = until or today
    if since > today or last < since:
        raise EnrichmentError(f"There is nothing to label from {since} to {last}: give days up to {today}, in order.")
    lake = open_lake(settings)
    done = [_relabelled(settings, lake, name, since, last) for name in what or TABLE_OF]
    if not any(one.days for one in done):
        raise EnrichmentError(f"No day from {since} to {last} holds chats or answers: nothing was labelled.")
    return done


def _relabelled(settings: Settings, lake: Lake, what: str, since: date, last: date) -> Relabelled:
    days = sorted({day for table in SOURCES[what] for day in days_of(lake, table) if since <= day <= last})
    found, table = Relabelled(what, days), TABLE_OF[what]
    label = _labeller(settings, what) if days else None
    for first in range(0, len(days), CHUNK_DAYS):
        chunk = days[first : first + CHUNK_DAYS]
        with workbench(lake) as (connection, folder):
            columns = ", ".join((table.key, "day", "version", *COMPARED[table.path]))
            before = days_sql(lake, table, chunk, folder / "before")
            connection.execute(f"create temp table before as select {columns} from ({before})")
            if label:
                label(chunk)
            after = days_sql(lake, table, chunk, folder / "after")
            connection.execute(f"create temp table after as select {columns} from ({after})")
            told = f"""
                select coalesce(before.version, 'not labelled'), count(*),
                    count(*) filter (before.version is distinct from after.version)
                from after left join before using ({table.key}, day) group by all"""
            for version, rows, others in connection.execute(told).fetchall():
                found.rows += rows
                found.other_version += others
                found.versions[version] += rows
            for task in COMPARED[table.path]:
                pairs = found.changes.setdefault(task, Counter())
                changed = f"""
                    select before.{task}, after.{task}, count(*)
                    from after inner join before using ({table.key}, day)
                    where before.{task} is distinct from after.{task} group by all"""
                for old, new, count in connection.execute(changed).fetchall():
                    pairs[old, new] += count
    return found


def _labeller(settings: Settings, what: str) -> Callable[[Sequence[date]], Any]:
    if what == "chats":
        chats = open_chat_labeller(settings)
        return lambda days: label_chats(settings, days, chats)
    answers = open_labeller(settings)
    return lambda days: label_days(settings, days, answers)
