"""The measures, worked out by hand, and the command that prints them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analytics_platform.enrichment import commands
from analytics_platform.enrichment.errors import EvaluationError
from analytics_platform.enrichment.labels import Label
from analytics_platform.enrichment.learning.evaluation import check_labels, read_labelled, read_mapping, score
from analytics_platform.enrichment.methods.engine import Engine


def said(label: str, confidence: float) -> Label:
    return Label("sentiment", label, confidence, "test", "1")


def test_the_measures_of_five_texts_by_hand() -> None:
    truth = ["positive", "positive", "negative", "negative", "neutral"]
    answers = [
        said("positive", 0.9),
        said("negative", 0.6),
        said("negative", 0.9),
        said("negative", 0.7),
        said("unknown", 0.1),
    ]
    result = score(truth, answers)
    assert result.accuracy == pytest.approx(3 / 5)
    assert result.accuracy_answered == pytest.approx(3 / 4)
    assert result.unknown_share == pytest.approx(1 / 5)
    # chance = (2·1 + 2·3 + 1·0) / 25 = 0.32; kappa = (0.6 − 0.32) / 0.68
    assert result.kappa == pytest.approx(0.28 / 0.68)
    assert result.classes["negative"].precision == pytest.approx(2 / 3)
    assert result.classes["positive"].recall == pytest.approx(1 / 2)
    # F1: positive 2/3, negative 4/5, neutral 0
    assert result.macro_f1 == pytest.approx((2 / 3 + 4 / 5) / 3)
    # bins 0.9: |2 − 1.8|, 0.6: |0 − 0.6|, 0.7: |1 − 0.7| over 4 answers
    assert result.calibration_error == pytest.approx((0.2 + 0.6 + 0.3) / 4)


def test_foreign_labels_are_mapped_or_left_out(tmp_path: Path) -> None:
    data, names = tmp_path / "data.csv", tmp_path / "map.yaml"
    data.write_text('text,label\n"good, really",pos\nbad,neg\nwhat?,q\n', "utf-8-sig")
    names.write_text("pos: positive\nneg: negative\nq: null\n")
    items = read_labelled(data, read_mapping(names))
    assert [(item.text, item.label) for item in items] == [("good, really", "positive"), ("bad", "negative")]


def test_a_label_that_is_not_ours_asks_for_a_map(tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text("text,label\ngood,pos\n")
    with pytest.raises(EvaluationError, match="labels pos are not of the task sentiment"):
        check_labels(read_labelled(data), ("positive", "negative"), "sentiment")


def test_a_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text("tweet,label\ngood,pos\n")
    with pytest.raises(EvaluationError, match="needs the columns text and label"):
        read_labelled(data)


def test_the_command_prints_json(tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_engine", lambda method, taxonomies: engine)
    data = tmp_path / "data.csv"
    data.write_text("text,label\ngreat app,positive\nterrible app,negative\nopens at nine,neutral\n")
    result = CliRunner().invoke(commands.labels, ["evaluate", str(data), "--task", "sentiment", "--json"])
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["accuracy"] == 1.0
    assert document["among"] == ["negative", "neutral", "positive"]


def test_explain_names_words_weights_and_rules(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_engine", lambda method, taxonomies: engine)
    result = CliRunner().invoke(commands.labels, ["explain", "I want to die, this app is horrible"])
    assert result.exit_code == 0, result.output
    assert "critical: suicide-en (want to die)" in result.stdout
    assert "horrible -3.0" in result.stdout
