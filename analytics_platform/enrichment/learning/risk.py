"""A classifier beside the safety rules: it may raise a text to the tier of the most similar wording, and lowers none.

Rules match known wordings; the model finds similar ones, by words and by which of them stand near each other. It learns
from ``examples/safety.csv``, ``examples/safety_<language>.csv`` (by writers who had not seen the rules: half of the
texts harmless, and half of these look like danger) and a grammar of indirect danger (``plain``), and takes all other
examples as harmless. Does not live here: the rules and what both say together (``rules``), the fit (``fitting``).
"""

import csv
import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import sparse

from analytics_platform.enrichment.labels import Label
from analytics_platform.enrichment.learning.examples import NONE, PACKAGED, STYLES, Example
from analytics_platform.enrichment.learning.model import PAIRS, LinearModel, softmax
from analytics_platform.enrichment.learning.plain import MADE_UP, danger_examples
from analytics_platform.enrichment.safety.rules import NO_ALARM, TIERS, packaged_rules, with_model
from analytics_platform.enrichment.texts.lexicon import TAUGHT
from analytics_platform.enrichment.texts.text_features import Numbers, Reading

RISK = "risk"
SAFETY = "safety"
"""The style of texts that were written for safety, and of the grammar of danger."""
RAISED = TIERS[1:]
SURE = 0.7
"""From here on a text of a taught language is raised: 316 of 360 dangerous texts by writers who had not seen the rules
were, and 4 of 1,200 everyday sentences (docs/labels.md, 2026-11-29)."""
SURE_ELSE = 0.8
SURE_THOUGH_EXCUSED = 0.85
"""A text whose rule was excused ("I would never hurt myself") needs more: the model sees its words, not the excuse."""
GRAVEST = 0.8
"""How likely the gravest tier must be, by the model, for a text to be raised so far: 0.9 makes it right in 4 to 8 of a
hundred more, and the tiers of all that is found right in 3 fewer (2026-11-29)."""
LONG, LONGER = {"en": 30, "th": 20, "id": 20}, 8.0
"""Words from which on a text must speak of danger more plainly, and by how much for each e-fold of its length: the
small words of long stories add up. Of the 40 worst false alarms on social media 37 (Thai) and 40 (Indonesian) had more
than 20 words (2026-11-28)."""
TELLING = "answer"
TOLD = "told"
TOLD_HARMLESS, TOLD_DANGER = 200, 75
"""The style of texts of several sentences, and how many of a language there are without danger and with it in one."""
TOLD_LENGTHS, TOLD_BESIDE, TOLD_LINKS = (3, 10), (1, 5), (". ", " ", ",\n", " , ")
TOLD_WRITTEN = 0.6
"""The part of their sentences that people wrote; the others are of the grammars, too."""


def risk_examples() -> list[Example]:
    """Texts written to be risky, or to look so, and those of the grammar."""
    grammar = [replace(one, labels={RISK: one.labels["sentiment"]}) for one in danger_examples()]
    return [*written_examples(), *grammar]


def written_examples() -> list[Example]:
    """Those that a person wrote."""
    written = []
    for file in sorted(PACKAGED.glob("safety*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines, delimiter="|", quoting=csv.QUOTE_NONE)
            written += [Example(row["text"], row["language"], SAFETY, {RISK: row["label"]}) for row in rows]
    return written


def told_examples(examples: Sequence[Example]) -> list[Example]:
    """Texts of several sentences, of which none or one tells of danger. Without them the small words of any long story
    added up to danger (2026-11-28)."""
    chance = random.Random(4)  # noqa: S311  variation, not secrecy
    told = []
    for language in TAUGHT:
        known = [one for one in examples if one.language == language and RISK in one.labels]
        pool = [one.text for one in known if one.labels[RISK] == NONE]
        by_people = [one.text for one in known if one.labels[RISK] == NONE and one.style in (*STYLES, SAFETY)]
        dangers = [one for one in known if one.labels[RISK] != NONE and one.style == SAFETY and one.weight == 1.0]
        for number in range(TOLD_HARMLESS + TOLD_DANGER):
            label, middle = NONE, []
            if number >= TOLD_HARMLESS:
                danger = chance.choice(dangers)
                label, middle = danger.labels[RISK], [danger.text]
            count = chance.randint(*(TOLD_BESIDE if middle else TOLD_LENGTHS))
            beside = [chance.choice(by_people if chance.random() < TOLD_WRITTEN else pool) for _ in range(count)]
            place = chance.randint(0, count)
            text = chance.choice(TOLD_LINKS).join([*beside[:place], *middle, *beside[place:]])
            told.append(Example(text, language, TOLD, {RISK: label}))
    return told


def harmless(examples: Sequence[Example]) -> list[Example]:
    """The examples, with those that are no variants and that no rule knows marked as harmless.

    Unhappy answers to questions about one's own life are not: some tell of danger.
    """
    rules = packaged_rules()

    def is_harmless(one: Example) -> bool:
        if one.origin or (one.style == TELLING and one.labels.get("sentiment") == "negative"):
            return False
        return one.style in MADE_UP or (one.style in STYLES and not rules.screen(one.text))

    return [replace(one, labels={**one.labels, RISK: NONE}) if is_harmless(one) else one for one in examples]


def chances(model: LinearModel, rows: sparse.csr_matrix, reading: Reading) -> tuple[Numbers, list[str]]:
    """How likely each text is risky as the models see it (not calibrated), and the tier that it would have.

    Of a long text it is lower (``LONGER``).
    """
    words, pairs = model.tasks[RISK], model.tasks[PAIRS]
    near, _ = model.pairs.rows(reading.pairs)
    scores = words.scores(rows, reading.dense) + pairs.scores(near, reading.dense)
    shares = softmax(scores.astype(np.float32))
    tiers = [words.names.index(tier) for tier in RAISED]
    danger = shortened(1 - shares[:, words.names.index(NONE)], reading)
    among = shares[:, tiers]
    among[:, -1] *= among[:, -1] / among.sum(axis=1) * danger >= GRAVEST
    return danger, [RAISED[place] for place in among.argmax(axis=1)]


def shortened(danger: Numbers, reading: Reading) -> Numbers:
    """The chance, brought down by how much longer than ``LONG`` a text is."""
    long = np.array([LONG.get(language, min(LONG.values())) for language in reading.languages])
    times = np.maximum(reading.lengths / long, 1.0)
    likely = np.clip(danger, 1e-6, 1 - 1e-6)
    found: Numbers = (1 / (1 + (1 - likely) / likely * times**LONGER)).astype(np.float32)
    return found


def with_risk(rules: Label, chance: float, tier: str, language: str, version: str) -> Label:
    """What the rules say, raised when the model is sure enough that they miss something."""
    sure = SURE if language in TAUGHT else SURE_ELSE
    if rules.label != NO_ALARM or chance < (max(sure, SURE_THOUGH_EXCUSED) if rules.reasons else sure):
        return rules
    return with_model(rules, Label("safety", tier, round(chance, 4), "local", version, (tier,)))
