"""Cross-validation: how right the local models are on styles (and random parts) that they were not trained on.

And how sure they say they are: the confidence of a style is fitted on the texts of all others. Does not live here: the
folds (``folding``), the scores on the holdout (``holdout``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics_platform.enrichment.learning.evaluation import calibration_error, cohens_kappa
from analytics_platform.enrichment.learning.examples import MODELLED, STYLES
from analytics_platform.enrichment.taxonomy import Taxonomy

if TYPE_CHECKING:
    from analytics_platform.enrichment.learning.folding import Fold

LANGUAGES = ("en", "th", "id")


@dataclass(frozen=True)
class FoldScore:
    """The agreement on one part of the texts that were left out: a language, a style or all.

    ``confidence`` is the mean of what was said, to be held against ``accuracy``; ``calibration_error`` is by tenths.
    """

    task: str
    left_out: str
    part: str
    texts: int
    accuracy: float
    kappa: float
    confidence: float
    calibration_error: float | None


def cross_validate(taxonomies: Mapping[str, Taxonomy]) -> list[FoldScore]:
    """Leave one style out, and leave a random third out, for each task; ``none`` is a label like any other."""
    from analytics_platform.enrichment.learning.folding import leave_one_style_out, leave_random_out
    from analytics_platform.enrichment.learning.training import prepare

    material = prepare(taxonomies)
    names = {task: taxonomies[task].names for task in MODELLED}
    by_style, by_thirds = list(leave_one_style_out(names, material)), list(leave_random_out(names, material))
    scores: list[FoldScore] = []
    for task in MODELLED:
        thirds = _of(by_thirds, task)
        sure = [pair for style in STYLES for pair in _judge(_of(by_style, task), thirds, style)]
        scores += _scores(task, "style", sure, STYLES)
        scores += _scores(task, "random third", [pair for style in STYLES for pair in _judge(thirds, thirds, style)])
    return scores


def _of(folds: Sequence["Fold"], task: str) -> list["Fold"]:
    return [fold for fold in folds if fold.task == task]


def _judge(folds: Sequence["Fold"], thirds: Sequence["Fold"], style: str) -> Iterator[tuple["Fold", float]]:
    """What was said of a style, and how surely by a confidence that saw the others' texts alone."""
    from analytics_platform.enrichment.learning.training import fit_trust

    inside = [fold for fold in folds if fold.example.style == style]
    if not inside:
        return
    weights, offset = fit_trust([fold for fold in thirds if fold.example.style != style])
    sure = 1 / (1 + np.exp(-(np.array([fold.trust for fold in inside]) @ weights + offset)))
    yield from zip(inside, sure.tolist(), strict=True)


def _scores(
    task: str, left_out: str, said: Sequence[tuple["Fold", float]], styles: Sequence[str] = ()
) -> Iterator[FoldScore]:
    """Of all texts, of each language, and of each of the styles that are asked for."""
    yield _score(task, left_out, "all", said)
    for language in LANGUAGES:
        yield _score(task, left_out, language, [pair for pair in said if pair[0].example.language == language])
    for style in styles:
        if inside := [pair for pair in said if pair[0].example.style == style]:
            yield _score(task, left_out, style, inside)


def _score(task: str, left_out: str, part: str, said: Sequence[tuple["Fold", float]]) -> FoldScore:
    truth, answers = [fold.example.labels[task] for fold, _ in said], [fold.answer for fold, _ in said]
    right = [(true == answer, sure) for true, answer, (_, sure) in zip(truth, answers, said, strict=True)]
    return FoldScore(
        task=task,
        left_out=left_out,
        part=part,
        texts=len(said),
        accuracy=sum(ok for ok, _ in right) / len(said),
        kappa=cohens_kappa(truth, answers),
        confidence=sum(sure for _, sure in right) / len(said),
        calibration_error=calibration_error(right),
    )
