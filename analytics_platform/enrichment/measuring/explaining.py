"""Why a text got its labels: the words that were read, the features that weighed most, the rules that fired.

Does not live here: the labels themselves (``engine``), how they are printed (``commands``).
"""

from dataclasses import dataclass

from analytics_platform.enrichment.labels import TASKS, Labels
from analytics_platform.enrichment.learning.examples import MODELLED
from analytics_platform.enrichment.learning.model import softmax
from analytics_platform.enrichment.methods.engine import Engine
from analytics_platform.enrichment.methods.local import judged_as
from analytics_platform.enrichment.texts import lexicon

STRONGEST = 6


@dataclass(frozen=True)
class TaskReasons:
    """For one task: how the belief is spread, and what spoke for the best label."""

    shares: dict[str, float]
    features: list[tuple[str, float]]


@dataclass(frozen=True)
class Explanation:
    labels: Labels
    judged_as: str
    words: list[str]
    feeling: list[tuple[str, float]]
    tasks: dict[str, TaskReasons]
    positive: tuple[str, ...]


def explain(engine: Engine, text: str) -> Explanation:
    """Everything that led to the labels of a text."""
    labels = engine.label([text], TASKS)[0]
    language = judged_as(labels["language"])
    words = engine.local.reader.words(text)
    feeling = lexicon.feel(words, lexicon.packaged(language))
    reading = engine.local.reader.read([text], [language])
    model = engine.local.model
    rows, _ = model.vocabulary.rows(reading.features)
    names = list(model.vocabulary.index)
    tasks = {}
    for task in MODELLED:
        fitted = model.tasks[task]
        scores = fitted.scores(rows, reading.dense)
        best = int(scores[0].argmax())
        rest = fitted.weights.mean(axis=1)
        weights = [
            (names[place], float(value * (fitted.weights[place, best] - rest[place])))
            for place, value in zip(rows.indices, rows.data, strict=True)
        ]
        border, dense = len(lexicon.NAMES), fitted.dense_weights
        spoken = reading.dense[0, : len(dense)] * (dense[:, best] - dense.mean(axis=1))
        weights += [("(feeling)", float(spoken[:border].sum())), ("(telling words)", float(spoken[border:].sum()))]
        strongest = sorted(weights, key=lambda item: -abs(item[1]))[:STRONGEST]
        shares = dict(zip(fitted.names, (round(float(share), 3) for share in softmax(scores)[0]), strict=True))
        tasks[task] = TaskReasons(shares, [(name, round(value, 3)) for name, value in strongest])
    return Explanation(labels, language, words, list(feeling.hits), tasks, engine.rules.positives(text))
