"""The scores on the holdout that training never sees. docs/labels.md shows them; here is the floor under them."""

import re
from collections import Counter

import pytest

from analytics_platform.enrichment.learning.examples import packaged_examples
from analytics_platform.enrichment.learning.risk import risk_examples
from analytics_platform.enrichment.measuring.holdout import LANGUAGES, holdout_texts, score_holdout
from analytics_platform.enrichment.methods.engine import Engine
from analytics_platform.enrichment.texts.text import normalise
from analytics_platform.settings import PROJECT_ROOT

FLOORS = {"language": 0.95, "topic": 0.72, "intent": 0.7, "sentiment": 0.82, "safety": 0.95}


def test_training_never_sees_the_holdout() -> None:
    seen = {normalise(example.text) for example in packaged_examples()}
    held = {normalise(text) for language in LANGUAGES for text, _ in holdout_texts("language", language)}
    assert not seen & held


def test_training_never_sees_the_holdout_of_safety() -> None:
    held = {normalise(text) for language in LANGUAGES for text, _ in holdout_texts("safety", language)}
    assert not held & {normalise(example.text) for example in risk_examples()}


def test_every_label_has_a_hundred_own_texts_in_every_language() -> None:
    counts = Counter(
        (task, label, example.language) for example in packaged_examples() for task, label in example.labels.items()
    )
    assert not {key: count for key, count in counts.items() if count < 100}
    assert len({language for _, _, language in counts}) == len(LANGUAGES)


def test_every_task_and_language_keeps_its_score_and_the_guide_says_it(engine: Engine) -> None:
    scores = {(score.task, score.language): score.evaluation.accuracy for score in score_holdout(engine)}
    readme = (PROJECT_ROOT / "docs" / "labels.md").read_text("utf-8")
    for task in ("topic", "intent", "sentiment"):
        (row,) = re.findall(rf"^\| {task} \|(.*)\|$", readme, flags=re.M)
        said = [float(cell.split("(")[0]) for cell in row.split("|")]
        assert said == [round(scores[task, language], 2) for language in LANGUAGES], task
    low = {key: accuracy for key, accuracy in scores.items() if accuracy < FLOORS[key[0]]}
    assert not low


@pytest.mark.parametrize("task", ["topic", "intent", "sentiment"])
def test_a_confidence_of_four_fifths_is_right_four_times_in_five(engine: Engine, task: str) -> None:
    pairs = [pair for language in LANGUAGES for pair in holdout_texts(task, language)]
    answers = [answer[task] for answer in engine.label([text for text, _ in pairs], [task])]
    sure = [
        true == answer.label
        for (_, true), answer in zip(pairs, answers, strict=True)
        if not answer.is_unknown and answer.confidence >= 0.8
    ]
    assert len(sure) >= 20
    assert sum(sure) / len(sure) >= 0.8
