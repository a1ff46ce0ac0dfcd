"""What models say of texts that they were not trained on: a style left out, or a third.

Does not live here: the fit itself (``fitting``), what is made of the answers (``training``, ``crossvalidation``).
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics_platform.enrichment.learning.examples import STYLES, Example
from analytics_platform.enrichment.learning.fitting import FEW_STEPS, MOST_STEPS, fit
from analytics_platform.enrichment.learning.model import softmax, trust_inputs
from analytics_platform.enrichment.learning.variation import JOINED
from analytics_platform.enrichment.texts.features import Incidence
from analytics_platform.enrichment.texts.text_features import Reading

RANDOM_FOLDS = 3
EACH_STYLE = tuple((style,) for style in STYLES)


@dataclass(frozen=True)
class Material:
    """All texts that a model is trained on, read and counted once, for whoever leaves parts of them out."""

    examples: list[Example]
    reading: Reading
    incidence: Incidence


@dataclass(frozen=True)
class Fold:
    """What a model said about one text that it had not seen."""

    example: Example
    task: str
    answer: str
    trust: NDArray[np.float32]


def leave_one_style_out(
    names: Mapping[str, Sequence[str]],
    material: Material,
    groups: Sequence[Sequence[str]] = EACH_STYLE,
    perturbed: bool = False,
) -> Iterator[Fold]:
    """For each style (or group of styles): fit on all others, judge the written texts of that one."""
    for group in groups:
        held = [place for place, example in enumerate(material.examples) if example.style in group]
        yield from _judge_unseen(names, material, held, held, perturbed)


def leave_random_out(
    names: Mapping[str, Sequence[str]], material: Material, folds: int = RANDOM_FOLDS, perturbed: bool = False
) -> Iterator[Fold]:
    """For each third of the texts (a variant goes with its original): fit on the others, judge the written ones of it.

    ``folds`` stops after so many thirds. Longer texts are joined from all thirds, so they stay out.
    """
    examples = material.examples
    parts = [zlib.crc32((example.origin or example.text).encode()) % RANDOM_FOLDS for example in examples]
    for number in range(folds):
        held = [place for place, part in enumerate(parts) if part == number or examples[place].style == JOINED]
        yield from _judge_unseen(names, material, held, [place for place in held if parts[place] == number], perturbed)


def _judge_unseen(
    names: Mapping[str, Sequence[str]], material: Material, held: Sequence[int], chosen: Sequence[int], perturbed: bool
) -> Iterator[Fold]:
    """What a fit on the texts that are not held says of the written ones among the chosen, or of their variants too."""
    examples = material.examples
    left_out = set(held)
    written = [
        place for place in chosen if examples[place].style in STYLES and (perturbed or not examples[place].origin)
    ]
    # A third of the texts is there for safety alone.
    seen = [
        place for place, one in enumerate(examples) if place not in left_out and not one.labels.keys().isdisjoint(names)
    ]
    if not written:
        return
    columns, weights = material.incidence.learn(seen)
    rows, _ = material.incidence.rows(seen, columns, weights)
    unseen, known = material.incidence.rows(written, columns, weights)
    fitting, fitted, part = [examples[place] for place in seen], material.reading.at(seen), material.reading.at(written)
    for task in names:
        model = fit(task, names[task], fitting, rows, fitted, FEW_STEPS if perturbed else MOST_STEPS)
        scores = model.scores(unseen, part.dense)
        trust = trust_inputs(softmax(scores), known, part)
        for at, (place, best) in enumerate(zip(written, scores.argmax(axis=1), strict=True)):
            if task in examples[place].labels:
                yield Fold(examples[place], task, model.names[best], trust[at])
