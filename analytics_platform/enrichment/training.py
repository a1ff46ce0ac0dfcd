"""Fits the local models: linear models over words and n-grams, then a confidence that means what it says.

Confidence is fitted on texts of styles that the model did not see (leave one style out), because that is how the
texts of a new source look to it. scikit-learn is imported here and nowhere else. Does not live here: using a fitted
model (``model``).
"""

import warnings
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from analytics_platform.enrichment.examples import MODELLED, NONE, STYLES, Example, for_taxonomies, packaged_examples
from analytics_platform.enrichment.features import Vocabulary
from analytics_platform.enrichment.model import LinearModel, TaskModel, softmax, trust_inputs
from analytics_platform.enrichment.reading import Reader, Reading, columns_of
from analytics_platform.enrichment.taxonomy import Taxonomy
from analytics_platform.enrichment.variation import MADE, vary

STRENGTH = 30.0
"""Inverse of the regularisation; 5 to 50 score alike (4-fold, 2026-11-20)."""
DENSE_SCALE = {"topic": 0.5, "intent": 0.5, "sentiment": 0.8}
"""How loud the lexicon and the telling words speak to each task; 0.5 to 1.5 score alike."""
MOST_STEPS = 30
RANDOM_FOLDS = 3


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
    chosen, part = _without_variants(varied, reading)
    for task in MODELLED:
        folds = leave_one_style_out(task, taxonomies[task].names, chosen, part)
        folds += leave_random_out(task, taxonomies[task].names, chosen, part)
        tasks[task] = tasks[task].trusting(*_fit_trust(folds))
    return LinearModel(version, vocabulary, tasks)


def prepare(taxonomies: Mapping[str, Taxonomy]) -> tuple[list[Example], Reading]:
    """The written texts and made sentences, read once, for whoever wants to leave parts of them out."""
    varied = vary(for_taxonomies(packaged_examples(), taxonomies), per_example=0)
    reading = Reader(taxonomies).read([example.text for example in varied], [example.language for example in varied])
    return _without_variants(varied, reading)


def _without_variants(examples: Sequence[Example], reading: Reading) -> tuple[list[Example], Reading]:
    """Variants are left out where something is measured: their originals would be seen."""
    plain = [place for place, example in enumerate(examples) if example.weight == 1.0 or example.style == MADE]
    return [examples[place] for place in plain], reading.at(plain)


def leave_one_style_out(task: str, names: Sequence[str], examples: Sequence[Example], reading: Reading) -> list[Fold]:
    """For each style: fit on all others, judge the written texts of that one."""
    folds = [[place for place, example in enumerate(examples) if example.style == style] for style in STYLES]
    return [fold for held in folds for fold in _judge_unseen(task, names, examples, reading, held)]


def leave_random_out(task: str, names: Sequence[str], examples: Sequence[Example], reading: Reading) -> list[Fold]:
    """For each third of the texts: fit on the others, judge the written ones of it."""
    parts = [zlib.crc32(example.text.encode()) % RANDOM_FOLDS for example in examples]
    folds = [[place for place, part in enumerate(parts) if part == number] for number in range(RANDOM_FOLDS)]
    return [fold for held in folds for fold in _judge_unseen(task, names, examples, reading, held)]


def _judge_unseen(
    task: str, names: Sequence[str], examples: Sequence[Example], reading: Reading, held: Sequence[int]
) -> list[Fold]:
    left_out = set(held)
    seen = [place for place in range(len(examples)) if place not in left_out]
    judged = [place for place in held if task in examples[place].labels and examples[place].style in STYLES]
    if not judged:
        return []
    vocabulary = Vocabulary.learn(reading.features[place] for place in seen)
    rows, _ = vocabulary.rows([reading.features[place] for place in seen])
    model = _fit(task, names, [examples[place] for place in seen], rows, reading.at(seen))
    part = reading.at(judged)
    rows, known = vocabulary.rows(part.features)
    scores = model.scores(rows, part.dense)
    trust = trust_inputs(softmax(scores), known, part)
    answers = [model.names[best] for best in scores.argmax(axis=1)]
    return [Fold(examples[place], task, answers[at], trust[at]) for at, place in enumerate(judged)]


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
    coefficients = np.zeros((inputs.shape[1], len(classes)), dtype=np.float32)
    offsets = np.zeros(len(classes), dtype=np.float32)
    for number in range(len(classes)):
        # liblinear's dual, one class against the rest: as right as the multinomial fit here, and three times faster.
        fitted = LogisticRegression(C=STRENGTH, solver="liblinear", dual=True, max_iter=MOST_STEPS, tol=0.01)
        with warnings.catch_warnings():
            # Stopped early on purpose: more steps cost time and changed no score (2026-11-20).
            warnings.simplefilter("ignore", ConvergenceWarning)
            fitted.fit(inputs, target == number, sample_weight=weight)
        coefficients[:, number], offsets[number] = fitted.coef_[0], fitted.intercept_[0]
    width = rows.shape[1]
    return TaskModel(task, tuple(classes), coefficients[:width], coefficients[width:] * np.float32(scale), offsets)


def _fit_trust(folds: Sequence[Fold]) -> tuple[NDArray[np.float32], float]:
    """How often the best label is right, from how far ahead it is and how much of the text is known."""
    inputs = np.array([fold.trust for fold in folds])
    right = np.array([fold.answer == fold.example.labels[fold.task] for fold in folds])
    if right.all() or not right.any():
        return np.zeros(inputs.shape[1], dtype=np.float32), 2.0 if right.all() else -2.0
    fitted = LogisticRegression(C=1.0, max_iter=200).fit(inputs, right)
    return fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0])
