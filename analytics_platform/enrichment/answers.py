"""Labels of free-text answers: each distinct text labelled once, each day written whole beside the lake.

``lake/labels/answers/day=…`` and, screened at the same time, ``lake/labels/safety/day=…``. A day without answers gets
files without rows. Does not live here: how a label is found (``engine``, ``answer_themes``), alarms (``alarms``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pyarrow as pa

from analytics_platform.contracts import MADE
from analytics_platform.enrichment.alarms import FIRINGS, SAFETY, Watch, fired_sql
from analytics_platform.enrichment.answer_themes import AnswerThemes
from analytics_platform.enrichment.engine import Engine
from analytics_platform.enrichment.free_texts import CHUNK_DAYS, batches, collect, read_answers
from analytics_platform.enrichment.rescanning import remember_first
from analytics_platform.lake import open_lake
from analytics_platform.lake.workbench import days_sql, workbench, write_day
from analytics_platform.settings import Settings

ANSWERS = MADE["labels/answers"]
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

    def label(self, texts: Sequence[str]) -> pa.Table:
        """One row per text."""
        labels = self._engine.label(texts, ["language", "sentiment"])
        rows = []
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
                    "version": f"{feeling.version} {self._themes.version} {self.rules.version}",
                }
            )
        return pa.Table.from_pylist(rows, _TEXTS)


def open_labeller(settings: Settings) -> Labeller:
    """The labeller of this platform; its model is shared by everything below PLATFORM_HOME."""
    return Labeller(Engine(model_folder=settings.home / "models"))


def label_days(
    settings: Settings, days: Sequence[date], labeller: Labeller | None = None, now: datetime | None = None
) -> list[DayLabels]:
    """Label the answers of these days anew. An alarm that a day has already keeps the time at which it fired first."""
    lake, found = open_lake(settings), labeller or open_labeller(settings)
    at = now or datetime.now(UTC)
    watch = Watch.of(settings, found.rules, at.date())
    made: list[DayLabels] = []
    for chunk in (days[first : first + CHUNK_DAYS] for first in range(0, len(days), CHUNK_DAYS)):
        with workbench(lake) as (connection, folder):
            read_answers(connection, folder, lake, chunk)
            collect(connection, "labelled", _TEXTS.empty_table())
            collect(connection, "fired", FIRINGS.empty_table())
            for texts in batches(connection):
                collect(connection, "labelled", found.label(texts))
                collect(connection, "fired", watch.screen(texts))
            for day in chunk:
                rows = f"select * from answers join labelled using (text) where day = date '{day}'"
                answers = write_day(connection, lake, folder, ANSWERS, day, rows)
                firings = fired_sql(days_sql(lake, SAFETY, [day], folder / str(day)), day, at)
                made.append(DayLabels(day, answers, write_day(connection, lake, folder, SAFETY, day, firings)))
    remember_first(lake, watch)
    return made
