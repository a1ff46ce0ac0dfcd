"""The default method: what it answers, that it keeps its model, that it is lazy and fast."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from analytics_platform.enrichment.labels import TASKS
from analytics_platform.enrichment.measuring.holdout import LANGUAGES, holdout_texts
from analytics_platform.enrichment.methods.engine import Engine


def test_importing_the_room_imports_nothing_heavy() -> None:
    program = "import sys, analytics_platform.enrichment.commands; print(sorted(sys.modules))"
    modules = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "'sklearn'" not in modules
    assert "'scipy'" not in modules
    assert "'numpy'" not in modules


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("please give me a refund, I was charged twice", "pricing"),
        ("ลืมรหัสผ่าน เข้าบัญชีไม่ได้", "account"),
        ("aplikasinya crash terus habis update", "technical_issue"),
        ("what is the capital of france", "unknown"),
        ("resep nasi goreng dong", "unknown"),
    ],
)
def test_a_topic_in_three_languages_and_outside_of_them_all(engine: Engine, text: str, topic: str) -> None:
    assert engine.label([text], ["topic"])[0]["topic"].label == topic


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("not good at all", "negative"),
        ("gak jelek kok, malah keren bgt", "positive"),
        ("ไม่ชอบเลย", "negative"),
        ("😡😡", "negative"),
        ("the meeting is on monday", "neutral"),
    ],
)
def test_sentiment_minds_negation_slang_and_emoji(engine: Engine, text: str, sentiment: str) -> None:
    assert engine.label([text], ["sentiment"])[0]["sentiment"].label == sentiment


def test_a_language_that_nobody_taught_is_named_and_not_judged(engine: Engine) -> None:
    labels = engine.label(["je ne peux pas me connecter à mon compte depuis ce matin, c'est pénible"])[0]
    assert labels["language"].label == "fr"
    assert labels["topic"].is_unknown
    assert "not taught" in labels["topic"].reasons[0]


@pytest.mark.parametrize("text", ["", "   ", "12345", "\u200b", "\x00", "a" * 100_000, "😀" * 5000, "ก" * 5000])
def test_strange_texts_get_an_answer_for_every_task(engine: Engine, text: str) -> None:
    assert set(engine.label([text])[0]) == set(TASKS)


def test_a_second_engine_loads_the_stored_model_and_answers_alike(engine: Engine, model_folder: Path) -> None:
    texts = [text for language in LANGUAGES for text, _ in holdout_texts("topic", language)]
    loaded = Engine(model_folder=model_folder)
    started = time.perf_counter()
    again = loaded.label(texts)
    assert time.perf_counter() - started < 3
    assert again == engine.label(texts)


def test_all_tasks_together_are_fast(engine: Engine) -> None:
    """The bench holds 3,000 texts/s; here a machine that is busy with other tests gets a third of it."""
    texts = [text for language in LANGUAGES for text, _ in holdout_texts("topic", language)] * 10
    started = time.process_time()
    engine.label(texts)
    assert len(texts) / (time.process_time() - started) > 1000


def test_an_answer_can_be_narrowed_to_what_a_source_knows(engine: Engine) -> None:
    text = "great content but the app is awful"
    assert engine.label([text], ["sentiment"])[0]["sentiment"].label == "mixed"
    narrowed = engine.label([text], ["sentiment"], {"sentiment": {"positive", "negative", "neutral"}})
    assert narrowed[0]["sentiment"].label != "mixed"
