"""The holdout that ships with the project: labelled texts per language that training never sees, and their scores.

``holdout/<language>.csv`` (style, topic, intent, sentiment, text, parted by ``|``) and ``holdout/safety.csv``. Does not
live here: the measures (``evaluation``).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analytics_platform.enrichment.labels import UNKNOWN
from analytics_platform.enrichment.learning.evaluation import Evaluation, score
from analytics_platform.enrichment.learning.examples import MODELLED, NONE
from analytics_platform.enrichment.methods.engine import Engine

PACKAGED = Path(__file__).parents[1] / "holdout"
LANGUAGES = ("en", "th", "id")
ALARM = "alarm"


@dataclass(frozen=True)
class HoldoutScore:
    """The scores of one task in one language."""

    task: str
    language: str
    evaluation: Evaluation


def holdout_texts(task: str, language: str) -> list[tuple[str, str]]:
    """The texts and labels of one task in one language; what the taxonomy does not cover must come out unknown."""
    rows = rows_of("safety.csv") if task == "safety" else rows_of(f"{language}.csv")
    if task == "safety":
        return [(row["text"], row["label"]) for row in rows if row["language"] == language]
    if task == "language":
        return [(row["text"], language) for row in rows]
    named = ((row["text"], row[task]) for row in rows)
    return [(text, UNKNOWN if label == NONE else label) for text, label in named if label != "-"]


def score_holdout(engine: Engine) -> Iterator[HoldoutScore]:
    """Every task in every language."""
    for task in ("language", *MODELLED, "safety"):
        for language in LANGUAGES:
            pairs = holdout_texts(task, language)
            answers = [answer[task] for answer in engine.label([text for text, _ in pairs], [task])]
            yield HoldoutScore(task, language, score([label for _, label in pairs], answers))


def rows_of(name: str) -> list[dict[str, str]]:
    with (PACKAGED / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="|", quoting=csv.QUOTE_NONE))
