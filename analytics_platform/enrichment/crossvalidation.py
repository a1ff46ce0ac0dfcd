"""The honest number: how right the local models are on styles (and on random parts) that they were not trained on.

Does not live here: the folds (``folding``), the scores on the holdout (``holdout``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from analytics_platform.enrichment.evaluation import cohens_kappa
from analytics_platform.enrichment.examples import MODELLED, STYLES
from analytics_platform.enrichment.taxonomy import Taxonomy

LANGUAGES = ("en", "th", "id")


@dataclass(frozen=True)
class FoldScore:
    """The agreement on one part of the texts that were left out: a language, a style or all."""

    task: str
    left_out: str
    part: str
    texts: int
    accuracy: float
    kappa: float


def cross_validate(taxonomies: Mapping[str, Taxonomy]) -> list[FoldScore]:
    """Leave one style out, and leave a random third out, for each task; ``none`` is a label like any other."""
    from analytics_platform.enrichment.folding import Fold, leave_one_style_out, leave_random_out
    from analytics_platform.enrichment.training import prepare

    material = prepare(taxonomies)
    names = {task: taxonomies[task].names for task in MODELLED}
    scores: list[FoldScore] = []

    def add(task: str, left_out: str, part: str, folds: list[Fold]) -> None:
        truth, said = [fold.example.labels[task] for fold in folds], [fold.answer for fold in folds]
        right = sum(true == answer for true, answer in zip(truth, said, strict=True))
        scores.append(FoldScore(task, left_out, part, len(folds), right / len(folds), cohens_kappa(truth, said)))

    ways = {"style": leave_one_style_out(names, material), "random third": leave_random_out(names, material)}
    for left_out, judged in ways.items():
        found = list(judged)
        for task in MODELLED:
            folds = [fold for fold in found if fold.task == task]
            add(task, left_out, "all", folds)
            for language in LANGUAGES:
                add(task, left_out, language, [fold for fold in folds if fold.example.language == language])
            for style in STYLES if left_out == "style" else ():
                add(task, left_out, style, [fold for fold in folds if fold.example.style == style])
    return scores
