"""A task's model moved towards an organisation's own corrections, and how much better that makes it.

The scores of the packaged model and the words of the corrected texts are fitted together; the weight of each is chosen
by cross-validation on the corrections alone. What comes out is a linear model of the same shape. Does not live
here: where corrections are kept (``corrections``), the packaged fit (``fitting``).
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import logsumexp
from threadpoolctl import threadpool_limits

from analytics_platform.enrichment.learning.model import LinearModel, TaskModel, softmax, trust_inputs
from analytics_platform.enrichment.texts.features import WHOLE
from analytics_platform.enrichment.texts.text_features import Numbers, Reading

LEAST = 30
"""Corrections below which nothing is fitted: a fifth of them would judge a handful of texts."""
FOLDS = 5
DRAWS = 1000
CHOICES = tuple((near, quiet) for near in (3.0, 30.0, 300.0) for quiet in (0.0, 0.3, 2.0))
"""How near to the packaged scores the mix stays, and how quiet the corrected texts' own words are (0: silent)."""
FREE = 0.1
"""How near the offsets stay to nothing."""
MOST_STEPS = 40
CONFIDENCE_FROM = 50


@dataclass(frozen=True)
class Adapted:
    """A moved model, the measures of texts that it did not see, and the choice that led to it."""

    model: TaskModel
    texts: int
    accuracy_before: float
    accuracy_after: float
    kappa_before: float
    kappa_after: float
    gain_low: float
    gain_high: float
    choice: tuple[float, float]

    @property
    def is_better(self) -> bool:
        return self.kappa_after > self.kappa_before


@dataclass(frozen=True)
class _Texts:
    """Corrected texts as the model sees them: all features for its scores, whole words for what they add."""

    words: sparse.csr_matrix
    columns: NDArray[np.int64]
    scores: Numbers
    known: Numbers
    reading: Reading
    labels: NDArray[np.int64]


def adapt(model: LinearModel, task: str, reading: Reading, labels: Sequence[str]) -> Adapted:
    """Choose by cross-validation, then fit on every correction."""
    base = model.tasks[task]
    texts = _see(model, base, reading, labels)
    folds = _folds(texts.labels)
    unseen = {choice: _unseen(texts, folds, *choice) for choice in CHOICES}
    before = texts.scores.argmax(axis=1)
    kappa = _kappa(texts.labels, before)
    # The likeliest one of those that label better; where most texts have one label, the likeliest of all may not.
    better = [choice for choice in CHOICES if _kappa(texts.labels, unseen[choice].argmax(axis=1)) > kappa]
    best = max(better or CHOICES, key=lambda choice: _likelihood(unseen[choice], texts.labels))
    after = unseen[best].argmax(axis=1)
    low, high = _interval(texts.labels, before, after)
    moved = _move(base, texts, *best)
    if len(labels) >= CONFIDENCE_FROM:
        moved = moved.trusting(*_trust(unseen[best], texts))
    return Adapted(
        moved,
        len(labels),
        float((before == texts.labels).mean()),
        float((after == texts.labels).mean()),
        kappa,
        _kappa(texts.labels, after),
        low,
        high,
        best,
    )


def refit(
    model: LinearModel, task: str, reading: Reading, labels: Sequence[str], choice: tuple[float, float]
) -> TaskModel:
    """The moved model for another packaged model, by a choice made before."""
    base = model.tasks[task]
    return _move(base, _see(model, base, reading, labels), *choice)


def _see(model: LinearModel, base: TaskModel, reading: Reading, labels: Sequence[str]) -> _Texts:
    rows, known = model.vocabulary.rows(reading.features)
    numbers: Mapping[str, int] = {name: number for number, name in enumerate(base.names)}
    whole = np.array([name[:2] in WHOLE for name in model.vocabulary.index])
    columns = np.unique(rows.indices)
    columns = columns[whole[columns]].astype(np.int64)
    return _Texts(
        rows[:, columns],
        columns,
        base.scores(rows, reading.dense),
        known,
        reading,
        np.array([numbers[label] for label in labels], dtype=np.int64),
    )


def _folds(labels: NDArray[np.int64], seed: int = 6) -> NDArray[np.int64]:
    """A fold for each text, every label spread over all folds."""
    order = list(range(len(labels)))
    random.Random(seed).shuffle(order)  # noqa: S311  a split, not secrecy
    order.sort(key=lambda place: int(labels[place]))
    folds = np.zeros(len(labels), dtype=np.int64)
    folds[order] = np.arange(len(labels)) % FOLDS
    return folds


