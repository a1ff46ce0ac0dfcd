"""The ``embedding`` method (extra): sentence embeddings on CPU, or on CUDA when there is one.

A label is represented by the mean vector of its examples; near-duplicates are texts that lie close together. An encoder
is any function from texts to vectors, so the extra is only needed for the real one. Does not live here: weekly clusters
(``themes``, which takes an encoder too).
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics_platform.enrichment.errors import MissingMethodError
from analytics_platform.enrichment.labels import Label, Labels, unsure
from analytics_platform.enrichment.taxonomy import Taxonomy

Vectors = NDArray[np.float32]
Encoder = Callable[[Sequence[str]], Vectors]

TEMPERATURE = 0.07
DUPLICATE = 0.92


class EmbeddingMethod:
    """Labels a text by the label whose examples lie nearest."""

    name = "embedding"

    def __init__(self, taxonomies: Mapping[str, Taxonomy], encode: Encoder, version: str) -> None:
        self._taxonomies = taxonomies
        self._encode = encode
        self.version = version

    @cached_property
    def _places(self) -> dict[str, Vectors]:
        places = {}
        for task, taxonomy in self._taxonomies.items():
            groups = [
                [label.description, *(text for texts in label.examples.values() for text in texts)]
                for label in taxonomy.labels.values()
            ]
            means = [unit(self._encode(texts)).mean(axis=0) for texts in groups]
            places[task] = unit(np.stack(means))
        return places

    def label(self, texts: Sequence[str], tasks: Sequence[str]) -> list[Labels]:
        """Labels for the tasks that have a taxonomy; ``unknown`` for the others."""
        vectors = unit(self._encode(texts))
        answers: list[Labels] = [{} for _ in texts]
        for task in tasks:
            taxonomy = self._taxonomies.get(task)
            if taxonomy is None:
                for answer in answers:
                    answer[task] = unsure(task, self.name, self.version, reason="no taxonomy to compare with")
                continue
            likeness = vectors @ self._places[task].T / TEMPERATURE
            shares = np.exp(likeness - likeness.max(axis=1, keepdims=True))
            shares /= shares.sum(axis=1, keepdims=True)
            for answer, share in zip(answers, shares, strict=True):
                best = int(share.argmax())
                name, confidence = taxonomy.names[best], round(float(share[best]), 4)
                answer[task] = (
                    unsure(task, self.name, self.version, confidence, f"perhaps {name}")
                    if confidence < taxonomy.unknown_below
                    else Label(task, name, confidence, self.name, self.version, (name,))
                )
        return answers


def near_duplicates(texts: Sequence[str], encode: Encoder, least: float = DUPLICATE) -> list[tuple[int, int, float]]:
    """Pairs of texts (earlier, later, likeness) that say nearly the same."""
    vectors = unit(encode(texts))
    likeness = np.triu(vectors @ vectors.T, 1)
    return [
        (int(first), int(second), float(likeness[first, second])) for first, second in np.argwhere(likeness >= least)
    ]


def unit(vectors: Vectors) -> Vectors:
    scaled: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return scaled


def sentence_encoder(model: str) -> Encoder:
    """The real encoder; its model is taken from the local cache of sentence-transformers, or downloaded by it once."""
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingMethodError(
            "the embedding method needs its extra: pip install 'analytics-platform[embedding]'."
        ) from error
    loaded = SentenceTransformer(model, device="cuda" if torch.cuda.is_available() else "cpu")

    def encode(texts: Sequence[str]) -> Vectors:
        return np.asarray(loaded.encode(list(texts), batch_size=128, show_progress_bar=False), dtype=np.float32)

    return encode


def packaged_method(taxonomies: Mapping[str, Taxonomy], model: str) -> EmbeddingMethod:
    return EmbeddingMethod(taxonomies, sentence_encoder(model), f"embedding-{model.rsplit('/', 1)[-1]}")
