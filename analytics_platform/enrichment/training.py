"""Fits the local models: linear models over words and n-grams, then a confidence that means what it says.

Confidence is fitted on texts of styles that the model did not see (leave one style out), because that is how the
texts of a new source look to it. scikit-learn is imported here and nowhere else. Does not live here: using a fitted
model (``model``).
"""

import warnings
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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
from analytics_platform.enrichment.variation import JOINED, vary

STRENGTH = {"topic": 15.0, "intent": 8.0, "sentiment": 30.0}
"""Inverse of the regularisation; 8 instead of 30 gives intent 1 point in unseen styles and takes half a one from sentiment."""
EVEN_LABELS = {"topic": 0.5, "intent": 0.8, "sentiment": 0.5}
"""How far rare labels are brought level with common ones: 0 not at all, 1 wholly."""
EVEN_STYLES = 0.75
"""How far a label counts alike in each style, so that a style's manner is no sign of a label. Intent gets 2 points in
unseen styles for 1 in seen ones; 1.5 would give 1 more for 3 (2026-11-21)."""
FURTHEST = 5.0
"""No text counts more, or less, than so many times its weight for being of a rare style."""
FITTERS = 2
"""Classes that are fitted at once; liblinear lets other threads run."""
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
    names = {task: taxonomies[task].names for task in MODELLED}
    tasks = {task: _fit(task, names[task], varied, rows, reading) for task in MODELLED}
    chosen, part = _without_variants(varied, reading)
    folds = [*leave_one_style_out(names, chosen, part), *leave_random_out(names, chosen, part)]
    for task in MODELLED:
        tasks[task] = tasks[task].trusting(*_fit_trust([fold for fold in folds if fold.task == task]))
    return LinearModel(version, vocabulary, tasks)


def prepare(taxonomies: Mapping[str, Taxonomy]) -> tuple[list[Example], Reading]:
    """All texts that a model is trained on, read once, for whoever wants to leave parts of them out."""
    varied = vary(for_taxonomies(packaged_examples(), taxonomies))
    return varied, Reader(taxonomies).read([one.text for one in varied], [one.language for one in varied])


def _without_variants(examples: Sequence[Example], reading: Reading) -> tuple[list[Example], Reading]:
    """Half the texts, for the confidence: it needs many fits, and is little worse for it."""
    plain = [place for place, example in enumerate(examples) if not example.origin and example.style != JOINED]
    return [examples[place] for place in plain], reading.at(plain)


def leave_one_style_out(
    names: Mapping[str, Sequence[str]], examples: Sequence[Example], reading: Reading
) -> Iterator[Fold]:
    """For each style: fit on all others, judge the written texts of that one."""
    for style in STYLES:
        held = [place for place, example in enumerate(examples) if example.style == style]
        yield from _judge_unseen(names, examples, reading, held)


def leave_random_out(
    names: Mapping[str, Sequence[str]], examples: Sequence[Example], reading: Reading
) -> Iterator[Fold]:
    """For each third of the texts (a variant goes with its original): fit on the others, judge the written ones of it.

    Longer texts are joined from all thirds, so they stay out.
    """
    parts = [zlib.crc32((example.origin or example.text).encode()) % RANDOM_FOLDS for example in examples]
    for number in range(RANDOM_FOLDS):
        held = [place for place, part in enumerate(parts) if part == number or examples[place].style == JOINED]
        yield from _judge_unseen(names, examples, reading, held)


def _judge_unseen(
    names: Mapping[str, Sequence[str]], examples: Sequence[Example], reading: Reading, held: Sequence[int]
) -> Iterator[Fold]:
    left_out = set(held)
    written = [place for place in held if examples[place].style in STYLES and not examples[place].origin]
    seen = [place for place in range(len(examples)) if place not in left_out]
    if not written:
        return
    vocabulary = Vocabulary.learn(reading.features[place] for place in seen)
    rows, _ = vocabulary.rows([reading.features[place] for place in seen])
    fitting, fitted = [examples[place] for place in seen], reading.at(seen)
    part = reading.at(written)
    judged, known = vocabulary.rows(part.features)
    for task in names:
        model = _fit(task, names[task], fitting, rows, fitted)
        scores = model.scores(judged, part.dense)
        trust = trust_inputs(softmax(scores), known, part)
        for at, (place, best) in enumerate(zip(written, scores.argmax(axis=1), strict=True)):
            if task in examples[place].labels:
                yield Fold(examples[place], task, model.names[best], trust[at])


def _fit(
    task: str, names: Sequence[str], examples: Sequence[Example], rows: sparse.csr_matrix, reading: Reading
) -> TaskModel:
    kept = [place for place, example in enumerate(examples) if task in example.labels]
    labels = [examples[place].labels[task] for place in kept]
    classes = [name for name in (*names, NONE) if name in set(labels)]
    target = np.array([classes.index(label) for label in labels])
    weight = _weights([examples[place] for place in kept], target, EVEN_LABELS[task])
    scale = DENSE_SCALE[task]
    dense = reading.dense[kept, columns_of(task, reading.dense.shape[1])] * scale
    inputs = sparse.hstack([rows[kept], sparse.csr_matrix(dense)], format="csr")

    def one_class(number: int) -> tuple[NDArray[np.float32], float]:
        # liblinear's dual, one class against the rest: as right as the multinomial fit here, and three times faster.
        fitted = LogisticRegression(C=STRENGTH[task], solver="liblinear", dual=True, max_iter=MOST_STEPS, tol=0.01)
        fitted.fit(inputs, target == number, sample_weight=weight)
        return fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0])

    # Stopped early on purpose: more steps cost time and changed no score (2026-11-20).
    with warnings.catch_warnings(), ThreadPoolExecutor(FITTERS) as pool:
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = list(pool.map(one_class, range(len(classes))))
    coefficients = np.stack([column for column, _ in found], axis=1)
    offsets = np.array([offset for _, offset in found], dtype=np.float32)
    width = rows.shape[1]
    return TaskModel(task, tuple(classes), coefficients[:width], coefficients[width:] * np.float32(scale), offsets)


def _weights(examples: Sequence[Example], target: NDArray[np.int64], even_labels: float) -> NDArray[np.float64]:
    """What each text counts: rare labels more, and more where a label is rarer in a style than elsewhere."""
    styles = sorted({example.style for example in examples})
    style = np.array([styles.index(example.style) for example in examples])
    own = np.array([example.weight for example in examples])
    counts = np.bincount(target)
    together = np.zeros((len(styles), len(counts)))
    np.add.at(together, (style, target), 1)
    expected = np.outer(together.sum(axis=1), counts) / len(examples)
    even = np.clip((expected / np.maximum(together, 1))[style, target] ** EVEN_STYLES, 1 / FURTHEST, FURTHEST)
    plain = own * (counts.mean() / np.maximum(counts, 1))[target] ** even_labels
    balanced: NDArray[np.float64] = plain * even * (plain.sum() / (plain * even).sum())
    return balanced


def _fit_trust(folds: Sequence[Fold]) -> tuple[NDArray[np.float32], float]:
    """How often the best label is right, from how far ahead it is and how much of the text is known."""
    inputs = np.array([fold.trust for fold in folds])
    right = np.array([fold.answer == fold.example.labels[fold.task] for fold in folds])
    if right.all() or not right.any():
        return np.zeros(inputs.shape[1], dtype=np.float32), 2.0 if right.all() else -2.0
    fitted = LogisticRegression(C=1.0, max_iter=200).fit(inputs, right)
    return fitted.coef_[0].astype(np.float32), float(fitted.intercept_[0])