def _unseen(texts: _Texts, folds: NDArray[np.int64], near: float, quiet: float) -> Numbers:
    """Scores of each text by a fit on the folds that lack it."""
    scores = np.zeros_like(texts.scores)
    for fold in range(FOLDS):
        seen, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        mixing, own, offsets = _fit(texts.words[seen], texts.scores[seen], texts.labels[seen], near, quiet)
        scores[held] = texts.scores[held] @ mixing + np.asarray(texts.words[held] @ own) + offsets
    return scores


def _fit(
    words: sparse.csr_matrix, scores: Numbers, labels: NDArray[np.int64], near: float, quiet: float
) -> tuple[Numbers, Numbers, Numbers]:
    """What mixes the packaged scores, what the words add, and the offsets: the likeliest near the packaged ones."""
    names = scores.shape[1]
    width = words.shape[1] if quiet else 0
    used, same, true = words[:, :width], np.eye(names), np.eye(names)[labels]
    ends = (names * names, names * names + width * names)

    def parts(flat: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        return flat[: ends[0]].reshape(names, names), flat[ends[0] : ends[1]].reshape(width, names), flat[ends[1] :]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        mixing, own, offsets = parts(flat)
        mixed = scores @ mixing + used @ own + offsets
        logs = mixed - logsumexp(mixed, axis=1, keepdims=True)
        wrong = np.exp(logs) - true
        far = near * ((mixing - same) ** 2).sum() + quiet * (own**2).sum() + FREE * (offsets**2).sum()
        slopes = (scores.T @ wrong + near * (mixing - same), used.T @ wrong + quiet * own)
        slope = np.concatenate([*(one.ravel() for one in slopes), wrong.sum(axis=0) + FREE * offsets])
        return float(far / 2 - (logs * true).sum()), slope

    start = np.concatenate([same.ravel(), np.zeros((width + 1) * names)])
    with threadpool_limits(1):  # the products are small: threads that wait for each other take ten times as long
        found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": MOST_STEPS})
    mixing, own, offsets = parts(found.x)
    whole = np.zeros((words.shape[1], names))
    whole[:width] = own
    return mixing.astype(np.float32), whole.astype(np.float32), offsets.astype(np.float32)


def _move(base: TaskModel, texts: _Texts, near: float, quiet: float) -> TaskModel:
    mixing, own, offsets = _fit(texts.words, texts.scores, texts.labels, near, quiet)
    weights = (base.weights @ mixing).astype(np.float32)
    weights[texts.columns] += own
    return replace(
        base,
        weights=weights,
        dense_weights=(base.dense_weights @ mixing).astype(np.float32),
        offsets=(base.offsets @ mixing + offsets).astype(np.float32),
    )


def _trust(scores: Numbers, texts: _Texts) -> tuple[Numbers, float]:
    from analytics_platform.enrichment.learning.training import trust_of

    inputs = trust_inputs(softmax(scores), texts.known, texts.reading)
    return trust_of(inputs, scores.argmax(axis=1) == texts.labels)


def _likelihood(scores: Numbers, labels: NDArray[np.int64]) -> float:
    return float(np.log(np.maximum(softmax(scores)[np.arange(len(labels)), labels], 1e-6)).mean())


def _kappa(labels: NDArray[np.int64], said: NDArray[np.int64]) -> float:
    """Cohen's kappa of numbers; ``evaluation`` has it for names."""
    total, size = len(labels), int(max(labels.max(), said.max())) + 1
    chance = float(np.bincount(labels, minlength=size) @ np.bincount(said, minlength=size)) / total**2
    return 1.0 if chance == 1 else (float((labels == said).mean()) - chance) / (1 - chance)


def _interval(
    labels: NDArray[np.int64], before: NDArray[np.int64], after: NDArray[np.int64], seed: int = 6
) -> tuple[float, float]:
    """Between which gains of kappa 95 % of the draws of as many texts lie."""
    chance = np.random.default_rng(seed)
    draws = chance.integers(0, len(labels), size=(DRAWS, len(labels)))
    gains = [_kappa(labels[draw], after[draw]) - _kappa(labels[draw], before[draw]) for draw in draws]
    low, high = np.quantile(gains, [0.025, 0.975])
    return float(low), float(high)
