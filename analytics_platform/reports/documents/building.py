"""A report of one kind and period, put together: what is asked, in which order, and what is advised."""

from collections.abc import Sequence
from datetime import date

from analytics_platform.errors import ReportError
from analytics_platform.lake import open_lake
from analytics_platform.reports.documents import conversations, counts, executive, learning, technical
from analytics_platform.reports.documents.document import KINDS, TITLES, Document, Kind
from analytics_platform.reports.documents.marts import Marts
from analytics_platform.reports.documents.periods import Period
from analytics_platform.reports.documents.rules import advise
from analytics_platform.settings import Settings
from analytics_platform.warehouse.engine import open_warehouse

_ADVICE: dict[Kind, tuple[str, ...]] = {
    "executive": ("people", "learning", "conversations", "pipeline"),
    "technical": ("pipeline",),
    "learning": ("people", "learning"),
    "conversations": ("conversations",),
}


def compose(settings: Settings, kinds: Sequence[str], period: Period, failed_checks: Sequence[str]) -> list[Document]:
    """The reports of one period, all from one snapshot; ``failed_checks`` are blocking ones that are red now."""
    strangers = sorted(set(kinds) - set(KINDS))
    if strangers:
        raise ReportError(f"There is no report {', '.join(strangers)}. Known: {', '.join(KINDS)}.")
    ledger = open_lake(settings).ledger
    with open_warehouse(settings).reader() as reader:
        marts = Marts(reader)
        now, then = counts.totals(marts, period), counts.before(marts, period)
        numbers = {**now, "active_before": then.get("active")}
        if {"executive", "learning"} & set(kinds):
            numbers |= learning.numbers(marts)
        if {"executive", "technical"} & set(kinds):
            numbers |= technical.numbers(marts, ledger, period)
        made = {
            "executive": lambda: executive.sections(marts, period, now, then),
            "technical": lambda: technical.sections(marts, ledger, period, now, then),
            "learning": lambda: learning.sections(marts, period, now, then),
            "conversations": lambda: conversations.sections(marts, period, now, then),
        }
        documents = []
        for kind in KINDS:
            if kind in kinds:
                advice, checked = advise(numbers, *_ADVICE[kind])
                warnings = warnings_of(period, marts.snapshot.last_day, failed_checks)
                sections = tuple(made[kind]())
                documents.append(
                    Document(kind, TITLES[kind], period, marts.snapshot.last_day, warnings, advice, checked, sections)
                )
    return documents


def warnings_of(period: Period, last_day: str | None, failed_checks: Sequence[str]) -> tuple[str, ...]:
    """What a reader has to know about the data before the first number."""
    found = [f"The data failed a blocking check: {check}. Numbers may be wrong or old." for check in failed_checks]
    if last_day is None:
        found.append("Nothing is published yet.")
    elif date.fromisoformat(last_day) < period.last:
        found.append(f"The published data ends on {last_day} (UTC): this period is not complete.")
    return tuple(found)
