"""A fitted local model: numbers only, so it loads without scikit-learn, and is kept on disk by version.

Does not live here: how the numbers are found (``training``), what is done with the answers (``local``).
"""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import gzip

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics_platform.enrichment import lexicon as lexicons
from analytics_platform.enrichment.features import Vocabulary, features_of
from analytics_platform.enrichment.spelling import respell
from analytics_platform.enrichment.text import Words, normalise

Numbers = NDArray[np.float32]


@dataclass(frozen=True)
class Reading:
    """What was read of a batch of texts, once for all tasks."""

    languages: list[str]
    features: list[set[str]]
    feelings: Numbers
    lengths: Numbers

    def at(self, places: Sequence[int]) -> "Reading":
        chosen = list(places)
        return Reading(
            [self.languages[place] for place in chosen],
            [self.features[place] for place in chosen],
            self.feelings[chosen],
            self.lengths[chosen],
        )


@dataclass(frozen=True)
class TaskModel:
    """One task's linear model and the meaning of its confidence."""

    task: str
    names: tuple[str, ...]
    weights: Numbers
    feeling_weights: Numbers
    offsets: Numbers
    trust: Numbers | None = None
    trust_offset: float = 0.0

    def trusting(self, trust: Numbers, offset: float) -> "TaskModel":
        return replace(self, trust=trust, trust_offset=offset)

    def scores(self, rows: sparse.csr_matrix, feelings: Numbers) -> Numbers:
        scores: Numbers = np.asarray(rows @ self.weights) + feelings @ self.feeling_weights + self.offsets
        return scores

    def confidence(self, inputs: Numbers) -> Numbers:
        """How likely the best label is right."""
        if self.trust is None:
            raise ValueError("a model without a fitted confidence cannot be asked for one")
        confidence: Numbers = 1 / (1 + np.exp(-(inputs @ self.trust + self.trust_offset)))
        return confidence


@dataclass(frozen=True)
class LinearModel:
    """All tasks over one vocabulary."""

    version: str
    vocabulary: Vocabulary
    tasks: Mapping[str, TaskModel]

    def save(self, file: Path) -> None:
        """Write the model whole or not at all, so that two processes may train at once."""
        file.parent.mkdir(parents=True, exist_ok=True)
        names = list(self.vocabulary.index)
        arrays: dict[str, NDArray[np.generic]] = {"vocabulary": np.frombuffer(json.dumps(names).encode(), np.uint8)}
        arrays["vocabulary_weights"] = self.vocabulary.weights
        for task, model in self.tasks.items():
            arrays[f"{task}_names"] = np.array(model.names)
            arrays[f"{task}_weights"] = model.weights
            arrays[f"{task}_feeling"] = model.feeling_weights
            arrays[f"{task}_offsets"] = model.offsets
            arrays[f"{task}_trust"] = np.append(model.trust, model.trust_offset).astype(np.float32)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
            np.savez(part, **arrays)  # type: ignore[arg-type]
        os.replace(part.name, file)  # noqa: PTH105

    @classmethod
    def load(cls, file: Path, version: str) -> "LinearModel":
        with np.load(file, allow_pickle=False) as arrays:
            names = json.loads(arrays["vocabulary"].tobytes())
            vocabulary = Vocabulary({name: place for place, name in enumerate(names)}, arrays["vocabulary_weights"])
            tasks = {
                task: TaskModel(
                    task,
                    tuple(str(name) for name in arrays[f"{task}_names"]),
                    arrays[f"{task}_weights"],
                    arrays[f"{task}_feeling"],
                    arrays[f"{task}_offsets"],
                    arrays[f"{task}_trust"][:-1],
                    float(arrays[f"{task}_trust"][-1]),
                )
                for task in (key.removesuffix("_names") for key in arrays.files if key.endswith("_names"))
            }
        return cls(version, vocabulary, tasks)


def read_texts(texts: Sequence[str], languages: Sequence[str]) -> Reading:
    """Normalise, cut, respell and feel each text."""
    cutter = words_cutter()
    features: list[set[str]] = []
    feelings = np.zeros((len(texts), len(lexicons.NAMES)), dtype=np.float32)
    lengths = np.zeros(len(texts), dtype=np.float32)
    for place, (text, language) in enumerate(zip(texts, languages, strict=True)):
        words = cutter.of(normalise(text))
        feelings[place] = lexicons.feel(words, lexicons.packaged(language)).numbers
        words = respell(words, language)
        features.append(features_of(words))
        lengths[place] = len(words)
    return Reading(list(languages), features, feelings, lengths)


@cache
def words_cutter() -> Words:
    """Cuts Thai by PyThaiNLP's word list (CC0) and the project's feeling words and spellings."""
    from analytics_platform.enrichment.spelling import spellings

    with gzip.open(lexicons.PACKAGED / "thai_words.txt.gz", "rt", encoding="utf-8") as file:
        known = set(file.read().split())
    return Words(known | lexicons.packaged("th").words() | set(spellings("th")))


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
