"""Which texts are most worth correcting: those of which the model is least sure, none much like another.

Does not live here: what is learnt from them (``adapting``).
"""

from collections.abc import Sequence

import numpy as np

from analytics_platform.enrichment.labels import Label
from analytics_platform.enrichment.methods.engine import Engine

ALIKE = 0.5
"""Texts with this cosine of their features and more say the same to a model: one of them is enough."""
MOST = 20_000
"""Texts that are looked at: more are thinned out evenly."""


def suggest(engine: Engine, texts: Sequence[str], task: str, count: int) -> list[tuple[str, Label]]:
    """Every second text is one of the least sure, every other one stands for all: the unsure alone mislead a fit."""
    texts = [texts[place] for place in np.linspace(0, len(texts) - 1, min(len(texts), MOST)).astype(int)]
    if not texts:
        return []
    labels = [answer[task] for answer in engine.label(texts, [task])]
    method = engine.local
    rows, _ = method.model.vocabulary.rows(method.read(texts).features)
    unsure = sorted(range(len(texts)), key=lambda place: labels[place].confidence)
    evenly = np.random.default_rng(6).permutation(len(texts)).tolist()
    chosen: list[int] = []
    for pair in zip(unsure, evenly, strict=True):
        for place in pair:
            if len(chosen) == min(count, len(texts)):
                break
            if place in chosen:
                continue
            if chosen and (rows[chosen] @ rows[place].T).max() >= ALIKE:
                continue
            chosen.append(place)
    return [(texts[place], labels[place]) for place in chosen]
