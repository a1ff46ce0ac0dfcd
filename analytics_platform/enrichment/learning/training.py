"""Fits the local models: linear models over words and n-grams, then a calibration of the confidence.

Confidence is fitted on texts that a model did not see, as written and with typing errors. Does not live here: one fit
(``fitting``), using a fitted model (``model``).
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics_platform.enrichment.learning.examples import MODELLED, Example, for_taxonomies, packaged_examples
from analytics_platform.enrichment.learning.fitting import fit
from analytics_platform.enrichment.learning.folding import Fold, Material, leave_random_out
from analytics_platform.enrichment.learning.model import PAIRS, LinearModel, TaskModel
from analytics_platform.enrichment.learning.risk import RAISED, RISK, TOLD, harmless, risk_examples, told_examples
from analytics_platform.enrichment.learning.variation import vary
from analytics_platform.enrichment.taxonomy import Taxonomy
from analytics_platform.enrichment.texts import lexicon
from analytics_platform.enrichment.texts.counting import count_features, count_pairs
from analytics_platform.enrichment.texts.features import Vocabulary
from analytics_platform.enrichment.texts.text_features import Reader, Reading

NEWTON_STEPS = 25
PAIRS_HEARD = np.float32(0.5)
"""How loud pairs of words speak to danger: 0.5 finds 1 to 2 points more of other writers' than 0, and 1 no more."""
DANGER_STEPS = 6
"""Four find 2 points less."""
SILENCED = 0.7
"""Share of the variants with a feeling whose words of feeling are hidden: no list holds all words, and a model that
never saw it silent takes silence for no feeling (+2 to +5 points on new texts, 2026-11-21)."""


def train(taxonomies: Mapping[str, Taxonomy], version: str, examples: Sequence[Example] | None = None) -> LinearModel:
    """A model of every task for these taxonomies."""
    material = prepare(taxonomies, examples)
    everything = range(len(material.examples))
    names = {task: taxonomies[task].names for task in MODELLED}
    # Told texts repeat what stands elsewhere: how rare a word is must not depend on them.
    columns, weights = material.incidence.learn(
        [place for place in everything if material.examples[place].style != TOLD]
    )
    rows, _ = material.incidence.rows(everything, columns, weights)
    tasks = {task: fit(task, names[task], material.examples, rows, material.reading) for task in MODELLED}
    pairs, tasks[RISK], tasks[PAIRS] = _fit_danger(material, rows)
    # One third left out. Left-out styles cost 2.5 s more and made intents 0.14 to 0.2 too unsure, on texts of elsewhere
    # and on the holdout, and sentiment no more honest (2026-11-28).
    folds = list(leave_random_out(names, material, 1, True))
    for task in MODELLED:
        tasks[task] = tasks[task].trusting(*fit_trust([fold for fold in folds if fold.task == task]))
    return LinearModel(version, material.incidence.vocabulary(columns, weights), pairs, tasks)


def _fit_danger(material: Material, rows: sparse.csr_matrix) -> tuple[Vocabulary, TaskModel, TaskModel]:
    """One fit on words, n-grams and pairs of words; what it learnt of pairs stands apart, as their vocabulary does."""
    kept = [place for place, example in enumerate(material.examples) if RISK in example.labels]
    examples, reading = [material.examples[place] for place in kept], material.reading.at(kept)
    incidence = count_pairs(reading.words)
    columns, weights = incidence.learn([place for place, one in enumerate(examples) if one.style != TOLD])
    pairs, _ = incidence.rows(range(len(kept)), columns, weights)
    both = sparse.hstack([rows[kept], pairs * PAIRS_HEARD], format="csr")
    fitted, width = fit(RISK, RAISED, examples, both, reading, DANGER_STEPS), rows.shape[1]
    silent = np.zeros_like(fitted.offsets)
    of_pairs = replace(
        fitted,
        task=PAIRS,
        weights=fitted.weights[width:] * PAIRS_HEARD,
        dense_weights=fitted.dense_weights[:0],
        offsets=silent,
    )
    return incidence.vocabulary(columns, weights), replace(fitted, weights=fitted.weights[:width]), of_pairs


def prepare(taxonomies: Mapping[str, Taxonomy], examples: Sequence[Example] | None = None) -> Material:
    """The examples and their variation, read once."""
    fitting = for_taxonomies(list(packaged_examples() if examples is None else examples), taxonomies)
    varied = [*harmless(vary(fitting)), *risk_examples()]
    varied += told_examples(varied)
    tasks = [one.labels for one in varied]
    reading = Reader(taxonomies).read([one.text for one in varied], [one.language for one in varied], tasks)
    return Material(varied, _silence(varied, reading), count_features(reading.words))


def _silence(examples: Sequence[Example], reading: Reading, seed: int = 6) -> Reading:
    chance = random.Random(seed)  # noqa: S311  variation, not secrecy
    nothing = lexicon.numbers([lexicon.feel([], lexicon.packaged("emoji"))])[0]
    felt = [place for place, one in enumerate(examples) if one.origin and one.labels.get("sentiment") != "neutral"]
    hidden = [place for place in felt if chance.random() < SILENCED]
    dense = reading.dense.copy()
    dense[hidden, : len(nothing)] = nothing
    return replace(reading, dense=dense)


def fit_trust(folds: Sequence[Fold]) -> tuple[NDArray[np.float32], float]:
    """How often the best label is right, from how far ahead it is and how much of the text is known."""
    inputs = np.array([fold.trust for fold in folds])
    return trust_of(inputs, np.array([fold.answer == fold.example.labels[fold.task] for fold in folds]))


def trust_of(inputs: NDArray[np.float32], right: NDArray[np.bool_]) -> tuple[NDArray[np.float32], float]:
    """The weights of what the confidence is judged by."""
    if right.all() or not right.any():
        return np.zeros(inputs.shape[1], dtype=np.float32), 2.0 if right.all() else -2.0
    rows = np.column_stack([inputs, np.ones(len(right))]).astype(float)
    near = np.array([1.0] * inputs.shape[1] + [1e-9])  # the weights stay small, the offset is free
    found = np.zeros(rows.shape[1])
    for _ in range(NEWTON_STEPS):
        likely = 1 / (1 + np.exp(-rows @ found))
        slope = rows.T @ (likely - right) + near * found
        found -= np.linalg.solve((rows.T * (likely * (1 - likely))) @ rows + np.diag(near), slope)
    return found[:-1].astype(np.float32), float(found[-1])
