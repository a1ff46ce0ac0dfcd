"""A model beside the safety rules: it may raise a text that no rule knows to ``medium``, and does nothing else.

Rules know wordings, people find new ones. The model learns from ``examples/safety.csv`` and takes all other examples as
harmless. Does not live here: the rules and what both say together (``safety``), the fit (``fitting``).
"""

import csv
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analytics_platform.enrichment.examples import NONE, PACKAGED, Example
from analytics_platform.enrichment.labels import Label
from analytics_platform.enrichment.model import TaskModel
from analytics_platform.enrichment.safety import NO_ALARM, packaged_rules, with_model
from analytics_platform.enrichment.text_features import Numbers

RISK = "risk"
RAISED = "medium"
SURE = 0.5
"""From here on a text is raised: of ordinary texts that were not trained on, 1 to 3 in 1,000 (2026-11-21)."""


def risk_examples() -> list[Example]:
    """Texts written to be risky, or to look so."""
    with (PACKAGED / "safety.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="|", quoting=csv.QUOTE_NONE))
    return [
        Example(row["text"], row["language"], "safety", {RISK: NONE if row["label"] == NO_ALARM else RAISED})
        for row in rows
    ]


def harmless(examples: Sequence[Example]) -> list[Example]:
    """The examples, with those that are no variants and that no rule knows marked as harmless."""
    rules = packaged_rules()
    return [
        replace(one, labels={**one.labels, RISK: NONE}) if not one.origin and not rules.screen(one.text) else one
        for one in examples
    ]


def chances(model: TaskModel, scores: Numbers) -> Numbers:
    """How likely each text is risky, as the model sees it; not calibrated."""
    chance: Numbers = (1 / (1 + np.exp(-scores[:, model.names.index(RAISED)]))).astype(np.float32)
    return chance


def with_risk(rules: Label, chance: float, version: str) -> Label:
    """What the rules say, raised when they know nothing of the text and the model is sure enough.

    A text that a rule read and excused ("I would never hurt myself") is known: the model only sees its words.
    """
    if rules.label != NO_ALARM or rules.reasons or chance < SURE:
        return rules
    return with_model(rules, Label("safety", RAISED, round(chance, 4), "local", version, (RAISED,)))
