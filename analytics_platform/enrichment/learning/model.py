"""A fitted local model: numbers only, so it loads without scikit-learn, and is kept on disk by version.

Does not live here: how the numbers are found (``training``), what is done with the answers (``local``).
"""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics_platform.enrichment.texts.features import Vocabulary
from analytics_platform.enrichment.texts.text_features import Numbers, Reading

TRUST_INPUTS = 4
PAIRS = "pairs"
"""The part of the model of danger that sees pairs of words near each other."""


@dataclass(frozen=True)
class TaskModel:
    """One task's linear model and the meaning of its confidence."""

    task: str
    names: tuple[str, ...]
    weights: Numbers
    dense_weights: Numbers
    offsets: Numbers
    trust: Numbers | None = None
    trust_offset: float = 0.0

    def trusting(self, trust: Numbers, offset: float) -> "TaskModel":
        return replace(self, trust=trust, trust_offset=offset)

    def scores(self, rows: sparse.csr_matrix, dense: Numbers) -> Numbers:
        scores: Numbers = (
            np.asarray(rows @ self.weights) + dense[:, : len(self.dense_weights)] @ self.dense_weights + self.offsets
        )
        return scores

    def confidence(self, inputs: Numbers) -> Numbers:
        """How likely the best label is right."""
        if self.trust is None:
            raise ValueError("a model without a fitted confidence cannot be asked for one")
        confidence: Numbers = 1 / (1 + np.exp(-(inputs @ self.trust + self.trust_offset)))
        return confidence


@dataclass(frozen=True)
class LinearModel:
    """All tasks over one vocabulary, and ``PAIRS`` over that of pairs of words."""

    version: str
    vocabulary: Vocabulary
    pairs: Vocabulary
    tasks: Mapping[str, TaskModel]

    def save(self, file: Path) -> None:
        """Write the model whole or not at all, so that two processes may train at once."""
        file.parent.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, NDArray[np.generic]] = {}
        for kind, vocabulary in (("words", self.vocabulary), ("pairs", self.pairs)):
            arrays[f"{kind}_known"] = np.frombuffer(json.dumps(list(vocabulary.index)).encode(), np.uint8)
            arrays[f"{kind}_rarity"] = vocabulary.weights
        for task, model in self.tasks.items():
            arrays[f"{task}_names"] = np.array(model.names)
            arrays[f"{task}_weights"] = model.weights
            arrays[f"{task}_dense"] = model.dense_weights
            arrays[f"{task}_offsets"] = model.offsets
            trust = model.trust if model.trust is not None else np.zeros(TRUST_INPUTS, dtype=np.float32)
            arrays[f"{task}_trust"] = np.append(trust, np.float32(model.trust_offset))
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
            np.savez(part, **arrays)  # type: ignore[arg-type]
        os.replace(part.name, file)  # noqa: PTH105

    @classmethod
    def load(cls, file: Path, version: str) -> "LinearModel":
        with np.load(file, allow_pickle=False) as arrays:
            words, pairs = (
                Vocabulary(
                    {name: place for place, name in enumerate(json.loads(arrays[f"{kind}_known"].tobytes()))},
                    arrays[f"{kind}_rarity"],
                )
                for kind in ("words", "pairs")
            )
            tasks = {
                task: TaskModel(
                    task,
                    tuple(str(name) for name in arrays[f"{task}_names"]),
                    arrays[f"{task}_weights"],
                    arrays[f"{task}_dense"],
                    arrays[f"{task}_offsets"],
                    arrays[f"{task}_trust"][:-1],
                    float(arrays[f"{task}_trust"][-1]),
                )
                for task in (key.removesuffix("_names") for key in arrays.files if key.endswith("_names"))
            }
        return cls(version, words, pairs, tasks)


def softmax(scores: Numbers) -> Numbers:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Numbers = (shifted / shifted.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares


def trust_inputs(shares: Numbers, known: Numbers, reading: Reading) -> Numbers:
    """What the confidence is judged by: the best share, its lead, how much of the text is known, its length."""
    ordered = np.sort(shares, axis=1)
    best = np.clip(ordered[:, -1], 1e-4, 1 - 1e-4)
    second = np.clip(ordered[:, -2], 1e-4, 1)
    columns = [np.log(best / (1 - best)), np.log(best / second), known, np.log1p(reading.lengths)]
    inputs: Numbers = np.stack(columns, axis=1).astype(np.float32)
    return inputs
