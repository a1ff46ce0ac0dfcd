"""A classifier beside the safety rules: it may raise a text to the tier of the most similar wording, and lowers none.

Rules match known wordings; the model finds similar ones, by words and by what they speak of (``concepts``). It learns
from ``examples/safety.csv`` and a grammar of indirect danger (``plain``), and takes all other examples as harmless.
Does not live here: the rules and what both say together (``safety``), the fit (``fitting``).
"""

import csv
import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import sparse

from analytics_platform.enrichment.labels import Label
from analytics_platform.enrichment.learning.examples import NONE, PACKAGED, STYLES, Example
from analytics_platform.enrichment.learning.model import CONCEPTS, LinearModel, softmax
from analytics_platform.enrichment.learning.plain import MADE_UP, danger_examples
from analytics_platform.enrichment.safety.safety import NO_ALARM, TIERS, packaged_rules, with_model
from analytics_platform.enrichment.texts.lexicon import TAUGHT
from analytics_platform.enrichment.texts.text_features import Numbers, Reading

RISK = "risk"
RAISED = TIERS[1:]
SURE = dict.fromkeys(TAUGHT, 0.4)
"""From here on a text is raised: one or two of a thousand ordinary texts of elsewhere, beside those of the rules, when
these were set on halves of public sets (docs/labels.md, 2026-11-28)."""
SURE_ELSE = 0.8
SURE_THOUGH_EXCUSED = 0.75
"""A text whose rule was excused ("I would never hurt myself") needs more: the model sees its words, not the excuse."""
GRAVEST = 0.5
"""The part of the danger that must be of the gravest tier for a text to be raised so far."""


TOLD = "told"
TOLD_TEXTS, TOLD_LENGTHS, TOLD_LINKS = 800, (4, 9), (". ", " ", ",\n", " , ")
"""The style of longer harmless texts, how many there are of a language, and of how many sentences each is."""


def risk_examples() -> list[Example]:
    """Texts written to be risky, or to look so, and those of the grammar."""
    with (PACKAGED / "safety.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="|", quoting=csv.QUOTE_NONE))
    written = [Example(row["text"], row["language"], "safety", {RISK: row["label"]}) for row in rows]
    return written + [replace(one, labels={RISK: one.labels["sentiment"]}) for one in danger_examples()]


def told_examples(harmless: Sequence[Example]) -> list[Example]:
    """Longer texts of harmless sentences. Without them the small words of any long story added up to danger: two thirds
    of the false alarms on texts of elsewhere (2026-11-28)."""
    chance = random.Random(4)  # noqa: S311  variation, not secrecy
    told = []
    for language in TAUGHT:
        pool = [one.text for one in harmless if one.language == language and one.labels.get(RISK) == NONE]
        for _ in range(TOLD_TEXTS):
            text = chance.choice(TOLD_LINKS).join(chance.sample(pool, chance.randint(*TOLD_LENGTHS)))
            told.append(Example(text, language, TOLD, {RISK: NONE}))
    return told


def harmless(examples: Sequence[Example]) -> list[Example]:
    """The examples, with those that are no variants and that no rule knows marked as harmless."""
    rules = packaged_rules()
    return [
        replace(one, labels={**one.labels, RISK: NONE})
        if not one.origin and (one.style in MADE_UP or (one.style in STYLES and not rules.screen(one.text)))
        else one
        for one in examples
    ]


def chances(model: LinearModel, rows: sparse.csr_matrix, reading: Reading) -> tuple[Numbers, list[str]]:
    """How likely each text is risky as the models see it (not calibrated), and the tier that it would have.

    Words have two thirds of the say, concepts one.
    """
    words, concepts = model.tasks[RISK], model.tasks[CONCEPTS]
    spoken_of, _ = model.concepts.rows(reading.concepts)
    scores = (words.scores(rows, reading.dense) * 2 + concepts.scores(spoken_of, reading.dense)) / 3
    shares = softmax(scores.astype(np.float32))
    tiers = [words.names.index(tier) for tier in RAISED]
    chance: Numbers = 1 - shares[:, words.names.index(NONE)]
    among = shares[:, tiers]
    among[:, -1] *= among[:, -1] >= GRAVEST * chance
    return chance, [RAISED[place] for place in among.argmax(axis=1)]


def with_risk(rules: Label, chance: float, tier: str, language: str, version: str) -> Label:
    """What the rules say, raised when the model is sure enough that they miss something."""
    sure = SURE.get(language, SURE_ELSE)
    if rules.label != NO_ALARM or chance < (max(sure, SURE_THOUGH_EXCUSED) if rules.reasons else sure):
        return rules
    return with_model(rules, Label("safety", tier, round(chance, 4), "local", version, (tier,)))
