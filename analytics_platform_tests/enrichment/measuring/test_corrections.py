"""The model learns from people: corrections are kept, learnt from, refused where they do not help, and forgotten."""

import csv
import random
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analytics_platform import settings
from analytics_platform.enrichment import commands
from analytics_platform.enrichment.answers.alarms import Watch
from analytics_platform.enrichment.learning.adapting import adapt
from analytics_platform.enrichment.learning.corrections import read_corrections
from analytics_platform.enrichment.methods.engine import Engine

THINGS = ("kettle", "tent", "chair", "lamp", "bike", "pan", "drill", "scarf", "desk", "mug", "rug", "fan")
"""A trade whose verdicts are its own: nobody told the packaged model that "ships as grade B" is bad."""
VERDICTS = {
    "positive": ("the {} went straight to the window display", "{}: shelf hero this week", "window display for the {}"),
    "negative": ("the {} ships as grade B", "{} moved to the grade B bin", "grade B again for the {}"),
    "neutral": ("the {} is on shelf four", "{} counted, shelf four", "shelf four holds the {}"),
}


def own_texts(count: int, seed: int) -> list[tuple[str, str]]:
    chance = random.Random(seed)
    labels = [chance.choice(list(VERDICTS)) for _ in range(count)]
    return [
        (f"{chance.choice(VERDICTS[name]).format(chance.choice(THINGS))} {n}", name) for n, name in enumerate(labels)
    ]


def write(file: Path, pairs: list[tuple[str, str]]) -> Path:
    with file.open("w", newline="") as lines:
        csv.writer(lines).writerows([("text", "label"), *pairs])
    return file


@pytest.fixture
def home(tmp_path: Path, engine: Engine, model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A platform of its own with the trained model in it."""
    (tmp_path / "models").mkdir()
    shutil.copy(model_folder / f"{engine.local.packaged_version}.npz", tmp_path / "models")
    monkeypatch.setenv("PLATFORM_HOME", str(tmp_path))
    settings.load.cache_clear()
    yield tmp_path
    settings.load.cache_clear()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands.labels, list(arguments))


def test_two_hundred_corrections_teach_the_words_of_a_trade(home: Path, engine: Engine) -> None:
    done = run("train", "--examples", str(write(home / "own.csv", own_texts(200, 1))))
    assert done.exit_code == 0, done.output
    assert "Cohen's kappa" in done.output
    new, texts = Engine(model_folder=home / "models"), own_texts(100, 2)
    assert new.local.version.startswith(f"{engine.local.packaged_version}+")

    def right(one: Engine) -> int:
        said = one.label([text for text, _ in texts], ["sentiment"])
        return sum(answer["sentiment"].label == label for answer, (_, label) in zip(said, texts, strict=True))

    assert right(new) >= 90 > right(engine) + 8
    assert new.label(["hello"], ["topic"])[0]["topic"].label == engine.label(["hello"], ["topic"])[0]["topic"].label
    assert "packaged model" in run("train", "--forget").output
    assert Engine(model_folder=home / "models").local.version == engine.local.packaged_version


def test_too_few_corrections_and_those_that_teach_nothing_are_refused(home: Path) -> None:
    loved = [(f"I love the {thing}", "positive") for thing in THINGS]
    hated = [(f"I hate the {thing}", "negative") for thing in THINGS]
    done = run("train", "--examples", str(write(home / "own.csv", [*loved, *hated])))
    assert done.exit_code == 1
    assert "30 are needed" in str(done.exception)
    known = [*loved, *hated, *[(f"I adore the {thing}", "positive") for thing in THINGS]]
    done = run("train", "--examples", str(write(home / "own.csv", known)))
    assert done.exit_code == 1
    assert "stays as it is" in done.output
    assert not list(home.rglob("own-*"))


def test_a_correction_keeps_who_and_when_and_the_latest_counts(home: Path) -> None:
    for label in ("positive", "negative"):
        done = run("correct", "grade B, again", "--label", label, "--by", "Ana")
        assert done.exit_code == 0, done.output
    rows = list(csv.DictReader((home / "labels" / "corrections.csv").read_text("utf-8").splitlines()))
    assert [(row["label"], row["corrected_by"]) for row in rows] == [("positive", "Ana"), ("negative", "Ana")]
    assert all(row["corrected_at"].endswith("+00:00") for row in rows)
    (item,) = read_corrections(home / "labels" / "corrections.csv", "sentiment")
    assert (item.text, item.label) == ("grade B, again", "negative")
    assert run("correct", "x", "--label", "splendid", "--by", "Ana").exit_code == 1


def test_suggestions_are_unsure_and_unlike_each_other(home: Path) -> None:
    texts = [("I love this course so much", ""), *[(text, "") for text, _ in own_texts(150, 4)]]
    done = run("suggest", str(write(home / "texts.csv", texts)), "--n", "9")
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert 5 <= len(rows) <= 9
    assert len({row["text"] for row in rows}) == len(rows)
    assert all(not row["label"] and row["said"] for row in rows)


def test_a_label_that_no_correction_gave_stays_a_label(engine: Engine) -> None:
    pairs = own_texts(60, 5)
    found = adapt(
        engine.local.packaged_model, "sentiment", engine.local.read([a for a, _ in pairs]), [b for _, b in pairs]
    )
    assert "mixed" in found.model.names
    assert found.gain_low <= found.kappa_after - found.kappa_before <= found.gain_high


def test_a_decision_on_an_alarm_is_used_for_equal_texts_and_silences_no_critical_rule(home: Path) -> None:
    own, grave, told = "My husband hits me, at chess  and every evening", "I want to kill myself", "the jar is full now"
    for text, tier in ((own, "none"), (grave, "none"), (told, "high")):
        done = run("correct", text, "--label", tier, "--by", "Ana", "--task", "safety")
        assert done.exit_code == 0, done.output
    engine = Engine(model_folder=home / "models")
    texts = [own.lower(), grave, told, "My husband hits me every evening"]
    said = [answer["safety"] for answer in engine.label(texts, ["safety"])]
    assert [one.label for one in said] == ["none", "critical", "high", "high"]
    assert [one.method for one in said] == ["person", "rules", "person", "rules"]
    watch = Watch.of(settings.load(), engine.rules, date(2026, 3, 2))
    assert watch.screen(texts)["text"].to_pylist() == [grave, texts[3]]
    assert engine.decisions.version.startswith("decided-")
    assert run("correct", own, "--label", "harmless", "--by", "Ana", "--task", "safety").exit_code == 1
