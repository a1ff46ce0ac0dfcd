"""How good a method is on a labelled file: agreement, classes, honesty of the confidence, speed.

Every number names its denominator. Does not live here: the methods, the command line (``commands``).
"""

import csv
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from analytics_platform.enrichment.errors import EvaluationError
from analytics_platform.enrichment.labels import UNKNOWN, Label

SKIP = "skip"
BINS = 10


@dataclass(frozen=True)
class LabelledText:
    text: str
    label: str


@dataclass(frozen=True)
class ClassScore:
    """One label: of the answers with it how many are right, of the texts with it how many were found."""

    precision: float | None
    recall: float | None
    texts: int
    answers: int


@dataclass(frozen=True)
class Evaluation:
    """The scores of one method on one file; every text counts, ``unknown`` is an answer as any other."""

    texts: int
    accuracy: float
    accuracy_answered: float | None
    kappa: float
    macro_f1: float
    unknown_share: float
    calibration_error: float | None
    texts_per_second: float
    classes: dict[str, ClassScore]
    confusions: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def read_labelled(file: Path, mapping: Mapping[str, str] | None = None) -> list[LabelledText]:
    """The texts of a CSV file with the columns text and label; ``mapping`` turns foreign names into ours.

    A label mapped to ``skip`` leaves its texts out, one mapped to ``unknown`` must be answered with ``unknown``.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if not {"text", "label"} <= set(reader.fieldnames or ()):
                raise EvaluationError(f"{file} needs the columns text and label; it has {reader.fieldnames}.")
            rows = [(row["text"] or "", (row["label"] or "").strip()) for row in reader]
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{file} cannot be read as UTF-8 CSV: {error}") from error
    mapped = [LabelledText(text, (mapping or {}).get(label, label)) for text, label in rows]
    kept = [item for item in mapped if item.label and item.label != SKIP]
    if not kept:
        raise EvaluationError(f"{file} holds no labelled text.")
    return kept


def read_mapping(file: Path) -> dict[str, str]:
    """Foreign label names to ours, from YAML or JSON; null means skip."""
    try:
        document = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise EvaluationError(f"{file} cannot be read as YAML or JSON: {error}") from error
    if not isinstance(document, dict):
        raise EvaluationError(f"{file} must map foreign label names to ours, as pos: positive.")
    return {str(foreign): SKIP if ours is None else str(ours) for foreign, ours in document.items()}


def check_labels(items: Sequence[LabelledText], allowed: Sequence[str], task: str) -> None:
    """Labels that the task does not have are a mistake of the file, not of the method."""
    strange = sorted({item.label for item in items} - {*allowed, UNKNOWN})
    if strange:
        raise EvaluationError(
            f"labels {', '.join(strange[:8])} are not of the task {task} ({', '.join(allowed)}, unknown); "
            "map them with --map FILE, as foreign: ours."
        )


def evaluate(
    items: Sequence[LabelledText],
    label: Callable[[Sequence[str]], Sequence[Label]],
    clock: Callable[[], float] = time.perf_counter,
) -> Evaluation:
    """Run a method over the texts and compare."""
    started = clock()
    answers = label([item.text for item in items])
    seconds = max(clock() - started, 1e-9)
    return score([item.label for item in items], answers, len(items) / seconds)


def score(truth: Sequence[str], answers: Sequence[Label], speed: float = 0.0) -> Evaluation:
    said = [answer.label for answer in answers]
    total = len(truth)
    right = sum(true == answer for true, answer in zip(truth, said, strict=True))
    answered = [
        (true == answer.label, answer.confidence)
        for true, answer in zip(truth, answers, strict=True)
        if not answer.is_unknown
    ]
    confused = Counter(f"{true} → {answer}" for true, answer in zip(truth, said, strict=True) if true != answer)
    classes = _classes(truth, said)
    return Evaluation(
        texts=total,
        accuracy=right / total,
        accuracy_answered=sum(ok for ok, _ in answered) / len(answered) if answered else None,
        kappa=cohens_kappa(truth, said),
        macro_f1=_macro_f1(classes, set(truth)),
        unknown_share=said.count(UNKNOWN) / total,
        calibration_error=calibration_error(answered),
        texts_per_second=speed,
        classes=classes,
        confusions=dict(confused.most_common(10)),
    )


def cohens_kappa(truth: Sequence[str], said: Sequence[str]) -> float:
    """Agreement beyond chance."""
    return kappa_of_pairs(Counter(zip(truth, said, strict=True)))


def kappa_of_pairs(pairs: Mapping[tuple[str, str], int]) -> float:
    """The same of counted pairs of what is true and what was said."""
    total = sum(pairs.values())
    observed = sum(count for (true, said), count in pairs.items() if true == said) / total
    of_truth, of_said = Counter[str](), Counter[str]()
    for (true, said), count in pairs.items():
        of_truth[true] += count
        of_said[said] += count
    chance = sum(of_truth[name] * of_said[name] for name in of_truth) / total**2
    return 1.0 if chance == 1 else (observed - chance) / (1 - chance)


def calibration_error(answered: Sequence[tuple[bool, float]]) -> float | None:
    """Expected calibration error of the given answers: |right − confidence| per tenth, weighted by its size."""
    if not answered:
        return None
    bins: dict[int, list[tuple[bool, float]]] = {}
    for right, confidence in answered:
        bins.setdefault(min(int(confidence * BINS), BINS - 1), []).append((right, confidence))
    gaps = (abs(sum(right for right, _ in bin_) - sum(confidence for _, confidence in bin_)) for bin_ in bins.values())
    return sum(gaps) / len(answered)


def _classes(truth: Sequence[str], said: Sequence[str]) -> dict[str, ClassScore]:
    of_truth, of_said = Counter(truth), Counter(said)
    hits = Counter(true for true, answer in zip(truth, said, strict=True) if true == answer)
    return {
        name: ClassScore(
            hits[name] / of_said[name] if of_said[name] else None,
            hits[name] / of_truth[name] if of_truth[name] else None,
            of_truth[name],
            of_said[name],
        )
        for name in sorted(of_truth.keys() | of_said.keys())
    }


def _macro_f1(classes: Mapping[str, ClassScore], names: set[str]) -> float:
    """The mean F1 over the labels that the file holds."""
    f1 = []
    for name in names:
        precision, recall = classes[name].precision or 0.0, classes[name].recall or 0.0
        f1.append(2 * precision * recall / (precision + recall) if precision + recall else 0.0)
    return sum(f1) / len(f1)
