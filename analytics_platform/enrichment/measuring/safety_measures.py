"""How well safety does on texts that training never sees: indirect danger, what looks like it, and everyday talk.

``holdout/safety_indirect.csv`` was written before its author read the rules; ``holdout/everyday_<language>.txt`` is a
grammar of harmless sentences. Does not live here: the holdout of direct wordings (``holdout``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics_platform.enrichment.labels import Label
from analytics_platform.enrichment.learning.plain import sentences
from analytics_platform.enrichment.measuring.holdout import LANGUAGES, PACKAGED, rows_of
from analytics_platform.enrichment.methods.engine import Engine
from analytics_platform.enrichment.safety.rules import NO_ALARM, TIERS

EACH = 60
"""Sentences of a line of everyday talk: about a thousand a language."""


@dataclass(frozen=True)
class SafetyMeasures:
    """One language. ``recall`` is of indirect danger, ``tier_right`` of what of it was found."""

    language: str
    dangerous: int
    recall: float
    recall_of_rules: float
    tier_right: float
    look_alikes: int
    look_alikes_alarmed: int
    critical_precision: float
    everyday: int
    everyday_alarmed: int
    alarmed: tuple[str, ...]


def indirect_texts(language: str) -> list[tuple[str, str]]:
    return [(row["text"], row["label"]) for row in rows_of("safety_indirect.csv") if row["language"] == language]


def everyday_texts(language: str, each: int = EACH) -> list[str]:
    return [one.text for one in sentences("everyday", language, each, PACKAGED, seed=3)]


def measure_safety(engine: Engine) -> list[SafetyMeasures]:
    return [_measure(engine, language) for language in LANGUAGES]


def _measure(engine: Engine, language: str) -> SafetyMeasures:
    pairs, everyday = indirect_texts(language), everyday_texts(language)
    said, on_everyday = _label(engine, [text for text, _ in pairs]), _label(engine, everyday)
    danger = [(true, label) for (_, true), label in zip(pairs, said, strict=True) if true != NO_ALARM]
    quiet = [(text, label) for (text, true), label in zip(pairs, said, strict=True) if true == NO_ALARM]
    found = [(true, label) for true, label in danger if label.label != NO_ALARM]
    gravest = [true for (_, true), label in zip(pairs, said, strict=True) if label.label == TIERS[-1]]
    alarmed = [text for text, label in quiet if label.label != NO_ALARM]
    false = [text for text, label in zip(everyday, on_everyday, strict=True) if label.label != NO_ALARM]
    rules = sum(engine.rules.label(text).label != NO_ALARM for text, true in pairs if true != NO_ALARM)
    return SafetyMeasures(
        language=language,
        dangerous=len(danger),
        recall=len(found) / len(danger),
        recall_of_rules=rules / len(danger),
        tier_right=sum(true == label.label for true, label in found) / max(1, len(found)),
        look_alikes=len(quiet),
        look_alikes_alarmed=len(alarmed),
        critical_precision=gravest.count(TIERS[-1]) / max(1, len(gravest)),
        everyday=len(everyday),
        everyday_alarmed=len(false),
        alarmed=(*alarmed, *false),
    )


def _label(engine: Engine, texts: Sequence[str]) -> list[Label]:
    return [answer["safety"] for answer in engine.label(texts, ["safety"])]
