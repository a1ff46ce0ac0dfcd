"""What people decided about alarms: kept among the corrections (task ``safety``), used for every equal text.

A text that a person called harmless raises no alarm any more, unless a critical rule fires on it. A text that a person
gave a tier keeps that tier. Does not live here: the corrections' file (``corrections``), what rules and model say
(``rules``, ``risk``).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from analytics_platform.enrichment.labels import Label
from analytics_platform.enrichment.learning.corrections import corrections_file, read_corrections
from analytics_platform.enrichment.safety.rules import TIERS, plain_text

SAFETY = "safety"
PERSON = "person"


@dataclass(frozen=True)
class Decisions:
    """The tier that a person gave to each text, the latest of each."""

    tiers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, home: Path | None) -> "Decisions":
        file = corrections_file(home) if home else None
        if file is None or not file.exists():
            return cls()
        return cls({_key(one.text): one.label for one in read_corrections(file, SAFETY)})

    @property
    def version(self) -> str:
        """Empty without any."""
        said = repr(sorted(self.tiers.items()))
        return f"decided-{hashlib.sha256(said.encode()).hexdigest()[:6]}" if self.tiers else ""

    def judge(self, text: str, said: Label, rule_tier: str) -> Label:
        """What a person decided about this text in place of what was said, never less than a critical rule."""
        decided = self.tiers.get(_key(text)) if self.tiers else None
        if decided is None or self._keeps(decided, rule_tier):
            return said
        reason = f"{PERSON}: decided to be {decided}"
        if decided == said.label:
            return replace(said, reasons=(*said.reasons, reason))
        return Label(SAFETY, decided, 1.0, PERSON, said.version, (decided,), (*said.reasons, reason))

    def silences(self, text: str, rule_tier: str) -> bool:
        """Whether a person decided that a text on which a rule of this tier fires is harmless."""
        return bool(self.tiers) and rule_tier != TIERS[-1] and self.tiers.get(_key(text)) == TIERS[0]

    @staticmethod
    def _keeps(decided: str, rule_tier: str) -> bool:
        return rule_tier == TIERS[-1] and decided != TIERS[-1]


def _key(text: str) -> str:
    return " ".join(plain_text(text).split())
