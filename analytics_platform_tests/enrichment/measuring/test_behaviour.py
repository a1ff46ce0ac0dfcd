"""Plain sentences by kind, never trained on: how many fail, and that a look changes no label."""

from collections import Counter

import pytest

from analytics_platform.enrichment.learning.plain import danger_examples, plain_examples
from analytics_platform.enrichment.measuring.behaviour import Failures, behaviour_examples, check_behaviour
from analytics_platform.enrichment.measuring.holdout import LANGUAGES
from analytics_platform.enrichment.methods.engine import Engine
from analytics_platform.enrichment.texts.text import normalise

MOST_WRONG = {"sentiment": 0.12, "intent": 0.18}


@pytest.fixture(scope="module")
def failures(engine: Engine) -> list[Failures]:
    return check_behaviour(engine)


@pytest.mark.parametrize("task", ["sentiment", "intent"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_few_plain_sentences_fail(failures: list[Failures], task: str, language: str) -> None:
    kinds = [one for one in failures if (one.task, one.language) == (task, language) and "look" not in one.kind]
    assert sum(one.sentences for one in kinds) >= 20
    assert sum(one.failed for one in kinds) / sum(one.sentences for one in kinds) <= MOST_WRONG[task]


@pytest.mark.parametrize("look", ["no full stop", "full stop", "capitals", "small letters", "exclamation"])
def test_a_full_stop_or_capitals_change_no_feeling(failures: list[Failures], look: str) -> None:
    changed = [one for one in failures if one.kind == f"look: {look}" and one.task == "sentiment"]
    assert sum(one.sentences for one in changed) > 50
    assert not [one for one in changed if one.failed]


def test_training_never_sees_the_check_list() -> None:
    checked = {normalise(one.text) for language in LANGUAGES for one in behaviour_examples(language)}
    made = Counter(normalise(one.text) for one in (*plain_examples(40), *danger_examples(40)))
    assert not checked & made.keys()


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("I like this course.", "positive"),
        ("I learned nothing", "negative"),
        ("Too fast for me", "negative"),
        ("I am unhappy with my progress", "negative"),
        ("saya rekomendasikan", "positive"),
        ("อาจารย์สอนดี", "positive"),
        ("I used to hate it, now I love it", "positive"),
        ("Dulu bagus, sekarang jelek", "negative"),
    ],
)
def test_what_was_answered_wrongly_with_confidence(engine: Engine, text: str, sentiment: str) -> None:
    assert engine.label([text], ["sentiment"])[0]["sentiment"].label == sentiment


@pytest.mark.parametrize(
    ("text", "language"),
    [("we gaan naar de winkel", "nl"), ("watoto wanacheza nje ya nyumba", "sw"), ("jag kan inte logga in", "sv")],
)
def test_a_neighbour_that_shares_words_is_not_taken_for_ours(engine: Engine, text: str, language: str) -> None:
    assert engine.label([text], ["language"])[0]["language"].label == language
