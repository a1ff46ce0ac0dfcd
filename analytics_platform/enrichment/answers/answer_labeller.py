"""Labels of free-text answers: each distinct text labelled once, each day written whole beside the lake.

``lake/labels/answers/day=…`` and, screened at the same time, ``lake/labels/safety/day=…``. A day without answers gets
files without rows, one without any line gets none. Each day notes the version of the lake that it was labelled from.
Does not live here: how a label is found (``engine``, ``answer_themes``), alarms (``alarms``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pyarrow as pa

from analytics_platform.contracts import MADE, TABLES
from analytics_platform.contracts.imports import EXPORTS
from analytics_platform.enrichment.answers.alarms import FIRINGS, SAFETY, Watch, fired_sql
from analytics_platform.enrichment.answers.answer_themes import AnswerThemes
from analytics_platform.enrichment.answers.free_texts import CHUNK_DAYS, batches, collect, read_answers
from analytics_platform.enrichment.answers.rescanning import remember_first
from analytics_platform.enrichment.methods.deciding import PERSON
from analytics_platform.enrichment.methods.engine import Engine
from analytics_platform.enrichment.safety.rules import NO_ALARM
from analytics_platform.lake import open_lake
from analytics_platform.lake.day_files import day_files, day_of
from analytics_platform.lake.lake import Lake
from analytics_platform.lake.notes import Notes, digest
from analytics_platform.lake.workbench import days_sql, workbench, write_day
from analytics_platform.settings import Settings

ANSWERS = MADE["labels/answers"]
MODEL = "model"
"""The rule of a firing that no rule made, but for one that a person decided. A rescan leaves these as they are."""
INPUTS = (TABLES["xapi/statements"], EXPORTS)
_TEXTS = pa.schema(
    [(name, pa.string()) for name in ("text", "language", "sentiment", "theme", "positives", "method", "version")]
    + [(name, pa.float64()) for name in ("sentiment_confidence", "theme_confidence")]
)


@dataclass(frozen=True)
class DayLabels:
    """How many labelled answers and how many alarms a day has."""

    day: date
    answers: int
    firings: int


class Labeller:
    """Labels texts with the local method; the model is loaded with the first text, so a day without costs nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._themes = AnswerThemes(engine.taxonomies["theme"])
        self.rules = engine.rules

    def label(self, texts: Sequence[str]) -> tuple[pa.Table, pa.Table]:
        """One row per text, and a firing for each that the model raised where no rule fired."""
        labels = self._engine.label(texts, ["language", "sentiment", "safety"])
        rows, decided = [], self._engine.decisions.version
        for one, found in zip(texts, labels, strict=True):
            feeling, theme = found["sentiment"], self._themes.label(one)
            rows.append(
                {
                    "text": one,
                    "language": found["language"].label,
                    "sentiment": feeling.label,
                    "sentiment_confidence": feeling.confidence,
                    "theme": theme.label,
                    "theme_confidence": theme.confidence,
                    "positives": "|".join(self.rules.positives(one)) or None,
                    "method": feeling.method,
                    "version": f"{feeling.version} {self._themes.version} {self.rules.version} {decided}".strip(),
                }
            )
        safety = ((one, found["safety"]) for one, found in zip(texts, labels, strict=True))
        raised = [
            {
                "text": one,
                "rule": PERSON if label.method == PERSON else MODEL,
                "tier": label.label,
                "words": "",
                "version": label.version,
            }
            for one, label in safety
            if label.label != NO_ALARM and label.method != "rules"
        ]
        return pa.Table.from_pylist(rows, _TEXTS), pa.Table.from_pylist(raised, FIRINGS)


def open_labeller(settings: Settings) -> Labeller:
    """The labeller of this platform; its model is shared by everything below PLATFORM_HOME."""
    return Labeller(Engine(model_folder=settings.home / "models"))


def label_days(
    settings: Settings, days: Sequence[date], labeller: Labeller | None = None, now: datetime | None = None
) -> list[DayLabels]:
    """Label the answers of these days anew. An alarm that a day has already keeps the time at which it fired first."""
    lake, found = open_lake(settings), labeller or open_labeller(settings)
    at, versions = now or datetime.now(UTC), input_versions(lake)
    watch = Watch.of(settings, found.rules, at.date())
    made: list[DayLabels] = []
    for chunk in (days[first : first + CHUNK_DAYS] for first in range(0, len(days), CHUNK_DAYS)):
        with workbench(lake) as (connection, folder):
            read_answers(connection, folder, lake, chunk)
            collect(connection, "labelled", _TEXTS.empty_table())
            collect(connection, "fired", FIRINGS.empty_table())
            for texts in batches(connection):
                labelled, raised = found.label(texts)
                collect(connection, "labelled", labelled)
                collect(connection, "fired", raised)
                collect(connection, "fired", watch.screen(texts))
            for day in chunk:
                if str(day) not in versions:
                    made.append(DayLabels(day, 0, 0))
                    continue
                rows = f"select * from answers join labelled using (text) where day = date '{day}'"
                answers = write_day(connection, lake, folder, ANSWERS, day, rows)
                firings = fired_sql(days_sql(lake, SAFETY, [day], folder / str(day)), day, at)
                made.append(DayLabels(day, answers, write_day(connection, lake, folder, SAFETY, day, firings)))
    remember_first(lake, watch)
    built = {str(day): versions[str(day)] for day in days if str(day) in versions}
    Notes(lake.store, "labels").add(built)
    return made


def input_versions(lake: Lake) -> dict[str, str]:
    """By day, the version of what its labels are made from; a day without a file has no answers."""
    found: dict[str, list[str]] = {}
    for table in INPUTS:
        for key, mark in day_files(lake.store, table).items():
            found.setdefault(str(day_of(key)), []).append(f"{key}@{mark}")
    return {day: digest(marks) for day, marks in found.items()}


def unlabelled_days(lake: Lake) -> dict[date, str]:
    """The days whose answers changed since they were labelled, each with the version that waits."""
    versions = input_versions(lake)
    return {date.fromisoformat(day): versions[day] for day in Notes(lake.store, "labels").differing(versions)}
