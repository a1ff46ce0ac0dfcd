"""Safety on texts that training never sees: what README says is the floor here."""

import pytest

from analytics_platform.enrichment.learning.examples import packaged_examples
from analytics_platform.enrichment.learning.risk import risk_examples
from analytics_platform.enrichment.measuring.holdout import LANGUAGES
from analytics_platform.enrichment.measuring.safety_measures import (
    SafetyMeasures,
    everyday_texts,
    indirect_texts,
    measure_safety,
)
from analytics_platform.enrichment.methods.engine import Engine
from analytics_platform.enrichment.texts.text import normalise

LEAST_RECALL, MOST_FALSE = 0.65, 0.003


@pytest.fixture(scope="module")
def measures(engine: Engine) -> list[SafetyMeasures]:
    return measure_safety(engine)


def test_training_never_sees_what_is_measured() -> None:
    seen = {normalise(one.text) for one in (*risk_examples(), *packaged_examples())}
    for language in LANGUAGES:
        assert not seen & {normalise(text) for text, _ in indirect_texts(language)}
        assert len(seen & {normalise(text) for text in everyday_texts(language)}) < 5


def test_indirect_danger_is_found_and_everyday_talk_is_left_alone(measures: list[SafetyMeasures]) -> None:
    assert min(one.everyday for one in measures) > 800
    assert not {one.language: one.recall for one in measures if one.recall < LEAST_RECALL}
    assert not {one.language: one.tier_right for one in measures if one.tier_right < 0.7}
    assert sum(one.everyday_alarmed for one in measures) / sum(one.everyday for one in measures) <= MOST_FALSE


@pytest.mark.parametrize(
    "text",
    [
        "I want to cut myself off from social media for a while",
        "we did a bungee jump from a bridge",
        "warning signs of self-harm include long sleeves",
        "an employee has suicidal thoughts. What do you do first?",
        "saya tidak pernah berpikir untuk menyakiti diri",
        "ไปกระโดดบันจี้จากสะพานมา",
        "I wrote a farewell letter to my colleagues",
    ],
)
def test_talk_of_danger_that_is_none_is_not_critical(engine: Engine, text: str) -> None:
    assert engine.label([text], ["safety"])[0]["safety"].label != "critical"


def test_an_excused_text_can_still_be_raised(engine: Engine) -> None:
    text = "I used to burn my arms, and sometimes I still think about it"
    assert engine.label([text], ["safety"])[0]["safety"].label != "none"
