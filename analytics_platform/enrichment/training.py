"""Fits the local models: linear models over words and n-grams, then a confidence that means what it says.

Confidence is fitted on texts of styles that the model did not see (leave one style out), because that is how the
texts of a new source look to it. scikit-learn is imported here and nowhere else. Does not live here: using a fitted
model (``model``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from analytics_platform.enrichment.examples import MODELLED, NONE, STYLES, Example, for_taxonomies, packaged_examples
from analytics_platform.enrichment.features import Vocabulary
from analytics_platform.enrichment.model import LinearModel, TaskModel, softmax, trust_inputs
from analytics_platform.enrichment.reading import Reader, Reading, columns_of
from analytics_platform.enrichment.taxonomy import Taxonomy
from analytics_platform.enrichment.variation import vary

STRENGTH = {"topic": 30.0, "intent": 30.0, "sentiment": 8.0}
"""Inverse of the regularisation, chosen by leave-one-style-out."""
MOST_STEPS = 100
DENSE_SCALE = {"topic": 0.5, "intent": 0.5, "sentiment": 0.8}
"""How loud the lexicon and the telling words speak to each task, chosen by leave-one-style-out."""


@dataclass(frozen=True)
class Fold:
    """What a model said about one text of a style that it had not seen."""

    example: Example
    task: str
    answer: str
    trust: NDArray[np.float32]


def train(taxonomies: Mapping[str, Taxonomy], version: str, examples: Sequence[Example] | None = None) -> LinearModel:
    """A model of every task for these taxonomies."""
    fitting = for_taxonomies(list(packaged_examples() if examples is None else examples), taxonomies)
    varied = vary(fitting)
    reading = Reader(taxonomies).read([example.text for example in varied], [example.language for example in varied])
    vocabulary = Vocabulary.learn(reading.features)
    rows, _ = vocabulary.rows(reading.features)
    tasks = {task: _fit(task, taxonomies[task].names, varied, rows, reading) for task in MODELLED}
    for task in MODELLED:
        folds = leave_one_style_out(task, taxonomies[task].names, varied, reading)
        tasks[task] = tasks[task].trusting(*_fit_trust(folds))
    return LinearModel(version, vocabulary, tasks)


def leave_one_style_out(
    task: str, names: Sequence[str], examples: Sequence[Example], reading: Reading, styles: Sequence[str] = STYLES
) -> list[Fold]:
    """For each style: fit on all others, judge the written texts of that one."""
    folds: list[Fold] = []
    for style in styles:
        seen = [place for place, example in enumerate(examples) if example.style != style]
        held = [place for place, example in enumerate(examples) if example.style == style and example.weight == 1.0]
        held = [place for place in held if task in examples[place].labels]
        if not held:
            continue
        vocabulary = Vocabulary.learn(reading.features[place] for place in seen)
        rows, _ = vocabulary.rows([reading.features[place] for place in seen])
        model = _fit(task, names, [examples[place] for place in seen], rows, reading.at(seen))
        part = reading.at(held)
        rows, known = vocabulary.rows(part.features)
        scores = model.scores(rows, part.dense)
        trust = trust_inputs(softmax(scores), known, part)
        answers = [model.names[best] for best in scores.argmax(axis=1)]
        folds += [Fold(examples[place], task, answers[at], trust[at]) for at, place in enumerate(held)]
    return folds


def _fit(
    task: str, names: Sequence[str], examples: Sequence[Example], rows: sparse.csr_matrix, reading: Reading
) -> TaskModel:
    kept = [place for place, example in enumerate(examples) if task in example.labels]
    labels = [examples[place].labels[task] for place in kept]
    classes = [name for name in (*names, NONE) if name in set(labels)]
    target = np.array([classes.index(label) for label in labels])
    counts = np.bincount(target, minlength=len(classes))
    balance = np.sqrt(counts.mean() / np.maximum(counts, 1))
    weight = np.array([examples[place].weight for place in kept]) * balance[target]
    scale = DENSE_SCALE[task]
    dense = reading.dense[kept, columns_of(task, reading.dense.shape[1])] * scale
    inputs = sparse.hstack([rows[kept], sparse.csr_matrix(dense)], format="csr")
    fitted = LogisticRegression(C=STRENGTH[task], max_iter=MOST_STEPS, tol=1e-3).fit(
        inputs, target, sample_weight=weight
    )
    coefficients = fitted.coef_.T.astype(np.float32)
    offsets = fitted.intercept_.astype(np.float32)
    if len(classes) == 2:
        coefficients, offsets = np.hstack([-coefficients, coefficients]), np.array([-offsets[0], offsets[0]])
    width = rows.shape[1]
    return TaskModel(task, tuple(classes), coefficients[:width], coefficients[width:] * scale, offsets)


def _fit_trust(folds: Sequence[Fold]) -> tuple[NDArray[np.float32], float]:
    """How often the best label is right, from how far ahead it is and how much of the text is known."""
    inputs = np.array([fold.trust for fold in folds])
    right = np.array([fold.answer == fold.example.labels[fold.task] for fold in folds])
    if right.all() or not right.any():
        return np.zeros(inputs.shape[1], dtype=np.float32), 2.0 if right.all() else -2.0
    fitted = LogisticRegression(C=1.0, max_iter=200).fit(inputs, right)
    return fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0])
